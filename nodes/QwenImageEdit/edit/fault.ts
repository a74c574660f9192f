/** What went wrong, in the words of `docs/errors.md`; part of the output contract (`details.errorKind`). */
export const errorKinds = [
	'input',
	'credential',
	'credit',
	'rateLimit',
	'content',
	'provider',
	'network',
	'timeout',
	'unknownOutcome',
	'cancelled',
	'budget',
] as const;

export type ErrorKind = (typeof errorKinds)[number];

/**
 * One failure, as told to the user.
 *
 * `message` is what happened, in the provider's own words where there are any; `advice` is what to do
 * next. What was already paid for (`taskId`, `url`) is kept here so that no later step can lose it.
 */
export interface Fault {
	kind: ErrorKind;
	message: string;
	advice?: string;
	/** The provider's HTTP status, when there was an answer. */
	httpStatus?: number;
	/** The provider's id of the request, to quote to its support. */
	requestId?: string;
	/** A task that the provider has taken; Get Task can read it. */
	taskId?: string;
	/** A result that the provider has made. */
	url?: string;
	/** How long the provider asked us to wait, in seconds. */
	retryAfterSeconds?: number;
	/** The task's last state, when it ended without an image. */
	taskStatus?: 'failed' | 'cancelled';
	/** The provider may have taken the edit although nothing came of it: sent again, it could be paid for again. */
	isTaken?: boolean;
	/** The provider took the edit and documents that it does not charge for one that ends like this. */
	isFree?: boolean;
}

/** Whether the edit behind a fault was billed; part of the output contract (`details.billed`). */
export type Billed = 'no' | 'yes' | 'unknown';

/** A {@link Fault} on its way up. Never carries the request, its headers or a cause that holds them. */
export class EditFault extends Error {
	constructor(readonly fault: Fault) {
		super(fault.message);
		this.name = 'EditFault';
	}
}

/** A fault of the user's input, found before anything was sent. */
export function inputFault(message: string, advice?: string): EditFault {
	return new EditFault({ kind: 'input', message, advice });
}

/**
 * The same fault with what is known of the paid work added; what it already says is kept.
 *
 * @param paid.isTaken the edit was taken, also where it has neither a task nor a URL that tells so
 */
export function withPaidWork(
	fault: Fault,
	paid: { taskId?: string; url?: string; isTaken?: boolean },
): Fault {
	const { taskId = paid.taskId, url = paid.url } = fault;
	const isOnlyTaken = paid.isTaken === true && taskId === undefined && url === undefined;
	return { ...fault, taskId, url, ...(isOnlyTaken ? { isTaken: true } : {}) };
}
