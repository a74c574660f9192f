import { EditFault, withPaidWork, type Fault } from '../edit/fault';
import type { Malformed, Refused } from '../edit/outcome';
import { failureWords, retryAfterSeconds } from '../wire/refusal';
import {
	backOffSeconds,
	endByStatus,
	maximumTries,
	retryRule,
	type RequestEnd,
} from '../edit/retry';
import type { Reply, Wire } from '../wire/wire';
import type { RateGate } from './rateGate';
import type { Answer, Clock, Transport } from './ports';

/** What every step of an item shares. */
export interface Budget {
	clock: Clock;
	gate: RateGate;
	transport: Transport;
	signal: AbortSignal;
	/** Milliseconds since the epoch. */
	deadline: number;
	/** Title of the provider, for messages. */
	provider: string;
	/** Seconds spent before the provider's door; told to the user. */
	waitedSeconds: number;
	/** What the item has cost so far; filled in as it goes along. */
	paid: { taskId?: string; url?: string };
}

type Decoded = { state: string } | { url: string };

/**
 * How long one look may take. Without it an answer that never comes would use up the whole time of the item,
 * and the rule that a read is repeated would be empty.
 */
const maximumReadSeconds = 30;

const redirectAdvice =
	'The base URL of the credential leads somewhere else, and a key is never sent after a redirect: put the address there that the provider names';

/** The provider took the job, and nothing came of it: sent again, it would be billed again. */
export class TakenFault extends EditFault {}

/** Told when nobody knows whether a submit was taken. */
export function unknownOutcome(provider: string, what: string, at: Date, reply?: Reply): Fault {
	return {
		kind: 'unknownOutcome',
		message: `${what} ${provider} may have taken the edit, and it may have been billed`,
		advice: `It was not sent again. Look at the usage page of ${provider} for a request at ${at.toISOString()} before you run this item again`,
		...(reply === undefined ? {} : { httpStatus: reply.httpStatus }),
	};
}

/** The run was cancelled or timed out as a whole. With one l: n8n looks for that word to end it as canceled. */
export function cancelledFault(paid: { taskId?: string; url?: string } = {}): EditFault {
	return new EditFault(
		withPaidWork({ kind: 'cancelled', message: 'The execution was canceled' }, paid),
	);
}

function isMalformed(decoded: Decoded): decoded is Malformed {
	return 'state' in decoded && decoded.state === 'malformed';
}

function isRefused(decoded: Decoded): decoded is Refused {
	return 'state' in decoded && decoded.state === 'refused';
}

/**
 * Sends a wire, as often as the retry rule allows and the budget lasts, and reads the answer.
 *
 * @returns the decoded answer, never a malformed or a refused one
 * @throws EditFault with what the provider said, or with `unknownOutcome`
 */
