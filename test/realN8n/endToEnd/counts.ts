/** How many checks a run has made, and how many of them failed. */
export interface Counts {
	passed: number;
	failed: number;
}

/**
 * Reads what a run says of itself in its last line of that kind: "12 passed, 0 failed", or jest's "Tests: 1 failed,
 * 11 passed, 12 total". A run that counts nothing counts as one; one that ended badly has failed at least once.
 */
export function readCounts(output: string, succeeded: boolean): Counts {
	const lines = output.split('\n').map((line) => line.trim());
	const own = lines.findLast((line) => /^\d+ passed, \d+ failed$/.test(line));
	const jest = lines.findLast((line) => line.startsWith('Tests:'));
	const line = own ?? jest;
	if (line === undefined) return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
	const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
	const failed = count('failed');
	return { passed: count('passed'), failed: succeeded ? failed : Math.max(1, failed) };
}
