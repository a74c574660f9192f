/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

import { plainPng, type SettingsPatch } from '../../emulator';
import { runCommand } from '../../processes/command';
import { builtPackage } from '../../package/tarball/builtPackage';
import type { BenchSettings } from '../benchSettings';
import { startEmulatorProcess, type EmulatorProcess } from '../emulatorProcess';
import type { MemoryFigures, MemoryOrder } from './memoryChild';
import { figure, goal, ratio, type Goal, type Section } from '../report';

const megabyte = 1024 * 1024;

/** Which way the bytes go, and in what form. */
interface Direction {
	name: string;
	provider: MemoryOrder['provider'];
	settings?: SettingsPatch;
	up: boolean;
	down: boolean;
}

const directions = {
	upAsBase64: { name: 'up, base64 in JSON (AI/ML API)', provider: 'aiml', up: true, down: false },
	upAsForm: {
		name: 'up, multipart (OpenAI-compatible)',
		provider: 'openAiCompatible',
		up: true,
		down: false,
	},
	downByLink: { name: 'down, by URL (AI/ML API)', provider: 'aiml', up: false, down: true },
	downAsBase64: {
		name: 'down, base64 in the answer (ModelVerse)',
		provider: 'modelVerse',
		settings: { modelVerse: { answer: 'b64_json' } },
		up: false,
		down: true,
	},
	bothWays: { name: 'both ways (AI/ML API)', provider: 'aiml', up: true, down: true },
} satisfies Record<string, Direction>;

/** A batch by direction, number, size and width. */
export interface MemoryBatch {
	direction: keyof typeof directions;
	route: MemoryOrder['route'];
	count: number;
	megabytes: number;
	width: number;
	/** One more item fails at each of n8n's tries (Retry On Fail). */
	retries?: boolean;
}

/** Runs one batch in a process of its own, and checks that every byte has arrived. */
export async function measureMemory(
	emulator: EmulatorProcess,
	batch: MemoryBatch,
): Promise<MemoryFigures> {
	const direction: Direction = directions[batch.direction];
	const { provider, settings, up, down } = direction;
	const bytes = Math.round(batch.megabytes * megabyte);
	await emulator.reset();
	await emulator.set({ fetchInputs: false, latencyMs: 0, ...settings });
	const order: MemoryOrder = {
		packageFolder: (await builtPackage()).folder,
		route: batch.route,
		provider,
		apiOrigin: emulator.apiOrigin,
		access: { baseUrl: emulator.baseUrl(provider), key: emulator.key(provider) },
		count: batch.count,
		width: batch.width,
		inputBytes: up ? bytes : 0,
		resultBytes: down ? bytes : 0,
		url: await emulator.hostImage(plainPng(416, 384), 'photo.png'),
		...(batch.retries === true ? { retries: true } : {}),
	};
	const { stdout } = await runCommand(
		process.execPath,
		['--expose-gc', '--import', 'tsx', join(__dirname, 'memoryChild.ts'), JSON.stringify(order)],
		{
			workingDirectory: join(__dirname, '../../..'),
			label: `the batch ${JSON.stringify(batch)}`,
			timeoutSeconds: 300,
		},
	);
	const figures = JSON.parse(stdout) as MemoryFigures;
	const { ledger } = await emulator.state();
	if (figures.images !== batch.count) {
		throw new Error(`${figures.images} images came of ${batch.count}`);
	}
	if (down && figures.bytes !== batch.count * bytes) {
		throw new Error(`${figures.bytes} bytes came of ${batch.count * bytes}`);
	}
	if (ledger.length !== batch.count) {
		throw new Error(`${ledger.length} edits were paid for, ${batch.count} were wanted`);
	}
	const arrived = ledger.flatMap(({ inputSha256 }) => inputSha256).sort();
	if (up && arrived.join() !== [...figures.inputSha256].sort().join()) {
		throw new Error('what arrived is not what n8n has in its storage');
	}
	return figures;
}

const sizes = [
	{ count: 1, megabytes: 64, width: 1 },
	{ count: 40, megabytes: 8, width: 4 },
	{ count: 40, megabytes: 8, width: 20 },
] as const;

const quickSizes = [
	{ count: 1, megabytes: 32, width: 1 },
	{ count: 8, megabytes: 4, width: 4 },
] as const;

