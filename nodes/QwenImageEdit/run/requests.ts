import type { Provider } from '../adapter/provider';
import { endOfReply } from '../adapter/requestEnd';
import { EditFault, type Fault } from '../edit/fault';
import type { Malformed, Refused } from '../edit/outcome';
import { backOffSeconds, maximumTries, type RequestEnd, retryRule } from '../edit/retry';
import { hasFailureWords } from '../wire/answer/failureWords';
import { retryAfterSeconds } from '../wire/answer/pause';
import type { Reply, Wire } from '../wire/wire';
import type { RateGate } from './pace/rateGate';
import type { Answer, Clock, Transport } from './ports';

/** What requests need of the world around them. */
export interface RequestPorts {
	clock: Clock;
	gate: RateGate;
	transport: Transport;
	signal: AbortSignal;
}

type Decoded = { state: string } | { url: string };

/** A decoded answer that a caller can go on with. */
type Usable<Result> = Exclude<Result, Malformed | Refused>;

/** How one try ended, when it did not bring a usable answer. */
interface FailedTry {
	end: RequestEnd;
	fault: Fault;
	/** What the provider asked for. */
	pauseSeconds?: number;
	reply?: Reply;
}

/** The longest time for one read. An answer that never comes must not use up the time of the item. */
const maximumReadSeconds = 30;

const redirectAdvice =
	'The base URL of the credential redirects to another address, and a key is never sent after a redirect. Enter the address that the provider documents';

/** The fault of a cancelled execution. "canceled" with one l: n8n looks for that word to end the execution as canceled. */
export function cancelledFault(): EditFault {
	return new EditFault({ kind: 'cancelled', message: 'The execution was canceled' });
}

/** The fault of a submit of which nobody knows whether it was taken. */
function unknownOutcome(provider: string, what: string, at: Date, reply?: Reply): Fault {
	return {
		kind: 'unknownOutcome',
		message: `${what} ${provider} may have taken the edit, and it may have been billed`,
		advice: `It was not sent again. Look at the usage page of ${provider} for a request at ${at.toISOString()} before you run this item again`,
		isTaken: true,
		...(reply === undefined ? {} : { httpStatus: reply.httpStatus }),
	};
}

function isMalformed(decoded: Decoded): decoded is Malformed {
	return 'state' in decoded && decoded.state === 'malformed';
}

function isRefused(decoded: Decoded): decoded is Refused {
	return 'state' in decoded && decoded.state === 'refused';
}

/**
 * Whether waiting cannot help although the status is 429 or 503: providers send "insufficient quota" as 429
 * and "no such model" as 503.
 */
function isFinal({ end, fault }: FailedTry): boolean {
	// The task itself has ended: the status is about the edit, not about this request.
	if (fault.taskStatus !== undefined) return true;
	return (
		(end === 'rateLimited' || end === 'busy') &&
		['input', 'credential', 'credit', 'content'].includes(fault.kind)
	);
}

/** The text as a sentence that another can follow. */
function asSentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The requests of one item: each is repeated as the retry rule allows and the time of the item lasts. */
export class Requests {
	/** How long the item has waited because the provider asked it to, in seconds. */
	waitedSeconds = 0;

	/** @param deadline milliseconds since the epoch */
	constructor(
		readonly ports: RequestPorts,
		private readonly provider: Provider,
		public deadline: number,
	) {}

	/**
	 * Sends a wire and reads the answer.
	 *
	 * @returns the decoded answer, never a malformed or a refused one
	 * @throws EditFault with what the provider said, or with `unknownOutcome`
	 */
	async send<Result extends Decoded>(
		wire: Wire,
		decode: (reply: Reply) => Result,
		idempotencyKey?: string,
	): Promise<Usable<Result>> {
		const { clock, gate, signal } = this.ports;
		let last: Fault | undefined;
		for (let tries = 1; ; tries += 1) {
			const sent = await this.sendOnce(wire, decode, idempotencyKey, last);
			if ('usable' in sent) return sent.usable;
			const { failed, sentAt } = sent;
			const { end, fault, pauseSeconds, reply } = failed;
			const decision = isFinal(failed) ? 'fail' : retryRule[wire.purpose][end];
			if (decision === 'unknownOutcome') {
				throw new EditFault({
					...unknownOutcome(this.provider.title, asSentence(fault.message), sentAt, reply),
					...(fault.requestId === undefined ? {} : { requestId: fault.requestId }),
					...(fault.taskId === undefined ? {} : { taskId: fault.taskId }),
				});
			}
			if (decision === 'fail') {
				// Some providers say themselves that they do not know.
				const isUnknown = fault.kind === 'unknownOutcome';
				throw new EditFault(isUnknown ? { ...fault, isTaken: true } : fault);
			}
			last = fault;
			// A pause that the provider named is kept as often as the time allows. Other repeats are few.
			if (tries >= maximumTries && (decision === 'repeat' || pauseSeconds === undefined)) {
				throw new EditFault(fault);
			}
			const backOff = backOffSeconds(tries, clock.random());
			if (decision === 'wait') {
				// At least a second, also when the provider says 0, because other items wait too.
				const pause = Math.max(1, pauseSeconds ?? backOff);
				// Before the check of the deadline: other items have later deadlines and must keep the pause too.
				gate.pause(pause);
				if (clock.now() + pause * 1000 > this.deadline) throw new EditFault(fault);
			} else {
				if (clock.now() + backOff * 1000 > this.deadline) throw new EditFault(fault);
				await clock.sleep(backOff * 1000, signal);
				if (signal.aborted) throw cancelledFault();
			}
		}
	}

	/** How much of the time of the item is left. */
	get secondsLeft(): number {
		return (this.deadline - this.ports.clock.now()) / 1000;
	}

