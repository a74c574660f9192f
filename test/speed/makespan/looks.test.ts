import { drawer, fixedIntervalFigures, watchTasks } from './virtualBatch';

// The promised bounds are held in test/pure/run/schedule.test.ts; here are those of the bench, with room, for all lengths.
describe('looks at tasks, as the bench measures them', () => {
	it.each([5, 20, 60])('are few and timely for tasks of %p s', async (editSeconds) => {
		const tasks = { editSeconds, typicalSeconds: editSeconds };
		const first = await watchTasks(30, [0, 1], tasks);
		const later = await watchTasks(10, [5, 15], tasks);
		const everyFive = fixedIntervalFigures(
			Array.from({ length: 100 }, drawer({ median: editSeconds, sigma: 0.1 })),
			5,
		);
		expect(first.meanLagSeconds).toBeLessThanOrEqual(Math.max(1.5, 0.08 * editSeconds));
		expect(first.meanLooks).toBeLessThanOrEqual(12);
		expect(later.meanLagSeconds).toBeLessThanOrEqual(0.8);
		expect(later.meanLooks).toBeLessThanOrEqual(6);
		expect(later.meanLagSeconds).toBeLessThan(everyFive.meanLagSeconds / 2);
	});

	it('are told of a fixed interval as they would be', () => {
		expect(fixedIntervalFigures([5], 2)).toEqual({ meanLagSeconds: 1, meanLooks: 4 });
		expect(fixedIntervalFigures([4, 5], 5)).toEqual({ meanLagSeconds: 0.5, meanLooks: 2 });
	});
});
