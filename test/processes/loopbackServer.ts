/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/** A server of this process that only this machine reaches. */
export interface LoopbackServer {
	port: number;
	origin: string;
	/** Ends every connection, and resolves when nothing listens any more. */
	stop(): Promise<void>;
}

/** Lets a server listen on a port of the loopback interface: a free one when none is given. */
export async function listenOnLoopback(server: Server, port = 0): Promise<LoopbackServer> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.removeListener('error', reject);
			resolve();
		});
	});
	const { port: taken } = server.address() as AddressInfo;
	return {
		port: taken,
		origin: `http://127.0.0.1:${taken}`,
		stop: async () =>
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				(server as Partial<HttpServer>).closeAllConnections?.();
			}),
	};
}
