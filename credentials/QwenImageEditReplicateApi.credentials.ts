import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for Replicate. */
export class QwenImageEditReplicateApi implements ICredentialType {
	name = 'qwenImageEditReplicateApi';

	displayName = 'Replicate API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditReplicateApi.svg',
		dark: 'file:icons/qwenImageEditReplicateApi.dark.svg',
	};

	documentationUrl = 'https://replicate.com/qwen/qwen-image-edit-plus/api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://replicate.com/account/api-tokens" target="_blank">replicate.com</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.replicate.com',
			placeholder: 'e.g. https://api.replicate.com',
			description: 'Change it only if the service has another address for you',
		},
		{
			displayName: 'Callback Signing Secret',
			name: 'callbackSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. whsec_...',
			description: 'Leave it empty: the node asks Replicate for it. It starts with whsec_.',
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

	// Reads the account: free, and refused without a valid key (research O3).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://api.replicate.com").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/v1(\\/models)?)?\\/*$/, "") }}',
			url: '/v1/account',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'username',
					value: undefined,
					message: 'This is not the answer of Replicate: check the Base URL',
				},
			},
		],
	};
}
