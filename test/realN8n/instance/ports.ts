/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Ports of the loopback interface that nothing listens on. All are held at once, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(Array.from({ length: count }, holdAnyPort));
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map(async (server) => await closed(server)));
	return ports;
}

async function holdAnyPort(): Promise<Server> {
	return await new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve(server));
	});
}

async function closed(server: Server): Promise<void> {
	await new Promise<void>((resolve) => server.close(() => resolve()));
}
