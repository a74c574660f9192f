/** Where a task stands, as far as the next look is concerned. Times in seconds since the submit. */
export interface TaskProgress {
	/** How long ago the task was submitted. */
	elapsedSeconds: number;
	/** How many times it was looked at. */
	looks: number;
	/** When the provider says it will be done, since the submit. */
	etaSeconds?: number;
	/** When tasks of this provider and model are usually done, since the submit. */
	typicalSeconds: number;
	/** From 0 to 1; keeps a hundred tasks from asking in step. */
	random: number;
}

/** Never two looks at one task within this time. */
export const minimumGapSeconds = 1;

/** Never longer without a look. */
const maximumGapSeconds = 15;

/**
 * Seconds from now until the next look at a task.
 *
 * The first look comes when the task can be ready: shortly before the provider's own estimate, else
 * before the usual time. After that the gap grows with the time elapsed, so that a short task is seen
 * soon and a long one is not asked for more often than it is worth.
 */
export function nextLookSeconds(task: TaskProgress): number {
	const { elapsedSeconds, looks, random } = task;
	if (looks === 0) {
		const expected = task.etaSeconds ?? task.typicalSeconds;
		const first = Math.max(minimumGapSeconds, expected * 0.75);
		const spread = first * 0.1 * random;
		return Math.max(minimumGapSeconds, first + spread - elapsedSeconds);
	}
	const gap = Math.max(minimumGapSeconds, elapsedSeconds * 0.08);
	return Math.min(maximumGapSeconds, gap * (1 + 0.2 * random));
}
