import type { Clock } from '../run/ports';
import { isRecord } from '../wire/json/jsonValue';
import type { Bucket, StoredObject } from './s3/bucket';

/** What is known of a run, its own or another. */
export interface RunState {
	/** Its process still works on it. */
	isAlive: boolean;
	/** Whether the run has handed out what it paid for under this key. */
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

const unknown: RunState = { isAlive: false, hasDelivered: () => false };

/**
 * One object for each run of the node: written anew while the run is alive, and in the end with what it has handed out.
 * So the edits of a run need no mark of their own.
 */
export class RunMark {
	private begun: Promise<unknown> | undefined;

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
		this.begun ??= this.write({ state: 'running' });
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
		this.stopped.abort();
		await this.beating;
		if (this.begun === undefined) return;
		await this.write({ state: 'ended', isDelivered: undelivered !== undefined, undelivered });
	}

	/** @throws EditFault */
	async stateOf(run: string): Promise<RunState> {
		const known = this.others.get(run);
		const now = this.clock.now();
		if (known !== undefined && now - known.readAt < keptSeconds * 1000) return await known.state;
		const state = this.bucket.read(markKey(run)).then((read) => readState(read, now));
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

	private async write(mark: Record<string, unknown>): Promise<void> {
		await this.bucket.write(markKey(this.run), JSON.stringify({ ...mark, at: this.clock.now() }));
	}
}

function markKey(run: string): string {
	return `runs/${run}.json`;
}

/** Ages by the store's own clock, so that the clocks of two workers need not agree. */
function readState(read: StoredObject | undefined, now: number): RunState {
	if (read === undefined) return unknown;
	let mark: unknown;
	try {
		mark = JSON.parse(read.text);
	} catch {
		return unknown;
	}
	if (!isRecord(mark)) return unknown;
	const writtenAt = Date.parse(read.headers['last-modified'] ?? '');
	const readAt = Date.parse(read.headers.date ?? '');
	const ageMilliseconds =
		Number.isNaN(writtenAt) || Number.isNaN(readAt) ? now - Number(mark.at) : readAt - writtenAt;
	const list = Array.isArray(mark.undelivered) ? mark.undelivered : [];
	const undelivered = new Set(list.slice(0, maximumUndelivered));
	const isDelivered = mark.state === 'ended' && mark.isDelivered === true;
	return {
		isAlive: mark.state === 'running' && ageMilliseconds < silentSeconds * 1000,
		hasDelivered: (key) => isDelivered && !undelivered.has(key),
	};
}
