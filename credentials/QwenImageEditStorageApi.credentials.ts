import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A bucket of the user's own, at any S3-compatible store. Proven by a function of the node: it takes three requests. */
export class QwenImageEditStorageApi implements ICredentialType {
	name = 'qwenImageEditStorageApi';

	displayName = 'Qwen Image Edit Storage API';

	icon: Icon = {
		light: 'file:icons/qwenImageEditStorageApi.svg',
		dark: 'file:icons/qwenImageEditStorageApi.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-qwen-image-edit/n8n-nodes-qwen-image-edit/blob/main/docs/storage.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Endpoint',
			name: 'endpoint',
			type: 'string',
			required: true,
			default: 'https://s3.us-east-1.amazonaws.com',
			placeholder: 'e.g. https://<account>.r2.cloudflarestorage.com',
			description: 'Address of the S3 API, without the bucket',
		},
		{
			displayName: 'Region',
			name: 'region',
			type: 'string',
			default: 'us-east-1',
			placeholder: 'e.g. eu-central-1',
			description: 'As the store names it; "auto" for Cloudflare R2',
		},
		{
			displayName: 'Bucket',
			name: 'bucket',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. my-edits',
			description: 'An existing bucket; it needs no public access',
		},
		{
			displayName: 'Access Key ID',
			name: 'accessKeyId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. AKIAIOSFODNN7EXAMPLE',
			description: 'Of a key that may put, get and delete objects in the bucket, and list it',
		},
		{
			displayName: 'Secret Access Key',
			name: 'secretAccessKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		{
			displayName: 'Force Path Style',
			name: 'forcePathStyle',
			type: 'boolean',
			default: true,
			description:
				'Whether the bucket stands behind the host (host/bucket) instead of in front of it (bucket.host)',
		},
		{
			displayName: 'Prefix',
			name: 'prefix',
			type: 'string',
			default: 'qwen-image-edit',
			placeholder: 'e.g. n8n/edits',
			description: 'Folder for everything that the node puts into the bucket',
		},
	];
}
