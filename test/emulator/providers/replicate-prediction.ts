import type { Job, TaskView } from '../job';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { CONTENT_REFUSED } from './replicate-errors';

// The prediction object, as in replicate 1.4.0 (npm) and in the recordings of replicate-python (PROVIDERS O3).
/** "topics/predictions/data-retention": input, output, files and logs are gone after an hour. */
const RETENTION_SECONDS = 3600;
/** What part of its time a prediction is "starting". */
const STARTING_SHARE = 0.2;

const STATUS = {
	pending: 'starting',
	processing: 'processing',
	completed: 'succeeded',
	failed: 'failed',
	cancelled: 'canceled',
} as const;

/** Times and figures of a prediction, from what is known of its job. */
function times(state: EmulatorState, job: Job, view: TaskView): JsonObject {
	if (view.status === 'pending') return {};
	const seconds = job.taskSeconds ?? 0;
	const startedAt = job.startedAt + seconds * STARTING_SHARE * 1000;
	const started = { started_at: new Date(startedAt).toISOString() };
	if (view.status === 'processing') return started;
	const endedAt = endOf(job);
	const isStarted = endedAt >= startedAt;
	const predictTime = isStarted ? (endedAt - startedAt) / 1000 : 0;
	return {
		...(isStarted && started),
		completed_at: new Date(endedAt).toISOString(),
		metrics: { predict_time: predictTime, total_time: (endedAt - job.startedAt) / 1000 },
	};
}

/** When a job ended: a cancelled one before its time. */
function endOf(job: Job): number {
	const { cancelledAt } = job.memo;
	if (typeof cancelledAt === 'number') return cancelledAt;
	return job.startedAt + (job.taskSeconds ?? 0) * 1000;
}

async function outputOf(state: EmulatorState, job: Job): Promise<string[]> {
	const images = await Promise.all(job.images);
	// Looked at after the wait: a webhook and a read may ask at the same time.
	if (!job.resultUrls.length) {
		const leftMs = endOf(job) + RETENTION_SECONDS * 1000 - state.now();
		job.resultUrls.push(
			...images.map(({ extension }, index) =>
				state.results.add(job, {
					folder: 'replicate/xezq',
					extension,
					style: 'plain',
					lifetimeSeconds: Math.max(0, leftMs / 1000),
					index,
				}),
			),
		);
	}
	return job.resultUrls;
}

function errorOf(view: TaskView): string | null {
	if (!view.failure) return null;
	const { code, message } = view.failure;
	// The emulator's words for a content refusal are EvoLink's; any other message was asked for.
	return code === 'content_policy_violation' && message.includes('violates the content policy')
		? CONTENT_REFUSED
		: message;
}

/** A prediction as it is told in answers and webhooks. */
export async function prediction(
	state: EmulatorState,
	job: Job,
	view: TaskView,
	/** What becomes of a result's link; faults are for those who ask. */
	link: (url: string) => string = (url) => state.linkFor(job, url),
): Promise<JsonObject> {
	const id = job.entry.taskId!;
	const own = `${state.apiOrigin}/replicate/v1/predictions/${id}`;
	const hasEnded = view.status !== 'pending' && view.status !== 'processing';
	const isRemoved = hasEnded && state.now() > endOf(job) + RETENTION_SECONDS * 1000;
	const isThere = view.status === 'completed' && !isRemoved;
	const urls = isThere ? (await outputOf(state, job)).map(link) : [];
	const output: Json = state.settings.replicate.output === 'text' ? (urls[0] ?? null) : urls;
	return {
		id,
		model: job.entry.model,
		// Official models do not tell.
		version: 'hidden',
		input: isRemoved ? {} : (job.memo.input as JsonObject),
		logs: '',
		output: isThere ? output : null,
		data_removed: isRemoved,
		error: errorOf(view),
		source: 'api',
		status: STATUS[view.status],
		created_at: new Date(job.startedAt).toISOString(),
		...times(state, job, view),
		...(job.memo.webhook as JsonObject),
		urls: { cancel: `${own}/cancel`, get: own, web: `https://replicate.com/p/${id}` },
	};
}
