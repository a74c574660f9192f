/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { S3State } from './store/state';
import type { S3Fault, S3Permission, S3Settings } from './types';

/** Settings as JSON has them. */
type SettingsPatch = Partial<Omit<S3Settings, 'denied'>> & { denied?: S3Permission[] };

/** Steers the store of another process; no bucket can have this name. */
export async function control(
	state: S3State,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = new URL(request.url!, 'http://localhost');
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const given = (): unknown => JSON.parse(Buffer.concat(chunks).toString());
	const answer = (status: number, body: unknown): void => {
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	};
	switch (`${request.method} ${url.pathname.slice('/_emulator/'.length)}`) {
		case 'GET state':
			return answer(200, described(state));
		case 'GET object': {
			const object = state.objectsOf(state.bucket)?.get(url.searchParams.get('key') ?? '');
			if (object === undefined) return answer(404, { error: 'no such key' });
			response.writeHead(200, { 'content-type': object.contentType }).end(object.body);
			return;
		}
		case 'POST faults': {
			const fault = given() as Omit<S3Fault, 'key'> & { key?: string };
			const { key } = fault;
			state.faults.push({ ...fault, key: key === undefined ? undefined : new RegExp(key) });
			return answer(200, described(state));
		}
		case 'DELETE faults':
			state.faults.length = 0;
			return answer(200, described(state));
		case 'POST settings': {
			const { denied, ...settings } = given() as SettingsPatch;
			const unknown = Object.keys(settings).filter((name) => !(name in state.settings));
			if (unknown.length > 0) return answer(400, { error: `unknown: ${unknown.join(', ')}` });
			Object.assign(state.settings, settings, denied && { denied: new Set(denied) });
			return answer(200, described(state));
		}
		case 'POST reset':
			state.reset();
			return answer(200, described(state));
		default:
			return answer(404, { error: 'no such call' });
	}
}

function described(state: S3State): unknown {
	return {
		requests: state.requests,
		objects: [...state.objectsOf(state.bucket)!].map(([key, { body, ...object }]) => ({
			key,
			bytes: body.length,
			...object,
		})),
		settings: { ...state.settings, denied: [...state.settings.denied] },
		faults: state.faults.map((fault) => ({ ...fault, key: fault.key?.source })),
		maxInFlight: state.maxInFlight,
	};
}
