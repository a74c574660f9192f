import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import type { Job } from '../job';
import { noteFields } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import {
	FIRST_ID,
	LARGEST_GENERAL_UPLOAD_BYTES,
	LINK_LIFETIME_SECONDS,
	deleteImage,
	upload,
	wallet,
} from './models-lab-account';
import { errors, modelsLabError, queueFull, reword } from './models-lab-errors';
import { authenticate, checkRequest, openAll, refuse } from './models-lab-request';
import type { ProviderEmulation } from './provider';

// Seed 001; fetching, uploads, wallet, webhooks and limits from PROVIDERS S2.
const DOCUMENTED_FIELDS = [
	'key',
	'prompt',
	'init_image',
	'safety_checker',
	'model_id',
	'base64',
	'webhook',
	'track_id',
];

function addLinks(state: EmulatorState, job: Job, asBase64: boolean): void {
	const extension =
		state.settings.format[job.provider] === 'jpeg' ? 'jpg' : state.settings.format[job.provider];
	// Public bucket links without a query, as in the samples.
	const order = { style: 'plain', lifetimeSeconds: LINK_LIFETIME_SECONDS } as const;
	const link = asBase64
		? { ...order, extension: 'base64', asBase64: { prefix: state.settings.modelsLab.base64Prefix } }
		: { ...order, extension: state.settings.editImages ? extension : 'png' };
	job.resultUrls.push(state.results.add(job, { ...link, folder: 'generations' }));
	job.memo.proxyUrls = [state.results.add(job, { ...link, folder: 'proxy/generations' })];
}

function links(state: EmulatorState, job: Job): { output: string[]; proxies: string[] } {
	return {
		output: job.resultUrls.map((url) => state.linkFor(job, url)),
		proxies: job.memo.proxyUrls as string[],
	};
}

function serveAtOnce(state: EmulatorState): boolean {
	const { answer } = state.settings.modelsLab;
	if (answer !== 'alternate') return answer === 'success';
	const turn = state.remember('modelsLab turns', () => ({ count: 0 }));
	turn.count += 1;
	return turn.count % 2 === 1;
}

async function submit(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const body = authenticate(state, call);
	const fields = noteFields(call, body, DOCUMENTED_FIELDS);
	const request = checkRequest(state, body);
	const inputs = await openAll(state, call, request);
	const limit = state.settings.queueLimit.modelsLab;
	if (typeof limit === 'number' && state.openTasks('modelsLab') >= limit) {
		refuse('queue full', queueFull(limit, state.settings.queueRetryAfterSeconds));
	}
	const strike = state.strikeTask('modelsLab', request.prompt);
	const atOnce = serveAtOnce(state) && !strike;
	const id = FIRST_ID + state.taskNumber();
	const job = state.takeJob(modelsLab, call, {
		model: request.model,
		prompt: request.prompt,
		inputs,
		fields,
		task: !atOnce,
		taskId: String(id),
	});
	if (strike) job.mark(strike);
	Object.assign(job.memo, { id, webhook: request.webhook, trackId: request.trackId });
	addLinks(state, job, request.asBase64);
	const meta: JsonObject = {
		prompt: request.prompt,
		model_id: request.model,
		base64: request.asBase64 ? 'yes' : 'no',
		file_prefix: String(id),
	};
	job.memo.meta = meta;
	const { output, proxies } = links(state, job);
	if (atOnce) {
		await state.workAtOnce(call, job);
		return json(200, {
			status: 'success',
			generationTime: Math.round((state.now() - job.startedAt) / 10) / 100,
			id,
			output,
			proxy_links: proxies,
			meta,
		});
	}
	const base = `${state.apiOrigin}${modelsLab.base}`;
	const foreign = state.faults.take(['link'], {
		provider: 'modelsLab',
		route: 'submit',
		prompt: request.prompt,
	});
	if (foreign && foreign.kind !== 'otherOriginPollUrl') foreign.release();
	const fetchOrigin =
		foreign?.kind === 'otherOriginPollUrl' ? `${state.elsewhereOrigin}${modelsLab.base}` : base;
	return json(200, {
		status: 'processing',
		tip: 'Your image is processing in background, you can get this image using fetch API',
		eta: state.settings.modelsLab.etaSeconds ?? Math.ceil(Math.max(0, job.secondsLeft())),
		message: 'Try to fetch request after seconds estimated',
		fetch_result: `${fetchOrigin}/image_editing/fetch/${id}`,
		id,
		output: [],
		future_links: output,
		proxy_links: proxies,
		meta,
	});
}

