import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for AI/ML API. */
export class AimlApi implements ICredentialType {
	name = 'aimlApi';

	displayName = 'AI/ML API';

	icon: Icon = { light: 'file:icons/aimlApi.svg', dark: 'file:icons/aimlApi.dark.svg' };

	documentationUrl = 'https://docs.aimlapi.com/quickstart/setting-up';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://aimlapi.com/app/keys" target="_blank">aimlapi.com</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.aimlapi.com',
			placeholder: 'e.g. https://api.aimlapi.com',
			description: 'Change it only if the service has another address for you',
		},
	];

	// Users paste keys with "Bearer " in front; it is taken off before ours is added.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization: '=Bearer {{ $credentials.apiKey.trim().replace(/^bearer\\s+/i, "") }}',
			},
		},
	};

	// Reads the balance: free, and refused without a valid key (research S5; the list of models needs no key).
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.baseUrl.trim().replace(/(\\/v1(\\/images\\/generations)?)?\\/*$/, "") }}',
			url: '/v2/billing',
			method: 'GET',
		},
	};
}
