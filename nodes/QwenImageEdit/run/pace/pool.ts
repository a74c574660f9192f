/** How the work on one item ended; `skipped` items were never started. */
export type Settled<Result> =
	| { state: 'done'; result: Result }
	| { state: 'failed'; error: unknown }
	| { state: 'skipped' };

/**
 * Works on all items, at most `width` at once, and gives the results in the order of the items. A slow
 * item holds its own place only. Never rejects.
 *
 * @param settings.signal no further item is started once it is aborted, and the signals of those under way are
 * aborted with it
 * @param settings.stopOnFailure no further item is started once one has failed; those under way are finished
 * @param work is given a signal of the item's own: however many items wait, `settings.signal` has one listener of
 * ours, where Node warns of a leak when there are more than ten
 */
export async function runOrdered<Item, Result>(
	items: readonly Item[],
	settings: { width: number; signal?: AbortSignal; stopOnFailure?: boolean },
	work: (item: Item, index: number, signal: AbortSignal) => Promise<Result>,
): Promise<Array<Settled<Result>>> {
	const results: Array<Settled<Result>> = items.map(() => ({ state: 'skipped' }));
	const underWay = new Set<AbortController>();
	let next = 0;
	let stopped = false;

	const worker = async (): Promise<void> => {
		while (next < items.length && !stopped && settings.signal?.aborted !== true) {
			const index = next;
			next += 1;
			const controller = new AbortController();
			underWay.add(controller);
			try {
				const result = await work(items[index]!, index, controller.signal);
				results[index] = { state: 'done', result };
			} catch (error) {
				results[index] = { state: 'failed', error };
				if (settings.stopOnFailure === true) stopped = true;
			} finally {
				underWay.delete(controller);
			}
		}
	};

	const width = Math.max(1, Math.min(Math.floor(settings.width) || 1, items.length));
	const abortAll = (): void => underWay.forEach((controller) => controller.abort());
	settings.signal?.addEventListener('abort', abortAll, { once: true });
	await Promise.all(Array.from({ length: width }, worker));
	settings.signal?.removeEventListener('abort', abortAll);
	return results;
}