function fetchAnswer(state: EmulatorState, job: Job): Answer {
	const view = job.look();
	const { id } = job.memo as { id: number };
	if (view.failure) return reword(state, modelsLabError(500, view.failure.message, { id }));
	if (view.status !== 'completed') {
		return json(200, {
			status: 'processing',
			message: 'Your request is still processing',
			// A string, not a list (PROVIDERS S2).
			output: '',
			tip: 'Try again in a few seconds',
		});
	}
	const { output, proxies } = links(state, job);
	return json(200, { status: 'success', id, output, proxy_links: proxies });
}

function fetchById(state: EmulatorState, call: ApiCall): Answer {
	authenticate(state, call);
	const taskId = call.groups[0]!;
	const job = state.findTask('modelsLab', taskId);
	if (!job) refuse('unknown task', reword(state, errors.unknownTask(taskId)));
	return fetchAnswer(state, job);
}

/** The older route for community models, which one client uses for these ids as well. Its errors say `messege` (assumed). */
function fetchLegacy(state: EmulatorState, call: ApiCall): Answer {
	const body = authenticate(state, call);
	const job = state.findTask('modelsLab', String(body.request_id));
	if (!job) refuse('unknown task', json(200, { status: 'error', messege: 'Request not found' }));
	return fetchAnswer(state, job);
}

/** ModelsLab, after seed 001. */
export const modelsLab: ProviderEmulation = {
	id: 'modelsLab',
	name: 'ModelsLab',
	mount: '/modelslab',
	base: '/modelslab/api/v6',
	routes: [
		{
			method: 'POST',
			path: /^\/api\/v6\/image_editing\/qwen_edit$/,
			kind: 'submit',
			handle: submit,
		},
		{
			method: 'POST',
			path: /^\/api\/v6\/image_editing\/fetch\/([^/]+)$/,
			kind: 'read',
			handle: fetchById,
		},
		{ method: 'POST', path: /^\/api\/v6\/images\/fetch$/, kind: 'read', handle: fetchLegacy },
		{
			method: 'POST',
			path: /^\/api\/v6\/image_editing\/base64_to_url$/,
			kind: 'upload',
			handle: async (state, call) => await upload(state, call, 'init_image', Infinity),
		},
		{
			method: 'POST',
			path: /^\/api\/v6\/base64_to_url$/,
			kind: 'upload',
			handle: async (state, call) =>
				await upload(state, call, 'base64_string', LARGEST_GENERAL_UPLOAD_BYTES),
		},
		{ method: 'POST', path: /^\/api\/wallet_balance$/, kind: 'credit', handle: wallet },
		{ method: 'POST', path: /^\/api\/v3\/delete_image$/, handle: deleteImage },
	],
	errors,
	ownHint: { kind: 'body', rateLimitSeconds: 30, unavailableSeconds: 30 },
	withoutResults(body, left) {
		if (!Array.isArray(body.output) || body.status !== 'success') return undefined;
		return { ...body, output: left, ...('proxy_links' in body && { proxy_links: left }) };
	},
	onJobEnd(state, job) {
		const { webhook, trackId, id, meta } = job.memo as {
			webhook?: string;
			trackId: Json;
			id: number;
			meta: JsonObject;
		};
		if (webhook === undefined) return;
		const failed = job.entry.status === 'failed';
		const body: JsonObject = failed
			? { status: 'failed', id, message: 'Generation failed', track_id: trackId }
			: {
					status: 'success',
					id,
					output: job.resultUrls,
					generationTime: (state.now() - job.startedAt) / 1000,
					track_id: trackId,
					meta,
				};
		// "Best-effort delivery": no retries are promised.
		state.callbacks.send('modelsLab', webhook, body, []);
	},
};
