import * as z from 'zod/v4';

import { bearer } from '../adapter/credential';
import { fieldsOnWire, link } from '../adapter/encode';
import { jsonList, pixelSize } from '../adapter/field';
import { findModel, type Model, type Provider } from '../adapter/provider';
import { type FaultRule, readRefusal } from '../wire/answer/refusal';
import { resultUrl } from '../wire/answer/resultImage';
import { isRecord, readField, words } from '../wire/json/jsonValue';
import { lenientObject, lenientText, lenientTexts } from '../wire/json/lenient';
import { formPart, pathOf, pathSegment, type Reply } from '../wire/wire';
import { callbackUrl } from './families/callbackUrl';
import { envelopeRules, isRefusedByCode } from './families/envelope';
import { decodeUpload } from './families/fileUpload';
import { standardWebhook } from './families/standardWebhook';
import { taskReader } from './families/taskAnswer';
import { outputFormat, seed } from './families/usualFields';

/** Codes of failed tasks: wavespeed.ai/docs/error-codes, in research O4. */
const rules: readonly FaultRule[] = [
	{ kind: 'content', when: ({ code }) => code === '1200' },
	{ kind: 'input', when: ({ code }) => /^140[012]$/.test(code) },
	...envelopeRules,
];

const prediction = z
	.object({
		id: lenientText,
		model: lenientText,
		status: lenientText,
		outputs: lenientTexts,
		has_nsfw_contents: z.array(z.unknown()).nullish().catch(undefined),
		timings: lenientObject,
		executionTime: z.number().nullish().catch(undefined),
	})
	.catch({} as never);

const provider = 'WaveSpeedAI';

const readTask = taskReader({
	provider,
	rules,
	states: {
		created: 'pending',
		processing: 'processing',
		completed: 'completed',
		failed: 'failed',
		cancelled: 'cancelled',
		timeout: 'failed',
		// As the maker's own client reads it; no document says more.
		deleted: 'failed',
	},
	read: (json) => {
		const read = prediction.parse(json);
		const flags = read.has_nsfw_contents ?? [];
		const { timings } = read;
		return {
			taskId: read.id,
			status: read.status,
			images: (read.outputs ?? []).map((output, index) => ({
				...resultUrl(output),
				...(flags[index] === true ? { isFlagged: true } : {}),
			})),
			...(read.model === undefined ? {} : { model: read.model }),
			// Zeros as long as the task is not done.
			...(timings !== undefined && read.status === 'completed' ? { usage: timings } : {}),
		};
	},
});

/** The envelope's code goes before everything; the reason of a failed task is inside of it. */
function decode(reply: Reply, asked?: Parameters<typeof readTask>[1]): ReturnType<typeof readTask> {
	const { httpStatus, json } = reply;
	if (httpStatus >= 300 || !isRecord(json)) return readTask(reply, asked);
	if (isRefusedByCode(json)) {
		const known = asked === undefined ? {} : { taskId: asked.taskId };
		return readRefusal(reply, { provider, rules, ...known });
	}
	return readTask(isRecord(json.data) ? { ...reply, json: json.data } : reply, asked);
}

const priced = (amount: number, source: string): Pick<Model, 'prices'> => ({
	prices: [{ amount, currency: 'USD', per: 'image', asOf: '2026-10', source }],
});
const page = 'wavespeed.ai, page of the model';

/** Models that take one image, under another name. */
const single: Omit<Model, 'id'> = { maximumImages: 1 };
const noLoras: Omit<Model, 'id'> = { refuses: ['loras'] };

