import { createHash, randomBytes } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import type { Job, TaskView } from '../job';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import type { EmulatorState, JobOrder } from '../state';
import type { Json, JsonObject, LedgerEntry } from '../types';
import { checkEdit, invalid, openAll, refuse } from './evolink-checks';
import { onceByKey } from './evolink-idempotency';
import { ODKKK_ERRORS, odkkkError } from './odkkk-errors';
import type { ProviderEmulation, ProviderErrors, ProviderRoute } from './provider';

// One API at two hosts: EvoLink's, and odkkk's, whose page (seed 002) is EvoLink's with another host (PROVIDERS S3).
const LINK_LIFETIME_SECONDS = 24 * 3600;
const CALLBACK_RETRIES_AFTER_SECONDS = [1, 2, 4];
const TASK_ID = /^task-unified-\d+-[a-z0-9]+$/;
const CREDITS_AT_THE_START = 1000;

/** What a host of this API has of its own. */
export interface EvoLinkHost {
	id: 'odkkk' | 'evoLink';
	name: string;
	mount: string;
	/** What stands between the mount and `/v1`. */
	prefix: string;
	uploadBase?: string;
	/** The fields that a model's page has. */
	documentedFields(body: JsonObject): string[];
	/** The model, if there is one that this account may use. */
	checkModel(body: JsonObject): string;
	/** What else the model takes; looked at after all that models share. */
	checkOptions?(body: JsonObject, model: string): Partial<JobOrder>;
	/** Credits for a whole job. */
	price(entry: LedgerEntry): number;
	/** What a finished task says of its price. */
	usage?(entry: LedgerEntry): JsonObject;
	errors: ProviderErrors;
	malformedTaskId: Answer;
	moreRoutes?: ProviderRoute[];
}

function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem) refuse(problem === 'missing' ? 'no key' : 'wrong key', json(401, ODKKK_ERRORS[401]));
}

/** A name such as task-unified-1757156493-imcg5zqt. */
function newTaskId(state: EmulatorState, created: number): string {
	const serial = createHash('sha256')
		.update(`${state.taskNumber()}|${randomBytes(8).toString('hex')}`)
		.digest();
	const tail = BigInt(`0x${serial.toString('hex', 0, 8)}`)
		.toString(36)
		.padStart(8, '0')
		.slice(-8);
	return `task-unified-${created}-${tail}`;
}

async function taskBody(
	state: EmulatorState,
	job: Job,
	host: EvoLinkHost,
	view: TaskView,
): Promise<JsonObject> {
	const { entry } = job;
	const task: JsonObject = {
		created: job.memo.created as number,
		id: entry.taskId!,
		model: entry.model,
		object: 'image.generation.task',
		progress: view.progress,
		status: view.status,
		task_info: { can_cancel: view.status === 'pending' },
		type: 'image',
	};
	if (view.status === 'completed') {
		for (let index = job.resultUrls.length; index < entry.resultCount; index++) {
			const { extension } = await job.images[index]!;
			// Another look may have come in between.
			job.resultUrls[index] ??= state.results.add(job, {
				folder: `${host.id}/images`,
				extension,
				style: 'signed',
				lifetimeSeconds: LINK_LIFETIME_SECONDS,
				index,
			});
		}
		task.results = job.resultUrls.map((url) => state.linkFor(job, url));
		if (host.usage) task.usage = host.usage(entry);
	}
	if (view.failure) task.error = { ...view.failure, type: 'task_error' };
	return task;
}

function creditsLeft(state: EmulatorState, host: EvoLinkHost): Json {
	const spent = state.ledger
		.filter(({ provider, refunded }) => provider === host.id && !refunded)
		.reduce((sum, entry) => sum + host.price(entry), 0);
	// Prices have one decimal; sums of them should not have more.
	const used = Math.round(spent * 10) / 10;
	const left = Math.round((CREDITS_AT_THE_START - used) * 10) / 10;
	return {
		data: {
			token: { remaining_credits: left, unlimited_credits: false, used_credits: used },
			user: { remaining_credits: left, used_credits: used },
		},
		message: '',
		success: true,
	};
}

