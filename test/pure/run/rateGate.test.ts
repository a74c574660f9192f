/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { getEventListeners } from 'node:events';

import fc from 'fast-check';

import { type Entry, RateGate, RateGates } from '../../../nodes/QwenImageEdit/run/pace/rateGate';
import { VirtualClock } from './virtual/virtualClock';

const never = (): AbortSignal => new AbortController().signal;
const far = Number.MAX_SAFE_INTEGER;

/** A clock that remembers how long it was asked to sleep. */
class WatchedClock extends VirtualClock {
	longestSleep = 0;

	override async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
		this.longestSleep = Math.max(this.longestSleep, milliseconds);
		await super.sleep(milliseconds, signal);
	}
}

/** One request: when it comes, how long it is under way, and how it ends. Times in milliseconds. */
interface Request {
	arrives: number;
	takes: number;
	/** Seconds that the provider asks to stay away; undefined: a good answer. */
	pause: number | undefined;
	/** From the arrival on. */
	deadline: number;
	/** From the arrival on; undefined: never cancelled. */
	cancel: number | undefined;
}

const anyRequest = fc.record({
	arrives: fc.nat(200),
	takes: fc.nat(60),
	pause: fc.option(fc.double({ min: 0, max: 0.1, noNaN: true }), { nil: undefined, freq: 6 }),
	deadline: fc.oneof(fc.nat(300), fc.constant(1_000_000)),
	cancel: fc.option(fc.nat(150), { nil: undefined, freq: 3 }),
});

/** What the gate must let happen, worked out beside it. */
class Model {
	pausedUntil = 0;

	allowance = Number.POSITIVE_INFINITY;

	inside = 0;

	readonly waiting = new Set<number>();

	private pauses = 0;

	constructor(
		private readonly clock: VirtualClock,
		private readonly gate: RateGate,
	) {}

	pause(seconds: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + seconds * 1000);
		this.allowance = 1;
		this.pauses += 1;
		this.gate.pause(seconds);
	}

	enter(): () => void {
		expect(this.clock.now()).toBeGreaterThanOrEqual(this.pausedUntil);
		this.inside += 1;
		expect(this.inside).toBeLessThanOrEqual(this.allowance);
		const { pauses } = this;
		return () => {
			if (pauses === this.pauses) {
				this.allowance = this.allowance >= 64 ? Number.POSITIVE_INFINITY : this.allowance + 1;
			}
		};
	}

	/** Nobody waits before an open door. */
	expectNobodyForgotten(): void {
		if (this.clock.now() >= this.pausedUntil && this.inside < this.allowance) {
			expect([...this.waiting]).toEqual([]);
		}
	}
}

async function enterOrFail(gate: RateGate): Promise<Extract<Entry, { kind: 'entered' }>> {
	const entry = await gate.enter({ signal: never(), deadline: far });
	if (entry.kind !== 'entered') throw new Error(`not let in: ${entry.kind}`);
	return entry;
}

