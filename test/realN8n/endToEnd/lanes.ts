/**
 * Runs jobs in several lanes, in their order; a lane that is free takes the first that may begin. Nothing runs beside a
 * job for which `isAlone` holds. Resolves with the results in the order in which the jobs ended.
 */
export async function runInLanes<Job, Result>(
	jobs: readonly Job[],
	count: number,
	isAlone: (job: Job) => boolean,
	run: (job: Job) => Promise<Result>,
): Promise<Result[]> {
	const waiting = [...jobs];
	const running = new Map<Job, Promise<void>>();
	const results: Result[] = [];
	for (;;) {
		const lanes = [...running.keys()].some(isAlone) ? 0 : count - running.size;
		const next = waiting.findIndex((job) => running.size === 0 || !isAlone(job));
		if (next >= 0 && lanes > 0) {
			const job = waiting.splice(next, 1)[0]!;
			const ends = run(job).then((result) => {
				results.push(result);
				running.delete(job);
			});
			running.set(job, ends);
		} else if (running.size > 0) {
			await Promise.race(running.values());
		} else {
			return results;
		}
	}
}