	/** One try. */
	private async sendOnce<Result extends Decoded>(
		wire: Wire,
		decode: (reply: Reply) => Result,
		idempotencyKey?: string,
		last?: Fault,
	): Promise<{ usable: Usable<Result> } | { failed: FailedTry; sentAt: Date }> {
		const leave = await this.enterGate(last);
		const sentAt = new Date(this.ports.clock.now());
		let answer: Answer = { kind: 'cancelled' };
		try {
			answer = await this.ports.transport.send(wire, {
				timeoutSeconds: this.secondsFor(wire),
				signal: this.ports.signal,
				...(idempotencyKey === undefined ? {} : { idempotencyKey }),
			});
		} finally {
			const isLimited = answer.kind === 'reply' && [429, 503].includes(answer.reply.httpStatus);
			leave(isLimited ? 'limited' : 'answered');
		}
		if (answer.kind === 'cancelled') {
			if (wire.purpose !== 'submit') throw cancelledFault();
			const what = 'The execution was canceled while the edit was sent.';
			throw new EditFault({
				...unknownOutcome(this.provider.title, what, sentAt),
				kind: 'cancelled',
			});
		}
		const read =
			answer.kind === 'failed'
				? this.readLost(wire, answer, decode)
				: this.readReply(wire, answer.reply, decode);
		return 'usable' in read ? read : { failed: read, sentAt };
	}

	/**
	 * Waits until the shared pause of the credential is over.
	 *
	 * @param last why the try before this one failed: it says more than that the time is up
	 */
	private async enterGate(last?: Fault): Promise<(end: 'answered' | 'limited') => void> {
		const { gate, signal } = this.ports;
		const entry = await gate.enter({ signal, deadline: this.deadline });
		if (entry.kind === 'cancelled') throw cancelledFault();
		if (entry.kind === 'late') {
			if (last !== undefined) throw new EditFault(last);
			throw new EditFault({
				kind: 'rateLimit',
				message: `${this.provider.title} asked to wait longer than 'Timeout' of this node allows`,
				advice: "Raise 'Timeout' in Options, or run fewer items at once",
			});
		}
		this.waitedSeconds += entry.waitedSeconds;
		return entry.leave;
	}

	private secondsFor(wire: Wire): number {
		const left = this.secondsLeft;
		// The last poll may start just before the deadline and still gets a second.
		return Math.max(1, wire.purpose === 'read' ? Math.min(left, maximumReadSeconds) : left);
	}

	/** No answer, or half of one: what of a submit's answer arrived whole may be enough. */
	private readLost<Result extends Decoded>(
		wire: Wire,
		answer: Extract<Answer, { kind: 'failed' }>,
		decode: (reply: Reply) => Result,
	): { usable: Usable<Result> } | FailedTry {
		const { end, message, arrived } = answer;
		const fault: Fault = {
			kind: end === 'timedOut' ? 'timeout' : 'network',
			message,
			advice: 'Check the network of this n8n and the base URL of the credential',
		};
		if (wire.purpose !== 'submit' || arrived === undefined || arrived.httpStatus >= 300) {
			return { end, fault };
		}
		const decoded = decode(arrived);
		if (!isMalformed(decoded) && !isRefused(decoded)) return { usable: decoded as Usable<Result> };
		const taskId = isMalformed(decoded) ? decoded.taskId : decoded.fault.taskId;
		return { end, fault: taskId === undefined ? fault : { ...fault, taskId } };
	}

	private readReply<Result extends Decoded>(
		wire: Wire,
		reply: Reply,
		decode: (reply: Reply) => Result,
	): { usable: Usable<Result> } | FailedTry {
		const decoded = decode(reply);
		if (isMalformed(decoded)) {
			// A redirect is an answer too: it is not followed, because the request carries a key.
			const end = reply.httpStatus >= 300 ? endOfReply(this.provider, reply) : 'malformed';
			const isRedirect = reply.httpStatus >= 300 && reply.httpStatus < 400;
			return {
				end,
				reply,
				fault: {
					kind: 'provider',
					message: decoded.message,
					httpStatus: decoded.httpStatus,
					...(isRedirect ? { advice: redirectAdvice } : {}),
					...(decoded.requestId === undefined ? {} : { requestId: decoded.requestId }),
					...(decoded.taskId === undefined ? {} : { taskId: decoded.taskId }),
				},
			};
		}
		if (isRefused(decoded)) return this.readRefused(wire, reply, decoded);
		return { usable: decoded as Usable<Result> };
	}

	private readRefused(wire: Wire, reply: Reply, { fault: refused, isEmpty }: Refused): FailedTry {
		const pauseSeconds = retryAfterSeconds(reply, this.ports.clock.now());
		// ModelsLab says "later" with HTTP 200 too (seed 001). That does not end a task.
		const isLater = refused.kind === 'rateLimit' && reply.httpStatus < 400;
		const fault: Fault = isLater ? { ...refused, taskStatus: undefined } : refused;
		// A refusal that is final for this item still makes the others wait, unless it is about a task.
		if (pauseSeconds !== undefined && fault.taskStatus === undefined) {
			this.ports.gate.pause(pauseSeconds);
		}
		if (reply.httpStatus < 400 && !isLater) {
			// With a task, or without a word of what went wrong, the edit was taken and may be billed.
			const isTaken =
				wire.purpose === 'submit' &&
				(isEmpty === true ||
					fault.taskId !== undefined ||
					fault.taskStatus !== undefined ||
					!hasFailureWords(reply.json));
			throw new EditFault(isTaken ? { ...fault, isTaken } : fault);
		}
		return {
			end: isLater ? 'rateLimited' : endOfReply(this.provider, reply),
			fault,
			reply,
			...(pauseSeconds === undefined ? {} : { pauseSeconds }),
		};
	}
}
