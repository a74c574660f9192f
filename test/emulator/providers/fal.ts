import { randomInt, randomUUID } from 'node:crypto';
import { falKeySet } from '../callbacks/signatures';
import { isWebUrl } from '../images/input-images';
import type { Job } from '../job';
import type { Answer, ApiCall, EventAnswer } from '../server/exchange';
import { json } from '../server/exchange';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import { NO_KEY, NO_SUCH_KEY, errors, modelError, noSuchPath, refuse } from './fal-errors';
import type { FalModel } from './fal-models';
import { MODELS } from './fal-models';
import { runAnswer } from './fal-output';
import { checkInput } from './fal-request';
import { addresses, appOf, stageOf, stateBody, statesOf } from './fal-states';
import type { ProviderEmulation } from './provider';

// PROVIDERS O2; @fal-ai/client (queue.js, storage.js, types); fal.ai/docs inference-api/queue.
/** "At least 7 days" (fal's FAQ), unless the request asks for another time. */
const LINK_LIFETIME_SECONDS = 7 * 24 * 3600;
const LIFETIME_HEADER = 'x-fal-object-lifecycle-preference';
/** How long a result can be asked for, counted from its end (docs queue/result). */
const RESULT_LIFETIME_SECONDS = 3600;
/** Ten attempts over two hours (docs webhooks); how they are spread is assumed. */
const WEBHOOK_RETRIES_AFTER_SECONDS = [7, 14, 28, 56, 112, 225, 450, 900, 1800, 3600];
function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call, 'Key');
	if (problem === 'missing') refuse('no key', errors.auth(NO_KEY));
	if (problem === 'wrong') refuse('wrong key', errors.auth(NO_SUCH_KEY));
}

/** Where the addresses of a submit lead: here, unless a fault sends the key elsewhere. */
function addressOrigin(state: EmulatorState, prompt: string): string {
	const foreign = state.faults.take(['link'], { provider: 'fal', route: 'submit', prompt });
	if (foreign?.kind === 'otherOriginPollUrl') return state.elsewhereOrigin;
	foreign?.release();
	return state.apiOrigin;
}

function modelOf(modelId: string): FalModel {
	if (Object.hasOwn(MODELS, modelId)) return MODELS[modelId]!;
	const app = appOf(modelId);
	if (Object.keys(MODELS).some((known) => appOf(known) === app))
		return refuse('unknown model', noSuchPath(modelId.slice(app.length) || '/'));
	const name = app.split('/')[1]!;
	return refuse('unknown model', json(404, { detail: `Application "${name}" not found` }));
}

function linkLifetime(call: ApiCall): number {
	try {
		const wish = JSON.parse(String(call.headers[LIFETIME_HEADER])) as JsonObject;
		const { expiration_duration_seconds: seconds } = wish;
		return typeof seconds === 'number' ? seconds : LINK_LIFETIME_SECONDS;
	} catch {
		return LINK_LIFETIME_SECONDS;
	}
}

/** Takes any JSON object for a model that exists: what is wrong with the input shows in the result (TanStack/ai issue 396). */
async function submit(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const modelId = call.groups[0]!;
	const model = modelOf(modelId);
	const { body } = call;
	if (!isObject(body))
		refuse('body is not a JSON object', errors.status(400, 'The body must be a JSON object'));
	const limit = state.settings.queueLimit.fal;
	if (typeof limit === 'number' && state.openTasks('fal') >= limit)
		refuse('queue full', errors.busy(429, {}));
	const fields = noteFields(call, body, [...model.fields, model.image]);
	const webhook = call.query.get('fal_webhook');
	const checked = await checkInput(state, call, model, body);
	const { details, prompt, inputs, size, count, seed, format } = checked;
	const requestId = randomUUID();
	const job = state.takeJob(fal, call, {
		model: modelId,
		prompt,
		inputs,
		fields: webhook === null ? fields : { ...fields, fal_webhook: webhook },
		task: true,
		taskId: requestId,
		count,
		...size,
		...(seed !== undefined && { seed }),
		...(format !== undefined && { format }),
	});
	const first = details[0];
	if (first) job.fail(first.type, first.msg);
	const strike = state.strikeTask('fal', prompt);
	if (strike) job.mark(strike);
	const gatewayRequestId = randomUUID();
	Object.assign(job.memo, {
		app: appOf(modelId),
		details,
		webhook,
		gatewayRequestId,
		seed: seed ?? randomInt(2 ** 31),
		isBare: model.isNewer === true,
		isChecked: body.enable_safety_checker !== false,
		asDataUri: body.sync_mode === true,
		lifetimeSeconds: linkLifetime(call),
	});
	return json(200, {
		status: 'IN_QUEUE',
		request_id: requestId,
		...addresses(addressOrigin(state, prompt), job),
		queue_position: 0,
		...(webhook !== null && { gateway_request_id: gatewayRequestId }),
	});
}

/** The task that a path names, under the app it was sent to. */
function taskOf(state: EmulatorState, call: ApiCall): Job {
	authenticate(call);
	const requestId = call.groups[0]!;
	const job = state.findTask('fal', requestId);
	if (!job || job.memo.app !== appOf(call.path.slice(1)))
		refuse('unknown task', errors.unknownTask(requestId));
	return job;
}

function readState(state: EmulatorState, call: ApiCall): Answer {
	const job = taskOf(state, call);
	const body = stateBody(state, call, job, job.look());
	return json(body.status === 'COMPLETED' ? 200 : 202, body);
}

function streamStates(state: EmulatorState, call: ApiCall): EventAnswer {
	const job = taskOf(state, call);
	if (state.settings.fal.stream === 'absent') refuse('no stream here', noSuchPath(call.path));
	return { events: statesOf(state, call, job) };
}

