/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import fc from 'fast-check';

import {
	minimumGapSeconds,
	nextPollSeconds,
	type TaskProgress,
} from '../../../nodes/QwenImageEdit/edit/schedule';

/** Looks at a task that is ready after a time, on a clock of our own. */
function watch(
	readySeconds: number,
	task: Pick<TaskProgress, 'typicalSeconds' | 'etaSeconds'>,
	random: () => number,
): { polls: number; lagSeconds: number; gaps: number[] } {
	let elapsedSeconds = 0;
	const gaps: number[] = [];
	for (let polls = 0; polls < 10_000; ) {
		const gap = nextPollSeconds({ ...task, elapsedSeconds, polls, random: random() });
		gaps.push(gap);
		elapsedSeconds += gap;
		polls += 1;
		if (elapsedSeconds >= readySeconds) {
			return { polls, lagSeconds: elapsedSeconds - readySeconds, gaps };
		}
	}
	throw new Error('the task was never seen ready');
}

/** Always the same numbers, so that the figures below are comparable. */
function generator(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1103515245 + 12345) % 2147483648;
		return state / 2147483648;
	};
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Figures for the reader of the test run. */
function print(line: string): void {
	process.stdout.write(`    ${line}\n`);
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const time = fc.double({ min: 0, max: 7200, noNaN: true });

describe('nextPollSeconds', () => {
	it('is never under a second or negative, and never long after the first look', () => {
		fc.assert(
			fc.property(
				time,
				fc.nat(500),
				fc.option(time, { nil: undefined }),
				time,
				unit,
				(elapsedSeconds, polls, etaSeconds, typicalSeconds, random) => {
					const gap = nextPollSeconds({
						elapsedSeconds,
						polls,
						typicalSeconds,
						random,
						...(etaSeconds === undefined ? {} : { etaSeconds }),
					});
					expect(gap).toBeGreaterThanOrEqual(minimumGapSeconds);
					expect(Number.isFinite(gap)).toBe(true);
					if (polls > 0) expect(gap).toBeLessThanOrEqual(15);
				},
			),
		);
	});

	it('grows with the time elapsed', () => {
		const at = (elapsedSeconds: number) =>
			nextPollSeconds({ elapsedSeconds, polls: 1, typicalSeconds: 20, random: 0 });
		for (let elapsed = 0; elapsed < 600; elapsed += 1) {
			expect(at(elapsed + 1)).toBeGreaterThanOrEqual(at(elapsed));
		}
		expect(at(5)).toBe(1);
		expect(at(600)).toBe(15);
	});

	it('polls first shortly before the task can be ready, and trusts the estimate of the provider', () => {
		const first = (task: Partial<TaskProgress>) =>
			nextPollSeconds({ elapsedSeconds: 0, polls: 0, typicalSeconds: 20, random: 0, ...task });
		expect(first({})).toBeGreaterThanOrEqual(10);
		expect(first({})).toBeLessThan(20);
		expect(first({ etaSeconds: 40 })).toBeGreaterThanOrEqual(25);
		expect(first({ etaSeconds: 40 })).toBeLessThan(40);
		expect(first({ etaSeconds: 0 })).toBe(1);
		expect(first({ elapsedSeconds: 10 })).toBeCloseTo(first({}) - 10);
		expect(first({ elapsedSeconds: 1000 })).toBe(1);
	});

	it('keeps many tasks from asking in step', () => {
		const firsts = Array.from({ length: 100 }, (_, index) =>
			nextPollSeconds({ elapsedSeconds: 0, polls: 0, typicalSeconds: 30, random: index / 100 }),
		);
		expect(new Set(firsts).size).toBe(100);
		expect(Math.max(...firsts) - Math.min(...firsts)).toBeGreaterThan(1);
	});

	it.each([
		['as usual', { typicalSeconds: 20 }, 1.5, 6],
		['with an estimate of 20 s', { typicalSeconds: 30, etaSeconds: 20 }, 1.5, 6],
		['with an estimate that is twice too long', { typicalSeconds: 20, etaSeconds: 40 }, 12, 1],
		['with an estimate that is far too short', { typicalSeconds: 20, etaSeconds: 2 }, 2, 18],
	])('sees tasks of about 20 s soon, %s', (name, task, longestLag, mostLooks) => {
		const random = generator(7);
		const runs = Array.from({ length: 2000 }, () => watch(17 + 6 * random(), task, random));
		const lag = mean(runs.map(({ lagSeconds }) => lagSeconds));
		const polls = mean(runs.map((run) => run.polls));
		print(`20 s tasks ${name}: mean lag ${lag.toFixed(2)} s, ${polls.toFixed(1)} polls`);
		expect(lag).toBeLessThan(longestLag);
		expect(polls).toBeLessThan(mostLooks + 0.001);
		for (const { gaps } of runs) expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1);
	});

	it('asks for a long task seldom', () => {
		const run = watch(1800, { typicalSeconds: 20 }, generator(3));
		print(`a task of half an hour: ${run.polls} polls, lag ${run.lagSeconds.toFixed(1)} s`);
		expect(run.polls).toBeLessThan(180);
		expect(run.lagSeconds).toBeLessThanOrEqual(15);
	});
});