describe('the rate gate, whatever comes', () => {
	it('keeps its promises under random pauses, cancellations and deadlines', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(anyRequest, { maxLength: 40 }),
				// Pauses that another run on the same credential brings.
				fc.array(fc.tuple(fc.nat(300), fc.double({ min: 0, max: 0.3, noNaN: true })), {
					maxLength: 4,
				}),
				async (requests, otherPauses) => {
					const clock = new WatchedClock({ startsAt: 0 });
					const gate = new RateGate(clock);
					const model = new Model(clock, gate);
					const sorted = [...requests].sort((one, other) => one.arrives - other.arrives);
					const entered: number[] = [];
					const ends: Array<Entry['kind']> = [];
					const signals: AbortSignal[] = [];
					for (const [at, seconds] of otherPauses) clock.after(at, () => model.pause(seconds));

					const one = async (request: Request, index: number): Promise<void> => {
						await clock.sleep(request.arrives);
						const cancel = new AbortController();
						signals.push(cancel.signal);
						if (request.cancel === 0) cancel.abort();
						else if (request.cancel !== undefined) {
							clock.after(request.cancel, () => cancel.abort());
						}
						const asked = clock.now();
						const deadline = asked + request.deadline;
						if (!cancel.signal.aborted) model.waiting.add(index);
						cancel.signal.addEventListener('abort', () => model.waiting.delete(index));
						const entry = await gate.enter({ signal: cancel.signal, deadline });
						model.waiting.delete(index);
						ends[index] = entry.kind;
						if (entry.kind === 'cancelled') {
							expect(cancel.signal.aborted).toBe(true);
							return;
						}
						if (entry.kind === 'late') {
							const tooLong = model.pausedUntil > deadline && clock.now() < model.pausedUntil;
							expect(tooLong || clock.now() > deadline + 1000).toBe(true);
							return;
						}
						expect(cancel.signal.aborted).toBe(false);
						expect(clock.now()).toBeLessThanOrEqual(deadline + 1000);
						expect(entry.waitedSeconds).toBeCloseTo((clock.now() - asked) / 1000, 9);
						const answered = model.enter();
						entered.push(index);
						await clock.sleep(request.takes);
						model.inside -= 1;
						if (request.pause === undefined) {
							answered();
							entry.leave('answered');
						} else {
							// As the exchange does it: out of the door first, then the pause, in one breath.
							entry.leave('limited');
							model.pause(request.pause);
						}
						// Leaving twice changes nothing.
						entry.leave('answered');
					};
					let over = false;
					const watch = async (): Promise<void> => {
						for (let at = 0.5; !over; at += 4) {
							await clock.sleep(at - clock.now());
							model.expectNobodyForgotten();
						}
					};
					await clock.run(
						Promise.all([watch(), Promise.all(sorted.map(one)).finally(() => (over = true))]),
					);

					expect(entered).toEqual([...entered].sort((a, b) => a - b));
					expect(ends.filter((end) => end !== undefined)).toHaveLength(requests.length);
					for (const signal of signals) {
						// One is ours, to keep the model right.
						expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
					}
					expect(clock.longestSleep).toBeLessThanOrEqual(3_600_000);
				},
			),
			{ numRuns: 200 },
		);
	}, 60_000);

	it('leaves nobody asleep when those who waited are gone', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ deadline: fc.nat(2000), cancel: fc.nat(1500) }), { minLength: 1 }),
				fc.double({ min: 0.1, max: 3, noNaN: true }),
				async (waiters, seconds) => {
					const clock = new VirtualClock({ startsAt: 0 });
					const gate = new RateGate(clock);
					gate.pause(seconds);
					const enter = async ({ deadline, cancel }: (typeof waiters)[number]): Promise<void> => {
						const stop = new AbortController();
						await Promise.all([
							clock.sleep(cancel).then(() => stop.abort()),
							gate.enter({ signal: stop.signal, deadline }).then((entry) => {
								if (entry.kind === 'entered') entry.leave('answered');
							}),
						]);
					};
					await clock.run(Promise.all(waiters.map(enter)));
					expect(clock.sleepersLeft).toBe(0);
				},
			),
		);
	});
});

