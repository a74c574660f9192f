import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for odkkk. */
export class QwenImageEditOdkkkApi implements ICredentialType {
	name = 'qwenImageEditOdkkkApi';

	displayName = 'Odkkk API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditOdkkkApi.svg',
		dark: 'file:icons/qwenImageEditOdkkkApi.dark.svg',
	};

	documentationUrl = 'https://ai.odkkk.com/apiv1/docs/llms.txt';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://ai.odkkk.com/apiv1/dashboard/keys" target="_blank">ai.odkkk.com</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://ai.odkkk.com/apiv1',
			placeholder: 'e.g. https://ai.odkkk.com/apiv1',
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

	// Reads the credits left: free. Documented for EvoLink, the same API (research S3); assumed here.
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://ai.odkkk.com/apiv1").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/v1(\\/images\\/generations)?)?\\/*$/, "") }}',
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
					message: 'This is not the answer of odkkk: check the Base URL',
				},
			},
		],
	};
}
