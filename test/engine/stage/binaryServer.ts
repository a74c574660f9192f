/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { Container } from './workflow/core';

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import { BinaryDataService } from 'n8n-core';

import { listenOnLoopback } from '../../processes/loopbackServer';

/** The one page of n8n that providers need: files behind signed URLs. */
export interface BinaryServer {
	/** To be given to the engine as `instanceUrl`. */
	readonly url: string;
	/** Status of every answer so far. */
	readonly answers: readonly number[];
	stop(): Promise<void>;
}

/** Begins an answer; a caller has it on the list before its client can see it. */
type Begin = (status: number, headers?: Record<string, string | number>) => ServerResponse;

async function serve(request: IncomingMessage, begin: Begin): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
	if (request.method !== 'GET' || pathname !== '/rest/binary-data/signed') {
		begin(404).end();
		return;
	}
	const service = Container.get(BinaryDataService);
	let id: string;
	try {
		id = service.validateSignedToken(searchParams.get('token') ?? '');
	} catch (error) {
		// n8n answers 400 with the words of the token library: expired, malformed, wrong signature.
		begin(400).end((error as Error).message);
		return;
	}
	const { mimeType, fileName, fileSize } = await service.getMetadata(id);
	const stream = await service.getAsStream(id);
	const response = begin(200, {
		'content-length': fileSize,
		'content-type': mimeType ?? 'application/octet-stream',
		'content-disposition': `attachment; filename="${encodeURIComponent(fileName ?? '')}"`,
	});
	await pipeline(stream, response);
}

/** Hands out stored files as n8n does at `/rest/binary-data/signed`, without login, by a valid token only. */
export async function startBinaryServer(): Promise<BinaryServer> {
	const answers: number[] = [];
	const server = createServer((request, response) => {
		const begin: Begin = (status, headers = {}) => {
			answers.push(status);
			return response.writeHead(status, headers);
		};
		serve(request, begin).catch(() => {
			if (response.headersSent) response.destroy();
			else begin(404).end();
		});
	});
	const { origin, stop } = await listenOnLoopback(server);
	return { url: `${origin}/`, answers, stop };
}
