/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, request } from 'node:http';
import { listenOnLoopback } from '../../../processes/loopbackServer';

/** A reverse proxy that adds headers, as people put one before a gateway that wants to be told where to go. */
export interface HeaderProxy {
	origin: string;
	stop(): Promise<void>;
}

/** Passes everything on, body untouched, with these headers added. */
export async function startHeaderProxy(
	target: string,
	headers: Record<string, string>,
): Promise<HeaderProxy> {
	const server = createServer((incoming, outgoing) => {
		const onward = request(
			`${target}${incoming.url}`,
			{ method: incoming.method, headers: { ...incoming.headers, ...headers }, agent: false },
			(answer) => {
				outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(outgoing);
			},
		);
		onward.on('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	return await listenOnLoopback(server);
}
