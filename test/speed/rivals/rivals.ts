import { CredentialStore } from '../../engine/stage/credentials';
import { plainPng, type RecordedRequest } from '../../emulator';
import { credentialTypes } from '../../engine/stage/scenario';
import type { Connection, WorkflowNode } from '../../engine/stage/workflow/engine';
import type { StartItem } from '../../engine/stage/workflow/nodes';
import type { BenchSettings } from '../benchSettings';
import { startEmulatorProcess, type EmulatorProcess } from '../emulatorProcess';
import { EngineStage, type BenchProvider } from '../engineStage';
import { startModelScopeFace } from './modelScopeFace';
import { figure, goal, ratio, type Section } from '../report';
import { loadRivals, type RivalPackages } from './rivalPackages';
import { drawer, fixedIntervalFigures, type Duration } from '../makespan/virtualBatch';

/** A way to edit a batch. */
interface Way {
	name: string;
	nodes: WorkflowNode[];
	connections?: Connection[];
	/** The node whose output is the batch of images. */
	last: string;
	items: StartItem[];
}

/** What a way has taken. */
interface Taken {
	name: string;
	count: number;
	seconds: number;
	/** Most edits that the provider had under way at one time. */
	mostAtOnce: number;
	/** Says how it was had, when not by measuring. */
	label?: string;
}

const width = 20;

const photo = plainPng(416, 384);

const items = (count: number, withFile = false): StartItem[] =>
	Array.from({ length: count }, (_, index) => ({
		json: { index },
		...(withFile
			? { binary: { data: { bytes: photo, mimeType: 'image/png', fileName: 'photo.png' } } }
			: {}),
	}));

/** Most requests for an edit that were open at one time. */
function mostOpen(requests: readonly RecordedRequest[]): number {
	const changes = requests
		.filter(({ route }) => route === 'submit')
		.flatMap(({ at, answeredAt = Number.POSITIVE_INFINITY }) => [
			{ at, by: 1 },
			{ at: answeredAt, by: -1 },
		])
		.sort((one, other) => one.at - other.at || one.by - other.by);
	let open = 0;
	let most = 0;
	for (const { by } of changes) {
		open += by;
		most = Math.max(most, open);
	}
	return most;
}

/** The two HTTP Request nodes with which an edit is made by hand: the edit, then the download of its link. */
function byHand(
	emulator: EmulatorProcess,
	url: string,
	batching?: { batchSize: number; batchInterval: number },
): WorkflowNode[] {
	// The downloads need no spacing.
	const options = (responseFormat: 'json' | 'file', spaced: boolean) => ({
		response: { response: { responseFormat } },
		...(batching === undefined || !spaced ? {} : { batching: { batch: batching } }),
	});
	const type = 'n8n-nodes-base.httpRequest';
	return [
		{
			name: 'Edit',
			type,
			typeVersion: 4.3,
			parameters: {
				method: 'POST',
				url: `${emulator.baseUrl('aiml')}/v1/images/generations`,
				authentication: 'none',
				sendHeaders: true,
				specifyHeaders: 'keypair',
				headerParameters: {
					parameters: [{ name: 'Authorization', value: `Bearer ${emulator.key('aiml')}` }],
				},
				sendBody: true,
				contentType: 'json',
				specifyBody: 'json',
				jsonBody: JSON.stringify({
					model: 'alibaba/qwen-image-edit',
					prompt: 'Make it night',
					image: url,
				}),
				options: options('json', true),
			},
		},
		{
			name: 'Download',
			type,
			typeVersion: 4.3,
			parameters: {
				method: 'GET',
				url: '={{ $json.data[0].url }}',
				authentication: 'none',
				options: options('file', false),
			},
		},
	];
}

/** The package's own node at a provider. */
function ours(
	stage: EngineStage,
	provider: BenchProvider,
	batch: StartItem[],
	url?: string,
	ownWidth = width,
): Way {
	return {
		name: `this node, ${ownWidth} at a time`,
		nodes: [
			stage.editNode({
				provider,
				...(url === undefined ? {} : { url }),
				options: { maxConcurrency: ownWidth },
			}),
		],
		last: 'Edit',
		items: batch,
	};
}

