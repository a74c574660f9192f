import { bearer } from '../adapter/credential';
import { flag, pixelSize } from '../adapter/field';
import type { Provider } from '../adapter/provider';
import { readField } from '../wire/json/jsonValue';
import { formPart } from '../wire/wire';
import { callbackUrl } from './families/callbackUrl';
import { evoLinkTasks } from './families/evoLinkTasks';
import { decodeUpload, uniqueFileName } from './families/fileUpload';
import { imageCount, negativePrompt, promptExtend, seed } from './families/usualFields';

/** The fields of qwen-image-edit-plus alone. */
const ofPlus = ['n', 'negativePrompt', 'promptExtend', 'seed', 'size', 'watermark'];

/** EvoLink: always a task. Research S3. */
export const evoLink: Provider = {
	id: 'evoLink',
	title: 'EvoLink',
	summary: 'Up to three images; always a task, with progress; local images are uploaded for you',
	documentationUrl: 'https://docs.evolink.ai/en/api-manual/image-series/qwen/qwen-image-edit-plus',
	credential: {
		type: 'qwenImageEditEvoLinkApi',
		title: 'EvoLink API',
		defaultBaseUrl: 'https://api.evolink.ai',
		uploadBaseUrl: 'https://files-api.evolink.ai',
		keyUrl: 'https://evolink.ai/dashboard/keys',
		key: bearer,
		test: 'request',
	},
	models: [
		{
			id: 'qwen-image-edit-plus',
			prices: [
				{
					amount: 0.0221,
					currency: 'USD',
					per: 'image',
					asOf: '2026-10',
					source: 'catalogue at /web/api/models/pricing: 1.5 credits, 68 credits are 1 USD',
				},
			],
		},
		{
			id: 'qwen-image-edit',
			note: 'one result, no options',
			refuses: ofPlus,
			prices: [
				{
					amount: 0.0338,
					currency: 'USD',
					per: 'image',
					asOf: '2026-10',
					source: 'catalogue at /web/api/models/pricing: 2.3 credits, 68 credits are 1 USD',
				},
			],
		},
	],
	defaultModel: 'qwen-image-edit-plus',
	prompt: { maximumLength: 2000 },
	images: {
		maximum: 3,
		takes: 'link',
		types: ['jpg', 'png', 'bmp', 'webp', 'tiff'],
		minimumSide: 384,
		maximumSide: 3072,
	},
	...evoLinkTasks('EvoLink', {
		callbackUrl: callbackUrl('callback_url', 'EvoLink'),
		n: imageCount(6),
		negativePrompt: negativePrompt(500),
		promptExtend: promptExtend(),
		seed: seed(),
		size: pixelSize({
			wire: 'size',
			label: 'Size',
			help: 'Width x height of the result in pixels, each from 512 to 2048; only with one result',
			placeholder: 'e.g. 1024x1024',
			minimumSide: 512,
			maximumSide: 2048,
			example: '1024x768',
		}),
		watermark: flag({
			wire: 'watermark',
			label: 'Watermark',
			help: 'Whether to add a watermark to the image',
		}),
	}),
	fieldRules: [
		{
			says: "EvoLink takes 'Size' only with one result: remove 'Size' or 'Number of Images'",
			breaks: ({ size, n }) => size !== undefined && Number(n ?? 1) > 1,
		},
	],
	upload: {
		encode: (file) => ({
			purpose: 'upload',
			method: 'POST',
			origin: 'upload',
			path: '/api/v1/files/upload/stream',
			// A file of the same name is replaced.
			form: [formPart('file_name', uniqueFileName(file)), formPart('file', file)],
		}),
		decode: (reply) =>
			decodeUpload(reply, 'EvoLink', (json) => readField(readField(json, 'data'), 'file_url')),
	},
	// odkkk, the same API, documents no refund of its own.
	free: {
		says: 'A failed task is refunded',
		source: 'research S3: docs.evolink.ai, error-codes',
		when: () => true,
	},
	typicalSeconds: 30,
	resultLifetimeSeconds: 24 * 3600,
	concurrency: 4,
	facts: [
		{
			says: 'The same API as odkkk; a failed task answers HTTP 200 and is refunded',
			source: 'research S3: docs.evolink.ai',
			confidence: 'high',
		},
		{
			says: 'Up to three images by URL, 384 to 3072 pixels a side, jpg, png, bmp, webp or tiff; prompt up to 2000 characters',
			source: 'research S3: docs.evolink.ai',
			confidence: 'high',
		},
		{
			says: 'Only qwen-image-edit-plus takes options; size only with one result; n is charged before and settled by what was made',
			source: 'research S3: docs.evolink.ai, evolink-mcp',
			confidence: 'high',
		},
		{
			says: 'Local images go to files-api.evolink.ai with the same key: jpg, png, gif or webp up to 100 MB, kept for 72 hours',
			source: 'research S3: docs.evolink.ai, file series',
			confidence: 'high',
		},
		{
			says: 'An Idempotency-Key header keeps a repeated submit from being billed again',
			source: "research S3: EvoLink's own client",
			confidence: 'medium',
		},
		{
			says: 'GET /v1/credits proves the key and costs nothing',
			source: 'research S3: docs.evolink.ai',
			confidence: 'high',
		},
		{
			says: 'There is no cancel call: can_cancel is only a flag of the answer',
			source: 'research S3: absent from the docs and from its own clients',
			confidence: 'high',
		},
		{
			says: 'Four requests at once; no limit is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
