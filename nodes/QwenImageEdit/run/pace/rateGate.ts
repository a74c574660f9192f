import type { Clock } from '../ports';

/** Whether a request may go now. */
export type Entry =
	| { kind: 'entered'; waitedSeconds: number; leave: (end: 'answered' | 'limited') => void }
	| { kind: 'late' }
	| { kind: 'cancelled' };

/** A request that waits. */
interface Waiter {
	/** Its place in the order of asking. */
	ticket: number;
	deadline: number;
	/** Takes it out of the queue; once only. */
	settle(end: Entry['kind']): void;
}

/**
 * Lets the requests of one credential pass. During a pause that the provider asked for, none passes. After it one
 * request goes first, and each answer that is not a refusal lets one more go at once, so that the width doubles with
 * every round (1, 2, 4, ...) until there is no limit again. Requests pass in the order in which they asked.
 */
export class RateGate {
	/** A provider that asks for a pause of years must not block a credential until n8n restarts. */
	private static readonly maximumPauseSeconds = 24 * 3600;

	/** With so many in progress and none refused, there is no limit again. */
	private static readonly openWidth = 64;

	/** A clock that wakes a last look a moment too late has not used up its time. */
	private static readonly graceMilliseconds = 1000;

	/** Timers take no more than 24 days; no sleep is longer than this. */
	private static readonly longestSleepMilliseconds = 3600 * 1000;

	private pausedUntil = 0;

	private allowance = Number.POSITIVE_INFINITY;

	private inside = 0;

	/** Tells requests from before a pause from those after it. */
	private pauses = 0;

	private nextTicket = 0;

	/** By ticket. */
	private readonly queue: Waiter[] = [];

	/** Ends the sleep until the next wake-up. */
	private alarm: AbortController | undefined;

	constructor(private readonly clock: Clock) {}

	/** Nothing passes for so many seconds from now. A shorter pause never ends a longer one. */
	pause(seconds: number): void {
		const bounded = seconds > 0 ? Math.min(seconds, RateGate.maximumPauseSeconds) : 0;
		this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + bounded * 1000);
		this.allowance = 1;
		this.pauses += 1;
		this.serve();
	}

	/** Waits until a request may go, in the order of asking; `late` when that would be after the deadline. */
	async enter(settings: { signal: AbortSignal; deadline: number }): Promise<Entry> {
		const asked = this.clock.now();
		const ticket = this.nextTicket++;
		for (;;) {
			const end = await this.turn(ticket, settings);
			if (end !== 'entered') return { kind: end };
			const now = this.clock.now();
			const open = now >= this.pausedUntil && this.inside <= this.allowance;
			if (open && !settings.signal.aborted) {
				return { kind: 'entered', waitedSeconds: (now - asked) / 1000, leave: this.leaver() };
			}
			// Cancelled, or a pause came, between being let in and getting to know it: nothing was sent.
			this.inside -= 1;
		}
	}

	/** Waits until the request may pass, has no time left, or is cancelled. */
	private async turn(
		ticket: number,
		{ signal, deadline }: { signal: AbortSignal; deadline: number },
	): Promise<Entry['kind']> {
		return await new Promise((resolve) => {
			const onAbort = (): void => {
				waiter.settle('cancelled');
				this.serve();
			};
			const waiter: Waiter = {
				ticket,
				deadline,
				settle: (end) => {
					this.queue.splice(this.queue.indexOf(waiter), 1);
					signal.removeEventListener('abort', onAbort);
					resolve(end);
				},
			};
			const behind = this.queue.findIndex((other) => other.ticket > ticket);
			this.queue.splice(behind < 0 ? this.queue.length : behind, 0, waiter);
			if (signal.aborted) return onAbort();
			signal.addEventListener('abort', onAbort, { once: true });
			this.serve();
		});
	}

	private leaver(): (end: 'answered' | 'limited') => void {
		const { pauses } = this;
		let left = false;
		return (end) => {
			if (left) return;
			left = true;
			this.inside -= 1;
			// An answer to a request from before the pause says nothing about the time after it.
			if (end === 'answered' && pauses === this.pauses) this.widen();
			this.serve();
		};
	}

	private widen(): void {
		if (this.allowance >= RateGate.openWidth) this.allowance = Number.POSITIVE_INFINITY;
		else this.allowance += 1;
	}

	/** Lets pass what may pass, ends what is too late, and sets an alarm for the rest. */
	private serve(): void {
		const now = this.clock.now();
		for (const waiter of [...this.queue]) {
			const until = waiter.deadline + RateGate.graceMilliseconds;
			if (now > until || (now < this.pausedUntil && this.pausedUntil > waiter.deadline)) {
				waiter.settle('late');
			}
		}
		while (this.queue.length > 0 && now >= this.pausedUntil && this.inside < this.allowance) {
			this.inside += 1;
			this.queue[0]!.settle('entered');
		}
		this.setAlarm(now);
	}

	private setAlarm(now: number): void {
		this.alarm?.abort();
		this.alarm = undefined;
		if (this.queue.length === 0) return;
		const wakeAt =
			now < this.pausedUntil
				? this.pausedUntil
				: Math.min(...this.queue.map(({ deadline }) => deadline)) + RateGate.graceMilliseconds + 1;
		const alarm = new AbortController();
		this.alarm = alarm;
		const sleep = Math.min(wakeAt - now, RateGate.longestSleepMilliseconds);
		void this.clock.sleep(sleep, alarm.signal).then(() => {
			if (!alarm.signal.aborted) this.serve();
		});
	}
}

/** The gates of this process, one per credential and host; shared by all runs. */
export class RateGates {
	private readonly gates = new Map<string, RateGate>();

	/** How many gates are kept; the one longest unused is dropped, which only forgets a pause. */
	private static readonly maximumGates = 500;

	/** @param name tells credentials apart without being one: a digest of host and key */
	of(name: string, clock: Clock): RateGate {
		const gate = this.gates.get(name) ?? new RateGate(clock);
		// Deleting first moves the gate to the end, so that the one longest unused comes first.
		this.gates.delete(name);
		this.gates.set(name, gate);
		if (this.gates.size > RateGates.maximumGates) {
			const oldest = this.gates.keys().next();
			if (oldest.done !== true) this.gates.delete(oldest.value);
		}
		return gate;
	}
}
