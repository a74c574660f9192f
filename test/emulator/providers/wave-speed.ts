import { randomUUID } from 'node:crypto';
import { waveSpeedSecret } from '../callbacks/signatures';
import type { Answer, ApiCall } from '../server/exchange';
import type { Job, TaskView } from '../job';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import type { ProviderEmulation } from './provider';
import { TASK_CODES, envelope, errors, invalid, refuse, taskCode } from './wave-speed-errors';
import { checkRequest, documentedFields, modelOf, openAll } from './wave-speed-request';

// PROVIDERS O4; docs.wavespeed.ai; the npm package "wavespeed" 0.3.2.
const LIFETIME_SECONDS = 7 * 24 * 3600;
/** How long a submission with enable_sync_mode is held (wavespeed-python, its test of the timeout). */
const LONGEST_WAIT_SECONDS = 90;
/** "3 retries with exponential back-off" (PROVIDERS O4); the length of the first wait is assumed. */
const WEBHOOK_RETRIES_AFTER_SECONDS = [1, 2, 4];
/** What an account starts with here, and the page's price of `edit`, in USD. */
const BALANCE = 10;
const PRICE = 0.02;

function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem) refuse(problem === 'missing' ? 'no key' : 'wrong key', errors.status(401));
}

/** An id as the server makes them: 32 hexadecimal digits. */
function newId(): string {
	return randomUUID().replace(/-/g, '');
}

/** The links to a task's images; made once. */
async function linksOf(state: EmulatorState, job: Job): Promise<string[]> {
	if (!job.resultUrls.length) {
		for (const [index, image] of job.images.entries()) {
			const { extension } = await image;
			job.resultUrls.push(
				state.results.add(job, {
					folder: 'waveSpeed/media/images',
					extension,
					style: 'signed',
					lifetimeSeconds: LIFETIME_SECONDS,
					index,
				}),
			);
		}
	}
	return job.resultUrls;
}

/** The images as `enable_base64_output` gives them; that they are data URIs is assumed. */
async function dataUrisOf(job: Job): Promise<string[]> {
	const files = await Promise.all(job.images);
	return files.map((file) => `data:${file.mimeType};base64,${file.buffer().toString('base64')}`);
}

/** Which images the server calls unfit for work: a list as long as that of the images. */
function flagsOf(state: EmulatorState, count: number): boolean[] {
	const { flags } = state.settings.waveSpeed;
	return Array.from(
		{ length: count },
		(_, index) => flags === 'all' || (flags === 'first' && index === 0),
	);
}

/** The prediction object, as answers and webhooks hold it. */
async function prediction(
	state: EmulatorState,
	job: Job,
	view: TaskView,
	linkFor: (url: string) => string,
): Promise<JsonObject> {
	const id = job.entry.taskId!;
	const isReady = view.status === 'completed';
	const outputs = !isReady
		? []
		: job.memo.asBase64 === true
			? await dataUrisOf(job)
			: (await linksOf(state, job)).map(linkFor);
	return {
		id,
		model: job.entry.model,
		outputs,
		urls: { get: `${state.apiOrigin}${waveSpeed.mount}/api/v3/predictions/${id}/result` },
		has_nsfw_contents: flagsOf(state, outputs.length),
		status: view.status === 'pending' ? 'created' : view.status,
		created_at: new Date(job.startedAt).toISOString(),
		error: view.failure?.message ?? '',
		...(view.failure && { code: taskCode(view.failure.code) }),
		// Milliseconds (docs what-are-predictions: 2500 for an image).
		timings: { inference: isReady ? Math.round((job.taskSeconds ?? 0) * 1000) : 0 },
	};
}

async function answerFor(state: EmulatorState, job: Job): Promise<JsonObject> {
	return await prediction(state, job, job.look(), (url) => state.linkFor(job, url));
}

async function submit(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const name = call.groups[0]!;
	const model = modelOf(name);
	const { body } = call;
	if (!isObject(body)) invalid('body is not a JSON object');
	const fields = noteFields(call, body, documentedFields(model));
	const { images, waits, asBase64, webhook, ...request } = checkRequest(call, model, body);
	const { inputs, fault } = await openAll(state, call, images);
	const limit = state.settings.queueLimit.waveSpeed;
	// More tasks than an account may have running wait as "created"; only their number per minute brings a 429.
	if (typeof limit === 'number' && state.openTasks('waveSpeed') >= limit)
		refuse('queue full', errors.status(429));
	const job = state.takeJob(waveSpeed, call, {
		...request,
		model: name,
		inputs: fault ? [] : inputs,
		fields: { ...fields, ...(webhook !== undefined && { webhook }) },
		task: true,
		taskId: newId(),
	});
	Object.assign(job.memo, { asBase64, webhook });
	if (fault) job.fail(String(fault.code), fault.message);
	const strike = state.strikeTask('waveSpeed', request.prompt);
	if (strike) job.mark(strike);
	if (!waits) {
		const created: TaskView = { status: 'pending', progress: 0, secondsLeft: 0 };
		return envelope(await prediction(state, job, created, (url) => url));
	}
	await state.pause(Math.min(job.secondsLeft(), LONGEST_WAIT_SECONDS) * 1000);
	if (job.settle()) return envelope(await answerFor(state, job));
	// The task goes on, and can be read (wavespeed-python; "wavespeed" 0.3.2 knows this code).
	return envelope({
		...(await answerFor(state, job)),
		status: 'processing',
		code: TASK_CODES.syncTimeout,
		error: `Sync mode timed out after ${LONGEST_WAIT_SECONDS} seconds. The prediction is still processing asynchronously.`,
	});
}

