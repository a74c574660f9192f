import type { Clock } from '../../run/ports';

interface Kept<Value> {
	value: Value;
	at: number;
}

/** After that time a call that does not hold may be signed with a newer key; before, nobody can make us ask. */
const askAgainAfterMilliseconds = 60_000;

/** The most keys that are kept; the one kept longest goes first. */
const maximumKept = 200;

/** Keeps what calls are checked with, so that not every call asks the provider for it. */
export class KeyCache<Value> {
	private readonly kept = new Map<string, Kept<Value>>();

	private readonly loading = new Map<string, Promise<Kept<Value>>>();

	constructor(private readonly clock: Pick<Clock, 'now'>) {}

	/**
	 * Whether a check holds with what is kept, or with what the provider says now.
	 *
	 * @param load asks the provider; what it throws is thrown here
	 */
	async holds(
		name: string,
		lifetimeSeconds: number,
		load: () => Promise<Value>,
		check: (value: Value) => boolean,
	): Promise<boolean> {
		const kept = this.kept.get(name);
		const age = kept === undefined ? Infinity : Math.abs(this.clock.now() - kept.at);
		if (kept !== undefined && age <= lifetimeSeconds * 1000) {
			if (check(kept.value)) return true;
			if (age < askAgainAfterMilliseconds) return false;
		}
		return check((await this.load(name, load)).value);
	}

	/** Asks once, however many calls want to know. */
	private async load(name: string, load: () => Promise<Value>): Promise<Kept<Value>> {
		const underWay = this.loading.get(name);
		if (underWay !== undefined) return await underWay;
		const loading = load().then((value) => {
			const kept = { value, at: this.clock.now() };
			this.kept.delete(name);
			this.kept.set(name, kept);
			const [oldest] = this.kept.keys();
			if (this.kept.size > maximumKept && oldest !== undefined) this.kept.delete(oldest);
			return kept;
		});
		this.loading.set(name, loading);
		try {
			return await loading;
		} finally {
			this.loading.delete(name);
		}
	}
}
