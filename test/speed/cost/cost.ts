/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { plainPng } from '../../emulator';
import type { WorkflowNode } from '../../engine/stage/workflow/engine';
import { runCommand } from '../../processes/command';
import { builtPackage } from '../../package/tarball/builtPackage';
import { bareRequest } from './bareRequest';
import type { BenchSettings } from '../benchSettings';
import { bufferRoute } from '../memory/bufferRoute';
import { startEmulatorProcess } from '../emulatorProcess';
import { EngineStage } from '../engineStage';
import { figure, goal, ratio, type Section } from '../report';

const instanceModules = join(__dirname, '../../../.n8n-instance/node_modules');

const width = 20;

/** Milliseconds that the processor needs for an item, in the process of n8n. */
export interface ItemCosts {
	/** One bare `httpRequest` each. */
	bare: number;
	/** Edit and download as Buffers, by hand. */
	buffers: number;
	/** The package's node. */
	own: number;
}

/** The least of several rounds, in which the three take turns: what disturbs, only ever adds. */
export async function measureItemCosts(items: number, rounds: number): Promise<ItemCosts> {
	const emulator = await startEmulatorProcess();
	try {
		const stage = await EngineStage.open(emulator);
		await emulator.set({ fetchInputs: false, latencyMs: 0 });
		const url = await emulator.hostImage(plainPng(416, 384), 'photo.png');
		const nodes: Record<keyof ItemCosts, WorkflowNode> = {
			bare: { name: 'Edit', type: 'bench.bareRequest', parameters: { url, width } },
			buffers: {
				name: 'Edit',
				type: 'bench.bufferRoute',
				parameters: {
					credential: 'qwenImageEditAimlApi',
					width,
					model: 'alibaba/qwen-image-edit',
					baseUrl: emulator.baseUrl('aiml'),
					url,
				},
				credentials: { qwenImageEditAimlApi: 'aiml' },
			},
			own: stage.editNode({ provider: 'aiml', url, options: { maxConcurrency: width } }),
		};
		const least: ItemCosts = { bare: Infinity, buffers: Infinity, own: Infinity };
		for (let round = 0; round <= rounds; round += 1) {
			for (const name of ['bare', 'buffers', 'own'] as const) {
				globalThis.gc?.();
				const before = process.cpuUsage();
				await stage.run(
					[nodes[name]],
					Array.from({ length: items }, () => ({})),
					{ nodeTypes: { 'bench.bareRequest': bareRequest, 'bench.bufferRoute': bufferRoute } },
				);
				const { user, system } = process.cpuUsage(before);
				// The first round compiles.
				if (round > 0) least[name] = Math.min(least[name], (user + system) / 1000 / items);
			}
		}
		return least;
	} finally {
		await emulator.stop();
	}
}

/** The least of several loads, each in a process of its own. */
export async function measureLoad(
	kind: 'package' | 'file',
	path: string,
	rounds: number,
): Promise<number> {
	const milliseconds: number[] = [];
	for (let round = 0; round < rounds; round += 1) {
		const { stdout } = await runCommand(
			process.execPath,
			[join(__dirname, 'loadChild.cjs'), kind, path],
			{
				workingDirectory: join(__dirname, '../../..'),
				label: `loading ${path}`,
				timeoutSeconds: 120,
			},
		);
		// n8n's loader may say something as well.
		milliseconds.push(Number(/^milliseconds (.+)$/m.exec(stdout)![1]));
	}
	return Math.min(...milliseconds);
}

/** Bytes of all files below a folder. */
export function bytesUnder(folder: string): number {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** A node of n8n's own that people would use in place of this one: it stands beside ours wherever load time is given. */
export const httpRequestFile = join(
	instanceModules,
	'n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js',
);

/** What the node costs besides time: processor, loading, disk. */
export async function measureCost(settings: BenchSettings): Promise<Section> {
	settings.log('cost: processor time, load time, size ...');
	const { loadRivals } = await import('../rivals/rivalPackages');
	const { versions } = await loadRivals(settings.log);
	const costs = await measureItemCosts(settings.quick ? 100 : 300, settings.quick ? 2 : 5);
	const rounds = settings.quick ? 2 : 5;
	const built = await builtPackage();
	const openAiFile = join(
		instanceModules,
		'@n8n/n8n-nodes-langchain/dist/nodes/vendors/OpenAi/OpenAi.node.js',
	);
	const loads = {
		own: await measureLoad('package', built.folder, rounds),
		httpRequest: await measureLoad('file', httpRequestFile, rounds),
		openAi: await measureLoad('file', openAiFile, rounds),
	};
	const rivalFolder = join(instanceModules, '../bench/node_modules');
	const unpacked = bytesUnder(built.folder);
	const rivalOwn = bytesUnder(join(rivalFolder, 'n8n-nodes-qwen-image'));
	const rivalAll = bytesUnder(rivalFolder);
	const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
	return {
		title: 'Cost',
		introduction:
			'What an item costs the processor of n8n, and what the package costs to load and to keep.',
		tables: [
			{
				caption: `Processor time of an item, user and system, ${width} at a time, provider without latency`,
				head: ['Way', 'Per item', 'Times a bare httpRequest', 'Times the same requests by hand'],
				rows: [
					['one bare `httpRequest`, nothing stored', costs.bare],
					['edit and download by hand, as Buffers', costs.buffers],
					['this node', costs.own],
				].map(([name, cost]) => [
					String(name),
					`${figure(Number(cost))} ms`,
					ratio(Number(cost) / costs.bare),
					ratio(Number(cost) / costs.buffers),
				]),
				remark:
					'An edit is two requests (the edit, the download) and a file in n8n’s storage; by hand it is the same two and the same file. The rest is ' +
					'what the node does besides: checks, gate, retry rule, time limits, reading the image’s first bytes.',
			},
			{
				caption:
					'Time to load, in a process that has n8n’s own modules loaded, least of several processes',
				head: ['What', 'Time', 'Times ours'],
				rows: [
					['this package: node and seven credentials, through n8n’s loader', loads.own],
					[
						`n8n’s HTTP Request node (n8n-nodes-base ${versions['n8n-nodes-base']})`,
						loads.httpRequest,
					],
					[
						`n8n’s OpenAI node (@n8n/n8n-nodes-langchain ${versions['@n8n/n8n-nodes-langchain']})`,
						loads.openAi,
					],
				].map(([name, time]) => [
					String(name),
					`${figure(Number(time))} ms`,
					ratio(Number(time) / loads.own),
				]),
			},
			{
				caption: 'Size',
				head: ['What', 'Size', 'Times ours'],
				rows: [
					['this package, tarball', built.packedBytes, ''],
					['this package, unpacked (it brings nothing else)', unpacked, ratio(1)],
					[
						`n8n-nodes-qwen-image ${versions['n8n-nodes-qwen-image']}, unpacked, alone`,
						rivalOwn,
						ratio(rivalOwn / unpacked),
					],
					['the same with the packages that it brings', rivalAll, ratio(rivalAll / unpacked)],
				].map(([name, bytes, times]) => [String(name), kilobytes(Number(bytes)), String(times)]),
			},
		],
		goals: [
			goal(
				'processor time of an item: at most twice that of the same requests by hand',
				costs.own / costs.buffers,
				2,
				'×',
				'see the table',
			),
		],
	};
}
