import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for AI/ML API. */
export class QwenImageEditAimlApi implements ICredentialType {
	name = 'qwenImageEditAimlApi';

	displayName = 'AI/ML API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditAimlApi.svg',
		dark: 'file:icons/qwenImageEditAimlApi.dark.svg',
	};

	documentationUrl = 'https://docs.aimlapi.com/quickstart/setting-up';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://aimlapi.com/app/keys" target="_blank">aimlapi.com</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.aimlapi.com',
			placeholder: 'e.g. https://api.aimlapi.com',
			description: 'Change it only if the service has another address for you',
		},
	];

	// Users paste keys with "Bearer " in front; it is taken off before ours is added.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization:
					'=Bearer {{ $credentials.apiKey.trim().replace(/^(bearer|key|token)\\s+/i, "") }}',
			},
		},
	};

	// Reads the balance: free, and refused without a valid key (research S5; the list of models needs no key).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://api.aimlapi.com").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/v1(\\/images\\/generations)?)?\\/*$/, "") }}',
			url: '/v2/billing',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'current_balance',
					value: undefined,
					message: 'This is not the answer of AI/ML API: check the Base URL',
				},
			},
		],
	};
}
