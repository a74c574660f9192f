import { fieldsOnWire, linkOrDataUri } from '../adapter/encode';
import { flag } from '../adapter/field';
import { readImageList } from './families/imageList';
import { bearer } from '../adapter/credential';
import type { Provider } from '../adapter/provider';
import { readAmount } from '../edit/cost';
import { readField, words } from '../wire/json/jsonValue';
import { negativePrompt } from './families/usualFields';

/** AI/ML API: answers at once, passes Alibaba's result links on. Seed 004; research S5. */
export const aiml: Provider = {
	id: 'aiml',
	title: 'AI/ML API',
	summary: 'One key for many models; one image by URL or data, answered at once',
	documentationUrl:
		'https://docs.aimlapi.com/api-references/image-models/alibaba-cloud/qwen-image-edit',
	credential: {
		type: 'qwenImageEditAimlApi',
		title: 'AI/ML API',
		defaultBaseUrl: 'https://api.aimlapi.com',
		keyUrl: 'https://aimlapi.com/app/keys',
		key: bearer,
		test: 'request',
	},
	models: [{ id: 'alibaba/qwen-image-edit' }],
	defaultModel: 'alibaba/qwen-image-edit',
	prompt: { maximumLength: 800 },
	images: { maximum: 1, takes: 'linkOrData' },
	fields: {
		negativePrompt: negativePrompt(500),
		watermark: flag({
			wire: 'watermark',
			label: 'Watermark',
			help: 'Whether to add an invisible watermark to the image',
		}),
	},
	submitPath: '/v1/images/generations',
	submit: {
		encode: ({ model, prompt, images, fields }) => ({
			purpose: 'submit',
			method: 'POST',
			path: aiml.submitPath,
			json: {
				model,
				prompt,
				// The MIME part of a data URI must be in lower case (seed 004); ours always is.
				image: linkOrDataUri(images[0]!),
				...fieldsOnWire(aiml.fields, fields),
			},
		}),
		decode: (reply) =>
			readImageList(reply, {
				provider: 'AI/ML API',
				rules: [
					// Lack of credit is a 403 here, not a 402: research S5.
					{
						kind: 'credit',
						when: ({ httpStatus, message }) =>
							httpStatus === 403 && /credit|balance|top.?up/i.test(message),
					},
				],
			}),
	},
	reportedCost: (usage) => readAmount(readField(usage, 'usd_spent'), 'USD'),
	typicalSeconds: 20,
	// 605,799 seconds between "created" and "Expires" of the sample in seed 004.
	resultLifetimeSeconds: 7 * 24 * 3600,
	concurrency: 4,
	busy: {
		says: 'a flat object with `path` and `statusCode`',
		source: 'research S5',
		when: (json) =>
			readField(json, 'path') !== undefined && words(readField(json, 'statusCode')) === '503',
	},
	facts: [
		{
			says: 'Prompt up to 800 characters, negative prompt up to 500',
			source: 'seed 004',
			confidence: 'high',
		},
		{
			says: 'Every field of the answer may be null',
			source: 'seed 004',
			confidence: 'high',
		},
		{
			says: 'Errors are flat {message, path, requestId, statusCode}; lack of credit is HTTP 403',
			source: 'research S5',
			confidence: 'high',
		},
		{
			says: 'Result links live about seven days',
			source: 'seed 004: Expires minus created in the sample',
			confidence: 'medium',
		},
		{
			says: 'GET /v2/billing proves the key and costs nothing; GET /v1/models needs no key',
			source: 'research S5',
			confidence: 'high',
		},
		{
			says: 'Four requests at once; no limit is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
