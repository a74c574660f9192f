import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import { bearerProblem, isObject, noteFields, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { ProviderEmulation, ProviderErrors } from './provider';

// Seed 000. The document shows no error at all: the shape is that of New-API gateways, which ChainHub most likely is (PROVIDERS S1, medium confidence).
const DOCUMENTED_FIELDS = ['model', 'prompt', 'image'];
const MODEL = 'qwen-image-edit-2509';

/** Not documented; the guess of PROVIDERS S1 is a fal link, valid for seven days at least. */
const ASSUMED_LINK_LIFETIME_SECONDS = 7 * 24 * 3600;

function error(status: number, message: string, code: string, param = ''): Answer {
	const requestId = randomUUID().replace(/-/g, '');
	return json(status, {
		error: { message: `${message} (request id: ${requestId})`, type: 'new_api_error', param, code },
	});
}

/** Assumed words and codes per status. */
const WORDS: Record<number, [message: string, code: string]> = {
	400: ['Invalid request', 'invalid_request'],
	401: ['Invalid token', 'invalid_api_key'],
	403: ['Forbidden', 'access_denied'],
	404: ['Invalid URL', 'invalid_url'],
	429: ['Too many requests, please try again later', 'rate_limit_exceeded'],
	500: ['Internal server error', 'do_request_failed'],
	502: ['Bad response from upstream', 'bad_response_status_code'],
	503: ['The upstream is overloaded, please try again later', 'channel:no_available_key'],
	504: ['Upstream timed out', 'bad_response_status_code'],
};

const errors: ProviderErrors = {
	status(status, message) {
		const [usual, code] = WORDS[status] ?? [`Error ${status}`, 'bad_response_status_code'];
		return error(status, message ?? usual, code);
	},
	busy(status, { bodySeconds, textSeconds }) {
		const [usual, code] = WORDS[status]!;
		const answer = error(
			status,
			textSeconds === undefined ? usual : `${usual}, retry after ${textSeconds} seconds`,
			code,
		);
		if (bodySeconds === undefined) return answer;
		return json(status, { ...(answer.json as object), retry_after: bodySeconds });
	},
	credit: () =>
		error(403, 'User quota is not enough, remaining quota: $0.000000', 'insufficient_user_quota'),
	content: () =>
		error(
			400,
			'Your request was rejected by the content safety system',
			'sensitive_words_detected',
		),
	auth: (message) => error(401, message, 'invalid_api_key'),
	inside200: (message) => error(200, message, 'bad_response_body'),
	unknownTask: (taskId) => error(404, `Task ${taskId} not found`, 'task_not_exist'),
};

function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem === 'missing') refuse('no key', errors.auth('No token provided'));
	if (problem === 'wrong') refuse('wrong key', errors.auth('Invalid token'));
}

async function generate(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const { body } = call;
	if (!isObject(body)) refuse('body is not a JSON object', errors.status(400, 'Invalid JSON body'));
	const fields = noteFields(call, body, DOCUMENTED_FIELDS);
	for (const name of DOCUMENTED_FIELDS) {
		const value = body[name];
		if (value === undefined || value === null || value === '') {
			refuse(`${name} missing`, error(400, `field ${name} is required`, 'invalid_request', name));
		}
		if (typeof value !== 'string') {
			refuse(
				`${name} is no string`,
				error(400, `field ${name} must be of type string`, 'invalid_request', name),
			);
		}
	}
	const { model, prompt, image } = body as { model: string; prompt: string; image: string };
	if (model !== MODEL) {
		// New-API gateways refuse an unknown model with 503, not 404: seen at several relays of that family.
		refuse(
			'unknown model',
			error(
				503,
				`No available channel for model ${model} under group default (distributor)`,
				'model_not_found',
			),
		);
	}
	if (!isWebUrl(image))
		refuse('image is not a URL', error(400, 'image must be a URL', 'invalid_request', 'image'));
	const opened = await openImage(state, call, image);
	if ('problem' in opened) {
		refuse(
			`image: ${opened.problem}, ${opened.detail}`,
			error(400, `Failed to load image from ${image}`, 'invalid_request', 'image'),
		);
	}
	const job = state.takeJob(chainHub, call, {
		model,
		prompt,
		inputs: [opened.bytes],
		fields,
		task: false,
	});
	await state.workAtOnce(call, job);
	const { extension } = await job.image;
	const url = state.results.add(job, {
		folder: 'files/penguin',
		extension,
		style: 'signed',
		lifetimeSeconds: ASSUMED_LINK_LIFETIME_SECONDS,
	});
	const promptTokens = Math.ceil(prompt.length / 4);
	const completionTokens = 1056;
	return json(200, {
		data: [{ url: state.linkFor(job, url) }],
		created: state.nowSeconds(),
		usage: {
			prompt_tokens: promptTokens,
			completion_tokens: completionTokens,
			total_tokens: promptTokens + completionTokens,
			prompt_tokens_details: { cached_tokens_details: {} },
			completion_tokens_details: {},
			output_tokens: completionTokens,
		},
	});
}

function listModels(state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return json(200, {
		object: 'list',
		data: [{ id: MODEL, object: 'model', created: state.nowSeconds(), owned_by: 'custom' }],
	});
}

/** ChainHub, after seed 000. */
export const chainHub: ProviderEmulation = {
	id: 'chainHub',
	name: 'ChainHub',
	mount: '/chainhub',
	base: '/chainhub',
	routes: [
		{ method: 'POST', path: /^\/v1\/images\/generations$/, kind: 'submit', handle: generate },
		{ method: 'GET', path: /^\/v1\/models$/, kind: 'credit', handle: listModels },
	],
	errors,
	ownHint: { kind: 'none', rateLimitSeconds: 1, unavailableSeconds: 1 },
	withoutResults: (body, left) => (Array.isArray(body.data) ? { ...body, data: left } : undefined),
};
