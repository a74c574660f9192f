import * as z from 'zod/v4';

import { bearer } from '../adapter/credential';
import { fieldsOnWire, linkOrDataUri } from '../adapter/encode';
import { choice, decimal, flag, integer, text } from '../adapter/field';
import { findModel, type Model, type Provider } from '../adapter/provider';
import type { Malformed, Refused, Stopped } from '../edit/outcome';
import type { FaultRule } from '../wire/answer/refusal';
import { resultUrl } from '../wire/answer/resultImage';
import { readField, words } from '../wire/json/jsonValue';
import { lenientNumber, lenientText, lenientTexts } from '../wire/json/lenient';
import { formPart, pathOf, pathSegment, type Reply, type WireValue } from '../wire/wire';
import { callbackUrl } from './families/callbackUrl';
import { decodeUpload } from './families/fileUpload';
import { standardWebhook } from './families/standardWebhook';
import { taskReader } from './families/taskAnswer';
import { outputFormat, safetyChecker, seed } from './families/usualFields';

const rules: readonly FaultRule[] = [
	{
		kind: 'content',
		when: ({ message }) => /\bnsfw\b|flagged as sensitive|\(E005\)/i.test(message),
	},
	// An unknown model or prediction: nothing that trying again would mend.
	{ kind: 'input', when: ({ httpStatus }) => httpStatus === 404 },
];

const prediction = z.object({
	id: lenientText,
	model: lenientText,
	status: lenientText,
	output: lenientTexts,
	metrics: z.object({ predict_time: lenientNumber }).nullish().catch(undefined),
});

const decode = taskReader({
	provider: 'Replicate',
	rules,
	states: {
		starting: 'pending',
		processing: 'processing',
		succeeded: 'completed',
		failed: 'failed',
		canceled: 'cancelled',
		aborted: 'cancelled',
	},
	// A problem document without a prediction.
	isRefusal: (json) => json.id === undefined && ('detail' in json || 'title' in json),
	read: (json) => {
		const { id, model, status, output, metrics } = prediction.parse(json);
		const seconds = metrics?.predict_time;
		return {
			taskId: id,
			status,
			images: output.map(resultUrl),
			...(model === undefined ? {} : { model }),
			...(seconds === undefined ? {} : { usage: { predict_time: seconds } }),
		};
	},
});

/** The answer to a cancel call is the prediction; one that has ended before stays what it was. */
function decodeCancel(reply: Reply): Stopped | Refused | Malformed {
	const outcome = decode(reply);
	if (outcome.state === 'pending') return { state: 'stopped', status: outcome.status };
	if (outcome.state === 'completed') return { state: 'stopped', status: 'completed' };
	const ended = outcome.state === 'refused' ? outcome.fault.taskStatus : undefined;
	if (ended !== undefined && reply.httpStatus < 300) return { state: 'stopped', status: ended };
	return outcome as Refused | Malformed;
}

/** One version of a model, which is what models need that are not official ones: `owner/model:ID`, or the ID alone. */
const versionPattern = /:|^[0-9a-f]{64}$/;

/** The model with one image, which has no aspect ratio either. */
const single: Omit<Model, 'id'> = {
	note: 'one image',
	maximumImages: 1,
	refuses: ['aspectRatio', 'loraScale', 'loraWeights'],
};
const noLora: Omit<Model, 'id'> = { refuses: ['loraScale', 'loraWeights'] };

