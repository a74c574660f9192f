import * as z from 'zod/v4';

import { file } from '../adapter/encode';
import {
	choice,
	decimal,
	integer,
	jsonObject,
	readJsonObject,
	text,
	writtenSize,
} from '../adapter/field';
import { lenientText } from '../wire/json/lenient';
import { readImageList } from './families/imageList';
import { bearer } from '../adapter/credential';
import type { Provider } from '../adapter/provider';
import type { EditRequest } from '../edit/request';
import { serverPresets } from './families/openAiServers';
import { type FormPart, formPart } from '../wire/wire';
import { readField, words } from '../wire/json/jsonValue';

const imageFields: Readonly<Record<string, 'image' | 'image[]'>> = {
	repeated: 'image',
	brackets: 'image[]',
};

/** Options that say how to send, and are not sent themselves. */
const steering = new Set(['serverPreset', 'imageFieldStyle', 'extraFields']);

/** Writes a value at a path, making the objects on the way. */
function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
	const [name, ...rest] = path;
	if (name === undefined) return;
	if (rest.length === 0) {
		target[name] = value;
		return;
	}
	const inner = (target[name] ?? {}) as Record<string, unknown>;
	target[name] = inner;
	place(inner, rest, value);
}

/** A form carries texts: plain values as they are, anything else as JSON. */
function formText(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

function encodeForm({ model, prompt, images, mask, fields }: EditRequest): FormPart[] {
	const preset = serverPresets[String(fields.serverPreset ?? 'generic')] ?? serverPresets.generic!;
	const imageField = imageFields[String(fields.imageFieldStyle ?? '')] ?? preset.imageField;
	const sent = new Map<string, string>(Object.entries(preset.always ?? {}));
	const inPrompt: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(fields)) {
		if (steering.has(name)) continue;
		const path = preset.inPrompt?.[name];
		if (path !== undefined) place(inPrompt, path, value);
		else sent.set(preset.names?.[name] ?? openAiCompatible.fields[name]!.wire, formText(value));
	}
	const extra =
		typeof fields.extraFields === 'string' ? readJsonObject(fields.extraFields) : undefined;
	for (const [name, value] of Object.entries(extra ?? {})) {
		if (preset.inPrompt === undefined) sent.set(name, formText(value));
		else inPrompt[name] = value;
	}
	const block =
		Object.keys(inPrompt).length === 0
			? ''
			: ` <sd_cpp_extra_args>${JSON.stringify(inPrompt)}</sd_cpp_extra_args>`;
	return [
		...(model === '' ? [] : [formPart('model', model)]),
		formPart('prompt', `${prompt}${block}`),
		...[...sent].map(([name, value]) => ({ name, value })),
		...images.map((image) => ({ name: imageField, value: file(image) })),
		...(mask === undefined ? [] : [{ name: preset.maskField, value: mask }]),
	];
}

const modelNames = z.object({
	data: z.array(z.object({ id: lenientText }).catch({ id: undefined })),
});

/**
 * Any server that speaks OpenAI's `POST /v1/images/edits`: vLLM-Omni, SGLang-Diffusion, sd-server, Lemonade,
 * Xinference, DeepInfra, gateways. Research, "Self-hosted, OpenAI-compatible".
 */
