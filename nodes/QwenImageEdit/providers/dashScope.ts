import * as z from 'zod/v4';

import { fieldsOnWire, linkOrDataUri } from '../adapter/encode';
import { flag, pixelSize } from '../adapter/field';
import { lenientObject, lenientText } from '../wire/json/lenient';
import { type FaultRule, noImage, readMalformed, readRefusal } from '../wire/answer/refusal';
import type { Outcome } from '../edit/outcome';
import { bearer } from '../adapter/credential';
import type { Model, Provider } from '../adapter/provider';
import { isRecord, readField, words } from '../wire/json/jsonValue';
import type { Reply } from '../wire/wire';
import { resultUrl } from '../wire/answer/resultImage';
import { imageCount, negativePrompt, promptExtend, seed } from './families/usualFields';

/** Codes of the provider's error pages, research O1. */
const rules: readonly FaultRule[] = [
	{
		kind: 'credential',
		when: ({ code }) => /^InvalidApiKey$/i.test(code),
		advice:
			'Check the API key, and the region of the credential: a key of Beijing is refused in Singapore and the other way round',
	},
	{
		kind: 'credit',
		when: ({ code }) => /^(Arrearage|(Prepaid|Postpaid)BillOverdue|.*FreeTierOnly)$/i.test(code),
		advice: 'Look at the bill and the free quota of the Alibaba Cloud account',
	},
	{
		kind: 'credential',
		when: ({ code }) => /^AccessDenied/i.test(code),
		advice: 'Allow this model for the key or its workspace in Model Studio',
	},
	{ kind: 'rateLimit', when: ({ code }) => /^Throttling/i.test(code) },
	{
		kind: 'content',
		// Seen with "InternalError.Algo." before it, too.
		when: ({ code, message }) => /DataInspectionFailed|IPInfringement/i.test(`${code} ${message}`),
	},
	{
		kind: 'input',
		when: ({ code }) => /^(InvalidParameter|InvalidURL)/i.test(code),
	},
];

/** `qwen-image-edit` itself: one result, and none of the newer parameters. */
const plain: Omit<Model, 'id'> = { refuses: ['size', 'promptExtend'], maxima: { n: 1 } };
const plusOrMax: Omit<Model, 'id'> = { size: { minimumSide: 512, maximumSide: 2048 } };
const byPixels: Omit<Model, 'id'> = {
	size: { minimumPixels: 512 * 512, maximumPixels: 2048 * 2048 },
};
const byPixelsAndRatio: Omit<Model, 'id'> = {
	size: {
		minimumPixels: 512 * 512,
		maximumPixels: 2048 * 2048,
		maximumRatio: 8,
		words: ['auto'],
	},
};

/** The price lists of the two regions, per finished image. */
const priced = (usd: number, cny: number): Pick<Model, 'prices'> => {
	const list = { per: 'image', asOf: '2026-05', source: 'research O1' } as const;
	return {
		prices: [
			{ amount: usd, currency: 'USD', region: 'singapore', ...list },
			{ amount: cny, currency: 'CNY', region: 'beijing', ...list },
		],
	};
};

/** What each model takes: research O1, "Models", "parameters" and "Prices". */
const models: readonly Model[] = [
	{ id: 'qwen-image-edit-plus', ...plusOrMax, ...priced(0.03, 0.2) },
	{ id: 'qwen-image-edit-plus-2025-10-30', ...plusOrMax, ...priced(0.03, 0.2) },
	{ id: 'qwen-image-edit-plus-2025-12-15', ...plusOrMax, ...priced(0.03, 0.2) },
	{ id: 'qwen-image-edit-max', ...plusOrMax, ...priced(0.075, 0.5) },
	{ id: 'qwen-image-edit-max-2026-01-16', ...plusOrMax, ...priced(0.075, 0.5) },
	{ id: 'qwen-image-edit', note: 'one result, no size', ...plain, ...priced(0.045, 0.3) },
	{ id: 'qwen-image-2.0', ...byPixels, ...priced(0.035, 0.2) },
	{ id: 'qwen-image-2.0-pro', ...byPixels, ...priced(0.075, 0.5) },
	{ id: 'qwen-image-2.0-pro-2026-03-03', ...byPixels, ...priced(0.075, 0.5) },
	{ id: 'qwen-image-2.0-pro-2026-04-22', ...byPixels, ...priced(0.075, 0.5) },
	{ id: 'qwen-image-2.0-pro-2026-06-22', ...byPixels, ...priced(0.075, 0.5) },
	{ id: 'qwen-image-2.1-pro', note: 'up to 10 images', maximumImages: 10, ...byPixels },
	{ id: 'qwen-image-3.0', ...byPixelsAndRatio },
	{ id: 'qwen-image-3.0-pro', ...byPixelsAndRatio },
];

const part = z.object({ image: lenientText }).catch({ image: undefined });
const answer = z.object({
	output: z
		.object({
			choices: z
				.array(
					z
						.object({ message: z.object({ content: z.array(part) }) })
						.catch({ message: { content: [] } }),
				)
				.catch([]),
		})
		.nullish()
		.catch(undefined),
	usage: lenientObject,
	request_id: lenientText,
});