/** Replicate: predictions of official models, asynchronous by choice. Research O3. */
export const replicate: Provider = {
	id: 'replicate',
	title: 'Replicate',
	summary: 'Official models by URL, data or upload; always a task, which can be cancelled',
	documentationUrl: 'https://replicate.com/qwen/qwen-image-edit-plus/api',
	credential: {
		type: 'qwenImageEditReplicateApi',
		title: 'Replicate API',
		defaultBaseUrl: 'https://api.replicate.com',
		keyUrl: 'https://replicate.com/account/api-tokens',
		key: bearer,
		callbackSecret: {
			help: 'Leave it empty: the node asks Replicate for it. It starts with whsec_.',
			placeholder: 'e.g. whsec_...',
		},
		test: 'request',
	},
	models: [
		{ id: 'qwen/qwen-image-edit-plus', ...noLora },
		{ id: 'qwen/qwen-image-edit-2511', ...noLora },
		{ id: 'qwen/qwen-image-edit-plus-lora' },
		{ id: 'qwen/qwen-image-edit', ...single },
	],
	defaultModel: 'qwen/qwen-image-edit-plus',
	prompt: {},
	images: {
		maximum: 3,
		takes: 'linkOrData',
		// The document advises data URIs up to this size, and its own files above it: research O3.
		uploadFromBytes: 256_000,
		types: ['jpg', 'png', 'gif', 'webp'],
		maximumBytes: 100_000_000,
	},
	fields: {
		aspectRatio: choice({
			wire: 'aspect_ratio',
			label: 'Aspect Ratio',
			help: 'Shape of the result, by default that of the image',
			choices: [
				{ value: '1:1', label: '1:1' },
				{ value: '16:9', label: '16:9' },
				{ value: '3:4', label: '3:4' },
				{ value: '4:3', label: '4:3' },
				{ value: '9:16', label: '9:16' },
				{ value: 'match_input_image', label: 'As the Input Image' },
			],
			default: 'match_input_image',
			example: '16:9',
		}),
		callbackUrl: callbackUrl('webhook', 'Replicate'),
		goFast: flag({
			wire: 'go_fast',
			label: 'Go Fast',
			help: 'Whether Replicate runs the model with its optimizations for speed',
			default: true,
		}),
		loraScale: decimal({
			wire: 'lora_scale',
			label: 'LoRA Scale',
			help: 'How strongly the LoRA applies, from 0 to 4',
			minimum: 0,
			maximum: 4,
			default: 1,
			example: 0.8,
		}),
		loraWeights: text({
			wire: 'lora_weights',
			label: 'LoRA Weights',
			help: 'Hugging Face name or URL of the weights',
			placeholder: 'e.g. owner/model',
			example: 'owner/model',
		}),
		outputFormat: outputFormat('webp', 'png', 'jpg'),
		outputQuality: integer({
			wire: 'output_quality',
			label: 'Output Quality',
			help: 'Quality of a JPEG or WebP result, from 0 to 100',
			minimum: 0,
			maximum: 100,
			default: 95,
			example: 80,
		}),
		safetyChecker: safetyChecker('Replicate', 'disable_safety_checker', {
			// The provider has the switch the other way round.
			toWire: (value) => value !== true,
		}),
		seed: seed(),
	},
	submitPath: '/v1/models',
	submit: {
		encode: ({ model, prompt, images, fields }) => {
			const { webhook, ...input } = fieldsOnWire(replicate.fields, fields);
			const urls: WireValue[] = images.map(linkOrDataUri);
			const isSingle = findModel(replicate, model.split(':')[0]!)?.maximumImages === 1;
			const isVersion = versionPattern.test(model);
			return {
				purpose: 'submit',
				method: 'POST',
				path: isVersion
					? '/v1/predictions'
					: `${replicate.submitPath}/${pathOf(model)}/predictions`,
				json: {
					...(isVersion ? { version: model } : {}),
					input: { prompt, image: isSingle ? urls[0]! : urls, ...input },
					...(webhook === undefined ? {} : { webhook, webhook_events_filter: ['completed'] }),
				},
			};
		},
		decode: (reply) => decode(reply),
	},
	task: {
		idExample: 'gm3qorzdhgbfurvjtvhg6dckhu',
		encode: ({ taskId }) => ({
			purpose: 'read',
			method: 'GET',
			path: `/v1/predictions/${pathSegment(taskId)}`,
		}),
		decode,
		cancel: {
			encode: ({ taskId }) => ({
				purpose: 'cancel',
				method: 'POST',
				path: `/v1/predictions/${pathSegment(taskId)}/cancel`,
			}),
			decode: decodeCancel,
		},
		callback: {
			taskIdOf: (body) => words(readField(body, 'id')) || undefined,
			signature: standardWebhook({
				version: 'v1',
				encoding: 'base64',
				secretIs: 'base64',
				told: {
					wire: { purpose: 'read', method: 'GET', path: '/v1/webhooks/default/secret' },
					secretIn: (json) => readField(json, 'key'),
				},
			}),
			says: 'Signs ID, time and body by HMAC-SHA256, as `v1` in base64. Tries again for about a minute when the call says that a prediction has ended',
			source: 'research O3: docs topics/webhooks, and the client of the provider',
		},
	},
	upload: {
		encode: (file) => ({
			purpose: 'upload',
			method: 'POST',
			path: '/v1/files',
			form: [formPart('content', file)],
		}),
		decode: (reply) =>
			decodeUpload(reply, 'Replicate', (json) => readField(readField(json, 'urls'), 'get')),
	},
	typicalSeconds: 6,
	resultLifetimeSeconds: 3600,
	concurrency: 8,
	facts: [
		{
			says: 'Input, output and files of a prediction are removed after one hour',
			source: 'research O3: docs topics/predictions/data-retention',
			confidence: 'high',
		},
		{
			says: 'plus, 2511 and plus-lora take `image` as a list, qwen-image-edit as one text without aspect ratio',
			source: 'research O3: API pages of the models; of 2511 from clients',
			confidence: 'medium',
		},
		{
			says: 'A version, as `owner/model:ID` or the ID alone, goes to POST /v1/predictions with `version`',
			source: 'research O3: docs of the HTTP API; needed for models that are not official ones',
			confidence: 'high',
		},
		{
			says: 'Up to three images; the schema names no limit',
			source: 'the model is made for one to three images',
			confidence: 'assumed',
		},
		{
			says: 'A data URI for small files, POST /v1/files up to 100 MB above that, kept for 24 hours',
			source: 'research O3: docs of input files, and the OpenAPI text',
			confidence: 'high',
		},
		{
			says: 'A 429 has retry_after in the body, or "resets in ~30s" in its words',
			source: 'research O3: docs, and bodies quoted in issues',
			confidence: 'high',
		},
		{
			says: 'A cancelled prediction is charged for the time that it ran, an aborted one is free',
			source: 'research O3: docs of the lifecycle',
			confidence: 'high',
		},
		{
			says: 'GET /v1/account proves the key and costs nothing',
			source: 'research O3: docs of the HTTP API',
			confidence: 'high',
		},
		{
			says: 'Eight requests at once; the limits are 600 new predictions a minute, and 6 with little credit',
			source: 'a choice between the two documented rates',
			confidence: 'assumed',
		},
		{
			says: 'An edit takes about 6 seconds; no time is documented',
			source: 'other providers of the same models; a first look too early costs one read',
			confidence: 'assumed',
		},
	],
};