async function readResult(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const job = taskOf(state, call);
	if (!job.settle()) refuse('not finished', json(400, { detail: 'Request is still in progress' }));
	if (job.secondsLeft() < -RESULT_LIFETIME_SECONDS)
		refuse('result is gone', errors.unknownTask(call.groups[0]!));
	const answer = await runAnswer(state, job);
	// @fal-ai/client reads the id here.
	return { ...answer, headers: { ...answer.headers, 'x-fal-request-id': job.entry.taskId! } };
}

/** A queued request is removed, a running one gets a signal (docs queue/cancel); here it ends at once. */
function cancel(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const job = state.findTaskToCancel('fal', call.groups[0]!);
	if (!job || job.memo.app !== appOf(call.path.slice(1)))
		refuse('unknown task', json(404, { status: 'NOT_FOUND' }));
	const stage = stageOf(job);
	if (!job.cancel()) return json(400, { status: 'ALREADY_COMPLETED' });
	return stage === 'queued'
		? json(200, { status: 'OK' })
		: json(202, { status: 'CANCELLATION_REQUESTED' });
}

/** Hands out an address for a file; the file itself goes to the results server, without the key (@fal-ai/client, storage.js). */
function initiateUpload(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const { body } = call;
	if (!isObject(body)) refuse('body is not a JSON object', errors.status(422));
	noteFields(call, body, ['content_type', 'file_name']);
	const { content_type: mimeType, file_name: fileName } = body;
	for (const name of ['content_type', 'file_name']) {
		const value = body[name];
		if (typeof value === 'string' && value !== '') continue;
		const entry = { loc: ['body', name], msg: 'Field required', type: 'missing', input: body };
		refuse(`${name} missing`, modelError([entry]));
	}
	const { uploadUrl, fileUrl } = state.results.reserve(fileName as string, mimeType as string);
	return json(200, { upload_url: uploadUrl, file_url: fileUrl });
}

/** Prices, which need a key and cost nothing (docs platform-apis/v1/models/pricing). */
function pricing(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const ids = (call.query.get('endpoint_id') ?? '').split(',').filter((id) => id !== '');
	return json(200, {
		prices: ids.map((id) => ({
			endpoint_id: id,
			unit_price: 0.03,
			unit: 'megapixels',
			currency: 'USD',
		})),
		has_more: false,
		next_cursor: null,
	});
}

const REQUEST = String.raw`^\/(?:[\w.-]+\/){2}requests\/`;
/** A request that nobody has made: reading its state proves the key and costs nothing (PROVIDERS O2). */
const NOBODYS_ID = '0{8}-(?:0{4}-){3}0{12}';

/** fal.ai, after its own documents and client. */
export const fal: ProviderEmulation = {
	id: 'fal',
	name: 'fal.ai',
	mount: '/fal',
	base: '/fal',
	uploadBase: '/fal/rest',
	routes: [
		// Before the submit: any other path of two to four steps is a model.
		{
			method: 'POST',
			path: /^\/rest\/storage\/upload\/initiate$/,
			kind: 'upload',
			handle: initiateUpload,
		},
		// Stands for rest.fal.ai, without a key.
		{
			method: 'GET',
			path: /^\/rest\/\.well-known\/jwks\.json$/,
			handle: () => json(200, falKeySet()),
		},
		{ method: 'POST', path: /^\/((?:[\w.-]+\/){1,3}[\w.-]+)$/, kind: 'submit', handle: submit },
		{
			method: 'GET',
			path: new RegExp(`${REQUEST}(${NOBODYS_ID})\\/status$`),
			kind: 'credit',
			handle: readState,
		},
		{
			method: 'GET',
			path: new RegExp(`${REQUEST}([^/]+)\\/status$`),
			kind: 'read',
			handle: readState,
		},
		{
			method: 'GET',
			path: new RegExp(`${REQUEST}([^/]+)\\/status\\/stream$`),
			kind: 'read',
			handle: streamStates,
		},
		// Some of fal's examples end the address of a result with `/response`.
		{
			method: 'GET',
			path: new RegExp(`${REQUEST}([^/]+)(?:\\/response)?$`),
			kind: 'read',
			handle: readResult,
		},
		{
			method: 'PUT',
			path: new RegExp(`${REQUEST}([^/]+)\\/cancel$`),
			kind: 'cancel',
			handle: cancel,
		},
		// Stands for api.fal.ai.
		{ method: 'GET', path: /^\/(?:api\/)?v1\/models\/pricing$/, kind: 'credit', handle: pricing },
	],
	errors,
	ownHint: { kind: 'none', rateLimitSeconds: 30, unavailableSeconds: 30 },
	// Its 503 come from runners, and nothing says that such a request was not taken (docs model-apis/request-errors).
	documents503: false,
	withoutResults: (body, left) =>
		Array.isArray(body.images) ? { ...body, images: left } : undefined,
	onJobEnd(state, job) {
		const { webhook, gatewayRequestId } = job.memo as {
			webhook?: string | null;
			gatewayRequestId: string;
		};
		// Whether a cancelled run is reported is not documented: it is not.
		if (typeof webhook !== 'string' || !isWebUrl(webhook)) return;
		if (job.entry.status === 'cancelled') return;
		void runAnswer(state, job).then((answer) => {
			const isRight = answer.status === 200;
			const body: JsonObject = {
				request_id: job.entry.taskId!,
				gateway_request_id: gatewayRequestId,
				status: isRight ? 'OK' : 'ERROR',
				...(!isRight && { error: `Invalid status code: ${answer.status}` }),
				payload: answer.json ?? null,
			};
			state.callbacks.send('fal', webhook, body, WEBHOOK_RETRIES_AFTER_SECONDS);
		});
	},
};
