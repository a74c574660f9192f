/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { playAnswerFault, send } from './answer-faults';
import { control } from './control';
import type { Answer, ApiCall } from './exchange';
import { Refusal, json, readBody, shortened, text } from './exchange';
import { FAULTS } from './fault-kinds';
import type { FaultStrike } from './faults';
import { takesTheJob } from './faults';
import { OWN_FETCH_HEADER } from './input-pictures';
import { PROVIDERS } from './providers';
import type { ProviderEmulation, ProviderRoute } from './providers/provider';
import { refusalFor } from './refusal-faults';
import { isObject } from './request-fields';
import type { EmulatorState } from './state';
import type { Json, JsonObject, RecordedRequest } from './types';

function findProvider(path: string): ProviderEmulation | undefined {
	return PROVIDERS.find(({ mount }) => path === mount || path.startsWith(`${mount}/`));
}

function parse(body: Buffer): Json | undefined {
	try {
		return JSON.parse(body.toString('utf8')) as Json;
	} catch {
		return undefined;
	}
}

/** The prompt a call is about, so that a fault can be aimed at one job. */
function promptOf(
	state: EmulatorState,
	provider: ProviderEmulation,
	call: ApiCall,
): string | undefined {
	const { body } = call;
	if (isObject(body) && typeof body.prompt === 'string') return body.prompt;
	const taskId = call.groups[0] ?? (isObject(body) ? String(body.request_id) : undefined);
	return taskId === undefined ? undefined : state.promptOfTask(provider.id, taskId);
}

/** Applies the faults that change what the answer says; `undefined` when there is nothing to change. */
function emptied(
	provider: ProviderEmulation,
	strike: FaultStrike,
	answer: Answer,
): Answer | undefined {
	if (!isObject(answer.json)) return undefined;
	const left = provider.withoutResults(answer.json, strike.kind === 'emptyResults' ? [] : null);
	return left && json(answer.status, left as JsonObject, answer.headers);
}

/** Lets the provider work and plays at most one fault on what comes of it. */
async function answerCall(
	state: EmulatorState,
	provider: ProviderEmulation,
	route: ProviderRoute,
	call: ApiCall,
	response: ServerResponse,
): Promise<void> {
	const strike =
		route.kind &&
		state.faults.take(['instead', 'answer'], {
			provider: provider.id,
			route: route.kind,
			...((prompt) => prompt !== undefined && { prompt })(promptOf(state, provider, call)),
		});
	const note = (reason?: string) => {
		if (strike) call.record.fault = strike.kind;
		if (reason !== undefined) call.record.refusal = reason;
	};
	if (strike && !takesTheJob(strike.rule)) {
		note(`fault ${strike.kind}`);
		return send(response, refusalFor(provider, strike.rule, call, state));
	}
	let answer: Answer;
	try {
		answer = await route.handle(state, call);
	} catch (error) {
		strike?.release();
		// eslint-disable-next-line @n8n/community-nodes/require-node-api-error -- the emulator is no node
		if (!(error instanceof Refusal)) throw error;
		call.record.refusal = error.message;
		return send(response, error.answer);
	}
	if (!strike) return send(response, answer);
	if (strike.kind === 'emptyResults' || strike.kind === 'nullData') {
		const left = emptied(provider, strike, answer);
		if (left) note();
		else strike.release();
		return send(response, left ?? answer);
	}
	note();
	if (FAULTS[strike.kind].phase === 'instead') {
		return send(response, refusalFor(provider, strike.rule, call, state));
	}
	await playAnswerFault(response, answer, strike.rule, async (ms) => await state.pause(ms));
}

async function serveProvider(
	state: EmulatorState,
	provider: ProviderEmulation,
	request: IncomingMessage,
	response: ServerResponse,
	record: RecordedRequest,
): Promise<void> {
	const arrivedMs = performance.now();
	const [fullPath = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
	const path = fullPath.slice(provider.mount.length);
	const onPath = provider.routes.filter((route) => route.path.test(path));
	const route = onPath.find(({ method }) => method === request.method);
	if (route?.kind) record.route = route.kind;
	const broken =
		route?.kind && state.faults.take(['connection'], { provider: provider.id, route: route.kind });
	if (broken) {
		record.fault = broken.kind;
		request.socket.destroy();
		return;
	}
	const raw = await readBody(request);
	state.requests.bodyArrived(record, raw);
	const body = raw.length ? parse(raw) : undefined;
	if (raw.length)
		record.body = body === undefined ? shortened(raw.toString('utf8')) : shortened(body);
	if (!route) {
		record.refusal = onPath.length ? 'wrong method' : 'no such path';
		send(response, provider.errors.status(onPath.length ? 405 : 404));
		return;
	}
	const call: ApiCall = {
		record,
		arrivedMs,
		method: route.method,
		path,
		query: new URLSearchParams(query),
		headers: request.headers,
		body,
		groups: (route.path.exec(path)?.slice(1) ?? []).map((group) => {
			try {
				return decodeURIComponent(group);
			} catch {
				return group;
			}
		}),
		expectedKey: state.keys[provider.id],
	};
	await answerCall(state, provider, route, call, response);
}

/** Handles one request to the API server. */
export async function serveApi(
	state: EmulatorState,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const path = (request.url ?? '').split('?')[0]!;
	if (path.startsWith('/_emulator/')) return await control(state, path, request, response);
	if (request.headers[OWN_FETCH_HEADER]) return send(response, text(404, 'nothing here'));
	const provider = findProvider(path);
	const record = state.requests.arrive('api', request, response, provider?.id);
	response.once('finish', () => {
		record.status = response.statusCode;
	});
	if (!provider) return send(response, text(404, 'no provider lives here'));
	await serveProvider(state, provider, request, response, record);
}
