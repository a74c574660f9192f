import { fieldsOnWire, linkOrDataUri } from '../adapter/encode';
import { findModel, type Model, type Provider } from '../adapter/provider';
import { isRecord, readField } from '../wire/json/jsonValue';
import { pathOf } from '../wire/wire';
import { callback } from './fal/callback';
import { falFields, presets } from './fal/fields';
import { cancelOf, placeOf, readResult, readState, readUpload } from './fal/queue';

const usd = (
	amount: number,
	per: 'image' | 'megapixel',
	source: string,
): Pick<Model, 'prices'> => ({
	prices: [
		{
			amount,
			currency: 'USD',
			per,
			// Without a size, 2511 makes the result as large as the input (research O2); no older default is larger.
			...(per === 'megapixel' ? { mostMegapixels: 'input' as const } : {}),
			asOf: '2026-11',
			source,
		},
	],
});
const page = 'research O2: fal.ai, llms.txt of the model';

const twoFormats: Pick<Model, 'choices'> = { choices: { outputFormat: ['jpeg', 'png'] } };

/** Models with one image, under a name of its own. */
const single: Omit<Model, 'id'> = { maximumImages: 1, ...twoFormats };
const noLoras = ['loras', 'promptExtend'];

const oldOptions = ['acceleration', 'guidanceScale', 'loras', 'numInferenceSteps'];

/** The newer models have a language model in front, and neither steps nor guidance. */
const newer: Omit<Model, 'id'> = {
	refuses: oldOptions,
	maximumPromptLength: 800,
	maxima: { negativePrompt: 500 },
	images: {
		types: ['jpg', 'png', 'webp'],
		minimumSide: 384,
		maximumSide: 5000,
		maximumBytes: 10_000_000,
	},
	size: {
		minimumPixels: 512 * 512,
		maximumPixels: 2048 * 2048,
		words: presets,
	},
};