/** Runs ways one after another on an emulator of their own. */
async function runWays(
	rivals: RivalPackages,
	work: { latencyMs?: Duration; taskSeconds?: Duration },
	waysOf: (stage: EngineStage, emulator: EmulatorProcess, url: string) => Way[],
): Promise<Taken[]> {
	const emulator = await startEmulatorProcess();
	try {
		const stage = await EngineStage.open(emulator);
		const credentials = new CredentialStore([...credentialTypes(), ...rivals.credentialTypes]);
		for (const provider of ['aiml', 'odkkk', 'openAiCompatible'] as const) {
			const type = Object.keys(stage.editNode({ provider }).credentials!)[0]!;
			await credentials.save(provider, {
				type,
				data: { apiKey: emulator.key(provider), baseUrl: emulator.baseUrl(provider) },
			});
		}
		await credentials.save('openAi', {
			type: 'openAiApi',
			data: {
				apiKey: emulator.key('openAiCompatible'),
				url: `${emulator.baseUrl('openAiCompatible').replace(/\/v1$/, '')}/v1`,
			},
		});
		const url = await emulator.hostImage(photo, 'photo.png');
		const run = async (way: Way): Promise<number> => {
			const started = performance.now();
			const run = await stage.run(way.nodes, way.items, {
				nodeTypes: rivals.nodeTypes as never,
				credentials,
				...(way.connections === undefined ? {} : { connections: way.connections }),
			});
			const seconds = (performance.now() - started) / 1000;
			const images = run
				.runsOf(way.last)
				.flatMap(({ data }) => data?.main?.flatMap((output) => output ?? []) ?? [])
				.filter(({ binary }) => binary?.data !== undefined);
			if (images.length !== way.items.length) {
				throw new Error(`${way.name}: ${images.length} images of ${way.items.length}`);
			}
			return seconds;
		};
		const taken: Taken[] = [];
		for (const way of waysOf(stage, emulator, url)) {
			// Once with two, so that nothing is loaded or compiled while it is measured.
			await emulator.set({ fetchInputs: false, latencyMs: 10, taskSeconds: 1 });
			await run({ ...way, items: way.items.slice(0, 2) });
			await emulator.reset();
			await emulator.set(work);
			const seconds = await run(way);
			const { requests, maxRunning } = await emulator.state();
			taken.push({
				name: way.name,
				count: way.items.length,
				seconds,
				mostAtOnce: work.taskSeconds === undefined ? mostOpen(requests) : maxRunning,
			});
		}
		return taken;
	} finally {
		await emulator.stop();
	}
}

/** n8n-nodes-qwen-image at a server that speaks as ModelScope does. */
async function runQwenImage(rivals: RivalPackages, work: Duration, count: number): Promise<Taken> {
	const face = await startModelScopeFace(drawer(work), photo);
	try {
		const credentials = new CredentialStore(rivals.credentialTypes);
		await credentials.save('modelScope', {
			type: 'modelScopeApi',
			data: { apiKey: 'key', baseUrl: face.baseUrl },
		});
		const stage = await EngineStage.open({ baseUrl: () => face.baseUrl, key: () => 'key' });
		const started = performance.now();
		const run = await stage.run(
			[
				{
					name: 'Edit',
					type: 'n8n-nodes-qwen-image.qwenImage',
					typeVersion: 2,
					parameters: { operation: 'generate', prompt: 'Make it night' },
					credentials: { modelScopeApi: 'modelScope' },
				},
			],
			items(count),
			{ nodeTypes: rivals.nodeTypes as never, credentials },
		);
		const seconds = (performance.now() - started) / 1000;
		const made = run.items('Edit').filter(({ binary }) => binary?.data !== undefined).length;
		if (made !== count) throw new Error(`n8n-nodes-qwen-image made ${made} images of ${count}`);
		const version = rivals.versions['n8n-nodes-qwen-image'];
		return { name: `n8n-nodes-qwen-image ${version}`, count, seconds, mostAtOnce: 1 };
	} finally {
		await face.stop();
	}
}

/** One after another, looked at once and then at fixed intervals: the schedule that a package documents. */
function replay(name: string, work: Duration, count: number, intervalSeconds: number): Taken {
	const draw = drawer(work);
	const draws = Array.from({ length: count }, draw);
	const { meanLagSeconds } = fixedIntervalFigures(draws, intervalSeconds);
	const seconds = draws.reduce((sum, drawn) => sum + drawn, 0) + count * meanLagSeconds;
	return { name, count, seconds, mostAtOnce: 1, label: 'replayed' };
}

const head = ['Way', 'N', 'Time', 'Per image', 'Most at once', `Times ours (c = ${width})`];

function rowsOf(taken: readonly Taken[]): string[][] {
	const [own] = taken;
	const ownPerImage = own!.seconds / own!.count;
	return taken.map(({ name, count, seconds, mostAtOnce, label }) => [
		label === undefined ? name : `${name} (**${label}**)`,
		String(count),
		`${figure(seconds)} s`,
		`${figure((seconds / count) * 1000)} ms`,
		String(mostAtOnce),
		ratio(seconds / count / ownPerImage),
	]);
}

