import { reservePorts } from './reservedPorts';

let origin: Promise<string> | undefined;

/**
 * An origin on which nothing listens for as long as this process runs: every connection to it is refused. Its port is
 * a reserved one, below those that the system gives to clients: a client that was given the port that it connects to
 * would be connected to itself, which happens once in about 30,000 connections.
 */
export async function unreachableOrigin(): Promise<string> {
	origin ??= reservePorts(1).then(([port]) => `http://127.0.0.1:${port}`);
	return await origin;
}
