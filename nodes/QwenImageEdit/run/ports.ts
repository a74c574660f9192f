import type { Fault } from '../edit/fault';
import type { ImageFacts } from '../image/imageType';
import type { Outcome, ResultImage } from '../edit/outcome';
import type { RequestEnd } from '../edit/retry';
import type { Reply, Wire } from '../wire/wire';

/** Time, so that a test can bring its own. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Ends early, and without an error, when the signal is aborted. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/** From 0 to 1. */
	random(): number;
}

/** How one request to a provider ended. Never thrown: the retry rule wants to look at it. */
export type Answer =
	| { kind: 'reply'; reply: Reply }
	| {
			kind: 'failed';
			end: Extract<RequestEnd, 'neverSent' | 'connectionLost' | 'timedOut'>;
			message: string;
	  }
	| { kind: 'cancelled' };

/** Moves wires to the provider with its key; one request a call, no repeats. */
export interface Transport {
	send(
		wire: Wire,
		settings: { timeoutSeconds: number; signal: AbortSignal; idempotencyKey?: string },
	): Promise<Answer>;
}

/** An image that lies in n8n's storage now. `stored` is opaque to everything but the n8n layer. */
export interface StoredImage {
	facts: ImageFacts;
	bytes: number;
	fileName: string;
	url?: string;
	stored: unknown;
}

/** How fetching one image ended. */
export type Fetched =
	| { kind: 'stored'; image: StoredImage }
	| {
			kind: 'failed';
			/** Into the retry rule, for a download. */
			end: RequestEnd;
			fault: Fault;
	  }
	| { kind: 'cancelled' };

/** Turns a result into a stored image: one attempt, without any key. */
export interface ImageStore {
	fetch(
		image: ResultImage,
		settings: { timeoutSeconds: number; signal: AbortSignal },
	): Promise<Fetched>;
}

/** What is known of an item that was already paid for in this execution. */
export type PaidWork =
	| { state: 'task'; outcome: Extract<Outcome, { state: 'pending' }>; submittedAt: number }
	| {
			state: 'made';
			outcome: Extract<Outcome, { state: 'completed' }>;
			/** The first of its images, as far as they were stored before one failed. */
			images?: StoredImage[];
	  }
	| {
			state: 'stored';
			outcome: Extract<Outcome, { state: 'completed' }>;
			images: StoredImage[];
	  }
	| { state: 'unknown'; fault: Fault };

/** Remembers paid work of one item, so that a second run of the node attaches to it. */
export interface PaidWorkMemory {
	recall(): PaidWork | undefined;
	remember(work: PaidWork): void;
}