/** WaveSpeedAI: always a task. Research O4. */
export const waveSpeed: Provider = {
	id: 'waveSpeed',
	title: 'WaveSpeedAI',
	summary: 'Up to three images and LoRAs; always a task; local images are uploaded for you',
	documentationUrl: 'https://wavespeed.ai/docs/docs-api/wavespeed-ai/qwen-image-edit-plus',
	credential: {
		type: 'qwenImageEditWaveSpeedApi',
		title: 'WaveSpeedAI API',
		defaultBaseUrl: 'https://api.wavespeed.ai',
		keyUrl: 'https://wavespeed.ai/accesskey',
		key: bearer,
		callbackSecret: {
			help: 'Leave it empty: the node asks WaveSpeedAI for it. It starts with whsec_.',
			placeholder: 'e.g. whsec_...',
		},
		test: 'request',
	},
	models: [
		{ id: 'wavespeed-ai/qwen-image/edit-2511', ...noLoras },
		{ id: 'wavespeed-ai/qwen-image/edit-plus', ...noLoras, ...priced(0.02, 'a client') },
		{
			id: 'wavespeed-ai/qwen-image/edit',
			note: 'one image',
			...single,
			...noLoras,
			...priced(0.02, page),
		},
		{ id: 'wavespeed-ai/qwen-image/edit-2511-lora', ...priced(0.025, 'a client') },
		{ id: 'wavespeed-ai/qwen-image/edit-plus-lora', ...priced(0.025, page) },
		{
			id: 'wavespeed-ai/qwen-image/edit-lora',
			note: 'one image',
			...single,
			...priced(0.025, page),
		},
		{
			id: 'wavespeed-ai/qwen-image-2.0/edit',
			refuses: ['loras', 'outputFormat'],
			...priced(0.03, page),
		},
		{
			id: 'wavespeed-ai/qwen-image-2.0-pro/edit',
			refuses: ['loras', 'outputFormat'],
			...priced(0.07, 'a client'),
		},
	],
	defaultModel: 'wavespeed-ai/qwen-image/edit-2511',
	prompt: {},
	images: {
		maximum: 3,
		takes: 'link',
		types: ['jpg', 'png', 'webp', 'gif', 'bmp', 'tiff'],
	},
	fields: {
		callbackUrl: callbackUrl('webhook', 'WaveSpeedAI'),
		loras: jsonList({
			wire: 'loras',
			label: 'LoRAs (JSON)',
			help: 'Up to three LoRAs: path is a Hugging Face name or the URL of a .safetensors file, scale is 0 to 4',
			entry: z.strictObject({ path: z.string().min(1), scale: z.number().min(0).max(4) }),
			maximumEntries: 3,
			example: '[{"path":"owner/model","scale":1}]',
		}),
		outputFormat: outputFormat('jpeg', 'png', 'webp'),
		seed: seed({ minimum: -1 }),
		size: pixelSize({
			wire: 'size',
			label: 'Size',
			help: 'Width x height of the result in pixels, each from 256 to 1536; without it the size of the image',
			placeholder: 'e.g. 1024x1024',
			minimumSide: 256,
			maximumSide: 1536,
			example: '1024x768',
			// The provider separates the sides by an asterisk.
			toWire: (value) => String(value).replace('x', '*'),
		}),
	},
	submitPath: '/api/v3',
	submit: {
		encode: ({ model, prompt, images, fields }) => {
			const { webhook, ...input } = fieldsOnWire(waveSpeed.fields, fields);
			const urls = images.map(link);
			const isSingle = findModel(waveSpeed, model)?.maximumImages === 1;
			const query = webhook === undefined ? '' : `?webhook=${encodeURIComponent(String(webhook))}`;
			return {
				purpose: 'submit',
				method: 'POST',
				path: `${waveSpeed.submitPath}/${pathOf(model)}${query}`,
				json: { prompt, ...(isSingle ? { image: urls[0]! } : { images: urls }), ...input },
			};
		},
		decode: (reply) => decode(reply),
	},
	task: {
		idExample: '24d0f4d7c8a04d07b9ff9a4c0bd1d1b0',
		encode: ({ taskId }) => ({
			purpose: 'read',
			method: 'GET',
			path: `/api/v3/predictions/${pathSegment(taskId)}/result`,
		}),
		decode,
		callback: {
			taskIdOf: (body) => words(readField(body, 'id')) || undefined,
			signature: standardWebhook({
				version: 'v3',
				encoding: 'hex',
				secretIs: 'text',
				told: {
					wire: { purpose: 'read', method: 'GET', path: '/api/v3/webhook/secret' },
					secretIn: (json) => readField(readField(json, 'data'), 'secret'),
				},
			}),
			says: 'Signs ID, time and body by HMAC-SHA256, as `v3` in hex; the key is the text behind `whsec_` as it stands. Tries three more times',
			source: 'research O4: wavespeed.ai/docs, verify-webhooks',
		},
	},
	upload: {
		encode: (file) => ({
			purpose: 'upload',
			method: 'POST',
			path: '/api/v3/media/upload/binary',
			form: [formPart('file', file)],
		}),
		decode: (reply) =>
			decodeUpload(reply, 'WaveSpeedAI', (json) =>
				readField(readField(json, 'data'), 'download_url'),
			),
	},
	free: {
		says: 'A failed task is refunded by itself',
		source: 'wavespeed.ai/docs, troubleshooting-guide',
		// `timeout` and `deleted` are read as failed too, and no document says what they cost.
		when: (_fault, json) =>
			lenientText.parse(readField(readField(json, 'data') ?? json, 'status')) === 'failed',
	},
	typicalSeconds: 8,
	resultLifetimeSeconds: 7 * 24 * 3600,
	concurrency: 3,
	facts: [
		{
			says: 'The `code` of the envelope goes before the HTTP status; a failed task answers HTTP 200 with a code of its own inside',
			source: 'research O4: wavespeed.ai/docs, error-codes',
			confidence: 'high',
		},
		{
			says: 'edit and edit-lora take one `image`, the others up to three `images`',
			source: 'research O4: docs of the models',
			confidence: 'high',
		},
		{
			says: 'Sides from 256 to 1536 pixels, written with an asterisk',
			source: 'research O4: docs of edit-lora; other copies name 2048 for 2.0',
			confidence: 'medium',
		},
		{
			says: 'Failed runs are refunded by themselves; there is no cancel call',
			source: 'research O4: wavespeed.ai/docs',
			confidence: 'high',
		},
		{
			says: 'POST /api/v3/media/upload/binary takes a local image; files are kept for seven days',
			source: 'research O4: wavespeed.ai/docs, media-upload',
			confidence: 'high',
		},
		{
			says: 'A new account has 10 images a minute and three tasks at once; more tasks wait',
			source: 'research O4: wavespeed.ai/docs, account-levels',
			confidence: 'high',
		},
		{
			says: 'GET /api/v3/balance proves the key and costs nothing',
			source: 'research O4: wavespeed.ai/docs, and its own node',
			confidence: 'high',
		},
		{
			says: 'A refusal for lack of credit is HTTP 402 or says so in words',
			source: 'no document shows that answer',
			confidence: 'assumed',
		},
		{
			says: 'An edit takes about 8 seconds; no time is documented',
			source: 'other providers of the same models; a first look too early costs one read',
			confidence: 'assumed',
		},
	],
};
