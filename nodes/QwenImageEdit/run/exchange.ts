import { EditFault, withPaidWork, type Fault } from '../edit/fault';
import type { Malformed, Refused } from '../edit/outcome';
import { retryAfterSeconds } from '../edit/refusal';
import {
	backOffSeconds,
	endByStatus,
	maximumTries,
	retryRule,
	type RequestEnd,
} from '../edit/retry';
import type { Reply, Wire } from '../edit/wire';
import type { RateGate } from './gate';
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
}

type Decoded = { state: string } | { url: string };

/** Told when nobody knows whether a submit was taken. */
export function unknownOutcome(provider: string, what: string, at: Date, reply?: Reply): Fault {
	return {
		kind: 'unknownOutcome',
		message: `${what} ${provider} may have taken the edit, and it may have been billed`,
		advice: `It was not sent again. Look at the usage page of ${provider} for a request at ${at.toISOString()} before you run this item again`,
		...(reply === undefined ? {} : { httpStatus: reply.httpStatus }),
	};
}

/** The run was cancelled or timed out as a whole. */
export function cancelledFault(paid: { taskId?: string; url?: string } = {}): EditFault {
	return new EditFault(
		withPaidWork({ kind: 'cancelled', message: 'The execution was cancelled' }, paid),
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
				timeoutSeconds: Math.max(1, (budget.deadline - clock.now()) / 1000),
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
				'The execution was cancelled while the edit was sent.',
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
				end =
					reply.httpStatus >= 400
						? endByStatus(reply.httpStatus, reply.json !== undefined)
						: 'malformed';
				fault = {
					kind: 'provider',
					message: decoded.message,
					httpStatus: decoded.httpStatus,
					...(decoded.requestId === undefined ? {} : { requestId: decoded.requestId }),
					...(decoded.taskId === undefined ? {} : { taskId: decoded.taskId }),
				};
			} else if (isRefused(decoded)) {
				fault = decoded.fault;
				// A refusal in a 2xx answer is the provider's last word on the job.
				if (reply.httpStatus < 400) throw new EditFault(withPaidWork(fault, paid));
				end = endByStatus(reply.httpStatus, reply.json !== undefined);
				pauseSeconds = retryAfterSeconds(reply, clock.now());
			} else {
				return decoded as Exclude<Result, Malformed | Refused>;
			}
		}

		const decision = retryRule[wire.purpose][end];
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
		if (decision === 'repeat' && tries >= maximumTries) throw new EditFault(fault);
		const backOff = backOffSeconds(tries, clock.random());
		if (decision === 'wait') {
			// Never less than a second, also when the provider says 0: others wait at the same door.
			const pause = Math.max(1, pauseSeconds ?? backOff);
			if (clock.now() + pause * 1000 > budget.deadline) throw new EditFault(fault);
			gate.pause(pause);
		} else {
			if (clock.now() + backOff * 1000 > budget.deadline) throw new EditFault(fault);
			await clock.sleep(backOff * 1000, budget.signal);
			if (budget.signal.aborted) throw cancelledFault(paid);
		}
	}
}

/** The text as a sentence that another may follow. */
function endSentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}
