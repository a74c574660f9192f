import { createHash, randomBytes } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import type { Job, TaskView } from '../job';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { ODKKK_ERRORS, errors, odkkkError } from './odkkk-errors';
import { MODEL, checkRequest, invalid, openAll, refuse } from './odkkk-request';
import type { ProviderEmulation } from './provider';

// Seed 002. Task reading, credits, idempotency and the files that fail a task: PROVIDERS S3 (EvoLink, whose page seed 002 is).
const DOCUMENTED_FIELDS = ['model', 'prompt', 'image_urls', 'callback_url'];
const LINK_LIFETIME_SECONDS = 24 * 3600;
const CALLBACK_RETRIES_AFTER_SECONDS = [1, 2, 4];
const TASK_ID = /^task-unified-\d+-[a-z0-9]+$/;

function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem) refuse(problem === 'missing' ? 'no key' : 'wrong key', json(401, ODKKK_ERRORS[401]));
}

interface Replay {
	bodySha256: string | undefined;
	answer: Promise<Answer>;
}

/** `Idempotency-Key`: the same key and body bring the first answer again and cost nothing (EvoLink client; PROVIDERS S3). */
async function submit(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const idempotencyKey = call.headers['idempotency-key'];
	if (typeof idempotencyKey !== 'string') return await create(state, call);
	const replays = state.remember('odkkk replays', () => new Map<string, Replay>());
	const earlier = replays.get(idempotencyKey);
	if (earlier) {
		if (earlier.bodySha256 !== call.record.bodySha256) {
			refuse(
				'idempotency key used with another body',
				odkkkError(409, {
					code: 'idempotency_conflict',
					message: 'Idempotency key was used with a different request',
					type: 'invalid_request_error',
				}),
			);
		}
		const answer = await earlier.answer;
		return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
	}
	const answer = create(state, call);
	replays.set(idempotencyKey, { bodySha256: call.record.bodySha256, answer });
	// A refusal took nothing: the key is free again.
	answer.catch(() => replays.delete(idempotencyKey));
	return await answer;
}

async function create(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const { body } = call;
	if (!isObject(body))
		refuse('body is not a JSON object', odkkkError(400, { message: 'Invalid request format' }));
	const fields = noteFields(call, body, DOCUMENTED_FIELDS);
	const { prompt, urls, callbackUrl } = checkRequest(body);
	const { inputs, fault } = await openAll(state, call, urls);
	if (fault && state.settings.odkkk.checksImagesIn === 'submit')
		invalid(fault.message, 'image_urls');
	const limit = state.settings.queueLimit.odkkk;
	if (typeof limit === 'number' && state.openTasks('odkkk') >= limit)
		refuse('queue full', json(429, ODKKK_ERRORS[429]));
	const created = state.nowSeconds();
	const serial = createHash('sha256')
		.update(`${state.taskNumber()}|${randomBytes(8).toString('hex')}`)
		.digest();
	const taskId = `task-unified-${created}-${BigInt(`0x${serial.toString('hex', 0, 8)}`)
		.toString(36)
		.padStart(8, '0')
		.slice(-8)}`;
	const job = state.takeJob(odkkk, call, {
		model: MODEL,
		prompt,
		inputs: fault ? [] : inputs,
		fields,
		task: true,
		taskId,
	});
	if (fault) job.fail(fault.code, fault.message);
	const strike = state.strikeTask('odkkk', prompt);
	if (strike) job.mark(strike);
	Object.assign(job.memo, { created, callbackUrl });
	return json(200, {
		created,
		id: taskId,
		model: MODEL,
		object: 'image.generation.task',
		progress: 0,
		status: 'pending',
		task_info: {
			can_cancel: true,
			estimated_time: state.settings.odkkk.estimatedTimeSeconds ?? Math.ceil(job.taskSeconds ?? 0),
		},
		type: 'image',
		usage: { billing_rule: 'per_call', credits_reserved: 1, user_group: 'default' },
	});
}

async function taskBody(state: EmulatorState, job: Job, view: TaskView): Promise<Json> {
	const task: JsonObject = {
		created: job.memo.created as number,
		id: job.entry.taskId!,
		model: job.entry.model,
		object: 'image.generation.task',
		progress: view.progress,
		status: view.status,
		task_info: { can_cancel: view.status === 'pending' },
		type: 'image',
	};
	if (view.status === 'completed') {
		const { extension } = await job.image;
		if (!job.resultUrls.length) {
			job.resultUrls.push(
				state.results.add(job, {
					folder: 'odkkk/images',
					extension,
					style: 'signed',
					lifetimeSeconds: LINK_LIFETIME_SECONDS,
				}),
			);
		}
		task.results = job.resultUrls.map((url) => state.linkFor(job, url));
	}
	if (view.failure) task.error = { ...view.failure, type: 'task_error' };
	return task;
}

async function readTask(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const taskId = call.groups[0]!;
	if (!TASK_ID.test(taskId)) {
		refuse(
			'malformed task id',
			odkkkError(400, {
				code: 'invalid_task_id',
				message: 'Invalid task ID format, must start with task-unified-',
			}),
		);
	}
	const job = state.findTask('odkkk', taskId);
	if (!job) refuse('unknown task', errors.unknownTask(taskId));
	return json(200, await taskBody(state, job, job.look()));
}

function credits(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const used = state.ledger
		.filter(({ provider, refunded }) => provider === 'odkkk' && !refunded)
		.reduce((sum, { billed }) => sum + billed, 0);
	return json(200, {
		data: {
			token: { remaining_credits: 1000 - used, unlimited_credits: false, used_credits: used },
			user: { remaining_credits: 1000 - used, used_credits: used },
		},
		message: '',
		success: true,
	});
}

/** odkkk, after seed 002. */
export const odkkk: ProviderEmulation = {
	id: 'odkkk',
	name: 'odkkk',
	mount: '/odkkk',
	base: '/odkkk/apiv1',
	routes: [
		{ method: 'POST', path: /^\/apiv1\/v1\/images\/generations$/, kind: 'submit', handle: submit },
		{ method: 'GET', path: /^\/apiv1\/v1\/tasks\/([^/]+)$/, kind: 'read', handle: readTask },
		{ method: 'GET', path: /^\/apiv1\/v1\/credits$/, kind: 'credit', handle: credits },
	],
	errors,
	ownHint: { kind: 'text', rateLimitSeconds: 60, unavailableSeconds: 30 },
	withoutResults: (body, left) =>
		Array.isArray(body.results) ? { ...body, results: left } : undefined,
	onJobEnd(state, job) {
		// "Failed tasks are refunded" (PROVIDERS S3).
		if (job.entry.status === 'failed') job.entry.refunded = true;
		const { callbackUrl } = job.memo;
		if (typeof callbackUrl !== 'string') return;
		void taskBody(state, job, job.end()).then((body) => {
			state.callbacks.send('odkkk', callbackUrl, body, CALLBACK_RETRIES_AFTER_SECONDS);
		});
	},
};
