import { bearer } from '../adapter/credential';
import { fieldsOnWire, linkOrDataUri } from '../adapter/encode';
import type { Model, Provider } from '../adapter/provider';
import type { FaultRule } from '../wire/answer/refusal';
import { readField, words } from '../wire/json/jsonValue';
import { readImageList } from './families/imageList';
import { guidanceScale, inferenceSteps, negativePrompt, seed } from './families/usualFields';

/** Business codes, some of them from an older table of the provider: research M2. */
const rules: readonly FaultRule[] = [
	// An empty account answers 403 or 402.
	{ kind: 'credit', when: ({ code }) => /^(30001|30011)$/.test(code) },
	{ kind: 'credential', when: ({ code }) => /^(30002|30005)$/.test(code) },
	{
		kind: 'credential',
		when: ({ httpStatus }) => httpStatus === 401,
		advice:
			"Check 'API Key' and 'Region' of the credential: a key of one region is refused in the other",
	},
	// The images of the day are used up: no wait within an execution helps.
	{
		kind: 'credit',
		when: ({ code }) => code === '50605',
		advice: 'Run the other items tomorrow, or raise the limits of the account',
	},
	{ kind: 'rateLimit', when: ({ code }) => /^5060[14]$/.test(code) },
	{
		kind: 'content',
		when: ({ code, httpStatus }) => code === '20021' || httpStatus === 451,
	},
	{ kind: 'input', when: ({ code }) => /^20\d{3}$/.test(code) },
	{ kind: 'input', when: ({ httpStatus }) => httpStatus === 404 },
];

const price: Pick<Model, 'prices'> = {
	prices: [
		{
			amount: 0.3,
			currency: 'CNY',
			per: 'image',
			region: 'china',
			asOf: '2026-10',
			source: 'research M2: two third parties, for .cn',
		},
	],
};

/** The names of the fields for the first, second and third image. */
const imageNames = ['image', 'image2', 'image3'];

/** SiliconFlow: answers at once. Research M2. */
export const siliconFlow: Provider = {
	id: 'siliconFlow',
	title: 'SiliconFlow',
	summary: 'Up to three images by URL or data, answered at once; two regions',
	documentationUrl: 'https://docs.siliconflow.cn/en/api-reference/images/images-generations',
	credential: {
		type: 'qwenImageEditSiliconFlowApi',
		title: 'SiliconFlow API',
		defaultBaseUrl: 'https://api.siliconflow.cn/v1',
		keyUrl: 'https://cloud.siliconflow.cn/account/ak',
		key: bearer,
		regions: [
			{ value: 'china', label: 'China', baseUrl: 'https://api.siliconflow.cn/v1' },
			{ value: 'international', label: 'International', baseUrl: 'https://api.siliconflow.com/v1' },
		],
		versionPath: '/v1',
		test: 'request',
	},
	models: [
		{ id: 'Qwen/Qwen-Image-Edit-2509', ...price },
		{ id: 'Qwen/Qwen-Image-Edit', note: 'one image', maximumImages: 1, ...price },
	],
	defaultModel: 'Qwen/Qwen-Image-Edit-2509',
	prompt: {},
	images: { maximum: 3, takes: 'linkOrData' },
	fields: {
		guidanceScale: guidanceScale({ wire: 'cfg', minimum: 0.1, maximum: 20, default: 4 }),
		negativePrompt: negativePrompt(),
		numInferenceSteps: inferenceSteps({ minimum: 1, maximum: 100, default: 20 }),
		seed: seed({ maximum: 9_999_999_999 }),
	},
	submitPath: '/images/generations',
	submit: {
		encode: ({ model, prompt, images, fields }) => ({
			purpose: 'submit',
			method: 'POST',
			path: siliconFlow.submitPath,
			json: {
				model,
				prompt,
				...Object.fromEntries(
					images.map((image, index) => [imageNames[index] ?? 'image', linkOrDataUri(image)]),
				),
				...fieldsOnWire(siliconFlow.fields, fields),
			},
		}),
		decode: (reply) => {
			const requestId = reply.headers['x-siliconcloud-trace-id'];
			return readImageList(reply, {
				provider: 'SiliconFlow',
				rules,
				...(requestId === undefined ? {} : { requestId }),
			});
		},
	},
	typicalSeconds: 30,
	resultLifetimeSeconds: 3600,
	concurrency: 2,
	busy: {
		says: '`code` is 50505',
		source: 'research M2: docs.siliconflow.cn, images-generations',
		when: (json) => words(readField(json, 'code')) === '50505',
	},
	facts: [
		{
			says: 'The images are `image`, `image2` and `image3`; Qwen-Image-Edit takes one',
			source: 'research M2: docs.siliconflow.cn, images-generations',
			confidence: 'high',
		},
		{
			says: 'The Edit models take no size, no number of images and no guidance_scale; cfg is in the example of the page',
			source: 'research M2: docs.siliconflow.cn, images-generations',
			confidence: 'high',
		},
		{
			says: 'Result URLs live one hour',
			source: 'research M2: docs.siliconflow.cn, images-generations',
			confidence: 'high',
		},
		{
			says: 'Errors are a bare JSON text (401, 403, 404, 504) or {code, message, data}',
			source: 'research M2: docs.siliconflow.cn, images-generations',
			confidence: 'high',
		},
		{
			says: 'Two images a minute and 400 a day per account and model, more with use',
			source: 'research M2: docs.siliconflow.cn, rate limits',
			confidence: 'high',
		},
		{
			says: 'Keys belong to one region; .com names Qwen-Image-Edit only, so choose that there if 2509 is refused',
			source: 'research M2: the pages of both regions',
			confidence: 'medium',
		},
		{
			says: 'GET /user/info proves the key and costs nothing',
			source: 'research M2: many clients',
			confidence: 'high',
		},
		{
			says: 'Two requests at once; only a rate is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
