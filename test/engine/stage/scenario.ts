/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import {
	engineNodes,
	startWorkflow,
	type Connection,
	type FinishedRun,
	type RunningWorkflow,
	type WorkflowNode,
	type WorkflowRunOptions,
} from './workflow/engine';
import { startBinaryServer, type BinaryServer } from './binaryServer';
import { CredentialStore } from './credentials';
import { engineLog } from './workflow/log';
import type { StartItem } from './workflow/nodes';
import { makeImage } from './images';

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

import type {
	ICredentialType,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';

import type { OperationName } from '../../../nodes/QwenImageEdit/adapter/field';
import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';
import {
	PROVIDER_IDS,
	startEmulator,
	type Emulator,
	type EmulatorOptions,
	type EmulatorSettings,
	type ProviderId,
	type SettingsPatch,
} from '../../emulator';

/** The node type's full name, under which a workflow file names it once the package is installed. */
export const editNodeType = 'n8n-nodes-qwen-image-edit.qwenImageEdit';

/** What the document of a provider says of it. */
interface DocumentedFacts {
	credential: string;
	/** The default model; empty where the server has one of its own. */
	model: string;
	/** Whether the document has a task that is read later. */
	tasks: boolean;
	/** Whether the document takes image data, or links only. */
	takes: 'data' | 'links';
	mostImages: number;
}

/** A declaration as far as it is needed here; its whole form is in `test/pure/contract/fixture.ts`. */
interface Declaration {
	credentialType: string;
	defaultModel: string;
	operations: string[];
	images: { maximum: number; takes: string };
}

function factsOf(provider: ProviderId): DocumentedFacts {
	const file = join(__dirname, '../../documents', provider, 'declaration.json');
	const declaration = JSON.parse(readFileSync(file, 'utf8')) as Declaration;
	const { credentialType, defaultModel, operations, images } = declaration;
	return {
		credential: credentialType,
		model: defaultModel,
		tasks: operations.includes('getTask'),
		takes: images.takes === 'link' ? 'links' : 'data',
		mostImages: images.maximum,
	};
}

/** What the documents say of each provider, not what the adapters do. */
export const facts = Object.fromEntries(
	PROVIDER_IDS.map((provider) => [provider, factsOf(provider)]),
) as Record<ProviderId, DocumentedFacts>;

/** The id under which the node knows a task: at fal.ai the app stands before the id of the request. */
export function nodeTaskId(provider: ProviderId, taskId: string): string {
	return provider === 'fal' ? `${facts.fal.model}/requests/${taskId}` : taskId;
}

export const providerIds: readonly ProviderId[] = PROVIDER_IDS;

export const taskProviderIds = providerIds.filter((id) => facts[id].tasks);

/** One row of the Images field. */
export type ImageRow =
	| { source: 'binary'; binaryPropertyName?: string }
	| { source: 'url'; url: string }
	| { source: 'base64'; base64: string };

/** A workflow with our node in the middle: Start, Edit, Next (which reads the files). */
export interface Order {
	provider: ProviderId;
	operation?: OperationName;
	prompt?: string;
	/** Default: the binary field `data`. */
	images?: ImageRow[];
	options?: INodeParameters;
	parameters?: INodeParameters;
	/** Default: one item with an image in `data`. */
	items?: StartItem[];
	node?: Partial<WorkflowNode>;
	/** Nodes between Edit and Next. */
	behind?: WorkflowNode[];
	/** Id of a saved credential; default: the right one. */
	credential?: string;
	engine?: Partial<WorkflowRunOptions>;
}

export interface StageRun extends FinishedRun {
	/** What our node has put out on its first output. */
	edited: INodeExecutionData[];
	/** What the node behind has read. */
	next: INodeExecutionData[];
	/** What came out of the error output. */
	failed: INodeExecutionData[];
}

export interface RunningStage {
	cancel(): void;
	finished: Promise<StageRun>;
}

/** Name of the node under test in every workflow. */
export const editName = 'Edit';

/** Every credential type of the package. */
export function credentialTypes(): ICredentialType[] {
	const folder = join(__dirname, '../../../credentials');
	return readdirSync(folder)
		.filter((file) => file.endsWith('.credentials.ts'))
		.flatMap((file) => {
			// eslint-disable-next-line @typescript-eslint/no-require-imports -- the file names are not known here
			const module = require(join(folder, file)) as Record<string, new () => ICredentialType>;
			return Object.values(module).map((type) => new type());
		});
}

/** Our node as a workflow has it. */
export function editNode(order: Order, name = editName): WorkflowNode {
	const { provider, operation = 'edit', options, parameters } = order;
	const { credential } = facts[provider];
	return {
		name,
		type: editNodeType,
		parameters: {
			provider,
			operation,
			...(operation === 'getTask' || operation === 'cancelTask'
				? {}
				: {
						prompt: order.prompt ?? 'Make it night',
						images: { image: (order.images ?? [{ source: 'binary' }]) as INodeParameters[] },
					}),
			...(options === undefined ? {} : { options }),
			...parameters,
		},
		credentials: { [credential]: order.credential ?? provider },
		...order.node,
	};
}

/** The emulator, n8n's signed URLs, and credentials for every provider, with workflows to run on them. */
export class Stage {
	private runs: FinishedRun[] = [];

	private readonly settings: EmulatorSettings;

	private constructor(
		readonly emulator: Emulator,
		readonly binaryServer: BinaryServer,
		readonly credentials: CredentialStore,
		private readonly image: Buffer,
	) {
		this.settings = structuredClone(emulator.settings);
	}

	static async open(options: EmulatorOptions = {}): Promise<Stage> {
		const emulator = await startEmulator(options);
		const credentials = new CredentialStore(credentialTypes());
		const stage = new Stage(emulator, await startBinaryServer(), credentials, await makeImage());
		for (const id of providerIds) await stage.saveCredential(id, id);
		return stage;
	}

	/** Saves a credential of a provider; what is not given is right for the emulator. */
	async saveCredential(id: string, provider: ProviderId, data: IDataObject = {}): Promise<void> {
		const uploadBaseUrl = this.emulator.uploadBaseUrl(provider);
		await this.credentials.save(id, {
			type: facts[provider].credential,
			data: {
				apiKey: this.emulator.key(provider),
				baseUrl: this.emulator.baseUrl(provider),
				...(uploadBaseUrl === undefined ? {} : { uploadBaseUrl }),
				...data,
			} as never,
		});
	}

	/** Changes what the providers' documents leave open, until the next {@link sweep}. */
	set(patch: SettingsPatch): void {
		const lay = (target: Record<string, unknown>, over: Record<string, unknown>): void => {
			for (const [name, value] of Object.entries(over)) {
				if (!(name in target)) throw new Error(`There is no setting "${name}"`);
				const current = target[name];
				const nested = typeof value === 'object' && typeof current === 'object' && value && current;
				if (nested) lay(current as Record<string, unknown>, value as Record<string, unknown>);
				else target[name] = value;
			}
		};
		lay(this.emulator.settings as never, patch as never);
	}

	/** An item with an image in the binary field `data`. */
	item(json: IDataObject = {}, bytes = this.image): StartItem {
		return { json, binary: { data: { bytes, mimeType: 'image/png', fileName: 'photo.png' } } };
	}

	start(order: Order): RunningStage {
		const edit = editNode(order);
		const row = [edit, ...(order.behind ?? []), { name: 'Next', type: engineNodes.readFiles }];
		const names = ['Start', ...row.map(({ name }) => name)];
		const connections: Connection[] = names
			.slice(1)
			.map((name, index) => [names[index]!, name] as const);
		const nodes: WorkflowNode[] = [...row];
		if (edit.onError === 'continueErrorOutput') {
			nodes.push({ name: 'Failed', type: engineNodes.collect });
			connections.push([edit.name, 'Failed', 1]);
		}
		const running: RunningWorkflow = startWorkflow({
			nodes,
			connections,
			nodeTypes: { [editNodeType]: new QwenImageEdit() },
			credentials: this.credentials,
			startItems: order.items ?? [this.item()],
			instanceUrl: this.binaryServer.url,
			...order.engine,
		});
		const finish = async (): Promise<StageRun> => {
			const finished = await running.finished;
			const run: StageRun = {
				...finished,
				edited: finished.items(editName),
				next: finished.items('Next'),
				failed: finished.items('Failed'),
			};
			this.runs.push(run);
			return run;
		};
		return { cancel: running.cancel, finished: finish() };
	}

	/** A run that was started elsewhere, to be looked at for keys too. */
	keep(run: FinishedRun): void {
		this.runs.push(run);
	}

	async run(order: Order): Promise<StageRun> {
		return await this.start(order).finished;
	}

	/** Runs and expects success; says what went wrong where it does not come. */
	async succeed(order: Order): Promise<StageRun> {
		const run = await this.run(order);
		if (run.status !== 'success') {
			throw new Error(`The workflow ended as ${run.status}: ${run.error?.message}`, {
				cause: run.error,
			});
		}
		return run;
	}

	/** Requests that reached the emulator for this purpose. */
	requests(route: 'submit' | 'read' | 'upload' | 'result' | 'credit' | 'cancel') {
		return this.emulator.requests.filter((request) => request.route === route);
	}

	/**
	 * Looks for every key in what the runs have left (as n8n stores it, and in the objects with all their hidden
	 * parts) and in the log, and for keys that were sent where they do not belong; then forgets it all.
	 *
	 * @returns where keys were found
	 */
	sweep(): string[] {
		const places: string[] = [];
		const look = (place: string, text: string): void => {
			for (const id of providerIds) {
				const key = this.emulator.key(id);
				const forms = [key, Buffer.from(key).toString('base64').replace(/=+$/, '')];
				if (forms.some((form) => text.includes(form))) places.push(`${place}: key of ${id}`);
			}
		};
		const everything = { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null };
		for (const run of this.runs) {
			look(`stored run ${run.executionId}`, run.stored());
			look(`run ${run.executionId} in memory`, inspect(run.run.data, everything));
		}
		look('log', inspect(engineLog, everything));
		for (const { keyOf, server, where, requestId } of this.emulator.leaks) {
			places.push(`request ${requestId} to ${server}: key of ${keyOf} in its ${where}`);
		}
		for (const { server, headers, id } of this.emulator.requests) {
			if (server !== 'api' && (headers.authorization ?? headers.cookie) !== undefined) {
				places.push(`request ${id} to ${server} carries credentials`);
			}
		}
		this.runs = [];
		engineLog.length = 0;
		this.emulator.reset();
		Object.assign(this.emulator.settings, structuredClone(this.settings));
		return places;
	}

	async close(): Promise<void> {
		await this.emulator.stop();
		await this.binaryServer.stop();
	}
}

/**
 * A test with an emulator of its own. Such tests run side by side, five at a time: most of them wait for a task.
 * At its end no key may be found where none belongs.
 */
export function onStage(
	name: string,
	run: (stage: Stage) => Promise<void>,
	options: EmulatorOptions = {},
): void {
	test.concurrent(name, async () => {
		const stage = await Stage.open(options);
		try {
			await run(stage);
			expect(stage.sweep()).toEqual([]);
		} finally {
			await stage.close();
		}
	});
}
