/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import '../engine/stage/workflow/setup';

import { sep } from 'node:path';

import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeParameters, INodeType } from 'n8n-workflow';

import type { ProviderId } from '../emulator';
import type { S3Account } from '../emulator/s3';
import { CredentialStore } from '../engine/stage/credentials';
import {
	runWorkflow,
	type Connection,
	type FinishedRun,
	type WorkflowNode,
} from '../engine/stage/workflow/engine';
import { engineLog } from '../engine/stage/workflow/log';
import type { StartItem } from '../engine/stage/workflow/nodes';
import { builtPackage } from '../package/tarball/builtPackage';

/** The node's full name once the package is installed. */
export const editNodeType = 'n8n-nodes-qwen-image-edit.qwenImageEdit';

/** The full name of the trigger. */
export const triggerNodeType = 'n8n-nodes-qwen-image-edit.qwenImageEditTrigger';

/** Where a provider is to be found, with what key. */
export interface ProviderAccess {
	baseUrl(provider: ProviderId): string;
	key(provider: ProviderId): string;
}

const credentialOf = {
	aiml: 'qwenImageEditAimlApi',
	modelVerse: 'qwenImageEditModelVerseApi',
	fal: 'qwenImageEditFalApi',
	odkkk: 'qwenImageEditOdkkkApi',
	replicate: 'qwenImageEditReplicateApi',
	openAiCompatible: 'qwenImageEditOpenAiCompatibleApi',
} as const;

/** Providers that the bench measures at: at once with links, with base64, with a form; and with tasks. */
export type BenchProvider = keyof typeof credentialOf;

/** A run of a batch through the package's node. */
export interface BatchOrder {
	provider: BenchProvider;
	items: StartItem[];
	/** Default: the binary field `data`. */
	url?: string;
	prompt?: string;
	options?: INodeParameters;
	/** Whether the node has the bucket that {@link EngineStage.saveBucket} was told of. */
	hasBucket?: boolean;
}

const storageCredential = 'qwenImageEditStorageApi';

/** How long something took, by the clock on the wall. */
export interface Timed {
	run: FinishedRun;
	seconds: number;
}

/** n8n's engine with the package as it is published, or with other node types for comparison. */
export class EngineStage {
	private constructor(
		readonly credentials: CredentialStore,
		readonly nodeTypes: Readonly<Record<string, INodeType>>,
	) {}

	/** Loads the built package as n8n does, so freshly that it has learned nothing from earlier runs. */
	static async open(access: ProviderAccess, packageFolder?: string): Promise<EngineStage> {
		const folder = packageFolder ?? (await builtPackage()).folder;
		for (const file of Object.keys(require.cache)) {
			if (file.startsWith(`${folder}${sep}`)) delete require.cache[file];
		}
		const loader = new PackageDirectoryLoader(folder);
		await loader.loadAll();
		const types = Object.values(loader.credentialTypes).map(({ type }) => type as ICredentialType);
		const credentials = new CredentialStore(types);
		for (const [provider, type] of Object.entries(credentialOf) as Array<[BenchProvider, string]>) {
			await credentials.save(provider, {
				type,
				data: { apiKey: access.key(provider), baseUrl: access.baseUrl(provider) },
			});
		}
		return new EngineStage(credentials, {
			[editNodeType]: loader.getNode('qwenImageEdit').type as INodeType,
			[triggerNodeType]: loader.getNode('qwenImageEditTrigger').type as INodeType,
		});
	}

	/** Saves the credential of a bucket. */
	async saveBucket(store: S3Account & { origin: string; bucket: string }): Promise<void> {
		const { origin: endpoint, region, bucket, accessKeyId, secretAccessKey } = store;
		await this.credentials.save('storage', {
			type: storageCredential,
			data: { endpoint, region, bucket, accessKeyId, secretAccessKey, forcePathStyle: true },
		});
	}

	/** Our node as a workflow has it. */
	editNode(order: Omit<BatchOrder, 'items'>): WorkflowNode {
		const { provider, url, prompt = 'Make it night', options = {}, hasBucket = false } = order;
		return {
			name: 'Edit',
			type: editNodeType,
			parameters: {
				provider,
				operation: 'edit',
				prompt,
				images: {
					image: [url === undefined ? { source: 'binary' } : { source: 'url', url }],
				} as INodeParameters,
				options,
				...(hasBucket ? { storage: 's3' } : {}),
			},
			credentials: {
				[credentialOf[provider]]: provider,
				...(hasBucket ? { [storageCredential]: 'storage' } : {}),
			},
		};
	}

	/** The trigger as a workflow has it. */
	triggerNode(name: string, provider: BenchProvider): WorkflowNode {
		return {
			name,
			type: triggerNodeType,
			parameters: { provider },
			credentials: { [credentialOf[provider]]: provider },
		};
	}

	/** Runs nodes in a row (or as connected) and expects them to end well. */
	async run(
		nodes: WorkflowNode[],
		startItems: StartItem[],
		more: {
			nodeTypes?: Readonly<Record<string, INodeType>>;
			connections?: readonly Connection[];
			credentials?: CredentialStore;
		} = {},
	): Promise<FinishedRun> {
		// Every line of n8n's log is kept for the tests; hundreds of runs would keep hundreds of thousands.
		engineLog.length = 0;
		const run = await runWorkflow({
			nodes,
			startItems,
			credentials: more.credentials ?? this.credentials,
			nodeTypes: { ...this.nodeTypes, ...more.nodeTypes },
			...(more.connections === undefined ? {} : { connections: more.connections }),
		});
		if (run.status !== 'success') {
			throw new Error(`the workflow ended as ${run.status}: ${run.error?.message}`, {
				cause: run.error,
			});
		}
		return run;
	}

	/** Runs a batch; the seconds are those of our node, from its start to its end. */
	async batch(order: BatchOrder): Promise<Timed> {
		const run = await this.run([this.editNode(order)], order.items);
		return { run, seconds: secondsOf(run, 'Edit') };
	}
}

/** How long a node has worked, all its runs together. */
export function secondsOf(run: FinishedRun, nodeName: string): number {
	return run.runsOf(nodeName).reduce((sum, { executionTime }) => sum + executionTime, 0) / 1000;
}
