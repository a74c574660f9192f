/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { getEventListeners } from 'node:events';
import { setImmediate as endOfTurn } from 'node:timers/promises';

import fc from 'fast-check';

import { runOrdered, type Settled } from '../../../nodes/QwenImageEdit/run/pace/pool';
import { VirtualClock } from './virtual/virtualClock';

/** One item: how long it takes, and whether it fails, at once or after its time. */
interface Task {
	milliseconds: number;
	end: 'done' | 'fails' | 'throws';
}

interface Observed {
	settled: Array<Settled<string>>;
	/** Indexes in the order in which they were started. */
	started: number[];
	/** Indexes in the order in which they ended. */
	ended: number[];
	mostAtOnce: number;
	/** Those that were started although the run was cancelled. */
	startedTooLate: number[];
	milliseconds: number;
}

const anyTask = fc.record({
	milliseconds: fc.nat(50),
	end: fc.constantFrom<Task['end']>('done', 'done', 'done', 'fails', 'throws'),
});
const anyTasks = fc.array(anyTask, { maxLength: 60 });
const anyWidth = fc.integer({ min: 1, max: 25 });

async function observe(
	tasks: readonly Task[],
	settings: { width: number; stopOnFailure?: boolean; cancelAfter?: number },
): Promise<Observed> {
	const clock = new VirtualClock({ startsAt: 0 });
	const cancel = new AbortController();
	const seen = { started: [] as number[], ended: [] as number[], startedTooLate: [] as number[] };
	let atOnce = 0;
	let mostAtOnce = 0;
	const { cancelAfter } = settings;
	if (cancelAfter === 0) cancel.abort();
	else if (cancelAfter !== undefined) clock.after(cancelAfter, () => cancel.abort());
	const settled = await clock.run(
		runOrdered(
			tasks,
			{
				width: settings.width,
				signal: cancel.signal,
				...(settings.stopOnFailure === undefined ? {} : { stopOnFailure: settings.stopOnFailure }),
			},
			(task, index) => {
				seen.started.push(index);
				if (cancel.signal.aborted) seen.startedTooLate.push(index);
				atOnce += 1;
				mostAtOnce = Math.max(mostAtOnce, atOnce);
				const end = (): void => {
					atOnce -= 1;
					seen.ended.push(index);
				};
				if (task.end === 'throws') {
					end();
					throw new Error(`item ${index}`);
				}
				return clock.sleep(task.milliseconds).then(() => {
					end();
					if (task.end === 'fails') throw new Error(`item ${index}`);
					return `result ${index}`;
				});
			},
		),
	);
	return { settled, ...seen, mostAtOnce, milliseconds: clock.now() };
}

function expectOwnResult(settled: Settled<string>, task: Task, index: number): void {
	if (task.end === 'done') {
		expect(settled).toEqual({ state: 'done', result: `result ${index}` });
	} else {
		expect(settled.state).toBe('failed');
		expect((settled as { error: Error }).error.message).toBe(`item ${index}`);
	}
}

/** When the last item ends if every item goes to the worker that is free first, in the order of the items. */
function idealMakespan(tasks: readonly Task[], width: number): number {
	const free = Array.from({ length: width }, () => 0);
	for (const { milliseconds, end } of tasks) {
		const first = free.indexOf(Math.min(...free));
		free[first]! += end === 'throws' ? 0 : milliseconds;
	}
	return Math.max(0, ...free);
}

