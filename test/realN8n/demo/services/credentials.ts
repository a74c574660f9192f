import type { Emulator, ProviderId } from '../../../emulator/types';
import type { CredentialToImport } from '../../instance/home';

/**
 * The credentials that the example workflows name. n8n looks a credential up by id, so the ids in
 * `examples/` and these are the same.
 */
const CREDENTIALS: Readonly<Record<ProviderId, Omit<CredentialToImport, 'data'>>> = {
	aiml: { id: 'exampleAimlApi', name: 'AI/ML account', type: 'qwenImageEditAimlApi' },
	chainHub: {
		id: 'exampleChainHubApi',
		name: 'ChainHub account',
		type: 'qwenImageEditChainHubApi',
	},
	dashScope: {
		id: 'exampleDashScopeApi',
		name: 'DashScope account',
		type: 'qwenImageEditDashScopeApi',
	},
	evoLink: { id: 'exampleEvoLinkApi', name: 'EvoLink account', type: 'qwenImageEditEvoLinkApi' },
	fal: { id: 'exampleFalApi', name: 'fal.ai account', type: 'qwenImageEditFalApi' },
	kie: { id: 'exampleKieApi', name: 'Kie.ai account', type: 'qwenImageEditKieApi' },
	modelsLab: {
		id: 'exampleModelsLabApi',
		name: 'ModelsLab account',
		type: 'qwenImageEditModelsLabApi',
	},
	modelVerse: {
		id: 'exampleModelVerseApi',
		name: 'ModelVerse account',
		type: 'qwenImageEditModelVerseApi',
	},
	odkkk: { id: 'exampleOdkkkApi', name: 'odkkk account', type: 'qwenImageEditOdkkkApi' },
	replicate: {
		id: 'exampleReplicateApi',
		name: 'Replicate account',
		type: 'qwenImageEditReplicateApi',
	},
	siliconFlow: {
		id: 'exampleSiliconFlowApi',
		name: 'SiliconFlow account',
		type: 'qwenImageEditSiliconFlowApi',
	},
	waveSpeed: {
		id: 'exampleWaveSpeedApi',
		name: 'WaveSpeedAI account',
		type: 'qwenImageEditWaveSpeedApi',
	},
	openAiCompatible: {
		id: 'exampleOpenAiCompatible',
		name: 'My image server',
		type: 'qwenImageEditOpenAiCompatibleApi',
	},
};

/** What examples need besides a provider. */
export const SERVICE_CREDENTIALS = {
	storage: { id: 'exampleS3Storage', name: 'S3 storage', type: 's3' },
	uploads: { id: 'exampleUploadKey', name: 'Key for uploads', type: 'httpHeaderAuth' },
	chat: { id: 'exampleChatModel', name: 'Chat model account', type: 'openAiApi' },
} as const satisfies Record<string, Omit<CredentialToImport, 'data'>>;

/** The header that an upload must carry. Not a secret: the demo listens on the loopback interface alone. */
export const UPLOAD_KEY = { name: 'X-Upload-Key', value: 'demo-upload-key' };

/** One ready-made credential for each provider, whose base URL is the emulator's. */
export function demoCredentials(emulator: Emulator): CredentialToImport[] {
	return (Object.keys(CREDENTIALS) as ProviderId[]).map((provider) => ({
		...CREDENTIALS[provider],
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
	const all = [...Object.values(CREDENTIALS), ...Object.values(SERVICE_CREDENTIALS)];
	return all.find((one) => one.type === type && one.name === name)?.id;
}
