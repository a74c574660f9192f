import { fieldsOnWire, linkOrDataUri } from '../adapter/encode';
import { pixelSize } from '../adapter/field';
import { readImageList } from './families/imageList';
import type { FaultRule } from '../wire/answer/refusal';
import { bearer } from '../adapter/credential';
import type { Provider } from '../adapter/provider';
import { isRecord, readField } from '../wire/json/jsonValue';
import type { Reply } from '../wire/wire';
import { seed } from './families/usualFields';

/** `error.param` is the request id here, where others name the wrong parameter: seed 003. */
function requestIdOf(reply: Reply): string | undefined {
	const error = isRecord(reply.json) ? reply.json.error : undefined;
	return isRecord(error) && typeof error.param === 'string' && error.param !== ''
		? error.param
		: undefined;
}

/** Codes of the common error page, research S4. */
const rules: readonly FaultRule[] = [
	{ kind: 'credential', when: ({ code }) => code === 'auth_error' },
	{ kind: 'content', when: ({ code }) => code === 'sensitive_check_error' },
	// One code for an exceeded quota and for an IP address that is not on the key's list.
	{
		kind: 'credit',
		when: ({ code, message }) =>
			/permission_error|forbidden/.test(code) && /quota|balance/i.test(message),
	},
	{ kind: 'credential', when: ({ code }) => /permission_error|forbidden/.test(code) },
	{ kind: 'rateLimit', when: ({ code }) => code === 'rate_limit' },
];

/** UCloud ModelVerse: answers at once with a URL, base64, or both. Seed 003; research S4. */
export const modelVerse: Provider = {
	id: 'modelVerse',
	title: 'ModelVerse (UCloud)',
	summary: "UCloud's model service; one image by URL or data, answered at once",
	documentationUrl: 'https://www.ucloud-global.com/en/docs/modelverse/README',
	credential: {
		type: 'qwenImageEditModelVerseApi',
		title: 'ModelVerse (UCloud) API',
		defaultBaseUrl: 'https://api.umodelverse.ai',
		keyUrl: 'https://console.ucloud-global.com/modelverse',
		key: bearer,
		// GET /v1/models is open to all. A request with an empty body is refused before anything is made.
		test: {
			wire: { purpose: 'read', method: 'POST', path: '/v1/images/generations', json: {} },
			// Anything may answer 400; the provider does so in its own form (seed 003).
			accepts: ({ httpStatus, json }) =>
				(httpStatus === 400 || httpStatus === 422) && isRecord(readField(json, 'error')),
		},
	},
	models: [
		{
			id: 'Qwen/Qwen-Image-Edit',
			prices: [
				{ amount: 0.3, currency: 'CNY', per: 'image', asOf: '2026-04', source: 'research S4' },
			],
		},
	],
	defaultModel: 'Qwen/Qwen-Image-Edit',
	prompt: {},
	images: { maximum: 1, takes: 'linkOrData' },
	fields: {
		seed: seed({ minimum: -1 }),
		size: pixelSize({
			wire: 'size',
			label: 'Size',
			help: 'Width x height of the result in pixels, each from 256 to 1536',
			placeholder: 'e.g. 1024x1024',
			minimumSide: 256,
			maximumSide: 1536,
			example: '1024x768',
		}),
	},
	submitPath: '/v1/images/generations',
	submit: {
		encode: ({ model, prompt, images, fields }) => ({
			purpose: 'submit',
			method: 'POST',
			path: modelVerse.submitPath,
			json: {
				model,
				prompt,
				image: linkOrDataUri(images[0]!),
				...fieldsOnWire(modelVerse.fields, fields),
			},
		}),
		decode: (reply) => {
			const requestId = requestIdOf(reply);
			return readImageList(reply, {
				provider: 'ModelVerse',
				rules,
				...(requestId === undefined ? {} : { requestId }),
			});
		},
	},
	typicalSeconds: 20,
	resultLifetimeSeconds: 7 * 24 * 3600,
	concurrency: 4,
	facts: [
		{
			says: 'Result links live seven days',
			source: 'seed 003',
			confidence: 'high',
		},
		{
			says: 'A result may hold url, b64_json with a data: prefix, or both',
			source: 'seed 003',
			confidence: 'high',
		},
		{
			says: 'error.param is the request id',
			source: 'seed 003',
			confidence: 'high',
		},
		{
			says: 'China mainland accounts use https://api.modelverse.cn as base URL',
			source: 'research S4',
			confidence: 'high',
		},
		{
			says: 'A request with an empty body costs nothing and tells a wrong key (401) from a right one (400)',
			source: 'research S4: derived from the list of error codes, GET /v1/models is open to all',
			confidence: 'assumed',
		},
		{
			says: 'Four requests at once; no limit is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
