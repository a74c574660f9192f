import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for SiliconFlow. */
export class QwenImageEditSiliconFlowApi implements ICredentialType {
	name = 'qwenImageEditSiliconFlowApi';

	displayName = 'SiliconFlow API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditSiliconFlowApi.svg',
		dark: 'file:icons/qwenImageEditSiliconFlowApi.dark.svg',
	};

	documentationUrl = 'https://docs.siliconflow.cn/en/api-reference/images/images-generations';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://cloud.siliconflow.cn/account/ak" target="_blank">cloud.siliconflow.cn</a>',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'China', value: 'china' },
				{ name: 'International', value: 'international' },
			],
			default: 'china',
			description: 'Where the key was made; a key of one region is refused in the other',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://api.example.com/v1',
			description:
				'Leave it empty for the address of the region; fill it in for a workspace of your own or a gateway',
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

	// Reads the account: free, and refused without a valid key (research M2).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl.trim() || ($credentials.region === "international" ? "https://api.siliconflow.com" : "https://api.siliconflow.cn")).replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/v1(\\/images(\\/generations)?)?)?\\/*$/, "") }}',
			url: '/v1/user/info',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not the answer of SiliconFlow: check the Base URL',
				},
			},
		],
	};
}
