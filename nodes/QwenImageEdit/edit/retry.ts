import type { Billed, Fault } from './fault';

/** What a request is for; decides whether it may be repeated. */
export type Purpose = 'submit' | 'read' | 'upload' | 'download' | 'cancel';

/** How a request ended, as far as repeating it is concerned. */
export const requestEnds = [
	/** No connection was made. */
	'neverSent',
	/** HTTP 429, in any form. */
	'rateLimited',
	/** HTTP 503 in the form that the provider documents as a refusal. */
	'busy',
	/** HTTP 503 in any other form: gateways answer JSON too. */
	'unavailable',
	'clientError',
	/** HTTP 303: the answer to a request that was carried out. */
	'seeOther',
	'serverError',
	'connectionLost',
	'timedOut',
	'malformed',
] as const;

export type RequestEnd = (typeof requestEnds)[number];

/**
 * - `wait`: repeat after the time the provider named, else after a back-off; the whole credential pauses.
 * - `repeat`: repeat after a back-off.
 * - `fail`: the answer is final.
 * - `unknownOutcome`: nobody knows whether the job was taken and billed; never repeated.
 */
export type RetryDecision = 'wait' | 'repeat' | 'fail' | 'unknownOutcome';

const readLike: Record<RequestEnd, RetryDecision> = {
	neverSent: 'repeat',
	rateLimited: 'wait',
	busy: 'wait',
	unavailable: 'wait',
	clientError: 'fail',
	seeOther: 'fail',
	serverError: 'repeat',
	connectionLost: 'repeat',
	timedOut: 'repeat',
	malformed: 'repeat',
};

/**
 * The one retry rule. A submit costs money: it is repeated only when the provider certainly did not take
 * it (`CONTRACT.md`, money rule 2). Reads, uploads and downloads cost nothing and are repeated freely.
 * A cancel is sent once.
 */
export const retryRule: Readonly<Record<Purpose, Readonly<Record<RequestEnd, RetryDecision>>>> = {
	submit: {
		neverSent: 'repeat',
		rateLimited: 'wait',
		busy: 'wait',
		unavailable: 'unknownOutcome',
		clientError: 'fail',
		seeOther: 'unknownOutcome',
		serverError: 'unknownOutcome',
		connectionLost: 'unknownOutcome',
		timedOut: 'unknownOutcome',
		malformed: 'unknownOutcome',
	},
	read: readLike,
	upload: readLike,
	download: readLike,
	cancel: {
		neverSent: 'fail',
		rateLimited: 'fail',
		busy: 'fail',
		unavailable: 'fail',
		clientError: 'fail',
		seeOther: 'fail',
		serverError: 'fail',
		connectionLost: 'fail',
		timedOut: 'fail',
		malformed: 'fail',
	},
};

/**
 * Whether the edit behind a fault was billed. `no` only where the provider certainly did not take it, or says that it
 * does not charge for this end: whoever sends the edit to another provider then relies on it. `yes` where the result was
 * made and could not be fetched.
 */
export function billedOf({ isFree, isTaken, taskId, url }: Fault): Billed {
	if (isFree === true) return 'no';
	if (isTaken === true) return 'unknown';
	if (url !== undefined) return 'yes';
	return taskId === undefined ? 'no' : 'unknown';
}

/** Names the end of a request that was answered with a failing status. The adapter knows the form of a documented refusal. */
export function endByStatus(httpStatus: number): RequestEnd {
	if (httpStatus === 429) return 'rateLimited';
	if (httpStatus === 503) return 'unavailable';
	if (httpStatus === 303) return 'seeOther';
	// 408 and 425 ask the client to repeat the request, which the server did not process. Gateways send 408 for slow
	// requests too, so the outcome of a submit stays unknown.
	if (httpStatus === 408 || httpStatus === 425) return 'timedOut';
	return httpStatus >= 500 ? 'serverError' : 'clientError';
}

/** How often a request is tried in all, when the rule lets it be repeated. */
export const maximumTries = 6;

/**
 * The pause before try number `tries + 1`, in seconds: doubling from one second to thirty, spread by a
 * quarter so that many items do not come back in step.
 *
 * @param random from 0 to 1
 */
export function backOffSeconds(tries: number, random: number): number {
	return Math.min(30, 2 ** (tries - 1)) * (0.75 + random * 0.5);
}
