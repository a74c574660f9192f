/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer } from 'node:http';
import { listenOnLoopback, type LoopbackServer } from '../../processes/loopbackServer';

/** A server that answers with the headers that it was sent. */
export async function startEchoServer(): Promise<LoopbackServer> {
	return await listenOnLoopback(
		createServer((request, response) => {
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify(request.headers));
		}),
	);
}
