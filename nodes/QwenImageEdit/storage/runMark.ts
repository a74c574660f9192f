import type { Clock } from '../run/ports';
import { isRecord } from '../wire/json/jsonValue';
import type { Bucket, StoredObject } from './s3/bucket';

/** What is known of a run, its own or another. */
export interface RunState {
	/** Its process still works on it. */
	isAlive: boolean;
	/**
	 * Whether the run has handed out what it paid for under this key before the run that asks began. Of two runs at
	 * once, one pays for both, also when it is the first to end.
	 */
	hasDelivered(key: string): boolean;
}

/** A run says so often that it is alive. */
const beatSeconds = 20;

/** A run that was not heard of for so long is dead: a beat or two may be late on a busy machine. */
const silentSeconds = 75;

/** How long what was read about another run is good for. */
const keptSeconds = 2;

/** More than a run has items: what is longer was not written by this node. */
const maximumUndelivered = 100_000;

/** A moment by the store's clock, which is the same for all, and within its second by that of the process. */
interface Moment {
	storeSeconds: number;
	at: number;
}

const unknown: RunState = { isAlive: false, hasDelivered: () => false };

/**
 * One object for each run of the node: written anew while the run is alive, and in the end with what it has handed out.
 * So the edits of a run need no mark of their own.
 */
export class RunMark {
	private begun: Promise<Moment> | undefined;

	private readonly stopped = new AbortController();

	private beating: Promise<void> | undefined;

	private readonly others = new Map<string, { readAt: number; state: Promise<RunState> }>();

	constructor(
		private readonly bucket: Bucket,
		private readonly clock: Clock,
		/** Names execution, node, run and process. */
		readonly run: string,
	) {}

	/** Says that the run is alive, before it pays for anything. @throws EditFault */
	async begin(): Promise<void> {
		const at = this.clock.now();
		this.begun ??= this.write({ state: 'running' }).then(({ date }) => ({
			storeSeconds: secondsOf(date) ?? Math.floor(at / 1000),
			at,
		}));
		await this.begun;
		this.beating ??= this.beat();
	}

	/**
	 * Says what the run has handed out; whoever asks later sees it.
	 *
	 * @param undelivered keys of edits that are paid for and were not handed out; all of them without a list
	 * @throws EditFault
	 */
	async end(undelivered?: readonly string[]): Promise<void> {
		if (this.beating === undefined) return;
		this.stopped.abort();
		await this.beating;
		await this.write({ state: 'ended', isDelivered: undelivered !== undefined, undelivered });
	}

	/**
	 * What is known of another run.
	 *
	 * @param maximumSeconds how old it may be: many items may wait for the same run
	 * @throws EditFault
	 */
	async stateOf(run: string, maximumSeconds = keptSeconds): Promise<RunState> {
		const known = this.others.get(run);
		const now = this.clock.now();
		if (known !== undefined && now - known.readAt < maximumSeconds * 1000) return await known.state;
		const state = this.readState(run, now);
		this.others.set(run, { readAt: now, state });
		return await state;
	}

	private async beat(): Promise<void> {
		const { signal } = this.stopped;
		for (;;) {
			await this.clock.sleep(beatSeconds * 1000, signal);
			if (signal.aborted) return;
			// One beat that fails is made good by the next.
			await this.write({ state: 'running' }).catch(() => undefined);
		}
	}

	private async write(mark: Record<string, unknown>): Promise<Readonly<Record<string, string>>> {
		const text = JSON.stringify({ ...mark, at: this.clock.now() });
		return (await this.bucket.write(markKey(this.run), text)) ?? {};
	}

	private async readState(run: string, now: number): Promise<RunState> {
		const [read, begun] = [await this.bucket.read(markKey(run)), await this.begun];
		return read === undefined ? unknown : stateOf(read, now, begun);
	}
}

function markKey(run: string): string {
	return `runs/${run}.json`;
}

function secondsOf(date: string | undefined): number | undefined {
	const milliseconds = Date.parse(date ?? '');
	return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

function isBefore(one: Moment, other: Moment): boolean {
	return one.storeSeconds === other.storeSeconds
		? one.at < other.at
		: one.storeSeconds < other.storeSeconds;
}

/** @param begun when the run that asks began */
function stateOf({ text, headers }: StoredObject, now: number, begun?: Moment): RunState {
	let mark: unknown;
	try {
		mark = JSON.parse(text);
	} catch {
		return unknown;
	}
	if (!isRecord(mark) || typeof mark.at !== 'number') return unknown;
	const { at, state, isDelivered } = mark;
	const nowSeconds = secondsOf(headers.date) ?? now / 1000;
	const storeSeconds = secondsOf(headers['last-modified']) ?? Math.floor(at / 1000);
	const list = Array.isArray(mark.undelivered) ? mark.undelivered : [];
	const undelivered = new Set(list.slice(0, maximumUndelivered));
	const isOver =
		state === 'ended' &&
		isDelivered === true &&
		(begun === undefined || isBefore({ storeSeconds, at }, begun));
	return {
		isAlive: state === 'running' && nowSeconds - storeSeconds < silentSeconds,
		hasDelivered: (key) => isOver && !undelivered.has(key),
	};
}
