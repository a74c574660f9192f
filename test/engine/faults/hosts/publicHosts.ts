/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import dns from 'node:dns';
import { connect, Socket, type AddressInfo } from 'node:net';
import tls, { type Server } from 'node:tls';

import { makeCertificate } from './certificate';

/** Names that look public to the node and lead to this machine; nothing leaves it. */
export const publicApiHost = 'api.emulated.example';
export const publicResultsHost = 'results.emulated.example';

const { key, cert } = makeCertificate([publicApiHost, publicResultsHost]);

const isOurs = (host: unknown): boolean =>
	typeof host === 'string' && host.endsWith('.emulated.example');

const outside: string[] = [];

/** Where connections were tried to that lead away from this machine; none of them was made. */
export function connectionsOutside(): readonly string[] {
	return outside;
}

/** Refuses every connection of this process that leads away from this machine, and writes it down. */
function keepInside(): () => void {
	const { connect: connectSocket } = Socket.prototype;
	Socket.prototype.connect = function (this: Socket, ...values: unknown[]) {
		const [first] = Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
		const { host, path } = (first ?? {}) as { host?: string; path?: string };
		const inside = path !== undefined || host === undefined || isOurs(host) || isLoopback(host);
		if (!inside) {
			outside.push(host);
			const refusal = Object.assign(new Error(`no way to ${host}`), { code: 'ENETUNREACH' });
			queueMicrotask(() => this.destroy(refusal));
			return this;
		}
		return (connectSocket as (...all: unknown[]) => Socket).apply(this, values);
	} as never;
	return () => {
		Socket.prototype.connect = connectSocket;
	};
}

const isLoopback = (host: string): boolean => /^(localhost|127\.|::1$)/.test(host);

/** Lets the names resolve and their certificate be trusted, in this process; the return value ends that. */
export function makeHostsPublic(): () => void {
	const letOut = keepInside();
	const { lookup } = dns;
	const { connect: connectTls } = tls;
	const lookUp = (host: string, options: unknown, done?: unknown): void => {
		const answer = (done ?? options) as (...values: unknown[]) => void;
		if (!isOurs(host) && !isLoopback(host)) {
			outside.push(host);
			answer(Object.assign(new Error(`no way to ${host}`), { code: 'ENOTFOUND' }));
			return;
		}
		if (!isOurs(host)) {
			(lookup as (...values: unknown[]) => void)(host, options, done);
			return;
		}
		const all = (options as { all?: boolean } | undefined)?.all === true;
		if (all) answer(null, [{ address: '127.0.0.1', family: 4 }]);
		else answer(null, '127.0.0.1', 4);
	};
	dns.lookup = lookUp as never;
	tls.connect = ((...values: unknown[]) => {
		const [options] = values as [{ host?: string; servername?: string } | undefined];
		if (isOurs(options?.servername) || isOurs(options?.host))
			values[0] = { ...options, ca: [cert] };
		return (connectTls as (...all: unknown[]) => unknown)(...values);
	}) as never;
	return () => {
		letOut();
		dns.lookup = lookup;
		tls.connect = connectTls;
	};
}

/** A server that speaks TLS for a plain one, byte for byte. */
export interface SecureFront {
	origin: string;
	stop(): Promise<void>;
}

/** Puts TLS and a public name before a plain server on the loopback interface. */
export async function startSecureFront(plainOrigin: string): Promise<SecureFront> {
	const { hostname, port } = new URL(plainOrigin);
	const server: Server = tls.createServer({ key, cert }, (socket) => {
		const inner = connect(Number(port), hostname);
		socket.pipe(inner).pipe(socket);
		socket.on('error', () => inner.destroy());
		inner.on('error', () => socket.destroy());
		inner.on('close', () => socket.destroy());
		socket.on('close', () => inner.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		origin: `https://${publicApiHost}:${(server.address() as AddressInfo).port}`,
		stop: async () => await new Promise<void>((resolve) => void server.close(() => resolve())),
	};
}
