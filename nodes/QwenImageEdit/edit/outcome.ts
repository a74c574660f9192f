import type { Fault } from './fault';

/** One image that a provider has made: behind a URL, as base64 text, or both. */
export interface ResultImage {
	/** Absolute; or relative to the base URL, and then read from the provider itself with the key. */
	url?: string;
	/** Raw base64 or a data URI. */
	base64?: string;
	/** The file behind `url` holds base64 text instead of the image itself. */
	urlHoldsBase64?: boolean;
	/** The provider's safety checker objects to it; many providers send a black image then. */
	isFlagged?: boolean;
}

/** What a provider reported of use or cost, untouched but for scrubbed keys. */
export type Usage = Readonly<Record<string, unknown>>;

/** The provider works on it. */
export interface Pending {
	state: 'pending';
	taskId: string;
	status: 'pending' | 'processing';
	/** 0 to 100. */
	progress?: number;
	/** How many tasks the provider does first. */
	queuePosition?: number;
	/** Until the provider expects to be done, from the moment of this answer. */
	etaSeconds?: number;
	/** Where the provider wants the task to be asked for; followed with a key only on its own origin. */
	readUrl?: string;
	usage?: Usage;
	model?: string;
	/** What is odd about the answer, in words for the user. */
	warnings?: readonly string[];
}

/** The images are there. */
export interface Completed {
	state: 'completed';
	taskId?: string;
	images: readonly ResultImage[];
	usage?: Usage;
	model?: string;
	/** The provider's id of the request, where it gives one to quote. */
	requestId?: string;
	/** What is odd about the answer, in words for the user. */
	warnings?: readonly string[];
}

/** The task has ended, and what came of it is read by a request of its own. */
export interface Ready {
	state: 'ready';
	taskId: string;
	usage?: Usage;
}

/** What the provider says to a cancel call: the state of the task from now on, as far as it is known. */
export interface Stopped {
	state: 'stopped';
	status: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
	/** What the user should know of it. */
	warnings?: readonly string[];
}

/** The provider said no, or its task ended without an image. */
export interface Refused {
	state: 'refused';
	fault: Fault;
	/** The provider reports a success, and the answer holds no image in the documented form. */
	isEmpty?: boolean;
}

/**
 * The answer makes no sense: not JSON, or a success without what a success must hold. On a read it may
 * be better next time; on a submit nobody knows whether the job was taken.
 */
export interface Malformed {
	state: 'malformed';
	message: string;
	httpStatus: number;
	requestId?: string;
	/** The task id, when at least that could be read. */
	taskId?: string;
}

export type Outcome = Pending | Ready | Completed | Refused | Malformed;
