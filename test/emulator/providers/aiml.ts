import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import { bearerProblem, isObject, noteFields, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import type { ProviderEmulation, ProviderErrors } from './provider';

// Seed 004; error texts and the credit call from PROVIDERS S5.
const DOCUMENTED_FIELDS = ['model', 'prompt', 'image', 'negative_prompt', 'watermark'];
const MODEL = 'alibaba/qwen-image-edit';
const LONGEST_PROMPT = 800;
const LONGEST_NEGATIVE_PROMPT = 500;
/** `Expires` minus `created` in the sample of seed 004. */
const LINK_LIFETIME_SECONDS = 605_799;
const SUBMIT_PATH = '/v1/images/generations';

const WORDS: Record<number, string> = {
	400: 'Body validation error',
	401: 'This request requires a valid API key. You can create an API key on the billing page.',
	403: "You've run out of credits. Please top up your balance or update your payment method to continue.",
	404: 'Not Found',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Generation timeout',
};

/** Flat, with the status as a string, as the sample in PROVIDERS S5 shows it. */
function error(
	status: number,
	message?: string,
	extra: JsonObject = {},
	path = SUBMIT_PATH,
): Answer {
	const requestId = randomUUID();
	return json(
		status,
		{
			message: message ?? WORDS[status] ?? `Error ${status}`,
			path,
			requestId,
			statusCode: String(status),
			timestamp: new Date().toISOString(),
			...extra,
		},
		{ 'x-request-id': requestId },
	);
}

const errors: ProviderErrors = {
	status: (status, message) => error(status, message),
	busy: (status, { bodySeconds, textSeconds }) =>
		error(
			status,
			textSeconds === undefined
				? undefined
				: `${WORDS[status]}, retry after ${textSeconds} seconds`,
			bodySeconds === undefined ? {} : { retry_after: bodySeconds },
		),
	credit: () => error(403),
	// Not documented; DashScope, which stands behind the model, words it so.
	content: () => error(400, 'Input data may contain inappropriate content.'),
	auth: (message) => error(401, message),
	inside200: (message) => json(200, { ...(error(500, message).json as JsonObject) }),
	unknownTask: () => error(404),
};

function refuse(reason: string, answer = error(400)): never {
	throw new Refusal(answer, reason);
}

function authenticate(call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem)
		refuse(problem === 'missing' ? 'no key' : 'wrong key', error(401, undefined, {}, call.path));
}

function checkText(body: JsonObject, name: string, longest: number, required: boolean): void {
	const value = body[name];
	if (value === undefined && !required) return;
	if (typeof value !== 'string') refuse(`${name} is no string`);
	if (required && value === '') refuse(`${name} is empty`);
	if (value.length > longest)
		refuse(`${name} has ${value.length} characters, at most ${longest} are allowed`);
}

async function generate(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(call);
	const { body } = call;
	if (!isObject(body)) refuse('body is not a JSON object');
	const fields = noteFields(call, body, DOCUMENTED_FIELDS);
	if (body.model !== MODEL) refuse('unknown model');
	checkText(body, 'prompt', LONGEST_PROMPT, true);
	checkText(body, 'negative_prompt', LONGEST_NEGATIVE_PROMPT, false);
	checkText(body, 'image', Infinity, true);
	if (body.watermark !== undefined && typeof body.watermark !== 'boolean')
		refuse('watermark is no boolean');
	const image = body.image as string;
	// "Base64-encoded content: The format must be in lowercase."
	if (/^data:/i.test(image) && !/^data:image\/[a-z0-9.+-]+;base64,/.test(image))
		refuse('image: data URI is not lowercase');
	const opened = await openImage(state, call, image);
	if ('problem' in opened) {
		const words = isWebUrl(image) ? 'Failed to download the image by the given URL' : undefined;
		refuse(`image: ${opened.problem}, ${opened.detail}`, error(400, words));
	}
	const job = state.takeJob(aiml, call, {
		model: MODEL,
		prompt: body.prompt as string,
		inputs: [opened.bytes],
		fields,
		task: false,
	});
	await state.workAtOnce(call, job);
	const file = await job.image;
	const url = state.results.add(job, {
		folder: `7d/06/${new Date(state.now()).toISOString().slice(0, 10).replace(/-/g, '')}`,
		extension: file.extension,
		style: 'signed',
		lifetimeSeconds: LINK_LIFETIME_SECONDS,
	});
	const { answer, nulls } = state.settings.aiml;
	const created = state.nowSeconds();
	if (answer === 'sample') return json(200, { created, data: [{ url: state.linkFor(job, url) }] });
	const item: JsonObject =
		answer === 'url'
			? { url: state.linkFor(job, url), b64_json: null }
			: { url: null, b64_json: file.buffer().toString('base64') };
	const usage: Json =
		nulls === 'usage' ? null : { tokens_used: 63_000, credits_used: 63_000, usd_spent: 0.0315 };
	return json(
		200,
		{ created, data: [item], meta: nulls === 'meta' ? null : { usage } },
		{ 'x-request-id': randomUUID(), 'x-inference-id': randomUUID() },
	);
}

function billing(_state: EmulatorState, call: ApiCall): Answer {
	authenticate(call);
	return json(200, { current_balance: 12.34, currency: 'USD' });
}

/** Needs no key at the real host, and so proves nothing about one (PROVIDERS S5). */
function listModels(): Answer {
	return json(200, { object: 'list', data: [{ id: MODEL, type: 'image' }] });
}

/** AI/ML API, after seed 004. */
export const aiml: ProviderEmulation = {
	id: 'aiml',
	name: 'AI/ML API',
	mount: '/aiml',
	base: '/aiml',
	routes: [
		{ method: 'POST', path: /^\/v1\/images\/generations$/, kind: 'submit', handle: generate },
		{ method: 'GET', path: /^\/v2\/billing$/, kind: 'credit', handle: billing },
		{ method: 'GET', path: /^\/v1\/models$/, handle: listModels },
	],
	errors,
	ownHint: { kind: 'none', rateLimitSeconds: 1, unavailableSeconds: 1 },
	withoutResults: (body, left) => (Array.isArray(body.data) ? { ...body, data: left } : undefined),
};