export async function exchange<Result extends Decoded>(
	budget: Budget,
	wire: Wire,
	decode: (reply: Reply) => Result,
	settings: { idempotencyKey?: string; paid?: { taskId?: string; url?: string } } = {},
): Promise<Exclude<Result, Malformed | Refused>> {
	const { clock, gate, provider } = budget;
	const paid = settings.paid ?? {};
	for (let tries = 1; ; tries += 1) {
		const entry = await gate.enter({ signal: budget.signal, deadline: budget.deadline });
		if (entry.kind === 'cancelled') throw cancelledFault(paid);
		if (entry.kind === 'late') {
			throw new EditFault(
				withPaidWork(
					{
						kind: 'rateLimit',
						message: `${provider} asked to wait longer than 'Timeout' of this node allows`,
						advice: "Raise 'Timeout' in Options, or run fewer items at once",
					},
					paid,
				),
			);
		}
		budget.waitedSeconds += entry.waitedSeconds;
		const sentAt = new Date(clock.now());
		let answer: Answer = { kind: 'cancelled' };
		try {
			answer = await budget.transport.send(wire, {
				// The last look may start just before the deadline; it still gets a moment.
				timeoutSeconds: Math.max(
					1,
					Math.min(
						(budget.deadline - clock.now()) / 1000,
						wire.purpose === 'read' ? maximumReadSeconds : Number.POSITIVE_INFINITY,
					),
				),
				signal: budget.signal,
				...(settings.idempotencyKey === undefined
					? {}
					: { idempotencyKey: settings.idempotencyKey }),
			});
		} finally {
			const limited = answer.kind === 'reply' && [429, 503].includes(answer.reply.httpStatus);
			entry.leave(limited ? 'limited' : 'answered');
		}
		if (answer.kind === 'cancelled') {
			if (wire.purpose !== 'submit') throw cancelledFault(paid);
			const { message, advice } = unknownOutcome(
				provider,
				'The execution was canceled while the edit was sent.',
				sentAt,
			);
			throw new EditFault({
				kind: 'cancelled',
				message,
				...(advice === undefined ? {} : { advice }),
			});
		}

		let end: RequestEnd;
		let fault: Fault;
		let pauseSeconds: number | undefined;
		let reply: Reply | undefined;
		if (answer.kind === 'failed') {
			end = answer.end;
			fault = {
				kind: end === 'timedOut' ? 'timeout' : 'network',
				message: answer.message,
				advice: 'Check the network of this n8n and the base URL of the credential',
			};
		} else {
			reply = answer.reply;
			const decoded = decode(reply);
			if (isMalformed(decoded)) {
				// A redirect is an answer too, and a final one: a key follows none.
				end =
					reply.httpStatus >= 300
						? endByStatus(reply.httpStatus, reply.json !== undefined)
						: 'malformed';
				fault = {
					kind: 'provider',
					message: decoded.message,
					httpStatus: decoded.httpStatus,
					...(end === 'malformed' || reply.httpStatus >= 400 ? {} : { advice: redirectAdvice }),
					...(decoded.requestId === undefined ? {} : { requestId: decoded.requestId }),
					...(decoded.taskId === undefined ? {} : { taskId: decoded.taskId }),
				};
			} else if (isRefused(decoded)) {
				fault = decoded.fault;
				pauseSeconds = retryAfterSeconds(reply, clock.now());
				// ModelsLab says "later" with HTTP 200 too (seed 001); a task is not over by that.
				const later = fault.kind === 'rateLimit' && reply.httpStatus < 400;
				if (later) fault = { ...fault, taskStatus: undefined };
				// Also a refusal that is final for this item tells the others to stay away, unless it is about a task.
				if (pauseSeconds !== undefined && fault.taskStatus === undefined) gate.pause(pauseSeconds);
				// Any other refusal in a 2xx answer is the provider's last word on the job.
				if (reply.httpStatus < 400 && !later) {
					// A task, or a success without an image and without a word of what went wrong.
					const taken = fault.taskId !== undefined || failureWords(reply).message === '';
					const Thrown = wire.purpose === 'submit' && taken ? TakenFault : EditFault;
					throw new Thrown(withPaidWork(fault, paid));
				}
				end = later ? 'rateLimited' : endByStatus(reply.httpStatus, reply.json !== undefined);
			} else {
				return decoded as Exclude<Result, Malformed | Refused>;
			}
		}

		const decision = isFinal(end, fault) ? 'fail' : retryRule[wire.purpose][end];
		if (decision === 'unknownOutcome') {
			const unknown = unknownOutcome(provider, `${endSentence(fault.message)}`, sentAt, reply);
			throw new EditFault({
				...unknown,
				...(fault.requestId === undefined ? {} : { requestId: fault.requestId }),
				...(fault.taskId === undefined ? {} : { taskId: fault.taskId }),
			});
		}
		fault = withPaidWork(fault, paid);
		if (decision === 'fail') throw new EditFault(fault);
		// A pause that the provider named is waited out as often as the time allows; guesses are few.
		if (tries >= maximumTries && (decision === 'repeat' || pauseSeconds === undefined)) {
			throw new EditFault(fault);
		}
		const backOff = backOffSeconds(tries, clock.random());
		if (decision === 'wait') {
			// Never less than a second, also when the provider says 0: others wait at the same door.
			const pause = Math.max(1, pauseSeconds ?? backOff);
			// Before the look at the deadline: the other items have later ones, and must not go in between.
			gate.pause(pause);
			if (clock.now() + pause * 1000 > budget.deadline) throw new EditFault(fault);
		} else {
			if (clock.now() + backOff * 1000 > budget.deadline) throw new EditFault(fault);
			await clock.sleep(backOff * 1000, budget.signal);
			if (budget.signal.aborted) throw cancelledFault(paid);
		}
	}
}

/**
 * Whether a 429 or 503 is in truth a refusal that no waiting mends: hosts send "insufficient quota" as 429 and
 * "no such model" as 503.
 */
function isFinal(end: RequestEnd, fault: Fault): boolean {
	return (
		(end === 'rateLimited' || end === 'unavailable') &&
		['input', 'credential', 'credit', 'content'].includes(fault.kind)
	);
}

/** The text as a sentence that another may follow. */
function endSentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}
