/* eslint-disable @n8n/community-nodes/require-node-api-error -- tests never ship */
import { startS3Server, type S3Server } from '../../../emulator/s3';
import type { Emulator } from '../../../emulator/types';
import type { CredentialToImport } from '../../instance/home';
import { bucketCredential } from './bucketCredential';
import type { ChatServer } from './chatServer';
import { startChatModel } from './chatModel';
import { SERVICE_CREDENTIALS, UPLOAD_KEY, demoCredentials } from './credentials';
import { credentialTypesOf, type Example } from '../examples';
import { startTelegramServer, type TelegramServer } from './telegramServer';
import { startStorageServer, type StorageServer } from './storageServer';

/** The servers besides the providers that examples need, and the credentials for all of them. */
export interface DemoServices {
	credentials: CredentialToImport[];
	/** The memory of the node. */
	bucket?: S3Server;
	storage?: StorageServer;
	chat?: ChatServer;
	telegram?: TelegramServer;
	stop(): Promise<void>;
}

/** Starts what these examples name a credential for, and nothing else. */
export async function startServices(
	emulator: Emulator,
	examples: readonly Example[],
): Promise<DemoServices> {
	const needed = credentialTypesOf(examples);
	const credentials = demoCredentials(emulator);
	const services: DemoServices = {
		credentials,
		stop: async () => {
			await services.telegram?.stop();
			await services.chat?.stop();
			await services.storage?.stop();
			await services.bucket?.stop();
		},
	};
	try {
		if (needed.has('httpHeaderAuth')) {
			credentials.push({ ...SERVICE_CREDENTIALS.uploads, data: UPLOAD_KEY });
		}
		if (needed.has('qwenImageEditStorageApi')) {
			services.bucket = await startS3Server();
			credentials.push(bucketCredential(services.bucket));
		}
		if (needed.has('s3')) {
			services.storage = await startStorageServer();
			const { credentialData } = services.storage;
			credentials.push({ ...SERVICE_CREDENTIALS.storage, data: credentialData });
		}
		if (needed.has('openAiApi')) {
			services.chat = await startChatModel();
			const data = { apiKey: 'none', url: services.chat.url };
			credentials.push({ ...SERVICE_CREDENTIALS.chat, data });
		}
		if (needed.has('telegramApi')) {
			services.telegram = await startTelegramServer();
			const { credentialData } = services.telegram;
			credentials.push({ ...SERVICE_CREDENTIALS.telegram, data: credentialData });
		}
		return services;
	} catch (error) {
		await services.stop();
		throw error;
	}
}
