import type {
	IAuthenticateGeneric,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

/** Key and address for odkkk. */
export class OdkkkApi implements ICredentialType {
	name = 'odkkkApi';

	displayName = 'Odkkk API';

	icon: Icon = { light: 'file:icons/odkkkApi.svg', dark: 'file:icons/odkkkApi.dark.svg' };

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
				Authorization: '=Bearer {{ $credentials.apiKey.trim().replace(/^bearer\\s+/i, "") }}',
			},
		},
	};

	// Reads the credits left: free. Documented for EvoLink, the same API (research S3); assumed here.
	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.baseUrl.trim().replace(/(\\/v1(\\/images\\/generations)?)?\\/*$/, "") }}',
			url: '/v1/credits',
			method: 'GET',
		},
	};
}
