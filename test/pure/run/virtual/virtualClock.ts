/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import type { Clock } from '../../../../nodes/QwenImageEdit/run/ports';

interface Sleeper {
	at: number;
	/** Who went to sleep first wakes first. */
	turn: number;
	awake: boolean;
	wake(): void;
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** Log-normal draws around a median. */
export function logNormal(median: number, sigma: number, random: () => number): () => number {
	return () => {
		const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
		return median * Math.exp(sigma * normal);
	};
}

/** Nothing sleeps, and the work has not ended: it never will. */
export class StandstillError extends Error {
	constructor(at: number) {
		super(`Nobody sleeps, and the work has not ended at ${at} ms`);
		this.name = 'StandstillError';
	}
}

/**
 * Time that passes only while everybody sleeps: hours in milliseconds, the same on every run. Timers of the
 * machine are not seen by it, so all that waits must wait on this clock.
 */
export class VirtualClock implements Clock {
	private time: number;

	private turns = 0;

	/** A heap: the earliest stands in front. */
	private readonly sleepers: Sleeper[] = [];

	private sleeping = 0;

	readonly random: () => number;

	constructor(settings: { seed?: number; startsAt?: number } = {}) {
		this.random = seededRandom(settings.seed ?? 1);
		this.time = settings.startsAt ?? Date.UTC(2026, 0, 1);
	}

	now(): number {
		return this.time;
	}

	/** How many sleep now; after the work of a run has ended, none should. */
	get sleepersLeft(): number {
		return this.sleeping;
	}

	async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
		if (Number.isNaN(milliseconds)) throw new RangeError('Nobody can sleep for NaN milliseconds');
		if (milliseconds <= 0 || signal?.aborted === true) return;
		this.sleeping += 1;
		await new Promise<void>((resolve) => {
			const sleeper: Sleeper = {
				at: this.time + milliseconds,
				turn: this.turns++,
				awake: false,
				wake: () => {
					if (sleeper.awake) return;
					sleeper.awake = true;
					this.sleeping -= 1;
					signal?.removeEventListener('abort', sleeper.wake);
					resolve();
				},
			};
			signal?.addEventListener('abort', sleeper.wake, { once: true });
			this.push(sleeper);
		});
	}

	/** Calls something at a moment of this clock. */
	after(milliseconds: number, call: () => void): void {
		void this.sleep(milliseconds).then(call);
	}

	/** Lets time pass until the work has ended. */
	async run<Result>(work: Promise<Result>): Promise<Result> {
		let ended = false;
		const noted = work.finally(() => (ended = true));
		// Whoever calls `run` gets the rejection from `work` itself.
		noted.catch(() => undefined);
		for (;;) {
			// All that can go on without time passing goes on first.
			await new Promise(setImmediate);
			if (ended) return await work;
			let next = this.pop();
			while (next?.awake === true) next = this.pop();
			if (next === undefined) throw new StandstillError(this.time);
			this.time = Math.max(this.time, next.at);
			next.wake();
		}
	}

	private push(sleeper: Sleeper): void {
		const heap = this.sleepers;
		let place = heap.push(sleeper) - 1;
		while (place > 0) {
			const parent = (place - 1) >> 1;
			if (!isEarlier(heap[place]!, heap[parent]!)) break;
			[heap[place], heap[parent]] = [heap[parent]!, heap[place]!];
			place = parent;
		}
	}

	private pop(): Sleeper | undefined {
		const heap = this.sleepers;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined) return undefined;
		if (heap.length === 0) return first;
		heap[0] = last;
		for (let place = 0; ; ) {
			let least = place;
			for (const child of [2 * place + 1, 2 * place + 2]) {
				if (child < heap.length && isEarlier(heap[child]!, heap[least]!)) least = child;
			}
			if (least === place) return first;
			[heap[place], heap[least]] = [heap[least]!, heap[place]!];
			place = least;
		}
	}
}

function isEarlier(one: Sleeper, other: Sleeper): boolean {
	return one.at < other.at || (one.at === other.at && one.turn < other.turn);
}