/** The same batches through other nodes. */
export async function measureRivals(settings: BenchSettings): Promise<Section> {
	const rivals = await loadRivals(settings.log);
	const count = settings.quick ? 20 : 100;
	const many = settings.quick ? 100 : 1000;
	const latencyMs = { median: 600, sigma: 0.4 };
	const work = { median: 5, sigma: 0.4 };
	const batching = { batchSize: width, batchInterval: 1000 };
	const few = settings.quick ? 3 : 8;
	settings.log('rivals: batches through other nodes ...');
	const hand = (name: string, size: number, nodes: WorkflowNode[]): Way => ({
		name,
		nodes,
		last: 'Download',
		items: items(size),
	});
	// Side by side, each with an emulator of its own: they wait, they do not work.
	const [atOnce, serial, loop, forms, tasks, qwenImage] = await Promise.all([
		runWays(rivals, { latencyMs }, (stage, emulator, url) => [
			ours(stage, 'aiml', items(count), url),
			ours(stage, 'aiml', items(count), url, 4),
			hand('HTTP Request, all at once', count, byHand(emulator, url)),
			hand('HTTP Request, batches of 20 each second', count, byHand(emulator, url, batching)),
		]),
		runWays(rivals, { latencyMs }, (stage, _emulator, url) => [
			ours(stage, 'aiml', items(count), url, 1),
		]),
		runWays(rivals, { latencyMs }, (_stage, emulator, url) => [
			{
				...hand('HTTP Request, one by one in Loop Over Items', count, [
					{
						name: 'Loop',
						type: 'n8n-nodes-base.splitInBatches',
						typeVersion: 3,
						parameters: { options: {} },
					},
					...byHand(emulator, url),
				]),
				connections: [
					['Start', 'Loop'],
					['Loop', 'Edit', 1],
					['Edit', 'Download'],
					['Download', 'Loop'],
				],
			},
		]),
		runWays(rivals, { latencyMs }, (stage) => [
			ours(stage, 'openAiCompatible', items(count, true)),
			{
				name: `n8n’s OpenAI node, Edit Image (@n8n/n8n-nodes-langchain ${rivals.versions['@n8n/n8n-nodes-langchain']})`,
				nodes: [
					{
						name: 'Edit',
						type: '@n8n/n8n-nodes-langchain.openAi',
						typeVersion: 2.3,
						parameters: {
							resource: 'image',
							operation: 'edit',
							modelId: { __rl: true, mode: 'id', value: 'gpt-image-1' },
							prompt: 'Make it night',
							images: { values: [{ binaryPropertyName: 'data' }] },
							options: {},
						},
						credentials: { openAiApi: 'openAi' },
					},
				],
				last: 'Edit',
				items: items(count, true),
			},
		]),
		runWays(rivals, { taskSeconds: work }, (stage, _emulator, url) => [
			ours(stage, 'odkkk', items(count), url),
		]),
		runQwenImage(rivals, work, few),
	]);
	const large = await runWays(rivals, { latencyMs }, (stage, emulator, url) => [
		ours(stage, 'aiml', items(many), url),
		hand('HTTP Request, all at once', many, byHand(emulator, url)),
		hand('HTTP Request, batches of 20 each second', many, byHand(emulator, url, batching)),
	]);
	const byLoop = loop[0]!;
	return {
		title: 'Other ways to edit a batch',
		introduction:
			'The same batches through n8n’s own HTTP Request node ' +
			`(n8n-nodes-base ${rivals.versions['n8n-nodes-base']}) and through nodes of other packages, unchanged, in the same engine, ` +
			'pointed at the emulator. “Most at once” is what the provider had open at one time: a way that opens more than the account ' +
			'allows is answered with HTTP 429 by real providers, which the emulator does not do here.',
		tables: [
			{
				caption:
					'A provider that answers at once, with a URL: edits of 0.6 s (log-normal, σ 0.4), URL in, file out',
				head,
				rows: [
					...rowsOf([...atOnce.slice(0, 2), serial[0]!, byLoop, ...atOnce.slice(2)]),
					...rowsOf(large),
				],
				remark:
					'The batching of the HTTP Request node spaces the starts and does not bound how many run: with slower edits, or a lower ' +
					'limit of the provider, its numbers have to be changed by hand. It needs two nodes, and none of the three ways repeats anything safely.',
			},
			{
				caption:
					'A server behind `POST /v1/images/edits`: edits of 0.6 s (log-normal, σ 0.4), file in, file out',
				head,
				rows: rowsOf(forms),
			},
			{
				caption: 'A provider with tasks: 5 s each (log-normal, σ 0.4)',
				head,
				rows: rowsOf([
					tasks[0]!,
					qwenImage,
					replay('WaveSpeed’s node: one after another, a look every 2 s', work, count, 2),
				]),
				remark:
					'`n8n-nodes-qwen-image` runs as it is published, against a server that speaks as ModelScope does, with its default interval of 5 s; fewer ' +
					'images, since it makes one after another. WaveSpeed’s package cannot be had from the npm registry ' +
					'used here: its documented schedule (look at once, then every 2 s, one item after another) is applied to the same draws.',
			},
		],
		goals: [
			goal(
				`against one by one in a loop (${byLoop.count} images, 20 at a time): at most 0.1 of its time`,
				atOnce[0]!.seconds / byLoop.seconds,
				0.1,
				'×',
				'see the table',
			),
		],
	};
}
