/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
// Runs one batch in a process of its own and prints by how much its memory rose, as JSON.
//
//   node --expose-gc --import tsx memoryChild.ts '<MemoryOrder as JSON>'
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

import { plainPng } from '../../emulator';
import { paddedPng, withNotes } from '../../emulator/images/png';
import type { WorkflowNode } from '../../engine/stage/workflow/engine';
import { describeNode } from '../../engine/stage/workflow/nodes';
import { bufferRoute } from './bufferRoute';
import { EngineStage, type BenchProvider } from '../engineStage';
import { MemoryPeak } from './residentMemory';

/** One measurement. */
export interface MemoryOrder {
	/** The unpacked package; built when it is not given. */
	packageFolder?: string;
	route: 'streams' | 'buffers';
	provider: Exclude<BenchProvider, 'fal' | 'odkkk' | 'replicate'>;
	/** Where the emulator is. */
	apiOrigin: string;
	access: { baseUrl: string; key: string };
	count: number;
	width: number;
	/** Of each image that is sent; 0: a link is sent in its place. */
	inputBytes: number;
	/** Of each image that comes back. */
	resultBytes: number;
	url: string;
	/** One more item fails at each of n8n's tries (Retry On Fail). */
	retries?: boolean;
}

/** What came of it; megabytes of 1024 x 1024 bytes. */
export interface MemoryFigures {
	idle: number;
	peak: number;
	seconds: number;
	images: number;
	/** Bytes of all results together. */
	bytes: number;
	/** Hashes of the images that were sent, as n8n has them in its storage. */
	inputSha256: string[];
}

const models = {
	aiml: 'alibaba/qwen-image-edit',
	modelVerse: 'Qwen/Qwen-Image-Edit',
	openAiCompatible: '',
};

/** Puts images, each of its own, into n8n's storage without ever holding one. */
function imageSource(count: number, bytes: number): INodeType {
	return {
		description: describeNode('images'),
		async execute(this: IExecuteFunctions) {
			const items: INodeExecutionData[] = [];
			for (let index = 0; index < count; index += 1) {
				const own = { provider: 'none', prompt: 'none', job: String(index) };
				const image = withNotes(plainPng(416, 384), own);
				const stream = Readable.from(paddedPng(image, Math.max(bytes, 5000)));
				const data = await this.helpers.prepareBinaryData(stream, 'photo.png', 'image/png');
				items.push({ json: {}, binary: { data }, pairedItem: { item: 0 } });
			}
			return [items];
		},
	};
}

/** Hands items on, and calls something on the way. */
function passing(call: (context: IExecuteFunctions) => Promise<void>): INodeType {
	return {
		description: describeNode('passing'),
		async execute(this: IExecuteFunctions) {
			await call(this);
			return [this.getInputData()];
		},
	};
}

/** Hashes of the files of its items, from n8n's storage. */
async function storedSha256(context: IExecuteFunctions): Promise<string[]> {
	const hashes: string[] = [];
	for (const { binary } of context.getInputData()) {
		const hash = createHash('sha256');
		const stream = await context.helpers.getBinaryStream(binary!.data!.id!);
		for await (const chunk of stream) hash.update(chunk as Buffer);
		hashes.push(hash.digest('hex'));
	}
	return hashes;
}

/** The node with n8n's settings for another try, and prompts that change at each. */
function withRetries(node: WorkflowNode, retrying: Partial<WorkflowNode>): WorkflowNode {
	if (Object.keys(retrying).length === 0) return node;
	const prompt = '={{ $itemIndex === 0 ? "" : "Make it night " + Math.random() }}';
	return { ...node, ...retrying, parameters: { ...node.parameters, prompt } };
}

async function measure(order: MemoryOrder): Promise<MemoryFigures> {
	const stage = await EngineStage.open(
		{
			baseUrl: () => order.access.baseUrl,
			key: () => order.access.key,
		},
		order.packageFolder,
	);
	const { provider, width } = order;
	const [credential] = Object.keys(stage.editNode({ provider }).credentials!) as [string];
	const url = order.inputBytes === 0 ? order.url : undefined;
	// Another prompt at each try, and none for the first item.
	const retrying =
		order.retries === true
			? {
					retryOnFail: true,
					maxTries: 3,
					waitBetweenTries: 20,
					onError: 'continueErrorOutput' as const,
				}
			: {};
	const edit =
		order.route === 'streams'
			? withRetries(
					stage.editNode({
						provider,
						options: { maxConcurrency: width, maxImageMegabytes: 1000, timeoutSeconds: 3600 },
						...(url === undefined ? {} : { url }),
					}),
					retrying,
				)
			: {
					name: 'Edit',
					type: 'bench.bufferRoute',
					parameters: {
						credential,
						width,
						model: models[provider],
						baseUrl: order.access.baseUrl,
						url: url ?? '',
					},
					credentials: { [credential]: provider },
				};
	const more = order.retries === true ? 1 : 0;
	const run = async (
		count: number,
		inputBytes: number,
		resultBytes: number,
	): Promise<MemoryFigures> => {
		await fetch(`${order.apiOrigin}/_emulator/settings`, {
			method: 'POST',
			body: JSON.stringify({ resultBytes }),
		});
		let peak: MemoryPeak | undefined;
		let began = 0;
		const finished = await stage.run(
			[
				{ name: 'Images', type: 'bench.images' },
				{ name: 'Begin', type: 'bench.begin' },
				edit,
				{ name: 'End', type: 'bench.end' },
			],
			[{}],
			{
				nodeTypes: {
					'bench.bufferRoute': bufferRoute,
					'bench.images': imageSource(count + more, inputBytes),
					'bench.begin': passing(async (context) => {
						figures.inputSha256 = order.inputBytes === 0 ? [] : await storedSha256(context);
						await pause(300);
						peak = MemoryPeak.begin();
						began = Date.now();
					}),
					'bench.end': passing(async () => {
						figures.seconds = (Date.now() - began) / 1000;
						figures.peak = peak!.end();
						figures.idle = peak!.idle;
					}),
				},
			},
		);
		const results = finished.items('Edit').filter(({ json }) => json.error === undefined);
		figures.images = results.length;
		figures.bytes = results.reduce((sum, { binary }) => sum + (binary!.data!.bytes ?? 0), 0);
		return figures;
	};
	const figures: MemoryFigures = {
		idle: 0,
		peak: 0,
		seconds: 0,
		images: 0,
		bytes: 0,
		inputSha256: [],
	};
	// Everything is loaded, compiled and once used before anything is measured.
	await run(
		Math.min(2 * width, 20),
		Math.min(order.inputBytes, 20_000),
		Math.min(order.resultBytes, 20_000),
	);
	await fetch(`${order.apiOrigin}/_emulator/reset`, { method: 'POST' });
	return await run(order.count, order.inputBytes, order.resultBytes);
}

measure(JSON.parse(process.argv[2]!) as MemoryOrder).then(
	(figures) => process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0)),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
		process.exit(1);
	},
);
