/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { playAnswerFault, send, sendEvents } from '../faults/answer-faults';
import { control } from './control';
import type { Answer, ApiCall } from './exchange';
import { Refusal, json, readBody, shortened, text } from './exchange';
import { FAULTS } from '../faults/fault-kinds';
import type { FaultStrike } from '../faults/faults';
import { takesTheJob } from '../faults/faults';
import { OWN_FETCH_HEADER } from '../images/input-images';
import { boundaryOf } from './multipart';
import { PROVIDERS } from '../providers';
import { errorsOf } from '../providers/provider';
import type { ProviderEmulation, ProviderRoute } from '../providers/provider';
import { receiveForm, textOf } from './received-form';
import { refusalFor } from '../faults/refusal-faults';
import { isObject } from './request-fields';
import { serveAtServer } from '../images/results-server';
import type { EmulatorState } from '../state';
import type { Json, JsonObject, RecordedRequest } from '../types';

/** Who answers on a path, and what the path is to it. */
function findProvider(path: string): { provider: ProviderEmulation; inside: string } | undefined {
	for (const provider of PROVIDERS) {
		const { mount, atOrigin } = provider;
		if (path === mount || path.startsWith(`${mount}/`)) {
			return { provider, inside: path.slice(mount.length) };
		}
		if (atOrigin?.test(path)) return { provider, inside: path };
	}
	return undefined;
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
	const { body, form } = call;
	if (form) return textOf(form, 'prompt');
	if (isObject(body)) {
		const prompt = provider.promptIn ? provider.promptIn(body) : body.prompt;
		if (typeof prompt === 'string') return prompt;
	}
	const taskId =
		provider.taskIdIn?.(call) ??
		call.groups[0] ??
		(isObject(body) ? String(body.request_id) : undefined);
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
	// Downloads from here have their own faults, once it is clear that the image is there.
	const prompt = promptOf(state, provider, call);
	const strike =
		route.kind === undefined || route.kind === 'result'
			? undefined
			: state.faults.take(['instead', 'answer'], {
					provider: provider.id,
					route: route.kind,
					...(prompt !== undefined && { prompt }),
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
		const handled = await route.handle(state, call);
		if ('record' in handled) return await serveAtServer(state, handled, call.record, response);
		if ('events' in handled) {
			strike?.release();
			return await sendEvents(response, handled.events);
		}
		answer = handled;
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

/** Reads what was sent, in the form that the route takes, and notes it. */
async function receive(
	state: EmulatorState,
	route: ProviderRoute | undefined,
	request: IncomingMessage,
	record: RecordedRequest,
): Promise<Pick<ApiCall, 'body' | 'form'>> {
	const boundary = route?.form ? boundaryOf(request.headers['content-type']) : undefined;
	if (boundary !== undefined) {
		const watch = state.requests.bodyArriving(record);
		const form = await receiveForm(request, boundary, watch, state.settings.editImages);
		record.form = form.parts;
		record.imageSha256.push(...form.files.map(({ sha256 }) => sha256));
		return { body: undefined, form };
	}
	const raw = await readBody(request);
	state.requests.bodyArrived(record, raw);
	const body = raw.length ? parse(raw) : undefined;
	if (raw.length)
		record.body = body === undefined ? shortened(raw.toString('utf8')) : shortened(body);
	return { body };
}

async function serveProvider(
	state: EmulatorState,
	provider: ProviderEmulation,
	path: string,
	request: IncomingMessage,
	response: ServerResponse,
	record: RecordedRequest,
): Promise<void> {
	const arrivedMs = performance.now();
	const [, query = ''] = (request.url ?? '').split(/\?(.*)/s);
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
	const received = await receive(state, route, request, record);
	if (!route) {
		record.refusal = onPath.length ? 'wrong method' : 'no such path';
		send(response, errorsOf(provider, state.settings).status(onPath.length ? 405 : 404));
		return;
	}
	const call: ApiCall = {
		record,
		arrivedMs,
		method: route.method,
		path,
		query: new URLSearchParams(query),
		headers: request.headers,
		...received,
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
	const found = findProvider(path);
	const provider = found?.provider;
	if (path.startsWith('/_emulator/')) return await control(state, path, request, response);
	if (request.headers[OWN_FETCH_HEADER]) return send(response, text(404, 'nothing here'));
	const record = state.requests.arrive('api', request, response, provider?.id);
	response.once('finish', () => {
		record.status = response.statusCode;
	});
	if (!found) return send(response, text(404, 'no provider lives here'));
	await serveProvider(state, found.provider, found.inside, request, response, record);
}