/** A host of the API that EvoLink documents. */
export function evoLinkEmulation(host: EvoLinkHost): ProviderEmulation {
	const { id, name, mount, prefix } = host;

	async function create(state: EmulatorState, call: ApiCall): Promise<Answer> {
		const { body } = call;
		if (!isObject(body))
			refuse('body is not a JSON object', odkkkError(400, { message: 'Invalid request format' }));
		const fields = noteFields(call, body, host.documentedFields(body));
		const model = host.checkModel(body);
		const { prompt, urls, callbackUrl } = checkEdit(body);
		const options = host.checkOptions?.(body, model);
		const { inputs, fault } = await openAll(state, call, urls);
		const settings = state.settings[id];
		if (fault && settings.checksImagesIn === 'submit') invalid(fault.message, 'image_urls');
		const limit = state.settings.queueLimit[id];
		if (typeof limit === 'number' && state.openTasks(id) >= limit)
			refuse('queue full', json(429, ODKKK_ERRORS[429]));
		const created = state.nowSeconds();
		const taskId = newTaskId(state, created);
		const job = state.takeJob(emulation, call, {
			model,
			prompt,
			inputs: fault ? [] : inputs,
			fields,
			task: true,
			taskId,
			...options,
		});
		if (fault) job.fail(fault.code, fault.message);
		const strike = state.strikeTask(id, prompt);
		if (strike) job.mark(strike);
		Object.assign(job.memo, { created, callbackUrl });
		return json(200, {
			created,
			id: taskId,
			model,
			object: 'image.generation.task',
			progress: 0,
			status: 'pending',
			task_info: {
				can_cancel: true,
				estimated_time: settings.estimatedTimeSeconds ?? Math.ceil(job.taskSeconds ?? 0),
			},
			type: 'image',
			usage: {
				billing_rule: 'per_call',
				credits_reserved: host.price(job.entry),
				user_group: 'default',
			},
		});
	}

	async function submit(state: EmulatorState, call: ApiCall): Promise<Answer> {
		authenticate(call);
		return await onceByKey(state, call, id, async () => await create(state, call));
	}

	async function readTask(state: EmulatorState, call: ApiCall): Promise<Answer> {
		authenticate(call);
		const taskId = call.groups[0]!;
		if (!TASK_ID.test(taskId)) refuse('malformed task id', host.malformedTaskId);
		const job = state.findTask(id, taskId);
		if (!job) refuse('unknown task', host.errors.unknownTask(taskId));
		return json(200, await taskBody(state, job, host, job.look()));
	}

	function credits(state: EmulatorState, call: ApiCall): Answer {
		authenticate(call);
		return json(200, creditsLeft(state, host));
	}

	const at = (path: string) => new RegExp(`^${prefix}/v1/${path}$`);
	const emulation: ProviderEmulation = {
		id,
		name,
		mount,
		base: `${mount}${prefix}`,
		...(host.uploadBase !== undefined && { uploadBase: host.uploadBase }),
		routes: [
			{ method: 'POST', path: at('images/generations'), kind: 'submit', handle: submit },
			{ method: 'GET', path: at('tasks/([^/]+)'), kind: 'read', handle: readTask },
			{ method: 'GET', path: at('credits'), kind: 'credit', handle: credits },
			...(host.moreRoutes ?? []),
		],
		errors: host.errors,
		ownHint: { kind: 'text', rateLimitSeconds: 60, unavailableSeconds: 30 },
		withoutResults: (body, left) =>
			Array.isArray(body.results) ? { ...body, results: left } : undefined,
		onJobEnd(state, job) {
			// "Failed tasks are refunded" (PROVIDERS S3).
			if (job.entry.status === 'failed') job.entry.refunded = true;
			const { callbackUrl } = job.memo;
			if (typeof callbackUrl !== 'string') return;
			void taskBody(state, job, host, job.end()).then((body) => {
				state.callbacks.send(id, callbackUrl, body, CALLBACK_RETRIES_AFTER_SECONDS);
			});
		},
	};
	return emulation;
}
