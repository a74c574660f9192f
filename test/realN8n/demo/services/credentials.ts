import { findProvider } from '../../../../nodes/QwenImageEdit/providers';
import { PROVIDER_IDS, type Emulator, type ProviderId } from '../../../emulator/types';
import type { CredentialToImport } from '../../instance/home';
import { bucketReference } from './bucketCredential';

/** Names that are not "<title> account". */
const NAMES: Readonly<Partial<Record<ProviderId, string>>> = {
	aiml: 'AI/ML account',
	dashScope: 'DashScope account',
	modelVerse: 'ModelVerse account',
	openAiCompatible: 'My image server',
};

/**
 * The credentials that the example workflows name. n8n looks a credential up by id, so the ids in
 * `examples/` and these are the same.
 */
const CREDENTIALS = PROVIDER_IDS.map((provider) => {
	const { title, credential } = findProvider(provider)!;
	return {
		provider,
		id: credential.type.replace('qwenImageEdit', 'example'),
		name: NAMES[provider] ?? `${title} account`,
		type: credential.type,
	};
});

/** What examples need besides a provider. */
export const SERVICE_CREDENTIALS = {
	bucket: { ...bucketReference.qwenImageEditStorageApi, type: 'qwenImageEditStorageApi' },
	storage: { id: 'exampleS3Storage', name: 'S3 storage', type: 's3' },
	uploads: { id: 'exampleUploadKey', name: 'Key for uploads', type: 'httpHeaderAuth' },
	telegram: { id: 'exampleTelegram', name: 'Telegram bot', type: 'telegramApi' },
	chat: { id: 'exampleChatModel', name: 'Chat model account', type: 'openAiApi' },
} as const satisfies Record<string, Omit<CredentialToImport, 'data'>>;

/** The header that an upload must carry. Not a secret: the demo listens on the loopback interface alone. */
export const UPLOAD_KEY = { name: 'X-Upload-Key', value: 'demo-upload-key' };

/** One ready-made credential for each provider, whose base URL is the emulator's. */
export function demoCredentials(emulator: Emulator): CredentialToImport[] {
	return CREDENTIALS.map(({ provider, ...credential }) => ({
		...credential,
		data: {
			apiKey: emulator.key(provider),
			baseUrl: emulator.baseUrl(provider),
			...(emulator.uploadBaseUrl(provider) === undefined
				? {}
				: { uploadBaseUrl: emulator.uploadBaseUrl(provider) }),
		},
	}));
}

/** The id under which the demo has a credential of this type and name, if it has one. */
export function findDemoCredential(type: string, name: string): string | undefined {
	const all = [...CREDENTIALS, ...Object.values(SERVICE_CREDENTIALS)];
	return all.find((one) => one.type === type && one.name === name)?.id;
}