/** fal.ai: a queue, whose end is pushed to the node. Research O2. */
export const fal: Provider = {
	id: 'fal',
	title: 'fal.ai',
	summary: 'Most models and LoRAs; a queue whose tasks can be cancelled',
	documentationUrl: 'https://fal.ai/models/fal-ai/qwen-image-edit-2511/api',
	credential: {
		type: 'qwenImageEditFalApi',
		title: 'Fal.ai API',
		defaultBaseUrl: 'https://queue.fal.run',
		uploadBaseUrl: 'https://rest.fal.ai',
		keyUrl: 'https://fal.ai/dashboard/keys',
		key: { kind: 'header', name: 'Authorization', prefix: 'Key ' },
		// No call of the queue is there for that. A request that nobody made is not found with a right key.
		test: {
			wire: {
				purpose: 'read',
				method: 'GET',
				path: '/fal-ai/qwen-image-edit-2511/requests/00000000-0000-0000-0000-000000000000/status',
			},
			accepts: ({ httpStatus, json }) =>
				httpStatus < 500 && isRecord(json) && ('detail' in json || 'status' in json),
		},
	},
	models: [
		{ id: 'fal-ai/qwen-image-edit-2511', refuses: noLoras, ...usd(0.03, 'megapixel', page) },
		{
			id: 'fal-ai/qwen-image-edit-2511/lora',
			refuses: ['promptExtend'],
			maxima: { numInferenceSteps: 50 },
			...usd(0.035, 'megapixel', page),
		},
		{
			id: 'fal-ai/qwen-image-edit-plus',
			note: 'the same as 2509',
			refuses: noLoras,
			minima: { numInferenceSteps: 2 },
			...twoFormats,
		},
		{ id: 'fal-ai/qwen-image-edit-2509', refuses: noLoras },
		{ id: 'fal-ai/qwen-image-edit-plus-lora', refuses: ['promptExtend'] },
		{ id: 'fal-ai/qwen-image-edit-2509-lora', refuses: ['promptExtend'] },
		{
			id: 'fal-ai/qwen-image-edit',
			note: 'one image',
			refuses: noLoras,
			minima: { numInferenceSteps: 2 },
			maxima: { numInferenceSteps: 50 },
			...single,
			...usd(0.03, 'megapixel', page),
		},
		{
			id: 'fal-ai/qwen-image-edit-lora',
			note: 'one image',
			refuses: ['promptExtend'],
			...single,
		},
		{ id: 'fal-ai/qwen-image-2/edit', ...newer, ...usd(0.035, 'image', 'two projects') },
		{ id: 'fal-ai/qwen-image-2/pro/edit', ...newer, ...usd(0.075, 'image', page) },
		{ id: 'fal-ai/qwen-image-max/edit', ...newer, ...usd(0.075, 'image', 'two projects') },
		// Of its limits no page was read, only what a project holds to.
		{ id: 'alibaba/qwen-image-3/edit', refuses: oldOptions, size: newer.size },
	],
	defaultModel: 'fal-ai/qwen-image-edit-2511',
	prompt: {},
	images: { maximum: 3, takes: 'linkOrData', uploadFromBytes: 1_000_000 },
	fields: falFields,
	submitPath: '',
	submit: {
		encode: ({ model, prompt, images, fields }) => {
			const { fal_webhook: webhook, ...input } = fieldsOnWire(fal.fields, fields);
			const urls = images.map(linkOrDataUri);
			const isSingle = findModel(fal, model)?.maximumImages === 1;
			const query =
				webhook === undefined ? '' : `?fal_webhook=${encodeURIComponent(String(webhook))}`;
			return {
				purpose: 'submit',
				method: 'POST',
				path: `/${pathOf(model)}${query}`,
				json: {
					prompt,
					...(isSingle ? { image_url: urls[0]! } : { image_urls: urls }),
					...input,
				},
			};
		},
		decode: (reply, request) => readState(reply, undefined, request?.model),
	},
	task: {
		idExample: 'fal-ai/qwen-image-edit-2511/requests/764cabcf-b745-4b3e-ae38-1200304cf45b',
		encode: ({ taskId }) => ({
			purpose: 'read',
			method: 'GET',
			path: `${placeOf(taskId)}/status`,
		}),
		decode: (reply, task) => readState(reply, task?.taskId),
		result: {
			encode: ({ taskId }) => ({ purpose: 'read', method: 'GET', path: placeOf(taskId) }),
			decode: (reply, task) => readResult(reply, task?.taskId),
		},
		watch: ({ taskId }) => ({
			purpose: 'read',
			method: 'GET',
			path: `${placeOf(taskId)}/status/stream`,
			isHeld: true,
		}),
		cancel: {
			encode: ({ taskId }) => ({
				purpose: 'cancel',
				method: 'PUT',
				path: `${placeOf(taskId)}/cancel`,
			}),
			decode: cancelOf,
		},
		callback,
	},
	upload: {
		encode: ({ facts, fileName }) => ({
			purpose: 'upload',
			method: 'POST',
			origin: 'upload',
			path: '/storage/upload/initiate?storage_type=fal-cdn-v3',
			json: {
				content_type: facts.mimeType,
				file_name: `${fileName.replace(/\.[^.]*$/, '') || 'image'}.${facts.extension}`,
			},
		}),
		decode: readUpload,
	},
	free: {
		says: 'An edit that ends with HTTP 5xx is not charged; one that ends with 422 may be',
		source: 'research O2: FAQ',
		// A list of typed errors is the model's own answer; a plain text may be that of a gateway.
		when: ({ httpStatus = 0 }, json) =>
			httpStatus >= 500 && Array.isArray(readField(json, 'detail')),
	},
	typicalSeconds: 8,
	resultLifetimeSeconds: 7 * 24 * 3600,
	concurrency: 10,
	facts: [
		{
			says: 'A failed run is COMPLETED too: its error is the answer to the request for the result',
			source: 'research O2: docs of the queue, and @fal-ai/client',
			confidence: 'high',
		},
		{
			says: 'A result can be read for an hour, and for six minutes if it has 10 kB or more; the image itself lives seven days or longer',
			source: 'research O2: docs of the queue and of media expiration',
			confidence: 'high',
		},
		{
			says: 'State and result are asked for under owner and app of the model, so the task ID holds them',
			source: 'research O2: @fal-ai/client, docs of the inference API',
			confidence: 'high',
		},
		{
			says: 'The stream of states closes after COMPLETED, with a comment every 15 seconds before',
			source: 'research O2: docs inference-api/queue/status-stream',
			confidence: 'high',
		},
		{
			says: 'A cancelled task that waits is removed; one that runs is only asked to stop, and may still be charged',
			source: 'research O2: docs inference-api/queue/cancel',
			confidence: 'high',
		},
		{
			says: 'An image that the safety checker flags comes all the same, often black',
			source:
				'research O2: the field is in the types of @fal-ai/client; the black image is hearsay',
			confidence: 'medium',
		},
		{
			says: 'Lack of credit is HTTP 403 "User is locked"; a bad key is HTTP 401',
			source: 'research O2: issues of the provider',
			confidence: 'medium',
		},
		{
			says: 'A 500 of the result is the failure of the task; 502 to 504 are asked for again',
			source: 'research O2: the retries of @fal-ai/client',
			confidence: 'medium',
		},
		{
			says: 'Files from 1 MB on are uploaded; no limit of a data URI is documented',
			source: 'a choice: the docs advise uploads for all but small files',
			confidence: 'assumed',
		},
		{
			says: 'Up to three images; the older models name no limit',
			source: 'the model is made for one to three images',
			confidence: 'assumed',
		},
		{
			says: 'The status of a request that nobody made tells a wrong key (401) from a right one',
			source: 'issues of the provider for 401; the other answer is not documented',
			confidence: 'assumed',
		},
		{
			says: 'Ten requests at once: the queue lets what is too much wait, and refuses nothing',
			source: 'research O2: docs of concurrency',
			confidence: 'medium',
		},
		{
			says: 'An edit takes about 8 seconds; no time is documented',
			source: 'other providers of the same models; a first look too early costs one read',
			confidence: 'assumed',
		},
	],
};
