/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { send } from '../faults/answer-faults';
import type { Answer } from './exchange';
import { json, readBody } from './exchange';
import type { FaultRule } from '../faults/fault-kinds';
import { applySettings } from '../settings';
import type { EmulatorState } from '../state';
import type { Json, SettingsPatch } from '../types';

/** Everything a test in another process may want to know. */
export function snapshot(state: EmulatorState): Json {
	const { requests } = state;
	return JSON.parse(
		JSON.stringify({
			ledger: state.ledger,
			requests: requests.records,
			counts: {
				requests: requests.records.length,
				billed: state.ledger.reduce((sum, { billed }) => sum + billed, 0),
				results: state.results.records().length,
			},
			maxInFlight: requests.maxInFlight,
			maxRunning: state.maxRunning,
			leaks: requests.leaks,
			callbacks: state.callbacks.records,
			results: state.results.records(),
			faults: state.faults.list(),
			settings: state.settings,
		}),
	) as Json;
}

async function act(
	state: EmulatorState,
	name: string,
	method: string,
	body: Buffer,
	url: URL,
): Promise<Answer> {
	const given = () => (body.length ? (JSON.parse(body.toString('utf8')) as unknown) : {});
	switch (`${method} ${name}`) {
		case 'GET state':
			return json(200, snapshot(state));
		case 'GET faults':
			return json(200, state.faults.list() as unknown as Json);
		case 'POST faults': {
			const rules = given() as FaultRule | FaultRule[];
			const added = (Array.isArray(rules) ? rules : [rules]).map(
				(rule) => state.faults.add(rule).id,
			);
			return json(200, { added });
		}
		case 'DELETE faults':
			state.faults.clear();
			return json(200, {});
		case 'POST settings':
			applySettings(state.settings, given() as SettingsPatch);
			return json(200, state.settings as unknown as Json);
		case 'POST clock': {
			const { advanceSeconds } = given() as { advanceSeconds?: unknown };
			if (typeof advanceSeconds !== 'number') throw new Error('advanceSeconds must be a number');
			state.advance(advanceSeconds);
			return json(200, { now: state.now() });
		}
		case 'POST images':
			return json(200, {
				url: hostImage(state, body, url.searchParams.get('fileName') ?? undefined),
			});
		case 'POST reset':
			state.reset();
			return json(200, {});
		default:
			return json(404, { error: `no ${method} /_emulator/${name}` });
	}
}

/** Puts an image on the results server; its type comes from the file name. */
export function hostImage(state: EmulatorState, bytes: Buffer, fileName = 'image.png'): string {
	const extension = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? 'png';
	const names: Record<string, string> = { jpg: 'jpeg', tif: 'tiff' };
	return state.results.host(bytes, fileName, `image/${names[extension] ?? extension}`);
}

/** The control calls, for tests in other processes. They are not recorded and meet no faults. */
export async function control(
	state: EmulatorState,
	path: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const body = await readBody(request);
	const url = new URL(request.url ?? '/', 'http://127.0.0.1');
	try {
		send(
			response,
			await act(state, path.slice('/_emulator/'.length), request.method ?? 'GET', body, url),
		);
	} catch (error) {
		send(response, json(400, { error: (error as Error).message }));
	}
}
