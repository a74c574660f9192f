/** How the work on one item ended; `skipped` items were never started. */
export type Settled<Result> =
	| { state: 'done'; result: Result }
	| { state: 'failed'; error: unknown }
	| { state: 'skipped' };

/**
 * Works on all items, at most `width` at once, and gives the results in the order of the items. A slow
 * item holds its own place only. Never rejects.
 *
 * @param settings.signal no further item is started once it is aborted
 * @param settings.stopOnFailure no further item is started once one has failed; those under way are finished
 */
export async function runOrdered<Item, Result>(
	items: readonly Item[],
	settings: { width: number; signal?: AbortSignal; stopOnFailure?: boolean },
	work: (item: Item, index: number) => Promise<Result>,
): Promise<Array<Settled<Result>>> {
	const results: Array<Settled<Result>> = items.map(() => ({ state: 'skipped' }));
	let next = 0;
	let stopped = false;

	const worker = async (): Promise<void> => {
		while (next < items.length && !stopped && settings.signal?.aborted !== true) {
			const index = next;
			next += 1;
			try {
				results[index] = { state: 'done', result: await work(items[index]!, index) };
			} catch (error) {
				results[index] = { state: 'failed', error };
				if (settings.stopOnFailure === true) stopped = true;
			}
		}
	};

	const width = Math.max(1, Math.min(Math.floor(settings.width) || 1, items.length));
	await Promise.all(Array.from({ length: width }, worker));
	return results;
}
