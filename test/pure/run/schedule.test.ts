import fc from 'fast-check';

import {
	minimumGapSeconds,
	nextPollSeconds,
	type SeenEnd,
	seenEndsNeeded,
} from '../../../nodes/QwenImageEdit/edit/schedule';
import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { TypicalTimes } from '../../../nodes/QwenImageEdit/run/pace/typicalTimes';
import { logNormal, seededRandom, VirtualClock } from './virtual/virtualClock';
import { editAll, type HostedEdit, type HostSettings, VirtualHost } from './virtual/virtualHost';

const odkkk = findProvider('odkkk')!;

interface Figures {
	meanLag: number;
	meanLooks: number;
}

function figuresOf(edits: readonly HostedEdit[]): Figures {
	const mean = (values: number[]): number =>
		values.reduce((sum, value) => sum + value, 0) / values.length;
	return {
		meanLag: mean(edits.map(({ handedOutAt, readyAt }) => handedOutAt! - readyAt)),
		meanLooks: mean(edits.map(({ looksAt }) => looksAt.length)),
	};
}

/** Tasks one after another through the real runner, in a process that has seen nothing yet. */
async function watchTasks(
	count: number,
	host: Omit<HostSettings, 'answers'>,
	settings: { typicalSeconds?: number; seed?: number; width?: number } = {},
): Promise<HostedEdit[]> {
	const { typicalSeconds = 20, seed = 1, width = 1 } = settings;
	const clock = new VirtualClock({ seed });
	const virtual = new VirtualHost(clock, { answers: 'task', ...host });
	const provider = { ...odkkk, typicalSeconds };
	const settled = await clock.run(editAll(clock, virtual, { count, width, plan: { provider } }));
	expect(settled.filter(({ state }) => state !== 'done')).toEqual([]);
	return virtual.edits;
}