/** The same width with other numbers and sizes: the figures must not grow with them. */
const flatSizes = [
	{ count: 8, megabytes: 4 },
	{ count: 16, megabytes: 8 },
	{ count: 80, megabytes: 8 },
	{ count: 16, megabytes: 32 },
];

/** Answers whose base64 is too short to flow into storage while it is read, tried three times. */
export function manyAnswers(isQuick: boolean): MemoryBatch {
	return {
		direction: 'downAsBase64',
		route: 'streams',
		count: isQuick ? 300 : 1400,
		megabytes: 45_000 / megabyte,
		width: 20,
		retries: true,
	};
}

/** What images cost in memory, as streams and as buffers. */
export async function measureMemories(settings: BenchSettings): Promise<Section> {
	const rows: string[][] = [];
	const goals: Goal[] = [];
	const flat: Array<{ count: number; megabytes: number; peak: number; seconds: number }> = [];
	const emulator = await startEmulatorProcess();
	try {
		for (const [name, direction] of Object.entries(directions)) {
			for (const size of settings.quick ? quickSizes : sizes) {
				settings.log(`memory: ${direction.name}, ${size.count} x ${size.megabytes} MB ...`);
				const batch = { direction: name as keyof typeof directions, ...size };
				const streams = await measureMemory(emulator, { ...batch, route: 'streams' });
				const buffers = await measureMemory(emulator, { ...batch, route: 'buffers' });
				rows.push([
					direction.name,
					`${size.count} × ${size.megabytes} MB`,
					String(size.width),
					`${figure(streams.peak)} MB`,
					`${figure(buffers.peak)} MB`,
					ratio(buffers.peak / streams.peak),
					`${figure(streams.seconds)} s`,
					`${figure(buffers.seconds)} s`,
				]);
				if (size.count > 1) continue;
				goals.push(
					goal(
						`one image of ${size.megabytes} MB, ${direction.name}: at most 45 MB over idle`,
						streams.peak,
						45,
						'MB',
						'buffers of sockets and files that the collector has not freed yet',
					),
				);
			}
		}
		for (const size of settings.quick ? flatSizes.slice(0, 2) : flatSizes) {
			settings.log(`memory: ${size.count} x ${size.megabytes} MB, both ways ...`);
			const batch = { direction: 'bothWays', route: 'streams', width: 4, ...size } as const;
			const { peak, seconds } = await measureMemory(emulator, batch);
			flat.push({ ...size, peak, seconds });
		}
		settings.log('memory: many short answers, with Retry On Fail ...');
		const retries = await measureMemory(emulator, manyAnswers(settings.quick));
		goals.push(
			goal(
				`${manyAnswers(settings.quick).count} images of 45 kB inside of answers, one more item that fails, Retry On Fail with 3 tries and changing prompts, each paid for once: at most 120 MB over idle`,
				retries.peak,
				120,
				'MB',
				'n8n keeps the output items of each try',
			),
		);
	} finally {
		await emulator.stop();
	}
	const [least] = flat;
	return {
		title: 'Memory',
		introduction:
			'How far the resident memory of the process rises over idle, as the kernel counts it (`VmHWM`; where it does not, looked ' +
			'at every 2 ms). Each figure is a process of its own that has run small images before. “Buffers” is the same edit as nodes are usually ' +
			'written, as wide as this one: `getBinaryDataBuffer`, base64 or a form, `httpRequest`, `prepareBinaryData` of a Buffer. n8n keeps files on disk in both.',
		tables: [
			{
				caption: 'Peak over idle',
				head: [
					'Way of the images',
					'Images',
					'c',
					'Streams',
					'Buffers',
					'Buffers ÷ streams',
					'Time, streams',
					'Time, buffers',
				],
				rows,
				remark:
					'For every row that sends images the SHA-256 of each, as it lay in n8n’s storage, was compared with that of the bytes that ' +
					'reached the emulator, for base64 and for the form; for every row that fetches, the number of bytes stored.',
			},
			{
				caption: 'Peak over idle by number and size: streams, both ways (AI/ML API), c = 4',
				head: ['Images', 'Bytes in all, each way', 'Peak', 'Times the first row', 'Time'],
				rows: flat.map(({ count, megabytes, peak, seconds }) => [
					`${count} × ${megabytes} MB`,
					`${count * megabytes} MB`,
					`${figure(peak)} MB`,
					ratio(peak / least!.peak),
					`${figure(seconds)} s`,
				]),
			},
		],
		goals,
	};
}
