import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import { bearerProblem, isObject, noteFields, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import type { ProviderEmulation, ProviderErrors } from './provider';

// Seed 003; error codes from PROVIDERS S4.
const DOCUMENTED_FIELDS = ['prompt', 'model', 'image', 'seed', 'size'];
const MODEL = 'Qwen/Qwen-Image-Edit';
const LEAST_SIDE = 256;
const MOST_SIDE = 1536;
const RANDOM_SEED = -1;
const LINK_LIFETIME_SECONDS = 7 * 24 * 3600;

/** `error.param` is the request id (seed 003). */
function error(
	status: number,
	message: string,
	type: string,
	code = type,
	extra: JsonObject = {},
): Answer {
	return json(status, { error: { message, type, param: randomUUID(), code }, ...extra });
}

const WORDS: Record<number, [message: string, code: string]> = {
	400: ['Invalid parameter', 'param_error'],
	401: ['Invalid API key', 'auth_error'],
	403: ['Quota exceeded', 'permission_error'],
	404: ['Not found', 'param_error'],
	408: ['Request timed out', 'timeout'],
	429: ['Rate limit exceeded', 'rate_limit'],
	500: ['Internal error', 'internal_error'],
	502: ['Model server error', 'model_server_error'],
	503: ['Model server is busy', 'model_server_error'],
	504: ['Gateway timeout', 'gateway_timeout_error'],
};

const errors: ProviderErrors = {
	status(status, message) {
		const [usual, code] = WORDS[status] ?? [`Error ${status}`, 'internal_error'];
		return error(status, message ?? usual, code);
	},
	busy(status, { bodySeconds, textSeconds }) {
		const [usual, code] = WORDS[status]!;
		return error(
			status,
			textSeconds === undefined ? usual : `${usual}, retry after ${textSeconds} seconds`,
			code,
			code,
			bodySeconds === undefined ? {} : { retry_after: bodySeconds },
		);
	},
	// The document prints code `forbidden` without a status: 403 is assumed.
	credit: () => error(403, 'The quota of the API key is exceeded', 'permission_error', 'forbidden'),
	content: () => error(400, 'The input contains sensitive content', 'sensitive_check_error'),
	auth: (message) => error(401, message, 'auth_error'),
	inside200: (message) => error(200, message, 'model_server_error'),
	unknownTask: () => error(404, 'Not found', 'param_error'),
};

function refuse(reason: string, answer?: Answer): never {
	throw new Refusal(answer ?? error(400, reason, 'param_error'), reason);
}

function readSize(value: unknown): { width: number; height: number } | undefined {
	if (value === undefined) return undefined;
	const parts = typeof value === 'string' ? /^(\d+)x(\d+)$/.exec(value) : null;
	if (!parts) refuse('size must look like 1024x1024');
	const [width, height] = [Number(parts[1]), Number(parts[2])];
	if ([width, height].some((side) => side < LEAST_SIDE || side > MOST_SIDE)) {
		refuse(`size: each dimension must be between ${LEAST_SIDE} and ${MOST_SIDE}`);
	}
	return { width, height };
}

async function generate(state: EmulatorState, call: ApiCall): Promise<Answer> {
	const problem = bearerProblem(call);
	if (problem === 'missing') refuse('no key', errors.auth('Missing API key'));
	if (problem === 'wrong') refuse('wrong key', errors.auth('Invalid API key'));
	const { body } = call;
	if (!isObject(body)) refuse('body is not valid JSON');
	const fields = noteFields(call, body, DOCUMENTED_FIELDS);
	for (const name of ['model', 'prompt', 'image']) {
		if (typeof body[name] !== 'string' || body[name] === '')
			refuse(`${name} is required and must be a string`);
	}
	if (body.model !== MODEL)
		refuse('unknown model', error(400, 'No permission to use the model', 'model_error'));
	const { seed } = body;
	if (seed !== undefined && !Number.isSafeInteger(seed)) refuse('seed must be an integer');
	const size = readSize(body.size);
	const image = await openImage(state, call, body.image as string);
	if ('problem' in image) refuse(`image: ${image.problem} (${image.detail})`);
	const job = state.takeJob(modelVerse, call, {
		model: MODEL,
		prompt: body.prompt as string,
		inputs: [image.bytes],
		fields,
		task: false,
		// "To keep the result consistent, use the same seed value"; -1 is random.
		seed: typeof seed === 'number' && seed !== RANDOM_SEED ? seed : state.taskNumber(),
		...size,
	});
	await state.workAtOnce(call, job);
	const file = await job.image;
	const { answer, base64Prefix } = state.settings.modelVerse;
	const item: JsonObject = {};
	if (answer !== 'b64_json') {
		const url = state.results.add(job, {
			folder: 'umodelverse-inference',
			extension: file.extension,
			style: 'signed',
			lifetimeSeconds: LINK_LIFETIME_SECONDS,
		});
		item.url = state.linkFor(job, url);
	}
	if (answer !== 'url') {
		item.b64_json = `${base64Prefix ? `data:${file.mimeType};base64,` : ''}${file.buffer().toString('base64')}`;
	}
	return json(200, {
		created: state.nowSeconds(),
		data: [item],
		usage: { input_tokens_details: {} },
	});
}

/** Open at the real host, and lists text models only (PROVIDERS S4). */
function listModels(state: EmulatorState): Answer {
	return json(200, {
		object: 'list',
		data: [
			{
				id: 'Qwen/Qwen3-235B-A22B',
				object: 'model',
				created: state.nowSeconds(),
				owned_by: 'UCloud_UModelverse',
			},
		],
	});
}

/** UCloud ModelVerse, after seed 003. */
export const modelVerse: ProviderEmulation = {
	id: 'modelVerse',
	name: 'ModelVerse',
	mount: '/modelverse',
	base: '/modelverse',
	routes: [
		{ method: 'POST', path: /^\/v1\/images\/generations$/, kind: 'submit', handle: generate },
		{ method: 'GET', path: /^\/v1\/models$/, handle: listModels },
	],
	errors,
	// The common error page (PROVIDERS S4) has 500 and 504, and no 503.
	documents503: false,
	ownHint: { kind: 'none', rateLimitSeconds: 1, unavailableSeconds: 1 },
	withoutResults: (body, left) => (Array.isArray(body.data) ? { ...body, data: left } : undefined),
};
