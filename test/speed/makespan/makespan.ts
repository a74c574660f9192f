import { plainPng } from '../../emulator';
import type { BenchSettings } from '../benchSettings';
import { startEmulatorProcess } from '../emulatorProcess';
import { EngineStage } from '../engineStage';
import { idealMakespan } from './idealMakespan';
import { figure, goal, ratio, type Goal, type Section } from '../report';
import { runVirtualBatch, type Duration } from './virtualBatch';

const sigma = 0.5;

const widths = [1, 4, 20];

/** A batch through n8n's engine, in real time. */
interface RealBatch {
	answers: 'task' | 'atOnce';
	count: number;
	width: number;
	/** Of one edit; the median where the times differ. */
	editSeconds: number;
	differs: boolean;
}

/** What came of it. */
export interface RealMakespan extends RealBatch {
	seconds: number;
	idealSeconds: number;
}

/**
 * Runs one batch and holds it against the ideal: a pool of the same width that works off the very times
 * that the emulator has drawn, in order, and costs nothing itself.
 */
export async function measureBatch(batch: RealBatch): Promise<RealMakespan> {
	const { answers, count, width, editSeconds, differs } = batch;
	const emulator = await startEmulatorProcess();
	try {
		const stage = await EngineStage.open(emulator);
		const url = await emulator.hostImage(plainPng(416, 384), 'photo.png');
		const run = async (items: number): Promise<number> => {
			const { run: finished, seconds } = await stage.batch({
				provider: answers === 'task' ? 'odkkk' : 'aiml',
				items: Array.from({ length: items }, () => ({})),
				url,
				options: { maxConcurrency: width, timeoutSeconds: 3600 },
			});
			const { length } = finished.items('Edit');
			if (length !== items) throw new Error(`${length} images came of ${items}`);
			return seconds;
		};
		// The first request of a process loads and compiles what the later ones use; with tasks, also five are seen.
		const warming = answers === 'task' ? 1 : 0.05;
		await emulator.set({ fetchInputs: false, latencyMs: 1000 * warming, taskSeconds: editSeconds });
		await run(answers === 'task' ? 6 : Math.min(count, 2 * width));
		await emulator.reset();
		const drawn = (unit: number): Duration =>
			differs ? { median: editSeconds * unit, sigma } : editSeconds * unit;
		await emulator.set({ latencyMs: drawn(1000), taskSeconds: drawn(1) });
		const seconds = await run(count);
		const { ledger, maxRunning } = await emulator.state();
		if (maxRunning > width) throw new Error(`${maxRunning} edits ran at once, not ${width}`);
		const draws = ledger.map(({ workSeconds }) => workSeconds!);
		return { ...batch, seconds, idealSeconds: idealMakespan(draws, width) };
	} finally {
		await emulator.stop();
	}
}

/** Which batches are run in real time; grouped are those that mostly wait, and so can run side by side. */
function realBatches(quick: boolean): RealBatch[][] {
	const both = (batch: Omit<RealBatch, 'differs'>): RealBatch[] => [
		{ ...batch, differs: false },
		{ ...batch, differs: true },
	];
	const atOnce = (count: number, width: number, editSeconds: number): RealBatch[] =>
		both({ answers: 'atOnce', count, width, editSeconds });
	if (quick) {
		return [
			[...atOnce(10, 1, 1), ...atOnce(20, 4, 1)],
			atOnce(100, 20, 1),
			both({ answers: 'task', count: 20, width: 20, editSeconds: 5 }),
		];
	}
	return [
		[
			...atOnce(100, 1, 0.5),
			...atOnce(100, 4, 2),
			...both({ answers: 'task', count: 100, width: 20, editSeconds: 10 }),
		],
		atOnce(100, 20, 2),
		[...atOnce(1000, 1, 0.1), ...atOnce(1000, 4, 0.4)],
		atOnce(1000, 20, 2),
	];
}

const providerName = (answers: RealBatch['answers']): string =>
	answers === 'task' ? 'task' : 'at once';

