import type { Answer } from '../server/exchange';
import { json } from '../server/exchange';
import type { JobOrder } from '../state';
import type { JsonObject, LedgerEntry } from '../types';
import { fileRoutes } from './evo-link-files';
import { invalid, refuse } from './evolink-checks';
import { evoLinkEmulation } from './evolink-tasks';
import { ODKKK_ERRORS, errors as sharedErrors, odkkkError } from './odkkk-errors';
import type { ProviderErrors } from './provider';

// docs.evolink.ai, qwen-image-edit and qwen-image-edit-plus (PROVIDERS S3).
const FIELDS_OF_EVERY_MODEL = ['model', 'prompt', 'image_urls', 'callback_url'];
const FIELDS_OF_PLUS = ['n', 'negative_prompt', 'size', 'prompt_extend', 'watermark', 'seed'];
const PLUS = 'qwen-image-edit-plus';
const MOST_IMAGES = 6;
const LARGEST_SEED = 2_147_483_647;
const SIZE = /^(\d+)x(\d+)$/;
const LEAST_SIDE = 512;
const MOST_SIDE = 2048;

/** Credits for one image: the public price list of 2026-10-10 (evolink-cli). */
const PRICE: Record<string, number> = { 'qwen-image-edit': 2.3, [PLUS]: 1.5 };
/** "68 credits = 1 USD" (EvoLink's client). */
const CREDITS_FOR_A_DOLLAR = 68;

function rounded(value: number, decimals: number): number {
	return Number(value.toFixed(decimals));
}

/** Pre-charged by `n`. */
function price({ model, resultCount }: LedgerEntry): number {
	return rounded(PRICE[model]! * resultCount, 1);
}

function isIntegerWithin(value: unknown, least: number, most: number): value is number {
	return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** `size` as width and height; only for a single image. */
function checkSize(size: unknown, count: number): Pick<JobOrder, 'width' | 'height'> {
	const sides = typeof size === 'string' ? SIZE.exec(size)?.slice(1).map(Number) : undefined;
	if (!sides) return invalid('size must be given as WxH, such as 1024x1024', 'size');
	const [width, height] = sides as [number, number];
	if (![width, height].every((side) => side >= LEAST_SIDE && side <= MOST_SIDE))
		invalid(`size: width and height must be within ${LEAST_SIDE}-${MOST_SIDE} pixels`, 'size');
	if (count > 1) invalid('size is only supported when n is 1', 'size');
	return { width, height };
}

/** What qwen-image-edit-plus takes besides the fields of every model; the plain model knows none of it. */
function checkOptions(body: JsonObject, model: string): Partial<JobOrder> {
	if (model !== PLUS) return {};
	const { n: count = 1, negative_prompt: negative, size, seed } = body;
	if (!isIntegerWithin(count, 1, MOST_IMAGES))
		return invalid(`n must be an integer within 1-${MOST_IMAGES}`, 'n');
	// A longer one than 500 characters is cut without a word.
	if (negative !== undefined && typeof negative !== 'string')
		invalid('negative_prompt must be a string', 'negative_prompt');
	for (const name of ['prompt_extend', 'watermark']) {
		if (body[name] !== undefined && typeof body[name] !== 'boolean')
			invalid(`${name} must be a boolean`, name);
	}
	if (seed !== undefined && !isIntegerWithin(seed, 0, LARGEST_SEED))
		return invalid(`seed must be an integer within 0-${LARGEST_SEED}`, 'seed');
	return {
		count,
		...(seed !== undefined && { seed }),
		...(size !== undefined && checkSize(size, count)),
	};
}

/** EvoLink's newer pages and its client have words as codes as well; a test may ask for one. */
function withCode(answer: Answer, code: string | undefined): Answer {
	if (code === undefined) return answer;
	const { error } = answer.json as { error: JsonObject };
	return json(answer.status, { error: { ...error, code } });
}

const errors: ProviderErrors = {
	...sharedErrors,
	status(status, message, code) {
		const isCredit = status === 402 && message === undefined;
		return withCode(isCredit ? sharedErrors.credit() : sharedErrors.status(status, message), code);
	},
	busy: (status, wait) => withCode(sharedErrors.busy(status, wait), wait.code),
	// `resource_not_found`: "task id invalid or expired" (docs, error-codes); its HTTP status is assumed.
	unknownTask: (taskId) => withCode(sharedErrors.unknownTask(taskId), 'resource_not_found'),
};

/** EvoLink, after docs.evolink.ai. */
export const evoLink = evoLinkEmulation({
	id: 'evoLink',
	name: 'EvoLink',
	mount: '/evolink',
	prefix: '',
	uploadBase: '/evolink/files',
	documentedFields: ({ model }) =>
		model === PLUS ? [...FIELDS_OF_EVERY_MODEL, ...FIELDS_OF_PLUS] : FIELDS_OF_EVERY_MODEL,
	checkModel({ model }) {
		if (typeof model !== 'string' || model === '')
			refuse('model missing', json(400, ODKKK_ERRORS[400]));
		if (!Object.hasOwn(PRICE, model)) refuse('unknown model', json(404, ODKKK_ERRORS[404]));
		return model;
	},
	checkOptions,
	price,
	// Read by EvoLink's client; that Qwen tasks have it is assumed.
	usage(entry) {
		const credits = price(entry);
		return {
			credits_used: credits,
			cost: { credits, usd: rounded(credits / CREDITS_FOR_A_DOLLAR, 4) },
		};
	},
	errors,
	// docs.evolink.ai, get-task-detail.
	malformedTaskId: odkkkError(400, {
		code: 'invalid_task_id',
		message: "Invalid task ID format, must start with 'task-unified-'",
		param: 'task_id',
	}),
	moreRoutes: fileRoutes,
});