/** The tasks at certain places in many processes of their own. */
async function watchMany(
	processes: number,
	places: [from: number, to: number],
	host: (random: () => number) => Omit<HostSettings, 'answers'>,
	settings: { typicalSeconds?: number } = {},
): Promise<Figures> {
	const edits: HostedEdit[] = [];
	for (let seed = 1; seed <= processes; seed += 1) {
		const random = seededRandom(1000 + seed);
		const watched = await watchTasks(places[1], host(random), { ...settings, seed });
		edits.push(...watched.slice(...places));
	}
	return figuresOf(edits);
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const time = fc.double({ min: 0, max: 7200, noNaN: true });
const anyEnd: fc.Arbitrary<SeenEnd> = fc
	.tuple(fc.option(time, { nil: undefined }), fc.double({ min: 0.001, max: 600, noNaN: true }))
	.map(([afterSeconds, longer]) => ({
		...(afterSeconds === undefined ? {} : { afterSeconds }),
		bySeconds: (afterSeconds ?? 0) + longer,
	}));
const anyProgress = fc.record(
	{
		elapsedSeconds: time,
		polls: fc.nat(500),
		typicalSeconds: time,
		random: unit,
		etaSeconds: time,
		seen: fc.array(anyEnd, { maxLength: 20 }),
	},
	{ requiredKeys: ['elapsedSeconds', 'polls', 'typicalSeconds', 'random'] },
);

describe('the poll schedule, whatever was seen', () => {
	it('never asks twice within a second, nor stays away long after the first look', () => {
		fc.assert(
			fc.property(anyProgress, (progress) => {
				const gap = nextPollSeconds(progress);
				expect(gap).toBeGreaterThanOrEqual(minimumGapSeconds);
				expect(gap).toBeLessThan(Number.POSITIVE_INFINITY);
				if (progress.polls > 0) expect(gap).toBeLessThanOrEqual(15);
			}),
			{ numRuns: 2000 },
		);
	});

	it('grows with the time elapsed, once the task is later than any that was seen', () => {
		fc.assert(
			fc.property(anyProgress, fc.double({ min: 0, max: 600, noNaN: true }), (progress, more) => {
				const latest = Math.max(0, ...(progress.seen ?? []).map(({ bySeconds }) => bySeconds));
				const at = (elapsedSeconds: number): number =>
					nextPollSeconds({ ...progress, polls: 1, random: 0, elapsedSeconds });
				const late = 2 * latest + progress.elapsedSeconds;
				expect(at(late + more)).toBeGreaterThanOrEqual(at(late));
				expect(at(late + 600)).toBe(15);
			}),
		);
	});

	it('draws a different time for each of a hundred first polls', () => {
		fc.assert(
			fc.property(anyProgress, (progress) => {
				const first = (random: number): number =>
					nextPollSeconds({ ...progress, polls: 0, elapsedSeconds: 0, random });
				const times = Array.from({ length: 100 }, (_, index) => first(index / 100));
				// A task that may be done at once is looked at as soon as is allowed.
				fc.pre(Math.min(...times) > minimumGapSeconds);
				expect(new Set(times).size).toBe(100);
				expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(0.09);
			}),
		);
	});
});

describe('polls at tasks of 20 s', () => {
	it.each([15, 20, 30])(
		'lag 1 s at most with 10 polls at most, as long as nothing was seen and %p s are declared',
		async (typicalSeconds) => {
			const host = { editSeconds: () => 20 };
			const first = await watchMany(200, [0, 1], () => host, { typicalSeconds });
			const firstFive = await watchMany(100, [0, seenEndsNeeded], () => host, { typicalSeconds });
			for (const { meanLag, meanLooks } of [first, firstFive]) {
				expect(meanLag).toBeLessThanOrEqual(1);
				expect(meanLooks).toBeLessThanOrEqual(10);
			}
		},
	);

	it('lag 1 s at most with 10 polls at most, when the provider says how long it takes', async () => {
		const host = { editSeconds: () => 20, estimatedSeconds: (seconds: number) => seconds };
		const { meanLag, meanLooks } = await watchMany(200, [0, 1], () => host);
		expect(meanLag).toBeLessThanOrEqual(1);
		expect(meanLooks).toBeLessThanOrEqual(5);
	});

	it('lag half a second at most with 6 polls at most, once five were seen', async () => {
		const host = { editSeconds: () => 20 };
		const sixth = await watchMany(300, [seenEndsNeeded, seenEndsNeeded + 1], () => host);
		const later = await watchMany(30, [seenEndsNeeded, 100], () => host);
		for (const { meanLag, meanLooks } of [sixth, later]) {
			expect(meanLag).toBeLessThanOrEqual(0.5);
			expect(meanLooks).toBeLessThanOrEqual(6);
		}
	});

	// No schedule with a second between polls can be under half a second for ends that differ by more than that.
	it.each([
		[0.02, 0.6, 3],
		[0.05, 0.65, 4],
		[0.1, 0.75, 5],
		[0.25, 1.3, 6],
		[0.5, 2.2, 6.5],
	])(
		'with log-normal times (sigma %p): lag %p s at most, %p polls at most',
		async (sigma, longestLag, mostLooks) => {
			const { meanLag, meanLooks } = await watchMany(40, [seenEndsNeeded, 60], (random) => ({
				editSeconds: logNormal(20, sigma, random),
			}));
			expect(meanLag).toBeLessThanOrEqual(longestLag);
			expect(meanLooks).toBeLessThanOrEqual(mostLooks);
		},
	);

	it('are as good when the estimates of the provider are wrong, once five were seen', async () => {
		for (const estimatedSeconds of [() => 5, () => 60, (seconds: number) => seconds / 2]) {
			const host = { editSeconds: () => 20, estimatedSeconds };
			const { meanLag, meanLooks } = await watchMany(20, [seenEndsNeeded + 5, 60], () => host);
			expect(meanLag).toBeLessThanOrEqual(0.5);
			expect(meanLooks).toBeLessThanOrEqual(6);
		}
	});

	it('follow a model that becomes faster or slower', async () => {
		for (const after of [10, 40]) {
			let count = 0;
			const editSeconds = (): number => ((count += 1) <= 30 ? 20 : after);
			const edits = await watchTasks(80, { editSeconds });
			const { meanLag, meanLooks } = figuresOf(edits.slice(60));
			expect(meanLag).toBeLessThanOrEqual(0.5);
			expect(meanLooks).toBeLessThanOrEqual(6);
		}
	});
});

describe('many tasks at once', () => {
	it.each([
		['before one was seen', 100, 0],
		['once many were seen', 300, 200],
	])('do not ask in step, %s', async (_name, count, from) => {
		const edits = await watchTasks(count, { editSeconds: () => 20 }, { width: 100 });
		// All of a round are submitted in the same instant.
		const round = edits.slice(from, from + 100);
		const polls = round.map(({ looksAt, submittedAt }) => looksAt[0]! - submittedAt);
		const buckets = new Map<number, number>();
		for (const look of polls) {
			const bucket = Math.floor(look * 10);
			buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
		}
		expect(polls).toHaveLength(100);
		// Within any tenth of a second not more than four in ten; in step it would be all.
		expect(Math.max(...buckets.values())).toBeLessThanOrEqual(40);
	});

	it('never ask twice within a second about one task, whatever the times and the deadline', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat(1_000_000),
				fc.double({ min: 0.1, max: 2, noNaN: true }),
				fc.integer({ min: 1, max: 60 }),
				fc.double({ min: 0, max: 0.9, noNaN: true }),
				async (seed, sigma, timeoutSeconds, latencySeconds) => {
					const clock = new VirtualClock({ seed });
					const host = new VirtualHost(clock, {
						answers: 'task',
						editSeconds: logNormal(20, sigma, seededRandom(seed)),
						latencySeconds,
					});
					const plan = { timeoutSeconds, timeoutAction: 'output' as const };
					const settled = await clock.run(editAll(clock, host, { count: 30, width: 10, plan }));
					for (const result of settled) expect(result.state).toBe('done');
					for (const { looksAt } of host.edits) {
						looksAt.slice(1).forEach((at, index) => {
							expect(at - looksAt[index]!).toBeGreaterThanOrEqual(1 - 1e-6);
						});
						// The last look is not given away: it comes at the deadline when the task is not done before.
						expect(looksAt.length).toBeGreaterThan(0);
					}
				},
			),
			{ numRuns: 60 },
		);
	}, 60_000);
});

