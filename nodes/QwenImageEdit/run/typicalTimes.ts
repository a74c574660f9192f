/** How long tasks of each provider and model took in this process, so that the first look is well timed. */
export class TypicalTimes {
	private readonly seen = new Map<string, number[]>();

	/** The most recent times that count. */
	private static readonly window = 20;

	/** Seconds from submit to the look that found the task completed. */
	learn(name: string, seconds: number): void {
		if (!Number.isFinite(seconds) || seconds <= 0) return;
		const times = this.seen.get(name) ?? [];
		times.push(seconds);
		if (times.length > TypicalTimes.window) times.shift();
		this.seen.set(name, times);
	}

	/** The median once five were seen, else undefined. */
	of(name: string): number | undefined {
		const times = this.seen.get(name);
		if (times === undefined || times.length < 5) return undefined;
		const sorted = [...times].sort((one, other) => one - other);
		return sorted[Math.floor(sorted.length / 2)];
	}
}