describe('the rate gate', () => {
	it('lets everybody through while no pause was asked for', async () => {
		const gate = new RateGate(new VirtualClock());
		const entries = await Promise.all(Array.from({ length: 200 }, () => enterOrFail(gate)));
		expect(entries.map(({ waitedSeconds }) => waitedSeconds)).toEqual(entries.map(() => 0));
	});

	it('recovers its width by rounds: 1, 2, 4, 8, and so on until it is open', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		gate.pause(30);
		const starts: number[] = [];
		const requests = Array.from({ length: 300 }, async () => {
			const entry = await enterOrFail(gate);
			starts.push(clock.now() / 1000);
			await clock.sleep(10_000);
			entry.leave('answered');
		});
		await clock.run(Promise.all(requests));
		const widths = [...new Set(starts)].map((at) => starts.filter((start) => start === at).length);
		expect([...new Set(starts)].slice(0, 8)).toEqual([30, 40, 50, 60, 70, 80, 90, 100]);
		expect(widths).toEqual([1, 2, 4, 8, 16, 32, 64, 173]);
	});

	it('does not widen for answers to requests from before the pause', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		const before = await Promise.all(Array.from({ length: 20 }, () => enterOrFail(gate)));
		before[0]!.leave('limited');
		gate.pause(5);
		for (const entry of before.slice(1)) entry.leave('answered');
		let under = 0;
		let most = 0;
		const after = Array.from({ length: 20 }, async () => {
			const entry = await enterOrFail(gate);
			under += 1;
			most = Math.max(most, under);
			await clock.sleep(1000);
			under -= 1;
			entry.leave('limited');
		});
		await clock.run(Promise.all(after));
		expect(most).toBe(1);
	});

	it('holds back one that was let in when a pause came before it knew', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		gate.pause(1);
		const first = gate.enter({ signal: never(), deadline: far });
		const second = enterOrFail(gate).then((entry) => {
			entry.leave('answered');
			return clock.now();
		});
		const work = first.then(async (entry) => {
			if (entry.kind !== 'entered') throw new Error(entry.kind);
			// Lets the second in, and asks for a pause before it can have noticed.
			entry.leave('answered');
			gate.pause(7);
			return await second;
		});
		expect(await clock.run(work)).toBe(8000);
	});

	it('forgets nobody when the one whose turn it is goes away in the same instant', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		gate.pause(1);
		const cancel = new AbortController();
		const first = enterOrFail(gate);
		const second = gate.enter({ signal: cancel.signal, deadline: far });
		const third = enterOrFail(gate);
		const work = first.then(async (entry) => {
			await clock.sleep(1000);
			entry.leave('limited');
			cancel.abort();
			return await Promise.all([second, third]);
		});
		const [gone, last] = await clock.run(work);
		expect(gone).toEqual({ kind: 'cancelled' });
		expect(last.waitedSeconds).toBe(2);
	});

	it('keeps the longer of two pauses', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		gate.pause(60);
		gate.pause(2);
		const entry = await clock.run(enterOrFail(gate));
		expect(entry.waitedSeconds).toBe(60);
	});

	it('sends away at once whom a pause leaves no time, and lets the others wait', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		gate.pause(5);
		const patient = enterOrFail(gate);
		const hasty = gate.enter({ signal: never(), deadline: 8000 });
		clock.after(1000, () => gate.pause(60));
		expect(await clock.run(hasty)).toEqual({ kind: 'late' });
		expect(clock.now()).toBe(1000);
		expect((await clock.run(patient)).waitedSeconds).toBe(61);
	});

	it('lets a last look through that wakes a moment after its deadline', async () => {
		const clock = new VirtualClock({ startsAt: 10_000 });
		const gate = new RateGate(clock);
		expect((await gate.enter({ signal: never(), deadline: 9990 })).kind).toBe('entered');
		expect((await gate.enter({ signal: never(), deadline: 8000 })).kind).toBe('late');
	});

	it.each([[0], [-5], [Number.NaN]])('takes a pause of %p seconds as none', async (seconds) => {
		const clock = new VirtualClock({ startsAt: 1000 });
		const gate = new RateGate(clock);
		gate.pause(seconds);
		expect((await clock.run(enterOrFail(gate))).waitedSeconds).toBe(0);
	});

	it('does not let a host lock a credential for years', async () => {
		const clock = new WatchedClock({ startsAt: 0 });
		const gate = new RateGate(clock);
		gate.pause(1e12);
		const entry = await clock.run(enterOrFail(gate));
		expect(entry.waitedSeconds).toBe(24 * 3600);
		// Timers of Node.js fire at once when they are asked for more than 24 days.
		expect(clock.longestSleep).toBeLessThanOrEqual(3_600_000);
	});
});

describe('the gates of a process', () => {
	it('are the same for all runs with a credential, and others for other credentials', async () => {
		const clock = new VirtualClock({ startsAt: 0 });
		const gates = new RateGates();
		gates.of('credential A', clock).pause(30);
		const ofOtherRun = clock.run(enterOrFail(gates.of('credential A', clock)));
		const ofOther = await enterOrFail(gates.of('credential B', clock));
		expect(ofOther.waitedSeconds).toBe(0);
		expect((await ofOtherRun).waitedSeconds).toBe(30);
	});

	it('are bounded in number, and one in use is not the one to go', () => {
		const clock = new VirtualClock();
		const gates = new RateGates();
		const used = gates.of('used', clock);
		const unused = gates.of('unused', clock);
		for (let index = 0; index < 600; index += 1) {
			gates.of(`credential ${index}`, clock);
			gates.of('used', clock);
		}
		expect(gates.of('used', clock)).toBe(used);
		expect(gates.of('unused', clock)).not.toBe(unused);
	});
});
