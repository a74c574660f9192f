/**
 * Runs jobs in several lanes, in their order; a lane that is free takes the first that may begin. Of the jobs for which
 * `isTimed` holds, one runs at a time. Resolves with the results in the order in which the jobs ended.
 */
export async function runInLanes<Job, Result>(
	jobs: readonly Job[],
	count: number,
	isTimed: (job: Job) => boolean,
	run: (job: Job) => Promise<Result>,
): Promise<Result[]> {
	const waiting = [...jobs];
	const running = new Map<Job, Promise<void>>();
	const results: Result[] = [];
	for (;;) {
		const timedRuns = [...running.keys()].some(isTimed);
		const next = waiting.findIndex((job) => !(timedRuns && isTimed(job)));
		if (next >= 0 && running.size < count) {
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
