import type { Job, TaskView } from '../job';
import type { ApiCall } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { CANCELLED } from './fal-errors';

// fal.ai/docs inference-api/queue: status, and status/stream.
/** A comment line that keeps the stream of states open (docs queue/status-stream). */
const PING_AFTER_MS = 15_000;
const STREAM_LOOKS_EVERY_MS = 50;
/** How long a stream that says nothing stays open behind the end of the task. */
const SILENT_STREAM_STAYS_MS = 3000;
/** As `Job` has it: a fifth of the time is spent in the queue. */
const QUEUED_SHARE = 0.2;

/** Owner and app, which are all of a model's id that its requests' addresses hold. */
export function appOf(modelId: string): string {
	return modelId.split('/').slice(0, 2).join('/');
}

/** Where a request is asked about. */
export function addresses(origin: string, job: Job): JsonObject {
	const { app } = job.memo as { app: string };
	const place = `${origin}/fal/${app}/requests/${job.entry.taskId!}`;
	return {
		response_url: place,
		status_url: `${place}/status`,
		cancel_url: `${place}/cancel`,
	};
}

/** There is no state for failed or cancelled runs: they are completed with an error (docs queue; PROVIDERS O2). */
export function stateBody(
	state: EmulatorState,
	call: ApiCall,
	job: Job,
	view: TaskView,
): JsonObject {
	const common: JsonObject = { request_id: job.entry.taskId!, ...addresses(state.apiOrigin, job) };
	if (view.status === 'pending') return { status: 'IN_QUEUE', ...common, queue_position: 0 };
	const logs: JsonObject = call.query.get('logs') === '1' ? { logs: [] } : {};
	if (view.status === 'processing') return { status: 'IN_PROGRESS', ...common, ...logs };
	const error = view.status === 'cancelled' ? CANCELLED : view.failure;
	return {
		status: 'COMPLETED',
		...common,
		...logs,
		metrics: { inference_time: view.status === 'completed' ? (job.taskSeconds ?? 0) : null },
		...(error && { error: error.message, error_type: error.code }),
	};
}

/** Where a job stands, without looking: looks are counted. */
export function stageOf(job: Job): 'queued' | 'running' | 'ended' {
	if (job.settle()) return 'ended';
	const seconds = job.taskSeconds ?? 0;
	return job.secondsLeft() > seconds * (1 - QUEUED_SHARE) ? 'queued' : 'running';
}

/** The states of a task as events, each when it comes. */
export async function* statesOf(
	state: EmulatorState,
	call: ApiCall,
	job: Job,
): AsyncGenerator<string> {
	// As behind a proxy that holds events back: the answer stays open and nothing comes.
	if (state.settings.fal.stream === 'silent') {
		while (!state.stopSignal.aborted && !job.settle()) await state.pause(STREAM_LOOKS_EVERY_MS);
		return await state.pause(SILENT_STREAM_STAYS_MS);
	}
	let seen: string | undefined;
	let sent: Json | undefined;
	let pingAt = performance.now() + PING_AFTER_MS;
	while (!state.stopSignal.aborted) {
		const stage = stageOf(job);
		// A task that goes back is looked at until it says that it has ended.
		if (stage !== seen || stage === 'ended') {
			seen = stage;
			const body = stateBody(state, call, job, job.look());
			if (body.status !== sent) yield `data: ${JSON.stringify(body)}\n\n`;
			sent = body.status;
			if (sent === 'COMPLETED') return;
		}
		if (performance.now() >= pingAt) {
			yield ': ping\n\n';
			pingAt += PING_AFTER_MS;
		}
		await state.pause(STREAM_LOOKS_EVERY_MS);
	}
}
