import { idealMakespan } from './idealMakespan';
import { measureBatch } from './makespan';
import { runVirtualBatch } from './virtualBatch';

describe('the ideal', () => {
	it('is the longest sum that a worker gets who takes the next piece when free', () => {
		expect(idealMakespan([1, 1, 1, 1], 1)).toBe(4);
		expect(idealMakespan([1, 1, 1, 1, 1], 2)).toBe(3);
		// 4 | 1 1 1 1, then 2 behind either.
		expect(idealMakespan([4, 1, 1, 1, 1, 2], 2)).toBe(6);
		expect(idealMakespan([3], 20)).toBe(3);
	});
});

describe('a batch takes little more than the ideal', () => {
	it.each([
		['fixed times', 20, 1.001],
		['log-normal times', { median: 20, sigma: 0.5 }, 1.001],
	])('on a virtual clock, at a provider that answers at once: %s', async (_name, seconds, most) => {
		for (const width of [1, 4, 20]) {
			const batch = { answers: 'atOnce', editSeconds: seconds, count: 200, width } as const;
			const run = await runVirtualBatch(batch);
			expect(run.seconds / run.idealSeconds).toBeLessThanOrEqual(most);
		}
	});

	it.each([
		['fixed times', 20, 1.05],
		['log-normal times', { median: 20, sigma: 0.5 }, 1.25],
	])('on a virtual clock, at a provider with tasks: %s', async (_name, seconds, most) => {
		for (const width of [1, 4, 20]) {
			const batch = { answers: 'task', editSeconds: seconds, count: 200, width } as const;
			const run = await runVirtualBatch(batch);
			expect(run.seconds / run.idealSeconds).toBeLessThanOrEqual(most);
		}
	});

	// One after another would be 20 times the ideal; the rest is room for a busy machine.
	it('through the engine of n8n, 60 images 20 at a time, with time to spare', async () => {
		const batch = { answers: 'atOnce', count: 60, width: 20, editSeconds: 1 } as const;
		let least = Number.POSITIVE_INFINITY;
		for (let round = 0; round < 3 && least > 2.5; round += 1) {
			const { seconds, idealSeconds } = await measureBatch({ ...batch, differs: round % 2 === 1 });
			least = Math.min(least, seconds / idealSeconds);
		}
		expect(least).toBeGreaterThanOrEqual(1);
		expect(least).toBeLessThanOrEqual(2.5);
	}, 180_000);
});
