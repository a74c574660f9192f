/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { listenOnLoopback, type LoopbackServer } from '../processes/loopbackServer';
import { unreachableOrigin } from '../processes/unreachableOrigin';
import { serveApi } from './server/api-server';
import { hostImage } from './server/control';
import { PROVIDERS } from './providers';
import { serveElsewhere, serveResults } from './images/results-server';
import { EmulatorState } from './state';
import type { Emulator, EmulatorOptions, ProviderId } from './types';

type Handler = (
	state: EmulatorState,
	request: IncomingMessage,
	response: ServerResponse,
) => Promise<void>;

async function listen(state: EmulatorState, handler: Handler, port = 0): Promise<LoopbackServer> {
	const server = createServer((request, response) => {
		handler(state, request, response).catch((error: Error & { code?: string }) => {
			// A client that left in the middle is its own business; anything else is a bug here and must be seen.
			if (error.code === 'ECONNRESET' || request.destroyed || response.destroyed) return;
			process.stderr.write(`emulator: ${error.stack ?? String(error)}\n`);
			if (!response.headersSent) response.writeHead(599).end(`emulator error: ${error.message}`);
			else response.destroy();
		});
	});
	// Slow and endless exchanges are made on purpose: no time-outs of our own.
	server.requestTimeout = 0;
	server.headersTimeout = 0;
	return await listenOnLoopback(server, port);
}

/** Starts the emulator on free loopback ports (or the given ones). */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
	const state = new EmulatorState(options);
	const servers: LoopbackServer[] = [];
	const stopAll = async (): Promise<unknown> =>
		await Promise.all(servers.map(async (server) => await server.stop()));
	try {
		servers.push(await listen(state, serveApi, options.apiPort));
		servers.push(await listen(state, serveResults, options.resultsPort));
		servers.push(await listen(state, serveElsewhere));
	} catch (error) {
		await stopAll();
		// eslint-disable-next-line @n8n/community-nodes/require-node-api-error -- the emulator is no node
		throw error;
	}
	const [apiOrigin, resultOrigin, elsewhereOrigin] = servers.map(({ origin }) => origin) as [
		string,
		string,
		string,
	];
	Object.assign(state, { apiOrigin, elsewhereOrigin });
	Object.assign(state.results, { origin: resultOrigin, apiOrigin });
	const unreachable = await unreachableOrigin();
	const baseOf = (id: ProviderId) => PROVIDERS.find((provider) => provider.id === id)!.base;
	return {
		apiOrigin,
		resultOrigin,
		elsewhereOrigin,
		unreachableOrigin: unreachable,
		baseUrl: (provider) => `${apiOrigin}${baseOf(provider)}`,
		uploadBaseUrl: (id) => {
			const base = PROVIDERS.find((provider) => provider.id === id)!.uploadBase;
			return base === undefined ? undefined : `${apiOrigin}${base}`;
		},
		key: (provider) => state.keys[provider],
		get ledger() {
			return state.ledger;
		},
		get requests() {
			return state.requests.records;
		},
		get callbacks() {
			state.settleAll();
			return state.callbacks.records;
		},
		get results() {
			return state.results.records();
		},
		get leaks() {
			return state.requests.leaks;
		},
		get maxInFlight() {
			return state.requests.maxInFlight;
		},
		maxInFlightOf: (provider) => state.requests.maxInFlightOf(provider),
		get maxRunning() {
			return state.maxRunning;
		},
		faults: state.faults,
		settings: state.settings,
		signCallback: (record, given) => state.signCallback(record, given),
		callBack: async (record, origin) => await state.callbacks.post(record, origin),
		hostImage: (bytes, fileName) => hostImage(state, bytes, fileName),
		publishImage: (url, bytes) => {
			state.published.set(url, bytes);
		},
		advance: (seconds) => state.advance(seconds),
		reset: () => state.reset(),
		stop: async () => {
			state.stop();
			await stopAll();
		},
	};
}