/** Real batches, group after group. */
async function measureRealBatches(settings: BenchSettings): Promise<RealMakespan[]> {
	const done: RealMakespan[] = [];
	for (const group of realBatches(settings.quick)) {
		const names = group.map(({ count, width }) => `${count}/${width}`).join(', ');
		settings.log(`makespan: ${names} ...`);
		done.push(...(await Promise.all(group.map(measureBatch))));
	}
	return done;
}

const distribution = (differs: boolean): string => (differs ? `log-normal (σ ${sigma})` : 'fixed');

/** How long a batch takes beside the shortest time that there is. */
export async function measureMakespan(settings: BenchSettings): Promise<Section> {
	const virtualRows: string[][] = [];
	const goals: Goal[] = [];
	const hosts = [
		{ answers: 'atOnce', estimates: false, name: 'at once' },
		{ answers: 'task', estimates: false, name: 'task' },
		{ answers: 'task', estimates: true, name: 'task, with an estimate' },
	] as const;
	for (const { answers, estimates, name } of hosts) {
		for (const editSeconds of [20, { median: 20, sigma }]) {
			const differs = typeof editSeconds !== 'number';
			for (const count of [100, 1000]) {
				const ratios: string[] = [];
				for (const width of widths) {
					const run = await runVirtualBatch({ answers, estimates, editSeconds, count, width });
					const loss = run.seconds / run.idealSeconds;
					ratios.push(ratio(loss));
					if (count === 1000 && width === 20) {
						goals.push(
							goal(
								`makespan ÷ ideal at most 1.02: ${name}, ${distribution(differs)}, N = 1000, c = 20, virtual clock`,
								loss,
								1.02,
								'×',
								'an end that cannot be foretold: even a look every second, the most that is allowed, would notice it half a second late on average, which is 1.025 at 20 s',
							),
						);
					}
				}
				virtualRows.push([name, distribution(differs), String(count), ...ratios]);
			}
		}
	}
	const real = await measureRealBatches(settings);
	for (const { answers, differs, count, width, seconds, idealSeconds } of real) {
		if (count < 1000 || width < 20) continue;
		goals.push(
			goal(
				`makespan ÷ ideal at most 1.02: ${providerName(answers)}, ${distribution(differs)}, N = 1000, c = 20, real time`,
				seconds / idealSeconds,
				1.02,
				'×',
				'processor time: n8n, the node and the emulator share the cores',
			),
		);
	}
	return {
		title: 'Makespan',
		introduction:
			'How long a batch of N images takes at width c (**Max Concurrency**), divided by the ideal: c workers that take the ' +
			'next image in order as soon as they are free, need the very times that the provider has drawn, and nothing else.',
		tables: [
			{
				caption: 'Makespan ÷ ideal on a virtual clock: edits of 20 s',
				head: ['Provider answers', 'Times', 'N', ...widths.map((width) => `c = ${width}`)],
				rows: virtualRows,
				remark:
					'Here only the node’s own pool, rate gate and poll schedule count: no sockets, no files, no processor. What is above ' +
					'1 is the time between the end of a task and the look that finds it.',
			},
			{
				caption:
					'Makespan ÷ ideal in real time, through n8n’s engine, with request, download and file on disk',
				head: [
					'Provider answers',
					'One edit',
					'Times',
					'N',
					'c',
					'Ideal',
					'Measured',
					'Measured ÷ ideal',
					'Added to each edit',
				],
				rows: real.map((row) => [
					providerName(row.answers),
					`${row.editSeconds} s`,
					distribution(row.differs),
					String(row.count),
					String(row.width),
					`${figure(row.idealSeconds)} s`,
					`${figure(row.seconds)} s`,
					ratio(row.seconds / row.idealSeconds),
					`${figure(((row.seconds - row.idealSeconds) * row.width * 1000) / row.count)} ms`,
				]),
				remark:
					'Edits are shorter than real ones (10 to 60 s) where the row would take too long; what the node adds to an edit is the same ' +
					'for a long one, so the ratio of a real batch is nearer to 1. Fixed and log-normal times run side by side, and so do widths 1 and 4 and the tasks: they wait, they do not work. The task provider is odkkk, which names an estimate in whole seconds.',
			},
		],
		goals,
	};
}
