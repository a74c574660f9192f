/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { Readable } from 'node:stream';

import type { IExecuteFunctions } from 'n8n-workflow';

import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { HeldImages, N8nImageStore } from '../../../../nodes/QwenImageEdit/n8n/files/imageStore';
import type { ReadCredential } from '../../../../nodes/QwenImageEdit/n8n/http/credential';
import {
	N8nTransport,
	redactionOfAnswers,
} from '../../../../nodes/QwenImageEdit/n8n/http/transport';

/** What a host answers in a test of the image store or the transport alone. */
export interface FakeAnswer {
	status?: number;
	headers?: Record<string, string>;
	chunks: readonly Buffer[];
	/** The connection breaks behind the last chunk. */
	breaks?: boolean;
}

async function* flowing({ chunks, breaks }: FakeAnswer): AsyncGenerator<Buffer> {
	for (const chunk of chunks) {
		await Promise.resolve();
		yield chunk;
	}
	if (breaks === true) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/**
 * n8n's helpers with one answer and a storage in memory: quick enough for many thousands of answers, where the
 * engine's own would write a file for each.
 */
export function fakeContext(answer: FakeAnswer): {
	context: IExecuteFunctions;
	/** What was stored whole. */
	stored: Buffer[];
} {
	const stored: Buffer[] = [];
	const send = async () => ({
		statusCode: answer.status ?? 200,
		statusMessage: '',
		headers: answer.headers ?? {},
		body: Readable.from(flowing(answer), { objectMode: false }),
	});
	const helpers = {
		httpRequest: send,
		httpRequestWithAuthentication: send,
		prepareBinaryData: async (content: Buffer | Readable) => {
			const parts: Buffer[] = [];
			if (Buffer.isBuffer(content)) parts.push(content);
			else for await (const part of content) parts.push(Buffer.from(part as Uint8Array));
			stored.push(Buffer.concat(parts));
			return { id: `stored-${stored.length - 1}`, data: 'test', mimeType: 'image/png' };
		},
	};
	const context = { helpers, getNode: () => ({ name: 'Edit' }) };
	return { context: context as unknown as IExecuteFunctions, stored };
}

/** Cuts bytes into pieces at these lengths. */
export function inPieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
	const pieces: Buffer[] = [];
	let start = 0;
	for (const length of lengths) {
		if (start >= bytes.length) break;
		pieces.push(bytes.subarray(start, start + length));
		start += length;
	}
	if (start < bytes.length) pieces.push(bytes.subarray(start));
	return pieces;
}

/** The node's transport and image store over such a context, as a run of the node puts them together. */
export function fakeRoute(
	context: IExecuteFunctions,
	provider: Provider,
	credential: ReadCredential,
	maximumBytes: number,
): { transport: N8nTransport; store: N8nImageStore } {
	const place = { fileName: '', maximumBytes };
	const held = new HeldImages(context, place);
	const transport = new N8nTransport({
		context,
		provider,
		credential,
		redaction: redactionOfAnswers(credential),
		hold: held.hold,
	});
	const { baseUrl } = credential;
	const store = new N8nImageStore(
		{
			context,
			baseUrl,
			...place,
			allowPrivateNetwork: false,
			openWithKey: async (url, settings) => await transport.open(url, settings),
		},
		held,
	);
	return { transport, store };
}
