import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and region for DashScope (Alibaba Cloud Model Studio). */
export class QwenImageEditDashScopeApi implements ICredentialType {
	name = 'qwenImageEditDashScopeApi';

	displayName = 'DashScope API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditDashScopeApi.svg',
		dark: 'file:icons/qwenImageEditDashScopeApi.dark.svg',
	};

	documentationUrl = 'https://www.alibabacloud.com/help/en/model-studio/qwen-image-edit-api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://bailian.console.alibabacloud.com/?tab=model#/api-key" target="_blank">bailian.console.alibabacloud.com</a>',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'Beijing', value: 'beijing' },
				{ name: 'Singapore', value: 'singapore' },
			],
			default: 'singapore',
			description: 'Where the key was made; a key of one region is refused in the other',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://<workspace ID>.ap-southeast-1.maas.aliyuncs.com/api/v1',
			description:
				'Leave it empty for the address of the region; fill it in for a workspace of your own or a gateway',
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

	// Lists the models: free, and refused without a valid key (research O1).
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.baseUrl.trim() ? $credentials.baseUrl.trim().replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/api\\/v1.*)?\\/*$/, "") : $credentials.region === "beijing" ? "https://dashscope.aliyuncs.com" : "https://dashscope-intl.aliyuncs.com" }}',
			url: '/compatible-mode/v1/models',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not the answer of DashScope: check the Base URL',
				},
			},
		],
	};
}