describe('the learned times', () => {
	const end = (bySeconds: number): SeenEnd => ({ afterSeconds: bySeconds - 1, bySeconds });

	it('are kept apart by name, and by whether the provider gave an estimate', () => {
		const times = new TypicalTimes();
		times.learn('one', end(20));
		times.learn('one', end(30), 15);
		times.learn('other', end(40));
		expect(times.of('one')).toEqual([end(20)]);
		expect(times.of('one', 15)).toEqual([end(30)]);
		expect(times.of('other')).toEqual([end(40)]);
		expect(times.of('third')).toEqual([]);
	});

	it('are kept in proportion to the estimate', () => {
		const times = new TypicalTimes();
		times.learn('one', { afterSeconds: 20, bySeconds: 22 }, 10);
		expect(times.of('one', 40)).toEqual([{ afterSeconds: 80, bySeconds: 88 }]);
	});

	it('are the most recent ones', () => {
		const times = new TypicalTimes();
		for (let seconds = 1; seconds <= 50; seconds += 1) times.learn('one', end(seconds));
		expect(times.of('one').map(({ bySeconds }) => bySeconds)).toEqual(
			Array.from({ length: 20 }, (_, index) => 31 + index),
		);
	});

	it('take no nonsense, and do not grow with the number of names', () => {
		const times = new TypicalTimes();
		for (const bySeconds of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY]) {
			times.learn('one', { bySeconds });
		}
		expect(times.of('one')).toEqual([]);
		for (let index = 0; index < 2000; index += 1) times.learn(`model ${index}`, end(20));
		const kept = Array.from({ length: 2000 }, (_, index) => times.of(`model ${index}`).length);
		expect(kept.filter((count) => count > 0)).toHaveLength(500);
		expect(kept.at(-1)).toBe(1);
	});
});
