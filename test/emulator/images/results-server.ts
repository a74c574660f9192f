/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { send, sendStream } from '../faults/answer-faults';
import { notFoundPage, playDownloadFault, storeError } from '../faults/download-faults';
import { readBody, text } from '../server/exchange';
import type { FaultPhase } from '../faults/fault-kinds';
import type { FaultStrike } from '../faults/faults';
import { OWN_FETCH_HEADER } from './input-images';
import type { ImageFile } from './png';
import type { StoredResult } from './results';
import type { EmulatorState } from '../state';
import type { RecordedRequest } from '../types';

const EVERY_PHASE: FaultPhase[] = ['connection', 'instead', 'answer', 'download'];

function strikeOn(
	state: EmulatorState,
	stored: StoredResult,
	phases: FaultPhase[],
): FaultStrike | undefined {
	if (stored.provider === 'input' || !isThere(stored)) return undefined;
	const strike = state.faults.take(phases, {
		provider: stored.provider,
		route: 'result',
		...(stored.prompt !== undefined && { prompt: stored.prompt }),
	});
	if (strike?.kind !== 'resultNotFound404Once') return strike;
	if (stored.missedOnce) {
		strike.release();
		return undefined;
	}
	stored.missedOnce = true;
	return strike;
}

function isThere(stored: StoredResult): boolean {
	if (!stored.job) return true;
	stored.job.settle();
	return stored.job.entry.status === 'completed';
}

/** Plays a fault on a download, if one is due; says whether it did. */
async function playFault(
	state: EmulatorState,
	stored: StoredResult,
	phases: FaultPhase[],
	record: RecordedRequest,
	response: ServerResponse,
): Promise<boolean> {
	const strike = strikeOn(state, stored, phases);
	if (!strike) return false;
	record.fault = strike.kind;
	if (strike.kind === 'refuseConnection') response.socket?.destroy();
	else await playDownloadFault(state, stored, strike, await stored.content(), response);
	return true;
}

/** Serves a result that lies on the API server; the caller has looked at the key. */
export async function serveAtServer(
	state: EmulatorState,
	stored: StoredResult,
	record: RecordedRequest,
	response: ServerResponse,
): Promise<void> {
	if (await playFault(state, stored, ['instead', 'answer', 'download'], record, response)) return;
	stored.record.downloads += 1;
	await serveFile(stored, await stored.content(), response);
}

async function serveFile(
	stored: StoredResult,
	file: ImageFile,
	response: ServerResponse,
): Promise<void> {
	if (!stored.asBase64) {
		return await sendStream(
			response,
			{ 'content-type': file.mimeType, 'content-length': file.bytes },
			file.stream(),
		);
	}
	const prefix = stored.asBase64.prefix ? `data:${file.mimeType};base64,` : '';
	send(response, text(200, `${prefix}${file.buffer().toString('base64')}`));
}

/** Takes a file at an address that was handed out for it. */
async function takeUpload(
	state: EmulatorState,
	path: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const isTaken = state.results.fill(path, await readBody(request));
	send(response, isTaken ? text(200, '') : storeError(403, 'AccessDenied', 'Access denied.'));
}

/** Handles one request to the results server. */
export async function serveResults(
	state: EmulatorState,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = request.url ?? '';
	const mark = url.indexOf('?');
	const path = mark < 0 ? url : url.slice(0, mark);
	const stored = state.results.find(path);
	if (!request.headers[OWN_FETCH_HEADER]) {
		const record = state.requests.arrive('results', request, response, undefined);
		record.route = 'result';
		if (stored && stored.provider !== 'input') record.provider = stored.provider;
		response.once('finish', () => {
			record.status = response.statusCode;
		});
		if (stored && (await playFault(state, stored, EVERY_PHASE, record, response))) return;
	}
	if (request.method === 'PUT') return await takeUpload(state, path, request, response);
	if (request.method !== 'GET' && request.method !== 'HEAD')
		return send(response, storeError(405, 'MethodNotAllowed', 'Only GET is allowed.'));
	if (!stored || !isThere(stored)) return send(response, notFoundPage());
	if ((mark < 0 ? '' : url.slice(mark)) !== stored.query) {
		return send(
			response,
			storeError(
				403,
				'SignatureDoesNotMatch',
				'The request signature we calculated does not match the signature you provided.',
			),
		);
	}
	if (state.now() > stored.expiresAt)
		return send(response, storeError(403, 'AccessDenied', 'Request has expired.'));
	stored.record.downloads += 1;
	await serveFile(stored, await stored.content(), response);
}

/** Handles one request to the origin that belongs to nobody. */
export async function serveElsewhere(
	state: EmulatorState,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const record = state.requests.arrive('elsewhere', request, response, undefined);
	response.once('finish', () => {
		record.status = response.statusCode;
	});
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	state.requests.bodyArrived(record, Buffer.concat(chunks));
	const id = /^\/redirected\/([0-9a-f-]+)\.png$/.exec(request.url ?? '')?.[1];
	const stored = id === undefined ? undefined : state.results.findById(id);
	if (!stored) return send(response, notFoundPage());
	await serveFile(stored, await stored.content(), response);
}
