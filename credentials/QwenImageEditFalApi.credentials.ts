import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Key and address for fal.ai. */
export class QwenImageEditFalApi implements ICredentialType {
	name = 'qwenImageEditFalApi';

	displayName = 'Fal.ai API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditFalApi.svg',
		dark: 'file:icons/qwenImageEditFalApi.dark.svg',
	};

	documentationUrl = 'https://fal.ai/models/fal-ai/qwen-image-edit-2511/api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Get one at <a href="https://fal.ai/dashboard/keys" target="_blank">fal.ai</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://queue.fal.run',
			placeholder: 'e.g. https://queue.fal.run',
			description: 'Change it only if the service has another address for you',
		},
		{
			displayName: 'Upload Base URL',
			name: 'uploadBaseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://rest.fal.ai',
			description:
				'Where local images are uploaded, with the same key. Leave it empty unless you change the Base URL.',
		},
	];

	// Users paste keys with "Bearer ", "Key " or "Token " in front; it is taken off before ours is added.
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				Authorization:
					'=Key {{ $credentials.apiKey.trim().replace(/^(bearer|key|token)\\s+/i, "") }}',
			},
		},
	};
}
