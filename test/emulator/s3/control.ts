/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { S3State } from './store/state';
import type { S3Account, S3Fault, S3Object, S3Permission, S3Request, S3Settings } from './types';

/** What a store in another process prints when it is ready. */
export interface S3Announced extends S3Account {
	pid: number;
	origin: string;
	virtualHostOrigin: string;
	bucket: string;
}

/** Settings as JSON has them; `null` takes a quota away. */
export type S3SettingsPatch = Partial<Omit<S3Settings, 'denied' | 'quotaBytes'>> & {
	denied?: S3Permission[];
	quotaBytes?: number | null;
};

/** A fault as JSON has it: the key is the source of a pattern. */
export type S3FaultRequest = Omit<S3Fault, 'key'> & { key?: string };

/** What a store knows. Objects are those of the first bucket. */
export interface S3StateReport {
	requests: S3Request[];
	objects: Array<
		Omit<S3Object, 'body' | 'lastModified'> & { key: string; bytes: number; lastModified: string }
	>;
	settings: Omit<S3Settings, 'denied'> & { denied: S3Permission[] };
	faults: S3FaultRequest[];
	maxInFlight: number;
}

/** Steers the store from another process. No bucket can have the name that these paths begin with. */
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
			break;
		case 'GET object': {
			const object = state.objectsOf(state.bucket)?.get(url.searchParams.get('key') ?? '');
			if (object === undefined) return answer(404, { error: 'no such key' });
			response.writeHead(200, { 'content-type': object.contentType }).end(object.body);
			return;
		}
		case 'POST faults': {
			const { key, ...fault } = given() as S3FaultRequest;
			state.faults.push({ ...fault, ...(key !== undefined && { key: new RegExp(key) }) });
			break;
		}
		case 'DELETE faults':
			state.faults.length = 0;
			break;
		case 'POST settings': {
			const { denied, quotaBytes, ...settings } = given() as S3SettingsPatch;
			const unknown = Object.keys(settings).filter((name) => !(name in state.settings));
			if (unknown.length > 0) return answer(400, { error: `unknown: ${unknown.join(', ')}` });
			Object.assign(state.settings, settings);
			if (denied !== undefined) state.settings.denied = new Set(denied);
			if (quotaBytes !== undefined) state.settings.quotaBytes = quotaBytes ?? undefined;
			break;
		}
		case 'POST reset':
			state.reset();
			break;
		default:
			return answer(405, { error: 'no such call' });
	}
	answer(200, reportOf(state));
}

function reportOf(state: S3State): S3StateReport {
	return {
		requests: state.requests,
		objects: [...state.objectsOf(state.bucket)!].map(
			([key, { body, lastModified, ...object }]) => ({
				key,
				bytes: body.length,
				lastModified: lastModified.toISOString(),
				...object,
			}),
		),
		settings: { ...state.settings, denied: [...state.settings.denied] },
		faults: state.faults.map(({ key, ...fault }) => ({
			...fault,
			...(key && { key: key.source }),
		})),
		maxInFlight: state.maxInFlight,
	};
}
