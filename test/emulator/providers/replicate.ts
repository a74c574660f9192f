import { createHash, randomBytes } from 'node:crypto';
import { replicateSecret } from '../callbacks/signatures';
import type { Answer, ApiCall } from '../server/exchange';
import { json, shortened } from '../server/exchange';
import type { Job, TaskView } from '../job';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import type { ProviderEmulation, ProviderRoute } from './provider';
import { errors, problem, refuse, throttled, unauthenticated } from './replicate-errors';
import { createFile, deleteFile, getFile, listFiles } from './replicate-files';
import { checkModel, documentedFields, modelOfVersion } from './replicate-models';
import { prediction } from './replicate-prediction';
import { checkRequest, openAll } from './replicate-request';

// PROVIDERS O3.
/** The real server waits for up to a minute; nobody who tests has that long. */
const LONGEST_WAIT_MS = 5000;
const WAIT_STEP_MS = 25;
/** Webhooks of the end are repeated for about a minute (docs "receive-webhook"). */
const WEBHOOK_RETRIES_AFTER_SECONDS = [1, 2, 4];

function authenticate(call: ApiCall): void {
	const which = bearerProblem(call);
	if (which) refuse(which === 'missing' ? 'no key' : 'wrong key', unauthenticated(which));
}

/** 26 lower-case letters and digits. */
function newId(state: EmulatorState): string {
	const digest = createHash('sha256')
		.update(`${state.taskNumber()}|${randomBytes(8).toString('hex')}`)
		.digest('hex');
	return BigInt(`0x${digest}`).toString(36).slice(0, 26);
}

/** Seconds until the limit renews, not a time (recorded). */
function withLimits(answer: Answer, remaining: number): Answer {
	const limits = { 'ratelimit-remaining': String(remaining), 'ratelimit-reset': '1' };
	return { ...answer, headers: { ...answer.headers, ...limits } };
}

/** Waits until the prediction has ended, as `Prefer: wait` or `wait=5` asks for it. */
async function waitForEnd(state: EmulatorState, call: ApiCall, job: Job): Promise<void> {
	const seconds = /^wait=(\d+)$/.exec(String(call.headers.prefer))?.[1] ?? '60';
	const mostMs = Math.min(Number(seconds) * 1000, LONGEST_WAIT_MS);
	const until = performance.now() + mostMs;
	const isOver = (): boolean => job.settle() || performance.now() >= until;
	while (!isOver() && call.record.abortedAt === undefined && !state.stopSignal.aborted) {
		await state.pause(WAIT_STEP_MS);
	}
}

async function create(
	state: EmulatorState,
	call: ApiCall,
	modelName: string,
	body: JsonObject,
	isByVersion: boolean,
): Promise<Answer> {
	const { input, ...top } = body;
	const flat = isObject(input) ? { ...input, ...top } : body;
	const fields = noteFields(call, flat, documentedFields(modelName));
	const request = checkRequest(modelName, body, isByVersion);
	const { failure, ...opened } = await openAll(state, call, request.images);
	const limit = state.settings.queueLimit.replicate;
	if (typeof limit === 'number' && state.openTasks('replicate') >= limit)
		refuse('queue full', throttled(state.settings.queueRetryAfterSeconds, true));
	const job = state.takeJob(replicate, call, {
		model: modelName,
		prompt: request.prompt,
		...opened,
		fields,
		task: true,
		taskId: newId(state),
		...request.edit,
	});
	if (failure !== undefined) job.fail('input', failure);
	const strike = state.strikeTask('replicate', request.prompt);
	if (strike) job.mark(strike);
	// A bench sends too much to keep.
	const echoed = state.settings.editImages ? request.input : shortened(request.input);
	const { webhook, webhook_events_filter: filter } = body;
	Object.assign(job.memo, {
		input: echoed,
		tellEnd: request.webhook,
		webhook: {
			...(webhook !== undefined && { webhook }),
			...(filter !== undefined && { webhook_events_filter: filter }),
		},
	});
	const isWaiting = /^wait(=\d+)?$/.test(String(call.headers.prefer));
	if (isWaiting) await waitForEnd(state, call, job);
	const hasEnded = isWaiting && job.settle();
	// Unfinished it is "starting" even after a wait: the maker's own client takes any other status for an end.
	const view: TaskView = hasEnded
		? job.look()
		: { status: 'pending', progress: 0, secondsLeft: job.secondsLeft() };
	const applied: Record<string, string> = isWaiting ? { 'preference-applied': 'wait' } : {};
	return withLimits(json(201, await prediction(state, job, view), applied), 599);
}