function decode(reply: Reply): Outcome {
	const provider = 'DashScope';
	if (reply.httpStatus >= 400) return readRefusal(reply, { provider, rules });
	if (reply.httpStatus >= 300 || !isRecord(reply.json)) {
		return readMalformed(reply, `${provider} answered with something that is not its JSON`);
	}
	const read = answer.parse(reply.json);
	const images = (read.output?.choices ?? [])
		.flatMap(({ message }) => message.content)
		.flatMap(({ image }) => (image === undefined ? [] : [resultUrl(image)]));
	if (images.length > 0) {
		return {
			state: 'completed',
			images,
			...(read.usage === undefined ? {} : { usage: read.usage }),
			...(read.request_id === undefined ? {} : { requestId: read.request_id }),
		};
	}
	if (typeof reply.json.code === 'string' && reply.json.code !== '') {
		return readRefusal(reply, { provider, rules });
	}
	return noImage(reply, provider);
}

/** Alibaba Cloud Model Studio, the maker of the model: answers at once. Research O1. */
export const dashScope: Provider = {
	id: 'dashScope',
	title: 'DashScope (Alibaba Cloud)',
	summary: "The maker's own service; up to three images (ten with some models), several results",
	documentationUrl: 'https://www.alibabacloud.com/help/en/model-studio/qwen-image-edit-api',
	credential: {
		type: 'qwenImageEditDashScopeApi',
		title: 'DashScope API',
		defaultBaseUrl: 'https://dashscope-intl.aliyuncs.com/api/v1',
		keyUrl: 'https://bailian.console.alibabacloud.com/?tab=model#/api-key',
		key: bearer,
		test: 'request',
		regions: [
			{ value: 'beijing', label: 'Beijing', baseUrl: 'https://dashscope.aliyuncs.com/api/v1' },
			{
				value: 'singapore',
				label: 'Singapore',
				baseUrl: 'https://dashscope-intl.aliyuncs.com/api/v1',
			},
		],
		versionPath: '/api/v1',
	},
	models,
	defaultModel: 'qwen-image-edit-plus',
	prompt: {},
	images: {
		maximum: 3,
		takes: 'linkOrData',
		types: ['jpg', 'png', 'bmp', 'tiff', 'webp', 'gif'],
		maximumBytes: 10_000_000,
	},
	fields: {
		n: imageCount(6),
		negativePrompt: negativePrompt(500),
		promptExtend: promptExtend(),
		seed: seed(),
		size: pixelSize({
			wire: 'size',
			label: 'Size',
			help: 'Width x height of the result in pixels, or auto with the 3.0 models; without it about 1024 x 1024 in the shape of the last image',
			placeholder: 'e.g. 1024x1024',
			minimumSide: 64,
			maximumSide: 8192,
			words: ['auto'],
			example: '1024x768',
			// The provider separates the sides by an asterisk.
			toWire: (value) => String(value).replace('x', '*'),
		}),
		watermark: flag({
			wire: 'watermark',
			label: 'Watermark',
			help: 'Whether to add a visible "Qwen-Image" mark to the image',
		}),
	},
	submitPath: '/services/aigc/multimodal-generation/generation',
	submit: {
		encode: ({ model, prompt, images, fields }) => {
			const parameters = fieldsOnWire(dashScope.fields, fields);
			return {
				purpose: 'submit',
				method: 'POST',
				path: dashScope.submitPath,
				json: {
					model,
					input: {
						messages: [
							{
								role: 'user',
								content: [
									...images.map((image) => ({ image: linkOrDataUri(image) })),
									{ text: prompt },
								],
							},
						],
					},
					...(Object.keys(parameters).length === 0 ? {} : { parameters }),
				},
			};
		},
		decode,
	},
	typicalSeconds: 20,
	// Promised; real links carry Expires= about seven days ahead, which is read from the link.
	resultLifetimeSeconds: 24 * 3600,
	busy: {
		says: '`code` is `ModelServingError` or `ModelUnavailable`, with a `request_id`',
		source: 'research O1: help.aliyun.com/zh/model-studio/error-code',
		when: (json) =>
			/^(?:ModelServingError|ModelUnavailable)$/.test(words(readField(json, 'code'))) &&
			words(readField(json, 'request_id')) !== '',
	},
	concurrency: 2,
	facts: [
		{
			says: 'Synchronous only: the SDK pages say that asynchronous calls are not supported for these models',
			source: 'research O1',
			confidence: 'medium',
		},
		{
			says: 'One message with one text and one to three images (ten with qwen-image-2.1-pro), 10 MB each',
			source: 'research O1',
			confidence: 'high',
		},
		{
			says: 'The prompt is cut silently at 800 tokens (1300 with the 2.0 series)',
			source: 'research O1',
			confidence: 'high',
		},
		{
			says: 'Sizes are rounded to multiples of 16',
			source: 'research O1',
			confidence: 'high',
		},
		{
			says: 'Only finished images are charged; failures are free',
			source: 'research O1',
			confidence: 'high',
		},
		{
			says: 'Keys belong to one region',
			source: 'research O1',
			confidence: 'high',
		},
		{
			says: 'GET /compatible-mode/v1/models proves the key and costs nothing',
			source: 'research O1: one repository saw 401 without a key',
			confidence: 'medium',
		},
		{
			says: 'Result links live 24 hours as promised, seven days as seen',
			source: 'research O1',
			confidence: 'high',
		},
		{
			says: 'Two requests at once; the limit of an account is not known here',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
