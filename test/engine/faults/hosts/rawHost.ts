/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. */
export interface RawRequest {
	method: string;
	/** Path and query, untouched. */
	path: string;
	headers: IncomingMessage['headers'];
	body: string;
}

export type RawHandler = (
	request: RawRequest,
	response: ServerResponse,
	host: RawHost,
) => void | Promise<void>;

/** A host without manners: it answers whatever a test wants, where the emulator keeps to the documents. */
export interface RawHost {
	readonly origin: string;
	readonly requests: RawRequest[];
	stop(): Promise<void>;
}

/** Starts a host on the loopback interface. */
export async function startRawHost(handle: RawHandler): Promise<RawHost> {
	const requests: RawRequest[] = [];
	const server = createServer((incoming, response) => {
		response.on('error', () => undefined);
		void (async () => {
			const parts: Buffer[] = [];
			for await (const part of incoming) parts.push(part as Buffer);
			const request: RawRequest = {
				method: incoming.method ?? '',
				path: incoming.url ?? '',
				headers: incoming.headers,
				body: Buffer.concat(parts).toString('utf8'),
			};
			requests.push(request);
			await handle(request, response, host);
		})().catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host: RawHost = {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		stop: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
	return host;
}

/** Answers with JSON. */
export function sendJson(
	response: ServerResponse,
	json: unknown,
	status = 200,
	headers: Record<string, string> = {},
): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(typeof json === 'string' ? json : JSON.stringify(json));
}
