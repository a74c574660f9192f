import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for EvoLink. */
export class QwenImageEditEvoLinkApi implements ICredentialType {
	name = 'qwenImageEditEvoLinkApi';

	displayName = 'EvoLink API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditEvoLinkApi.svg',
		dark: 'file:icons/qwenImageEditEvoLinkApi.dark.svg',
	};

	documentationUrl = 'https://docs.evolink.ai/en/api-manual/image-series/qwen/qwen-image-edit-plus';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://evolink.ai/dashboard/keys" target="_blank">evolink.ai</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.evolink.ai',
			placeholder: 'e.g. https://api.evolink.ai',
			description: 'Change it only if the service has another address for you',
		},
		{
			displayName: 'Upload Base URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://files-api.evolink.ai',
			description:
				'Where local images are uploaded, with the same key. Leave it empty unless you change the Base URL.',
		},
	];

	// Users paste keys with "Bearer ", "Key " or "Token " in front; it is taken off before ours is added.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization:
					'=Bearer {{ $credentials.apiKey.trim().replace(/^(bearer|key|token)\\s+/i, "") }}',
			},
		},
	};

	// Reads the credits left: free (research S3).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://api.evolink.ai").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/v1(\\/images(\\/generations)?)?)?\\/*$/, "") }}',
			url: '/v1/credits',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not the answer of EvoLink: check the Base URL',
				},
			},
		],
	};
}
