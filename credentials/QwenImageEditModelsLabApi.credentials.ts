import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for ModelsLab. */
export class QwenImageEditModelsLabApi implements ICredentialType {
	name = 'qwenImageEditModelsLabApi';

	displayName = 'ModelsLab API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditModelsLabApi.svg',
		dark: 'file:icons/qwenImageEditModelsLabApi.dark.svg',
	};

	documentationUrl = 'https://docs.modelslab.com/';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://modelslab.com/dashboard/api-keys" target="_blank">modelslab.com</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://modelslab.com/api/v6',
			placeholder: 'e.g. https://modelslab.com/api/v6',
			description: 'Change it only if the service has another address for you',
		},
	];

	// The key travels in the JSON body of every call (seed 001); users paste it with "Bearer " at times.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			body: {
				key: '={{ $credentials.apiKey.trim().replace(/^(bearer|key|token)\\s+/i, "") }}',
			},
		},
	};

	// Reads the wallet balance, one level above the versioned base URL: free. Errors come with HTTP 200 (research S2).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://modelslab.com/api/v6").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/image_editing(\\/qwen_edit)?)?\\/*$/, "").replace(/\\/v6$/, "") }}',
			url: '/wallet_balance',
			method: 'POST',
			disableFollowRedirect: true,
			body: {},
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'status',
					value: undefined,
					message: 'This is not the answer of ModelsLab: check the Base URL',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'status',
					value: 'error',
					message: 'ModelsLab refused the key',
				},
			},
		],
	};
}
