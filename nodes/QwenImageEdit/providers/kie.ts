import * as z from 'zod/v4';

import { bearer } from '../adapter/credential';
import { fieldsOnWire, link } from '../adapter/encode';
import { choice } from '../adapter/field';
import type { Model, Provider } from '../adapter/provider';
import type { FaultRule } from '../wire/answer/refusal';
import { resultImage } from '../wire/answer/resultImage';
import { readJsonText } from '../wire/json/jsonText';
import { readField, words } from '../wire/json/jsonValue';
import { lenientNumber, lenientText, lenientTexts } from '../wire/json/lenient';
import { formPart } from '../wire/wire';
import { callbackUrl } from './families/callbackUrl';
import { envelopeRules, isRefusedByCode } from './families/envelope';
import { decodeUpload, uniqueFileName } from './families/fileUpload';
import { taskReader } from './families/taskAnswer';
import {
	acceleration,
	guidanceScale,
	imageCount,
	inferenceSteps,
	negativePrompt,
	outputFormat,
	safetyChecker,
	seed,
} from './families/usualFields';

/** Shapes that it has names for, with what the panel calls them. */
const shapes = [
	{ value: 'landscape_16_9', label: 'Landscape 16:9' },
	{ value: 'landscape_4_3', label: 'Landscape 4:3' },
	{ value: 'portrait_16_9', label: 'Portrait 16:9' },
	{ value: 'portrait_4_3', label: 'Portrait 4:3' },
	{ value: 'square', label: 'Square' },
	{ value: 'square_hd', label: 'Square HD' },
];
const ratios = ['1:1', '16:9', '2:3', '21:9', '3:2', '3:4', '4:3', '9:16'];

const rules: readonly FaultRule[] = [
	// Seen for a few seconds behind a submit, and for a task that is not known: research M1.
	{
		kind: 'provider',
		when: ({ httpStatus, message }) => httpStatus < 400 && /recordInfo is null/i.test(message),
	},
	// An empty account was seen as code 500, too: research M1.
	{ kind: 'credit', when: ({ message }) => /credits insufficient/i.test(message) },
	{
		kind: 'content',
		when: ({ code, message }) => /sensitive|nsfw|content polic/i.test(`${code} ${message}`),
	},
	// The code of a limit that the user has set for the key.
	{ kind: 'credit', when: ({ code }) => code === '433' },
	// A wrong parameter comes as code 500, too: research M1.
	{
		kind: 'input',
		when: ({ message }) => /field is required|not within (the )?range/i.test(message),
	},
	...envelopeRules,
];

const record = z
	.object({
		taskId: lenientText,
		state: lenientText,
		model: lenientText,
		resultJson: z.unknown(),
		costTime: lenientNumber,
		creditsConsumed: lenientNumber,
		progress: lenientNumber,
	})
	.catch({} as never);

const result = z.object({ resultUrls: lenientTexts }).catch({ resultUrls: [] });

const decode = taskReader({
	provider: 'Kie.ai',
	rules,
	states: {
		waiting: 'pending',
		queuing: 'pending',
		generating: 'processing',
		success: 'completed',
		fail: 'failed',
	},
	isRefusal: isRefusedByCode,
	failure: ({ data }) => ({
		code: readField(data, 'failCode'),
		message: readField(data, 'failMsg'),
	}),
	read: ({ data }) => {
		const { taskId, state, model, resultJson, costTime, creditsConsumed, progress } =
			record.parse(data);
		// JSON in a text: research M1.
		const inner = typeof resultJson === 'string' ? readJsonText(resultJson)?.json : resultJson;
		const usage = {
			...(costTime === undefined ? {} : { costTime }),
			...(creditsConsumed === undefined ? {} : { creditsConsumed }),
		};
		return {
			taskId,
			// createTask answers with nothing but the id.
			status: state ?? (taskId === undefined ? undefined : 'waiting'),
			images: result.parse(inner).resultUrls.map(resultImage),
			...(model === undefined ? {} : { model }),
			...(progress === undefined ? {} : { progress }),
			...(Object.keys(usage).length === 0 ? {} : { usage }),
		};
	},
});

const usd = (amount: number, per: 'image' | 'megapixel'): Pick<Model, 'prices'> => ({
	prices: [
		{
			amount,
			currency: 'USD',
			per,
			// It takes presets only, of which the largest is 1024 x 1024.
			...(per === 'megapixel' ? { mostMegapixels: 1.05 } : {}),
			asOf: '2026-08',
			source: 'research M1: two clients',
		},
	],
});

