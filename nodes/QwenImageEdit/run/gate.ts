import type { Clock } from './ports';

/** Whether a request may go now. */
export type Entry =
	| { kind: 'entered'; waitedSeconds: number; leave: (end: 'answered' | 'limited') => void }
	| { kind: 'late' }
	| { kind: 'cancelled' };

/**
 * One door for all requests of a credential. While the provider asks us to stay away nobody passes; after
 * that one request goes first, and each answer that is no refusal doubles the number that may be under
 * way, until the door stands open again.
 */
export class RateGate {
	/** A host that names a pause of years must not lock a credential until n8n is restarted. */
	private static readonly maximumPauseSeconds = 24 * 3600;

	private pausedUntil = 0;

	private allowance = Number.POSITIVE_INFINITY;

	private inside = 0;

	private readonly queue: Array<() => void> = [];

	constructor(private readonly clock: Clock) {}

	/** Nobody passes for so many seconds from now. A shorter pause never ends a longer one. */
	pause(seconds: number): void {
		const bounded = Math.min(seconds, RateGate.maximumPauseSeconds);
		this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + bounded * 1000);
		this.allowance = 1;
	}

	/** Waits until a request may go, in the order of asking; `late` when that would be after the deadline. */
	async enter(settings: { signal: AbortSignal; deadline: number }): Promise<Entry> {
		const asked = this.clock.now();
		for (;;) {
			if (settings.signal.aborted) return { kind: 'cancelled' };
			const now = this.clock.now();
			if (this.pausedUntil > settings.deadline || now > settings.deadline) return { kind: 'late' };
			if (now < this.pausedUntil) {
				await this.clock.sleep(this.pausedUntil - now, settings.signal);
			} else if (this.inside < this.allowance) {
				this.inside += 1;
				return { kind: 'entered', waitedSeconds: (now - asked) / 1000, leave: this.leaver() };
			} else {
				await this.turn(settings);
			}
		}
	}

	private leaver(): (end: 'answered' | 'limited') => void {
		let left = false;
		return (end) => {
			if (left) return;
			left = true;
			this.inside -= 1;
			if (end === 'answered' && Number.isFinite(this.allowance)) {
				this.allowance = this.allowance >= 64 ? Number.POSITIVE_INFINITY : this.allowance * 2;
			}
			this.wake();
		};
	}

	private wake(): void {
		const free = Math.min(this.queue.length, this.allowance - this.inside);
		for (let index = 0; index < free; index += 1) this.queue.shift()?.();
	}

	/** Until somebody leaves, the deadline is over, or the run is cancelled. */
	private async turn(settings: { signal: AbortSignal; deadline: number }): Promise<void> {
		const over = new AbortController();
		const onAbort = (): void => over.abort();
		settings.signal.addEventListener('abort', onAbort, { once: true });
		let mine: () => void = () => undefined;
		const woken = new Promise<void>((resolve) => {
			mine = resolve;
			this.queue.push(resolve);
		});
		await Promise.race([
			woken,
			this.clock.sleep(settings.deadline - this.clock.now() + 1, over.signal),
		]);
		over.abort();
		settings.signal.removeEventListener('abort', onAbort);
		const place = this.queue.indexOf(mine);
		if (place >= 0) this.queue.splice(place, 1);
	}
}

/** The gates of this process, one per credential and host; shared by all runs. */
export class RateGates {
	private readonly gates = new Map<string, RateGate>();

	/** How many gates are kept; the oldest is dropped, which only forgets a pause. */
	private static readonly maximumGates = 500;

	/** @param name tells credentials apart without being one: a digest of host and key */
	of(name: string, clock: Clock): RateGate {
		const known = this.gates.get(name);
		if (known !== undefined) return known;
		if (this.gates.size >= RateGates.maximumGates) {
			const oldest = this.gates.keys().next();
			if (oldest.done !== true) this.gates.delete(oldest.value);
		}
		const gate = new RateGate(clock);
		this.gates.set(name, gate);
		return gate;
	}
}
