/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './loopbackServer';

/** An origin on which nothing listens, and nobody can begin to. */
export interface UnreachableOrigin {
	origin: string;
	/** Gives the port back. */
	release(): Promise<void>;
}

/**
 * Takes a port without listening on it, so that every connection to it is refused. It is the client's end of a
 * connection to a server of our own: the system lets nobody else listen there as long as that connection stands.
 * A port that was free a moment ago may be another program's by the time the test connects to it.
 */
export async function holdUnreachableOrigin(): Promise<UnreachableOrigin> {
	const accepted: Socket[] = [];
	const server = createServer((socket) => accepted.push(socket));
	const { port, stop } = await listenOnLoopback(server);
	const holder = await new Promise<Socket>((resolve, reject) => {
		const socket = connect(port, '127.0.0.1', () => resolve(socket));
		socket.once('error', reject);
	});
	// A test that forgets to give it back ends all the same.
	holder.unref();
	server.unref();
	return {
		origin: `http://127.0.0.1:${holder.localPort}`,
		release: async () => {
			holder.destroy();
			for (const socket of accepted) socket.destroy();
			await stop();
		},
	};
}
