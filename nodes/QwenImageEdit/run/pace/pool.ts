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
 * ours, where Node warns of a leak when there are more than ten; and `leave`, which gives the place of the item to the
 * next one before all is done. So many items as have a place may have left theirs and not be done.
 */
export async function runOrdered<Item, Result>(
	items: readonly Item[],
	settings: { width: number; signal?: AbortSignal; stopOnFailure?: boolean },
	work: (item: Item, index: number, signal: AbortSignal, leave: () => void) => Promise<Result>,
): Promise<Array<Settled<Result>>> {
	const results: Array<Settled<Result>> = items.map(() => ({ state: 'skipped' }));
	const underWay = new Set<AbortController>();
	let next = 0;
	let stopped = false;

	const width = Math.max(1, Math.min(Math.floor(settings.width) || 1, items.length));
	const leaving = new Set<Promise<void>>();

	const one = async (index: number, leave: () => void): Promise<void> => {
		const controller = new AbortController();
		underWay.add(controller);
		try {
			const result = await work(items[index]!, index, controller.signal, leave);
			results[index] = { state: 'done', result };
		} catch (error) {
			results[index] = { state: 'failed', error };
			if (settings.stopOnFailure === true) stopped = true;
		} finally {
			underWay.delete(controller);
		}
	};

	const worker = async (): Promise<void> => {
		while (next < items.length && !stopped && settings.signal?.aborted !== true) {
			const index = next;
			next += 1;
			await new Promise<void>((resolve) => {
				const ended = one(index, resolve).then(() => {
					leaving.delete(ended);
					resolve();
				});
				leaving.add(ended);
			});
			while (leaving.size >= 2 * width) await Promise.race(leaving);
		}
	};

	const abortAll = (): void => underWay.forEach((controller) => controller.abort());
	settings.signal?.addEventListener('abort', abortAll, { once: true });
	await Promise.all(Array.from({ length: width }, worker));
	await Promise.all(leaving);
	settings.signal?.removeEventListener('abort', abortAll);
	return results;
}
