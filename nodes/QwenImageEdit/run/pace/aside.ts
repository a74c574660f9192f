import { retryAfterSeconds } from '../../wire/answer/pause';
import type { Reply, Wire } from '../../wire/wire';
import type { RequestPorts } from '../requests';

/**
 * Sends a wire beside the work of an item: once, outside of the retry rule, and with a signal of its own, so that it can
 * go out after the execution was stopped. A shared pause is kept, and an answer may ask for one. Never throws.
 *
 * @returns the answer, if one came
 */
export async function sendAside(
	{ clock, gate, transport }: Pick<RequestPorts, 'clock' | 'gate' | 'transport'>,
	wire: Wire,
	settings: { signal: AbortSignal; timeoutSeconds: number },
): Promise<Reply | undefined> {
	const deadline = clock.now() + settings.timeoutSeconds * 1000;
	try {
		const entry = await gate.enter({ signal: settings.signal, deadline });
		if (entry.kind !== 'entered') return undefined;
		// It says nothing about the width that the provider bears, and an answer that is held must not block others.
		entry.leave('limited');
		const answer = await transport.send(wire, settings);
		if (answer.kind !== 'reply') return undefined;
		const { reply } = answer;
		const pause = retryAfterSeconds(reply, clock.now());
		if ([429, 503].includes(reply.httpStatus)) gate.pause(Math.max(1, pause ?? 0));
		return reply;
	} catch {
		return undefined;
	}
}
