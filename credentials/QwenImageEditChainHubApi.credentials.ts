import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for ChainHub. */
export class QwenImageEditChainHubApi implements ICredentialType {
	name = 'qwenImageEditChainHubApi';

	displayName = 'ChainHub API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditChainHubApi.svg',
		dark: 'file:icons/qwenImageEditChainHubApi.dark.svg',
	};

	documentationUrl = 'https://api.chainhub.tech';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://api.chainhub.tech" target="_blank">api.chainhub.tech</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.chainhub.tech',
			placeholder: 'e.g. https://api.chainhub.tech',
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

	// Lists the models: free. That a wrong key is refused here is usual for such relays, not documented (research S1).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || "https://api.chainhub.tech").replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/v1(\\/images\\/generations)?)?\\/*$/, "") }}',
			url: '/v1/models',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not the answer of ChainHub: check the Base URL',
				},
			},
		],
	};
}
