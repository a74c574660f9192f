import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * Key and address for ModelVerse (UCloud). Tested by a probe of the node: the provider has no free call that
 * proves a key (research S4).
 */
export class QwenImageEditModelVerseApi implements ICredentialType {
	name = 'qwenImageEditModelVerseApi';

	displayName = 'ModelVerse (UCloud) API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditModelVerseApi.svg',
		dark: 'file:icons/qwenImageEditModelVerseApi.dark.svg',
	};

	documentationUrl = 'https://www.ucloud-global.com/en/docs/modelverse/README';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Get one at <a href="https://console.ucloud-global.com/modelverse" target="_blank">console.ucloud-global.com</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.umodelverse.ai',
			placeholder: 'e.g. https://api.umodelverse.ai',
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
}