async function readTask(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const taskId = call.groups[0]!;
	const job = state.findTask('waveSpeed', taskId);
	if (!job) refuse('unknown task', errors.unknownTask(taskId));
	return envelope(await answerFor(state, job));
}

/** The documented upload: one file as a form part. */
function uploadFile(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const file = call.form?.files.find(({ name }) => name === 'file');
	if (!file) return invalid('file is required');
	if (call.form?.problem !== undefined) invalid(`malformed form: ${call.form.problem}`);
	const type = file.contentType ?? 'application/octet-stream';
	return envelope({
		type: type.split('/')[0]!,
		download_url: state.results.host(file.content, file.fileName, type, LIFETIME_SECONDS),
		filename: file.fileName,
		size: file.bytes,
	});
}

/** The newer upload: an address that the file is sent to, without the key (client "wavespeed" 0.3.2). */
function uploadTicket(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const { body } = call;
	if (!isObject(body)) invalid('body is not a JSON object');
	noteFields(call, body, ['filename', 'size', 'content_type']);
	const { filename, size, content_type: contentType = 'application/octet-stream' } = body;
	if (typeof filename !== 'string' || filename === '') return invalid('filename is required');
	if (typeof size !== 'number' || !(size > 0)) return invalid('size is required');
	if (typeof contentType !== 'string') return invalid('content_type must be a string');
	const { uploadUrl, fileUrl } = state.results.reserve(filename, contentType);
	return envelope({
		download_url: fileUrl,
		type: contentType.split('/')[0]!,
		filename,
		size,
		upload: { method: 'PUT', url: uploadUrl, headers: { 'Content-Type': contentType } },
	});
}

function balance(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	const paid = state.ledger.filter(
		({ provider, refunded }) => provider === 'waveSpeed' && !refunded,
	);
	return envelope({ balance: Math.round((BALANCE - paid.length * PRICE) * 100) / 100 });
}

/** What webhooks of this key are signed with (docs verify-webhooks). */
function webhookSecret(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return envelope({ secret: waveSpeedSecret('own') });
}

/** WaveSpeedAI, after its documents and clients. */
export const waveSpeed: ProviderEmulation = {
	id: 'waveSpeed',
	name: 'WaveSpeedAI',
	mount: '/wavespeed',
	base: '/wavespeed',
	// The first route that fits answers: a model's path may be as short as these.
	routes: [
		{
			method: 'POST',
			path: /^\/api\/v3\/media\/upload\/binary$/,
			kind: 'upload',
			form: true,
			handle: uploadFile,
		},
		{ method: 'POST', path: /^\/api\/v3\/media\/uploads$/, kind: 'upload', handle: uploadTicket },
		{
			method: 'GET',
			path: /^\/api\/v3\/predictions\/([^/]+)\/result$/,
			kind: 'read',
			handle: readTask,
		},
		{ method: 'GET', path: /^\/api\/v3\/balance$/, kind: 'credit', handle: balance },
		{ method: 'GET', path: /^\/api\/v3\/webhook\/secret$/, handle: webhookSecret },
		{
			method: 'POST',
			path: /^\/api\/v3\/((?!media\/|predictions\/|webhook\/)[^/]+(?:\/[^/]+){1,3})$/,
			kind: 'submit',
			handle: submit,
		},
	],
	errors,
	// docs error-codes has 5003 for tasks; no document shows an HTTP 503 that means "not taken", and the client never repeats a submission.
	documents503: false,
	// No Retry-After anywhere; the limits start anew every minute (docs account-levels).
	ownHint: { kind: 'none', rateLimitSeconds: 60, unavailableSeconds: 30 },
	withoutResults(body, left) {
		const data = isObject(body.data) ? body.data : {};
		if (!Array.isArray(data.outputs) || !data.outputs.length) return undefined;
		return { ...body, data: { ...data, outputs: left } };
	},
	onJobEnd(state, job) {
		// "Failed runs are refunded automatically" (docs).
		if (job.entry.status === 'failed') job.entry.refunded = true;
		const { webhook } = job.memo;
		if (typeof webhook !== 'string') return;
		// The prediction itself, not the envelope (PROVIDERS O4).
		void prediction(state, job, job.end(), (url) => url).then((body) => {
			state.callbacks.send('waveSpeed', webhook, body, WEBHOOK_RETRIES_AFTER_SECONDS);
		});
	},
};
