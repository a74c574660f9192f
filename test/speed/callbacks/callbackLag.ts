/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer } from 'node:http';

import type { IDataObject, INode } from 'n8n-workflow';

import {
	plainPng,
	startEmulator,
	type Duration,
	type Emulator,
	type LedgerEntry,
} from '../../emulator';
import { engineNodes, runWorkflow, type FinishedRun } from '../../engine/stage/workflow/engine';
import { callWebhook } from '../../engine/stage/workflow/webhook';
import { listenOnLoopback } from '../../processes/loopbackServer';
import { until } from '../../processes/until';
import type { BenchSettings } from '../benchSettings';
import { EngineStage, triggerNodeType } from '../engineStage';
import { figure, goal, type Section } from '../report';

const provider = 'replicate';
const webhookId = '2d6f0c55-2509-4c55-9f0e-00000000be9c';
const triggerName = 'Finished';

/** What a way of waiting costs. */
interface Lag {
	/** From the moment at which the provider is done until the next node has the image, in seconds. */
	meanSeconds: number;
	mostSeconds: number;
	/** Reads of tasks, for each of them. */
	reads: number;
}

/** When the provider was done with a job, in milliseconds since 1970. */
const doneAt = ({ at, workSeconds }: LedgerEntry): number => at + workSeconds! * 1000;

/** When the node behind ours began. */
const nextAt = (run: FinishedRun): number => run.runsOf('Next')[0]!.startTime;

function lagOf(emulator: Emulator, runs: readonly FinishedRun[], nodeName: string): Lag {
	const lags = runs.map((run) => {
		const { taskId } = run.items(nodeName)[0]!.json;
		const entry = emulator.ledger.find((one) => one.taskId === taskId)!;
		return (nextAt(run) - doneAt(entry)) / 1000;
	});
	const reads = emulator.requests.filter(({ route }) => route === 'read').length;
	return {
		meanSeconds: lags.reduce((sum, lag) => sum + lag, 0) / lags.length,
		mostSeconds: Math.max(...lags),
		reads: reads / runs.length,
	};
}

/** Edits that wait for their images themselves, each in an execution of its own. */
async function poll(emulator: Emulator, count: number, url: string): Promise<Lag> {
	const stage = await EngineStage.open(emulator);
	const next = { name: 'Next', type: engineNodes.readFiles };
	const runs = await Promise.all(
		Array.from(
			{ length: count },
			async () => await stage.run([stage.editNode({ provider, url }), next], [{}]),
		),
	);
	return lagOf(emulator, runs, 'Edit');
}

/** Edits that are submitted, and whose ends the provider tells the trigger. */
async function beCalled(count: number, taskSeconds: Duration): Promise<Lag> {
	const runs: FinishedRun[] = [];
	let stage: EngineStage;
	let staticData: IDataObject = {};
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks);
			void receive(request.headers as Record<string, string>, body, request.url!).then(
				(httpStatus) => response.writeHead(httpStatus).end(),
			);
		});
	});
	const receive = async (
		headers: Record<string, string>,
		body: Buffer,
		path: string,
	): Promise<number> => {
		const trigger = stage.nodeTypes[triggerNodeType]!;
		const { credentials, ...settings } = stage.triggerNode(triggerName, provider);
		const node = {
			...settings,
			id: 'trigger',
			typeVersion: 1,
			position: [0, 0],
			webhookId,
			parameters: settings.parameters!,
			credentials: { [Object.keys(credentials!)[0]!]: { id: provider, name: provider } },
		} as INode;
		const answer = await callWebhook({
			trigger,
			node,
			workflowId: 'bench',
			credentials: stage.credentials,
			staticData,
			mode: 'webhook',
			headers,
			body,
			url: new URL(path, 'https://n8n.example.com'),
		});
		({ staticData } = answer);
		if (answer.items !== undefined) {
			void runWorkflow({
				nodes: [
					stage.triggerNode(triggerName, provider),
					{ name: 'Next', type: engineNodes.readFiles },
				],
				connections: [[triggerName, 'Next']],
				nodeTypes: stage.nodeTypes,
				credentials: stage.credentials,
				startItems: [],
				startFrom: { node: triggerName, items: answer.items },
				mode: 'webhook',
			}).then((run) => runs.push(run));
		}
		return answer.httpStatus;
	};
	const listening = await listenOnLoopback(server);
	const emulator = await startEmulator({
		taskSeconds,
		editImages: false,
		deliverCallbacksTo: listening.origin,
	});
	try {
		stage = await EngineStage.open(emulator);
		const url = emulator.hostImage(plainPng(416, 384), 'photo.png');
		const callbackUrl = `https://n8n.example.com/webhook/${webhookId}/qwen-image-edit`;
		const submit = stage.editNode({ provider, url, options: { callbackUrl } });
		submit.parameters = { ...submit.parameters, operation: 'submitTask' };
		await stage.run(
			[submit],
			Array.from({ length: count }, () => ({})),
		);
		await until('every task to be called back', () => runs.length === count);
		return lagOf(emulator, runs, triggerName);
	} finally {
		await emulator.stop();
		await listening.stop();
	}
}

/** The way from "done at the provider" to "image at the next node", by callback and by polling. */
export async function measureCallbacks(bench: BenchSettings): Promise<Section> {
	const count = bench.quick ? 4 : 20;
	// Ends at different times, as in life: at one moment they would wait for each other in this one process.
	const taskSeconds = { median: bench.quick ? 3 : 20, sigma: 0.25 };
	bench.log(`callbacks: ${count} tasks of about ${taskSeconds.median} s by polling`);
	const emulator = await startEmulator({ taskSeconds, editImages: false });
	let polled: Lag;
	try {
		const url = emulator.hostImage(plainPng(416, 384), 'photo.png');
		polled = await poll(emulator, count, url);
	} finally {
		await emulator.stop();
	}
	bench.log('callbacks: the same by callback');
	const called = await beCalled(count, taskSeconds);
	const row = (name: string, { meanSeconds, mostSeconds, reads }: Lag): string[] => [
		name,
		`${figure(meanSeconds)} s`,
		`${figure(mostSeconds)} s`,
		figure(reads),
	];
	return {
		title: 'Callbacks',
		introduction:
			'From the moment at which the provider is done until the next node has the image, through n8n’s engine, the emulator of Replicate ' +
			'and its signatures. A call is checked, the task is read once before the answer and once in the execution that it starts, and the image is downloaded.',
		tables: [
			{
				caption: `${count} tasks of about ${taskSeconds.median} s (log-normal, σ ${taskSeconds.sigma}), each in an execution of its own, all at once`,
				head: ['', 'mean', 'most', 'reads of a task'],
				rows: [row('Edit Image, which polls', polled), row('Submit Task, and the trigger', called)],
				remark:
					'The node polls as the part on looks says. While a callback is awaited, no execution is open.',
			},
		],
		goals: [
			goal(
				'done at the provider to image at the next node, by callback: at most 1 s',
				called.meanSeconds,
				1,
				's',
				'see the table',
			),
		],
	};
}