/** Kie.ai: always a task; HTTP 200 with a code in the body. Research M1. */
export const kie: Provider = {
	id: 'kie',
	title: 'Kie.ai',
	summary: 'One image; always a task; local images are uploaded for you',
	documentationUrl: 'https://docs.kie.ai/market/qwen/image-edit',
	credential: {
		type: 'qwenImageEditKieApi',
		title: 'Kie.ai API',
		defaultBaseUrl: 'https://api.kie.ai',
		uploadBaseUrl: 'https://kieai.redpandaai.co',
		keyUrl: 'https://kie.ai/api-key',
		key: bearer,
		callbackSecret: {
			help: 'The Webhook HMAC Key of the Kie.ai settings. If you enter it, calls without its signature are refused.',
			placeholder: 'e.g. 3f8c1b7a9d',
		},
		test: 'request',
	},
	models: [
		{
			id: 'qwen/image-edit',
			choices: { imageSize: shapes.map(({ value }) => value) },
			...usd(0.03, 'megapixel'),
		},
		{
			id: 'qwen2/image-edit',
			maximumPromptLength: 800,
			refuses: [
				'acceleration',
				'guidanceScale',
				'n',
				'negativePrompt',
				'numInferenceSteps',
				'safetyChecker',
			],
			choices: { imageSize: ratios },
			...usd(0.028, 'image'),
		},
	],
	defaultModel: 'qwen/image-edit',
	prompt: { maximumLength: 2000 },
	images: { maximum: 1, takes: 'link', types: ['jpg', 'png', 'webp'], maximumBytes: 10_000_000 },
	fields: {
		acceleration: acceleration('none'),
		callbackUrl: callbackUrl('callBackUrl', 'Kie.ai'),
		guidanceScale: guidanceScale({ minimum: 0, maximum: 20, default: 4 }),
		imageSize: choice({
			wire: 'image_size',
			label: 'Image Size',
			help: 'Shape of the result. Without it Kie.ai takes landscape 4:3 (qwen2: 16:9), whatever shape the image has.',
			choices: [...ratios.map((value) => ({ value, label: value })), ...shapes],
			default: 'square_hd',
			example: 'square',
		}),
		n: imageCount(4, { wire: 'num_images', toWire: String }),
		negativePrompt: negativePrompt(500),
		numInferenceSteps: inferenceSteps({ minimum: 2, maximum: 49, default: 25 }),
		outputFormat: outputFormat('png', 'jpeg'),
		safetyChecker: safetyChecker('Kie.ai', 'enable_safety_checker'),
		seed: seed(),
	},
	submitPath: '/api/v1/jobs/createTask',
	submit: {
		encode: ({ model, prompt, images, fields }) => {
			const { callBackUrl, ...input } = fieldsOnWire(kie.fields, fields);
			return {
				purpose: 'submit',
				method: 'POST',
				path: kie.submitPath,
				json: {
					model,
					...(callBackUrl === undefined ? {} : { callBackUrl }),
					input: { prompt, image_url: link(images[0]!), ...input },
				},
			};
		},
		decode: (reply) => decode(reply),
	},
	task: {
		idExample: 'task_qwen_1765179676651',
		encode: ({ taskId }) => ({
			purpose: 'read',
			method: 'GET',
			path: `/api/v1/jobs/recordInfo?taskId=${encodeURIComponent(Buffer.from(taskId).toString())}`,
		}),
		decode,
		callback: {
			taskIdOf: (body) => {
				const data = readField(body, 'data');
				return words(readField(data, 'taskId')) || words(readField(data, 'task_id')) || undefined;
			},
			saysUnknown: /recordInfo is null/i,
			signature: {
				kind: 'hmac',
				headers: { timestamp: 'x-webhook-timestamp', signature: 'x-webhook-signature' },
				signs: ['taskId', 'timestamp'],
				encoding: 'base64',
				secretIs: 'text',
			},
			says: 'Signs the task ID and the time, not the body, and only for accounts with a Webhook HMAC Key. Calls once when a task has ended; no further try is documented',
			source: 'research M1: docs.kie.ai/common-api/webhook-verification',
		},
	},
	upload: {
		encode: (file) => ({
			purpose: 'upload',
			method: 'POST',
			origin: 'upload',
			path: '/api/file-stream-upload',
			form: [
				formPart('uploadPath', 'images/n8n'),
				// A file of the same name is replaced.
				formPart('fileName', uniqueFileName(file)),
				formPart('file', file),
			],
		}),
		decode: (reply) =>
			decodeUpload(reply, 'Kie.ai', (json) => {
				const data = readField(json, 'data');
				return readField(data, 'downloadUrl') ?? readField(data, 'fileUrl');
			}),
	},
	typicalSeconds: 10,
	resultLifetimeSeconds: 24 * 3600,
	concurrency: 10,
	facts: [
		{
			says: 'Refusals come with HTTP 200 and a code in the body; code 500 is often a wrong parameter or an empty account',
			source: 'research M1: two clients; the codes are in docs.kie.ai',
			confidence: 'medium',
		},
		{
			says: 'resultJson is JSON in a text',
			source: 'research M1: docs.kie.ai/market/common/get-task-detail',
			confidence: 'high',
		},
		{
			says: 'num_images is a text, steps go from 2 to 49, and the negative prompt has up to 500 characters',
			source: 'research M1: docs.kie.ai/market/qwen/image-edit',
			confidence: 'high',
		},
		{
			says: 'qwen2/image-edit takes a ratio as size, a prompt up to 800 characters, and neither steps nor guidance',
			source: 'research M1: two clients',
			confidence: 'medium',
		},
		{
			says: 'qwen2/image-edit takes its image as one text too',
			source: 'clients differ between a text and a list; one image is sent as a text',
			confidence: 'assumed',
		},
		{
			says: 'Results and uploads are kept for 24 hours',
			source: 'research M1: the pages also say 14 and 3 days; the shorter time is safe',
			confidence: 'medium',
		},
		{
			says: '20 new tasks in 10 seconds per account, typically 100 at once; more are refused',
			source: 'research M1: docs.kie.ai, getting started',
			confidence: 'high',
		},
		{
			says: 'GET /api/v1/chat/credit proves the key and costs nothing',
			source: 'research M1: docs.kie.ai and many clients',
			confidence: 'high',
		},
		{
			says: 'An edit takes about 10 seconds; no time is documented',
			source: 'other providers of the same models; a first look too early costs one read',
			confidence: 'assumed',
		},
	],
};