describe('the ordered pool', () => {
	it('works on every item once, started in order, with the results in their places', async () => {
		await fc.assert(
			fc.asyncProperty(anyTasks, anyWidth, async (tasks, width) => {
				const { settled, started, ended } = await observe(tasks, { width });
				expect(started).toEqual(tasks.map((_, index) => index));
				expect([...ended].sort((one, other) => one - other)).toEqual(started);
				expect(settled).toHaveLength(tasks.length);
				settled.forEach((result, index) => expectOwnResult(result, tasks[index]!, index));
			}),
			{ numRuns: 300 },
		);
	});

	it('never has more under way than its width, and not fewer than there is work for', async () => {
		await fc.assert(
			fc.asyncProperty(anyTasks, anyWidth, async (tasks, width) => {
				const sleepers = tasks.map((task) => ({ ...task, milliseconds: task.milliseconds + 1 }));
				const { mostAtOnce } = await observe(sleepers, { width });
				expect(mostAtOnce).toBeLessThanOrEqual(width);
				const work = sleepers.filter(({ end }) => end !== 'throws').length;
				if (work === sleepers.length) expect(mostAtOnce).toBe(Math.min(width, work));
			}),
			{ numRuns: 300 },
		);
	});

	it('lets a slow item hold its own place only: all is done when the best order would have it done', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyTasks,
				anyWidth,
				fc.nat(59),
				fc.integer({ min: 500, max: 5000 }),
				async (tasks, width, at, milliseconds) => {
					const slow = tasks.map((task, index) =>
						index === at ? { ...task, milliseconds } : task,
					);
					const observed = await observe(slow, { width });
					expect(observed.milliseconds).toBe(idealMakespan(slow, width));
				},
			),
			{ numRuns: 300 },
		);
	});

	it('starts nothing more after a failure when it is to stop, and finishes what is under way', async () => {
		await fc.assert(
			fc.asyncProperty(anyTasks, anyWidth, async (tasks, width) => {
				const { settled, started, ended } = await observe(tasks, { width, stopOnFailure: true });
				const firstFailure = ended.find((index) => tasks[index]!.end !== 'done');
				// What was started before the failure was known has ended, each with its own result.
				expect([...ended].sort((one, other) => one - other)).toEqual(started);
				settled.forEach((result, index) => {
					if (started.includes(index)) expectOwnResult(result, tasks[index]!, index);
					else expect(result).toEqual({ state: 'skipped' });
				});
				if (firstFailure === undefined) expect(started).toHaveLength(tasks.length);
				else expect(started.length).toBeLessThanOrEqual(ended.indexOf(firstFailure) + width);
			}),
			{ numRuns: 300 },
		);
	});

	it('starts nothing once it is cancelled, and ends', async () => {
		await fc.assert(
			fc.asyncProperty(
				anyTasks,
				anyWidth,
				fc.nat(120),
				fc.boolean(),
				async (tasks, width, cancelAfter, stopOnFailure) => {
					const observed = await observe(tasks, { width, cancelAfter, stopOnFailure });
					const { settled, started, startedTooLate } = observed;
					expect(startedTooLate).toEqual([]);
					for (const index of started) {
						expectOwnResult(settled[index]!, tasks[index]!, index);
					}
					expect(settled.filter(({ state }) => state === 'skipped')).toHaveLength(
						tasks.length - started.length,
					);
				},
			),
			{ numRuns: 300 },
		);
	});

	it('gives each item a signal of its own, which ends with the run, and leaves no listener behind', async () => {
		const cancel = new AbortController();
		const signals: AbortSignal[] = [];
		const run = runOrdered(
			Array.from({ length: 12 }),
			{ width: 11, signal: cancel.signal },
			async (_item, index, signal) => {
				signals.push(signal);
				// The first is done before the click.
				if (index === 0) return;
				await new Promise<void>((resolve) => {
					signal.addEventListener('abort', () => resolve(), { once: true });
				});
			},
		);
		await endOfTurn();
		expect(new Set(signals).size).toBe(12);
		expect(getEventListeners(cancel.signal, 'abort')).toHaveLength(1);
		cancel.abort();
		await run;
		expect(signals.map(({ aborted }) => aborted)).toEqual([false, ...Array(11).fill(true)]);
		expect(getEventListeners(cancel.signal, 'abort')).toEqual([]);
	});

	it('gives the place of an item to the next when it is left, and is done when all are', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const starts: number[] = [];
		const settled = await clock.run(
			runOrdered(Array.from({ length: 6 }), { width: 2 }, async (_item, index, _signal, leave) => {
				starts.push(clock.now());
				await clock.sleep(10);
				leave();
				await clock.sleep(index === 0 ? 1000 : 15);
				if (index === 3) throw new Error('late');
				return index;
			}),
		);
		// Two have a place, and two more may have left theirs: the third pair waits for one of the second.
		expect(starts).toEqual([0, 0, 10, 10, 25, 35]);
		expect(clock.now()).toBe(1010);
		expect(settled.map(({ state }) => state)).toEqual([
			'done',
			'done',
			'done',
			'failed',
			'done',
			'done',
		]);
	});

	it.each([[0], [-3], [0.5], [Number.NaN]])('takes a width of %p as 1', async (width) => {
		const tasks: Task[] = Array.from({ length: 5 }, () => ({ milliseconds: 10, end: 'done' }));
		const { mostAtOnce, settled } = await observe(tasks, { width });
		expect(mostAtOnce).toBe(1);
		expect(settled.every(({ state }) => state === 'done')).toBe(true);
	});

	it('takes any width above the number of items, and no items at all', async () => {
		const tasks: Task[] = Array.from({ length: 5 }, () => ({ milliseconds: 10, end: 'done' }));
		expect((await observe(tasks, { width: Number.POSITIVE_INFINITY })).mostAtOnce).toBe(5);
		expect((await observe([], { width: 4 })).settled).toEqual([]);
	});
});
