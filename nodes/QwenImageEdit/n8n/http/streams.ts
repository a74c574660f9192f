import type { IExecuteFunctions } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';
import { cancelledFault } from '../../run/requests';
import { systemClock } from '../runtime/clock';

/** A Node stream, as n8n provides it. Community nodes may not import `stream`, not even its types. */
export type Readable = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

/** A Node stream over generated chunks, made with the class of a stream that n8n gave us. */
export function readableLike(sample: Readable, chunks: AsyncIterable<Uint8Array>): Readable {
	const { from } = sample.constructor as unknown as {
		from(source: AsyncIterable<Uint8Array>, settings: { objectMode: boolean }): Readable;
	};
	return from.call(sample.constructor, chunks, { objectMode: false });
}

/** Whether this is a Node stream and not, say, a text. */
export function isReadable(value: unknown): value is Readable {
	return (
		typeof value === 'object' &&
		value !== null &&
		typeof (value as { pipe?: unknown }).pipe === 'function' &&
		Symbol.asyncIterator in value
	);
}

/** The beginning of a body, about as long as allowed; the rest is not waited for. */
export async function readBeginning(body: Readable, maximumBytes: number): Promise<Buffer> {
	const parts: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of body as AsyncIterable<Uint8Array>) {
		parts.push(Buffer.from(chunk));
		bytes += chunk.length;
		if (bytes > maximumBytes) break;
	}
	body.destroy();
	return Buffer.concat(parts);
}

/** Ends a body that takes too long: n8n's own time-out does not cover a body that drips. */
export async function withDeadline<Result>(
	body: Readable,
	settings: { timeoutSeconds: number; signal: AbortSignal },
	work: () => Promise<Result>,
): Promise<Result> {
	const done = new AbortController();
	const onAbort = (): void => {
		body.destroy(cancelledFault());
	};
	if (settings.signal.aborted) onAbort();
	settings.signal.addEventListener('abort', onAbort, { once: true });
	void systemClock.sleep(settings.timeoutSeconds * 1000, done.signal).then(() => {
		if (!done.signal.aborted) {
			body.destroy(
				new EditFault({ kind: 'timeout', message: 'The answer did not arrive in time' }),
			);
		}
	});
	try {
		return await work();
	} finally {
		// With a reason Node makes no exception of its own, which takes longer than all the rest here.
		done.abort('done');
		settings.signal.removeEventListener('abort', onAbort);
	}
}
