import { fieldsOnWire, link } from '../adapter/encode';
import { readImageList } from './families/imageList';
import { bearer } from '../adapter/credential';
import type { Provider } from '../adapter/provider';
import { readField, words } from '../wire/json/jsonValue';

/** ChainHub: a relay that answers at once. Seed 000; research S1. */
export const chainHub: Provider = {
	id: 'chainHub',
	title: 'ChainHub',
	summary: 'Relay with many painting models; one image by URL, answered at once',
	documentationUrl: 'https://api.chainhub.tech',
	credential: {
		type: 'qwenImageEditChainHubApi',
		title: 'ChainHub API',
		defaultBaseUrl: 'https://api.chainhub.tech',
		keyUrl: 'https://api.chainhub.tech',
		key: bearer,
		test: 'request',
	},
	models: [{ id: 'qwen-image-edit-2509' }],
	defaultModel: 'qwen-image-edit-2509',
	prompt: {},
	images: { maximum: 1, takes: 'link' },
	fields: {},
	// Editing lives under "generations" here, not under "edits": seed 000.
	submitPath: '/v1/images/generations',
	submit: {
		encode: ({ model, prompt, images, fields }) => ({
			purpose: 'submit',
			method: 'POST',
			path: chainHub.submitPath,
			json: {
				model,
				prompt,
				image: link(images[0]!),
				...fieldsOnWire(chainHub.fields, fields),
			},
		}),
		decode: (reply) => readImageList(reply, { provider: 'ChainHub' }),
	},
	typicalSeconds: 20,
	busy: {
		says: '`error.code` is `get_channel_failed`, `model_not_found` or `channel:no_available_key`',
		source:
			'assumed: the page documents no errors; New API, on which ChainHub is built, writes these codes before it has chosen who does the edit',
		when: (json) =>
			/^(?:get_channel_failed|model_not_found|channel:no_available_key)$/.test(
				words(readField(readField(json, 'error'), 'code')),
			),
	},
	concurrency: 4,
	facts: [
		{
			says: 'Takes one image, by URL only, and no option besides model and prompt',
			source: 'seed 000',
			confidence: 'high',
		},
		{
			says: 'Usage is counted in tokens although an image is billed as one call',
			source: 'seed 000',
			confidence: 'high',
		},
		{
			says: 'Errors have the New-API form {error: {message, type, code}}; the page documents none',
			source: 'research S1: the same page is published by relays that run New-API',
			confidence: 'assumed',
		},
		{
			says: 'GET /v1/models proves the key',
			source: "research S1: listed among the provider's pages, not seen to refuse a wrong key",
			confidence: 'medium',
		},
		{
			says: 'Four requests at once; no limit is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
		{
			says: 'An edit takes about 20 seconds; no time is documented',
			source: 'other providers of the same model',
			confidence: 'assumed',
		},
	],
};
