import fc from 'fast-check';

import { Budget } from '../../../nodes/QwenImageEdit/run/pace/budget';

/** How an edit ends: what it costs of what it could at most, in tenths; or nobody knows, and all of it counts. */
type End = number | 'unknown';

interface Edit {
	most: number;
	end: End;
}

const edit = fc.record<Edit>({
	most: fc.integer({ min: 1, max: 400 }).map((cents) => cents / 100),
	end: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant('unknown' as const)),
});

const costOf = ({ most, end }: Edit): number => (end === 'unknown' ? most : (most * end) / 10);

describe('the budget of a run', () => {
	it('is never overshot, whatever runs at once and in whatever order it ends', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.scheduler(),
				fc.array(edit, { minLength: 1, maxLength: 25 }),
				fc.integer({ min: 1, max: 1000 }).map((cents) => cents / 100),
				fc.integer({ min: 1, max: 8 }),
				async (scheduler, edits, limit, width) => {
					const budget = new Budget(limit, new Map());
					let paid = 0;
					let underWay = 0;
					const refused: number[] = [];
					let next = 0;
					const work = async (): Promise<void> => {
						for (let item = next; item < edits.length; item = next) {
							next += 1;
							const { most, end } = edits[item]!;
							if (!(await budget.reserve(item, most))) {
								// Refused only when nothing could have made room.
								expect(underWay).toBe(0);
								expect(budget.spent + most).toBeGreaterThan(limit);
								refused.push(item);
								continue;
							}
							underWay += 1;
							// What could be billed at this moment: what was paid for, and all that is under way.
							expect(budget.spent).toBeLessThanOrEqual(limit + 1e-9);
							await scheduler.schedule(Promise.resolve(), `item ${item}`);
							underWay -= 1;
							paid += costOf(edits[item]!);
							budget.settle(item, end === 'unknown' ? undefined : costOf(edits[item]!));
							expect(budget.spent).toBeLessThanOrEqual(limit + 1e-9);
						}
					};
					const all = Promise.all(Array.from({ length: width }, work));
					await scheduler.waitFor(all);
					expect(paid).toBeLessThanOrEqual(limit + 1e-4);
					expect(budget.spent).toBeCloseTo(paid, 3);
					expect(next).toBe(edits.length);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('takes exactly what fits: ten edits of 0.1 into 1, three of 0.0221 into 0.0663', async () => {
		for (const [most, limit, count] of [
			[0.1, 1, 10],
			[0.0221, 0.0663, 3],
		] as const) {
			const budget = new Budget(limit, new Map());
			for (let item = 0; item < count; item += 1) {
				expect(await budget.reserve(item, most)).toBe(true);
				budget.settle(item);
			}
			expect(await budget.reserve(count, 0.0001)).toBe(false);
			expect(budget.spent).toBe(limit);
		}
	});

	it('lets an edit wait for the one under way, and sends it when that was free', async () => {
		const budget = new Budget(1, new Map());
		expect(await budget.reserve(0, 1)).toBe(true);
		const second = budget.reserve(1, 1);
		budget.settle(0, 0);
		expect(await second).toBe(true);
	});

	it('refuses an edit that is too dear, and lets a cheaper one behind it go', async () => {
		const budget = new Budget(1, new Map());
		expect(await Promise.all([budget.reserve(0, 2), budget.reserve(1, 1)])).toEqual([false, true]);
	});

	it('knows what an earlier try has spent, and counts an item once', async () => {
		const counted = new Map<number, number>();
		const first = new Budget(1, counted);
		expect(await first.reserve(0, 0.6)).toBe(true);
		first.settle(0);
		const second = new Budget(1, counted);
		expect(await second.reserve(0, 0.6)).toBe(true);
		second.settle(0, 0.5);
		expect(second.spent).toBe(0.5);
		expect(await second.reserve(1, 0.6)).toBe(false);
		expect(await second.reserve(2, 0.5)).toBe(true);
	});

	it('lets a stopped item go, and those behind it', async () => {
		const budget = new Budget(1, new Map());
		const stop = new AbortController();
		expect(await budget.reserve(0, 0.5)).toBe(true);
		const dear = budget.reserve(1, 1, stop.signal);
		const cheap = budget.reserve(2, 0.5);
		stop.abort();
		expect(await dear).toBe(false);
		expect(await cheap).toBe(true);
		expect(await budget.reserve(3, 0, stop.signal)).toBe(false);
	});

	it('sends nothing more when a provider bills more than it lists', async () => {
		const budget = new Budget(1, new Map());
		expect(await budget.reserve(0, 0.5)).toBe(true);
		budget.settle(0, 1.5);
		expect(await budget.reserve(1, 0.1)).toBe(false);
	});
});