export const openAiCompatible: Provider = {
	id: 'openAiCompatible',
	title: 'OpenAI-Compatible Server',
	summary:
		'Your own GPU server or a gateway with the route /v1/images/edits; files are uploaded as they are',
	documentationUrl: 'https://platform.openai.com/docs/api-reference/images/createEdit',
	credential: {
		type: 'qwenImageEditOpenAiCompatibleApi',
		title: 'OpenAI-Compatible Server API',
		defaultBaseUrl: '',
		key: bearer,
		keyOptional: true,
		test: 'request',
		versionPath: '/v1',
	},
	models: [],
	defaultModel: '',
	modelList: {
		encode: () => ({ purpose: 'read', method: 'GET', path: '/models' }),
		decode: ({ json }) =>
			modelNames.safeParse(json).data?.data.flatMap(({ id }) => (id === undefined ? [] : [{ id }])),
	},
	prompt: {},
	images: { maximum: 16, takes: 'file', mask: true },
	fields: {
		serverPreset: choice({
			wire: '',
			label: 'Server',
			help: 'Which server it is; changes only field names that the server documents differently',
			choices: Object.entries(serverPresets)
				.map(([value, { label }]) => ({ value, label }))
				.sort((one, other) => one.label.localeCompare(other.label)),
			default: 'generic',
			example: 'sdServer',
		}),
		imageFieldStyle: choice({
			wire: '',
			label: 'Image Field',
			help: 'Name of the form field of each image, where the server wants another than its preset',
			choices: [
				{ value: 'repeated', label: 'Image' },
				{ value: 'brackets', label: 'Image[]' },
			],
			default: 'repeated',
			example: 'brackets',
		}),
		n: integer({
			wire: 'n',
			label: 'Number of Images',
			help: 'How many results to make; each becomes an item of its own',
			minimum: 1,
			maximum: 10,
			default: 1,
			example: 2,
		}),
		size: text({
			wire: 'size',
			label: 'Size',
			help: 'Width x height of the result in pixels, or a word that the server knows such as auto',
			placeholder: 'e.g. 1024x1024',
			example: '1024x768',
			schema: z
				.string()
				.transform(writtenSize)
				.refine(
					(value) => /^(\d{2,5}x\d{2,5}|[a-z]{3,12})$/.test(value),
					"'Size' must be width x height in pixels, such as 1024x1024, or a word such as auto",
				),
		}),
		seed: integer({
			wire: 'seed',
			label: 'Seed',
			// PyTorch's generators take 64 bits; what JavaScript holds exactly is enough. -1 is random for sd-server.
			help: 'Number that makes the result repeatable, from -1 to 9007199254740991',
			minimum: -1,
			maximum: Number.MAX_SAFE_INTEGER,
			example: 0,
		}),
		negativePrompt: text({
			wire: 'negative_prompt',
			label: 'Negative Prompt',
			help: 'What the image should not show',
			placeholder: 'e.g. blurry, extra fingers',
			rows: 2,
			example: 'blurry',
		}),
		numInferenceSteps: integer({
			wire: 'num_inference_steps',
			label: 'Inference Steps',
			help: 'How many diffusion steps, from 1 to 500; Lightning models want 4 or 8',
			minimum: 1,
			maximum: 500,
			default: 40,
			example: 8,
		}),
		guidanceScale: decimal({
			wire: 'guidance_scale',
			label: 'Guidance Scale',
			help: 'How closely the result follows the prompt, from 0 to 100',
			minimum: 0,
			maximum: 100,
			default: 1,
			example: 1.5,
		}),
		trueCfgScale: decimal({
			wire: 'true_cfg_scale',
			label: 'True CFG Scale',
			help: 'Classifier-free guidance of Qwen-Image, from 0 to 100; leave it unset for Lightning models, which break on it',
			minimum: 0,
			maximum: 100,
			default: 4,
			example: 2.5,
		}),
		outputFormat: choice({
			wire: 'output_format',
			label: 'Output Format',
			help: 'File type that the server writes',
			choices: [
				{ value: 'jpeg', label: 'JPEG' },
				{ value: 'png', label: 'PNG' },
				{ value: 'webp', label: 'WebP' },
			],
			default: 'png',
			example: 'webp',
		}),
		responseFormat: choice({
			wire: 'response_format',
			label: 'Response Format',
			help: 'How the server returns the result; the output is the same',
			choices: [
				{ value: 'b64_json', label: 'Base64' },
				{ value: 'url', label: 'URL' },
			],
			default: 'b64_json',
			example: 'url',
		}),
		extraFields: jsonObject({
			wire: '',
			label: 'Extra Fields (JSON)',
			help: 'Further fields for the server, as a JSON object',
			example: '{"scheduler":"euler"}',
		}),
	},
	submitPath: '/images/edits',
	submit: {
		encode: (request) => ({
			purpose: 'submit',
			method: 'POST',
			path: openAiCompatible.submitPath,
			form: encodeForm(request),
		}),
		decode: (reply) => readImageList(reply, { provider: 'The server' }),
	},
	typicalSeconds: 30,
	busy: {
		says: "`error.message` says that the engine is overloaded, in OpenAI's words",
		source: 'platform.openai.com/docs/guides/error-codes',
		when: (json) =>
			/engine is currently overloaded/i.test(words(readField(readField(json, 'error'), 'message'))),
	},
	concurrency: 1,
	facts: [
		{
			says: 'Nothing is sent that was not set: Lightning models break on a stray guidance value',
			source: 'research, "Self-hosted, OpenAI-compatible"',
			confidence: 'medium',
		},
		{
			says: 'vLLM-Omni takes `image` repeated and a mask as `mask_image`, and answers with base64 only',
			source: 'vllm-omni docs/serving/image_edit_api.md',
			confidence: 'high',
		},
		{
			says: 'SGLang-Diffusion takes `image` or `image[]`; its result URL may be relative (/v1/images/{id}/content)',
			source: 'sglang image_api.py, in research "Self-hosted"',
			confidence: 'high',
		},
		{
			says: 'sd-server prefers `image[]`, and reads seed, steps and guidance from a JSON block in the prompt',
			source: 'research, "Self-hosted"; stable-diffusion.cpp examples/server/api.md',
			confidence: 'high',
		},
		{
			says: 'Lemonade names them `steps` and `cfg_scale`, and answers with base64 only',
			source: 'lemonade docs/api/openai.md, in research "Self-hosted"',
			confidence: 'high',
		},
		{
			says: 'Xinference gives a path on its own disk as URL, so its preset asks for base64',
			source: 'xinference api/routers/images.py, in research "Self-hosted"',
			confidence: 'high',
		},
		{
			says: 'One request at once: a server with one GPU works on one edit at a time',
			source: 'a cautious choice; raise it for larger servers',
			confidence: 'assumed',
		},
		{
			says: 'Up to 16 images, as OpenAI allows; the model may take fewer',
			source: "OpenAI's own limit for this route",
			confidence: 'medium',
		},
	],
};