function bodyOf(call: ApiCall): JsonObject {
	const { body } = call;
	if (!isObject(body)) {
		refuse(
			'body is not a JSON object',
			problem(400, 'Failed to parse request body as JSON: EOF', { title: 'Bad Request' }),
		);
	}
	return body;
}

async function submitToModel(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const modelName = `${call.groups[0]!}/${call.groups[1]!}`;
	checkModel(modelName);
	return await create(state, call, modelName, bodyOf(call), false);
}

async function submitByVersion(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const body = bodyOf(call);
	return await create(state, call, modelOfVersion(body.version), body, true);
}

async function read(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const taskId = call.groups[0]!;
	const job = state.findTask('replicate', taskId);
	if (!job) refuse('unknown prediction', errors.unknownTask(taskId));
	return withLimits(json(200, await prediction(state, job, job.look())), 2999);
}

/** Answers with the prediction, which a finished one leaves as it is (assumed). */
async function cancel(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const taskId = call.groups[0]!;
	const job = state.findTaskToCancel('replicate', taskId);
	if (!job) refuse('unknown prediction', errors.unknownTask(taskId));
	job.cancel();
	return withLimits(json(200, await prediction(state, job, job.end())), 2999);
}

/** Says who the key belongs to; there is no balance in it. */
function account(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return json(200, {
		type: 'user',
		username: 'emulated',
		name: 'Emulated Account',
		github_url: 'https://github.com/emulated',
	});
}

/** What webhooks are signed with. */
function webhookSecret(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return json(200, { key: replicateSecret('own') });
}

const FILE: Pick<ProviderRoute, 'path'> = { path: /^\/v1\/files\/([^/]+)$/ };

/** Replicate, after its documents (PROVIDERS O3). */
export const replicate: ProviderEmulation = {
	id: 'replicate',
	name: 'Replicate',
	mount: '/replicate',
	base: '/replicate',
	routes: [
		{
			method: 'POST',
			path: /^\/v1\/models\/([^/]+)\/([^/]+)\/predictions$/,
			kind: 'submit',
			handle: submitToModel,
		},
		{ method: 'POST', path: /^\/v1\/predictions$/, kind: 'submit', handle: submitByVersion },
		{ method: 'GET', path: /^\/v1\/predictions\/([^/]+)$/, kind: 'read', handle: read },
		{
			method: 'POST',
			path: /^\/v1\/predictions\/([^/]+)\/cancel$/,
			kind: 'cancel',
			handle: cancel,
		},
		{
			method: 'POST',
			path: /^\/v1\/files$/,
			kind: 'upload',
			form: true,
			handle(state, call) {
				authenticate(call);
				return createFile(state, call, newId(state));
			},
		},
		{
			method: 'GET',
			path: /^\/v1\/files$/,
			handle(state, call) {
				authenticate(call);
				return listFiles(state);
			},
		},
		{
			...FILE,
			method: 'GET',
			handle(state, call) {
				authenticate(call);
				return getFile(state, call);
			},
		},
		{
			...FILE,
			method: 'DELETE',
			handle(state, call) {
				authenticate(call);
				return deleteFile(state, call);
			},
		},
		{ method: 'GET', path: /^\/v1\/account$/, kind: 'credit', handle: account },
		{ method: 'GET', path: /^\/v1\/webhooks\/default\/secret$/, handle: webhookSecret },
	],
	errors,
	promptIn: ({ input }) =>
		isObject(input) && typeof input.prompt === 'string' ? input.prompt : undefined,
	documents503: false,
	ownHint: { kind: 'body', rateLimitSeconds: 30, unavailableSeconds: 30 },
	withoutResults: (body, left) =>
		body.status === 'succeeded' && body.output !== null ? { ...body, output: left } : undefined,
	onJobEnd(state, job) {
		if (job.entry.status === 'cancelled') job.memo.cancelledAt = state.now();
		const { tellEnd } = job.memo;
		if (typeof tellEnd !== 'string') return;
		void prediction(state, job, job.end(), (url) => url).then((body) => {
			state.callbacks.send('replicate', tellEnd, body, WEBHOOK_RETRIES_AFTER_SECONDS);
		});
	},
};
