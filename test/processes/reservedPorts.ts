/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that systems give to whoever asks for any (Linux: from 32768, macOS and Windows: from 49152), so
 * that nobody gets one of these by chance between now and the start of the program that it is for.
 */
const FIRST_PORT = 20_000;
const PORTS = 5_000;

/** Held until this process ends. */
const guards: Server[] = [];

/**
 * Ports of the loopback interface for programs that have to be told theirs. Each is kept from other runs of these
 * tests by a guard: whoever listens on the port so many above it owns it, and the system frees it with the process.
 */
export async function reservePorts(count: number): Promise<number[]> {
	const ports: number[] = [];
	const start = Math.floor(Math.random() * PORTS);
	for (let step = 0; step < PORTS && ports.length < count; step += 1) {
		const port = FIRST_PORT + ((start + step) % PORTS);
		const guard = await listenOn(port + PORTS);
		if (guard === undefined) continue;
		const probe = await listenOn(port);
		if (probe === undefined) {
			guard.close();
			continue;
		}
		await new Promise<void>((resolve) => probe.close(() => resolve()));
		guards.push(guard.unref());
		ports.push(port);
	}
	if (ports.length < count) throw new Error(`There are no ${count} free ports from ${FIRST_PORT}`);
	return ports;
}

/** A server that listens there, or `undefined` when somebody else does. */
async function listenOn(port: number): Promise<Server | undefined> {
	return await new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () => resolve(server));
	});
}
