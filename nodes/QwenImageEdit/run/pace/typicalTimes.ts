import type { SeenEnd } from '../../edit/schedule';

/** How long tasks of each provider and model took in this process, so that polls of the next are well timed. */
export class TypicalTimes {
	private readonly seen = new Map<string, SeenEnd[]>();

	/** The most recent ends that count. */
	private static readonly window = 20;

	/** The most names that are kept: models can be typed freely. */
	private static readonly maximumNames = 500;

	/**
	 * Notes when a task was found done.
	 *
	 * @param etaSeconds what the provider had said at the submit; ends are kept in proportion to it
	 */
	learn(name: string, end: SeenEnd, etaSeconds?: number): void {
		if (!(end.bySeconds > 0) || !Number.isFinite(end.bySeconds)) return;
		const key = keyOf(name, etaSeconds);
		const ends = this.seen.get(key) ?? [];
		ends.push(scaled(end, 1 / unitOf(etaSeconds)));
		if (ends.length > TypicalTimes.window) ends.shift();
		// Deleting first moves the name to the end, so that the one longest unused comes first.
		this.seen.delete(key);
		this.seen.set(key, ends);
		if (this.seen.size > TypicalTimes.maximumNames) {
			const oldest = this.seen.keys().next();
			if (oldest.done !== true) this.seen.delete(oldest.value);
		}
	}

	/** The last ends, oldest first, as they would be for a task with this estimate. */
	of(name: string, etaSeconds?: number): SeenEnd[] {
		const ends = this.seen.get(keyOf(name, etaSeconds)) ?? [];
		return ends.map((end) => scaled(end, unitOf(etaSeconds)));
	}
}

/** An estimate is worth learning from only where there is one. */
function unitOf(etaSeconds: number | undefined): number {
	return etaSeconds !== undefined && etaSeconds > 0 ? etaSeconds : 1;
}

function keyOf(name: string, etaSeconds: number | undefined): string {
	return etaSeconds !== undefined && etaSeconds > 0 ? `estimated ${name}` : name;
}

function scaled({ afterSeconds, bySeconds }: SeenEnd, factor: number): SeenEnd {
	return {
		...(afterSeconds === undefined ? {} : { afterSeconds: afterSeconds * factor }),
		bySeconds: bySeconds * factor,
	};
}
