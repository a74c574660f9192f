import type { Fault } from '../edit/fault';
import type { Completed, Pending, ResultImage } from '../edit/outcome';
import type { RequestEnd } from '../edit/retry';
import type { Reply, Wire } from '../wire/wire';
import type { ItemPlan, RecordName } from './item';
import type { StoredImage } from './storedImage';

/** Time, so that a test can bring its own. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Ends early, and without an error, when the signal is aborted. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** From 0 to 1. */
	random(): number;
}

/** How one request to a provider ended. Never thrown, because the retry rule decides what follows. */
export type Answer =
	| { kind: 'reply'; reply: Reply }
	| {
			kind: 'failed';
			end: Extract<RequestEnd, 'neverSent' | 'connectionLost' | 'timedOut'>;
			message: string;
			/** What arrived of the answer before the connection ended. */
			arrived?: Reply;
	  }
	| { kind: 'cancelled' };

/** Sends wires to the provider with its key: one request a call, no repeats. */
export interface Transport {
	send(
		wire: Wire,
		settings: { timeoutSeconds: number; signal: AbortSignal; idempotencyKey?: string },
	): Promise<Answer>;
}

/** How fetching one image ended. */
export type Fetched =
	| { kind: 'stored'; image: StoredImage }
	| {
			kind: 'failed';
			/** Into the retry rule, for a download. */
			end: RequestEnd;
			fault: Fault;
			/** The image as it arrived, where nobody can say whether it is whole. */
			doubtful?: StoredImage;
	  }
	| { kind: 'cancelled' };

/** Stores a result: one attempt, without a key. */
export interface ImageStore {
	fetch(
		image: ResultImage,
		settings: { index: number; timeoutSeconds: number; signal: AbortSignal },
	): Promise<Fetched>;
}

/** What an item of this execution was paid for. It holds the plan, so that a second try reads no parameter. */
export type PaidWork =
	/** The provider works on it. */
	| { state: 'task'; plan: ItemPlan; outcome: Pending; submittedAt?: number }
	/** The provider has made it; `images` are those that are stored already. */
	| {
			state: 'made';
			plan: ItemPlan;
			outcome: Completed;
			images: ReadonlyArray<StoredImage | undefined>;
	  }
	/** The node has put it out. `output` is opaque to everything but the n8n layer. */
	| {
			state: 'done';
			output: unknown;
			taskId?: string;
			url?: string;
			record?: RecordName;
	  }
	/** It may have been paid for and cannot be had; sent again, it would be paid for again. */
	| { state: 'lost'; fault: Fault; record?: RecordName };

/** Remembers the paid work of one item, so that a second try attaches to it. */
export interface PaidWorkMemory {
	recall(): PaidWork | undefined;
	remember(work: PaidWork): void;
	forget(): void;
	/**
	 * Asked before the submit of an edit of which this process knows nothing: what another one has paid for. From then
	 * on it is recalled like any other.
	 *
	 * @param settings.deadline milliseconds since the epoch
	 * @throws EditFault when the edit must not be sent
	 */
	claim?(settings: { signal: AbortSignal; deadline: number }): Promise<PaidWork | undefined>;
	/** Asked about a task that ended badly. True: an earlier run gave it up, and the edit is to be sent anew. */
	release?(fault: Fault): Promise<boolean>;
}
