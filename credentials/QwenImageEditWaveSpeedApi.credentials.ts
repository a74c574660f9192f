import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for WaveSpeedAI. */
export class QwenImageEditWaveSpeedApi implements ICredentialType {
	name = 'qwenImageEditWaveSpeedApi';

	displayName = 'WaveSpeedAI API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditWaveSpeedApi.svg',
		dark: 'file:icons/qwenImageEditWaveSpeedApi.dark.svg',
	};

	documentationUrl = 'https://wavespeed.ai/docs/docs-api/wavespeed-ai/qwen-image-edit-plus';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://wavespeed.ai/accesskey" target="_blank">wavespeed.ai</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.wavespeed.ai',
			placeholder: 'e.g. https://api.wavespeed.ai',
			description: 'Change it only if the service has another address for you',
		},
		{
			displayName: 'Callback Signing Secret',
			name: 'callbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. whsec_...',
			description: 'Leave it empty: the node asks WaveSpeedAI for it. It starts with whsec_.',
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

	// Reads the balance: free, and refused without a valid key (research O4).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://api.wavespeed.ai").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/api(\\/v3)?)?\\/*$/, "") }}',
			url: '/api/v3/balance',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not the answer of WaveSpeedAI: check the key and the Base URL',
				},
			},
		],
	};
}
