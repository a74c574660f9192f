import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for Kie.ai. */
export class QwenImageEditKieApi implements ICredentialType {
	name = 'qwenImageEditKieApi';

	displayName = 'Kie.ai API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditKieApi.svg',
		dark: 'file:icons/qwenImageEditKieApi.dark.svg',
	};

	documentationUrl = 'https://docs.kie.ai/market/qwen/image-edit';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Get one at <a href="https://kie.ai/api-key" target="_blank">kie.ai</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.kie.ai',
			placeholder: 'e.g. https://api.kie.ai',
			description: 'Change it only if the service has another address for you',
		},
		{
			displayName: 'Upload Base URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://kieai.redpandaai.co',
			description:
				'Where local images are uploaded, with the same key. Leave it empty unless you change the Base URL.',
		},
		{
			displayName: 'Callback Signing Secret',
			name: 'callbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. 3f8c1b7a9d',
			description:
				'The Webhook HMAC Key of the Kie.ai settings. If you enter it, calls without its signature are refused.',
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

	// Reads the credits left: free. A wrong key is told with HTTP 200 and a code in the body (research M1).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://api.kie.ai").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/api(\\/v1(\\/jobs(\\/createTask)?)?)?)?\\/*$/, "") }}',
			url: '/api/v1/chat/credit',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'code',
					value: 401,
					message: 'Kie.ai refused the key',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not the answer of Kie.ai: check the key and the Base URL',
				},
			},
		],
	};
}
