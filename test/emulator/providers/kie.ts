import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import type { Job, TaskView } from '../job';
import { isObject } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import { SAYS, checkKey, kieError, kieErrors, refuse } from './kie-errors';
import { openInput, readOrder } from './kie-request';
import { LINK_LIFETIME_SECONDS, uploadBase64, uploadStream } from './kie-upload';
import type { ProviderEmulation } from './provider';

// PROVIDERS M1: docs.kie.ai, pages market/qwen/image-edit and market/common/get-task-detail.

const BALANCE = 1000;

/** What a callback says above the record (docs.kie.ai, page of bytedance/seedance-2: one form for all tasks). */
const CALLBACK = {
	success: { code: 200, msg: 'Playground task completed successfully.' },
	fail: { code: 501, msg: 'Playground task failed.' },
};

async function createTask(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const { settings } = state;
	checkKey(call, kieError(settings, 401, SAYS.noAccess));
	const { imageUrl, callbackUrl, ...order } = readOrder(state, call);
	const { inputs, fault } = await openInput(state, call, imageUrl);
	const limit = settings.queueLimit.kie;
	if (typeof limit === 'number' && state.openTasks('kie') >= limit)
		refuse('too many tasks', kieErrors(settings).busy(429, {}));
	// A number made of the time, as in the sample; the last digits keep two of one moment apart.
	const serial = String(state.taskNumber()).padStart(4, '0');
	const taskId = `task_qwen_${Math.floor(state.now())}${serial}`;
	const job = state.takeJob(kie, call, { ...order, inputs, task: true, taskId });
	if (fault) job.fail(...fault);
	const strike = state.strikeTask('kie', order.prompt);
	if (strike) job.mark(strike);
	Object.assign(job.memo, { param: JSON.stringify(call.body), callbackUrl });
	return json(200, { code: 200, msg: 'success', data: { taskId } });
}

/** The states `waiting` and `queuing` both come before the work; the page does not say what leads from one to the other. */
function stateOf(job: Job, { status, secondsLeft }: TaskView): string {
	switch (status) {
		case 'pending':
			return secondsLeft > (job.taskSeconds ?? 0) * 0.9 ? 'waiting' : 'queuing';
		case 'processing':
			return 'generating';
		case 'completed':
			return 'success';
		default:
			return 'fail';
	}
}

async function recordOf(state: EmulatorState, job: Job, view: TaskView): Promise<JsonObject> {
	const endedAt = Math.floor(job.startedAt + (job.taskSeconds ?? 0) * 1000);
	const { failure } = view;
	const record: JsonObject = {
		taskId: job.entry.taskId!,
		model: job.entry.model,
		state: stateOf(job, view),
		param: job.memo.param as string,
		failCode: '',
		failMsg: '',
		createTime: Math.floor(job.startedAt),
		updateTime: Math.min(Math.floor(state.now()), endedAt),
	};
	if (failure) {
		// A text, and mostly a number in it; 400 is the refusal of content at Kie.ai's other models.
		const failCode = failure.code === 'content_policy_violation' ? '400' : failure.code;
		// `resultJson` is null here on the pages that show a callback.
		return {
			...record,
			resultJson: null,
			failCode,
			failMsg: failure.message,
			completeTime: endedAt,
		};
	}
	if (view.status !== 'completed') return record;
	const { extension } = await job.image;
	if (!job.resultUrls.length) {
		job.resultUrls = job.images.map((_image, index) =>
			state.results.add(job, {
				folder: 'kie/results',
				extension,
				style: 'plain',
				lifetimeSeconds: LINK_LIFETIME_SECONDS,
				index,
			}),
		);
	}
	const resultUrls = job.resultUrls.map((url) => state.linkFor(job, url));
	return {
		...record,
		// JSON inside a text.
		resultJson: JSON.stringify({ resultUrls }),
		costTime: endedAt - Math.floor(job.startedAt),
		completeTime: endedAt,
	};
}

async function recordInfo(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const { settings } = state;
	checkKey(call, kieError(settings, 401, SAYS.unauthorized));
	const taskId = call.query.get('taskId');
	if (!taskId) return refuse('no task id', kieError(settings, 400, SAYS.noTaskId));
	const job = state.findTask('kie', taskId);
	if (!job) return refuse('unknown task', kieErrors(settings).unknownTask(taskId));
	const data = await recordOf(state, job, job.look());
	return json(200, { code: 200, msg: 'success', data });
}

function credit(state: EmulatorState, call: ApiCall): Answer {
	checkKey(call, kieError(state.settings, 401, SAYS.noAccess));
	const used = state.ledger
		.filter(({ provider, refunded }) => provider === 'kie' && !refunded)
		.reduce((sum, { billed }) => sum + billed, 0);
	return json(200, { code: 200, msg: 'success', data: BALANCE - used });
}

/** The record with the list inside its text emptied, or with no text. */
function withoutResults(body: JsonObject, left: [] | null): JsonObject | undefined {
	const { data } = body;
	if (!isObject(data) || typeof data.resultJson !== 'string') return undefined;
	const resultJson = left && JSON.stringify({ resultUrls: left });
	return { ...body, data: { ...data, resultJson } };
}

/** Kie.ai, after PROVIDERS M1. */
export const kie: ProviderEmulation = {
	id: 'kie',
	name: 'Kie.ai',
	mount: '/kie',
	base: '/kie',
	uploadBase: '/kie/upload',
	routes: [
		{ method: 'POST', path: /^\/api\/v1\/jobs\/createTask$/, kind: 'submit', handle: createTask },
		{ method: 'GET', path: /^\/api\/v1\/jobs\/recordInfo$/, kind: 'read', handle: recordInfo },
		{ method: 'GET', path: /^\/api\/v1\/chat\/credit$/, kind: 'credit', handle: credit },
		{
			method: 'POST',
			path: /^\/upload\/api\/file-stream-upload$/,
			kind: 'upload',
			form: true,
			handle: uploadStream,
		},
		{
			method: 'POST',
			path: /^\/upload\/api\/file-base64-upload$/,
			kind: 'upload',
			handle: uploadBase64,
		},
	],
	errors: kieErrors,
	promptIn({ input }) {
		return isObject(input) && typeof input.prompt === 'string' ? input.prompt : undefined;
	},
	taskIdIn: (call) => call.query.get('taskId') ?? undefined,
	// Maintenance is a code of its own, 455.
	documents503: false,
	// 20 requests in 10 seconds; no page says how long to wait.
	ownHint: { kind: 'none', rateLimitSeconds: 10, unavailableSeconds: 30 },
	withoutResults,
	onJobEnd(state, job) {
		// The callback of a failed task says `consumeCredits: 0`.
		if (job.entry.status === 'failed') job.entry.refunded = true;
		const { callbackUrl } = job.memo;
		if (typeof callbackUrl !== 'string') return;
		void recordOf(state, job, job.end()).then((data) => {
			// "Identical to the Query Task API response", but for the code and its words; no page promises another try.
			state.callbacks.send(
				'kie',
				callbackUrl,
				{ ...CALLBACK[data.state as 'success' | 'fail'], data },
				[],
			);
		});
	},
};
