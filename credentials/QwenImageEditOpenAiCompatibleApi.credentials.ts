import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Address, and key if there is one, of a server that speaks OpenAI's image edit route. */
export class QwenImageEditOpenAiCompatibleApi implements ICredentialType {
	name = 'qwenImageEditOpenAiCompatibleApi';

	displayName = 'OpenAI-Compatible Server API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditOpenAiCompatibleApi.svg',
		dark: 'file:icons/qwenImageEditOpenAiCompatibleApi.dark.svg',
	};

	documentationUrl = 'https://platform.openai.com/docs/api-reference/images/createEdit';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Leave it empty for a server that wants none',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. http://192.168.1.20:8000/v1',
			description: 'Address of the server, with or without /v1 at its end',
		},
	];

	// Without a key the node itself sends no header; users paste keys with "Bearer " in front.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization:
					'={{ $credentials.apiKey ? "Bearer " + $credentials.apiKey.trim().replace(/^(bearer|key|token)\\s+/i, "") : undefined }}',
			},
		},
	};

	// Lists the models: free, and refused without a valid key where the server wants one.
	// A key follows no redirect, and goes to a public name over https only. Whatever answers there otherwise is not the provider.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.baseUrl.trim().replace(/^http:(?=\\/\\/[^\\/]*\\.(?!(local|lan|internal|intranet|localhost|localdomain|arpa)\\b)[a-z]{2,}(:\\d+)?(\\/|$))/i, "https:").replace(/(\\/images(\\/edits)?)?\\/*$/, "").replace(/^(?!.*\\/v1(\\/|$))(.*)$/, "$2/v1") }}',
			url: '/models',
			method: 'GET',
			disableFollowRedirect: true,
		},
		rules: [
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data',
					value: undefined,
					message: 'This is not a list of models: check the Base URL',
				},
			},
		],
	};
}
