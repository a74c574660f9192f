import type { ApiCall } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import { isObject, noteFields, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { SAYS, kieError, refuse } from './kie-errors';

// PROVIDERS M1: docs.kie.ai/market/qwen/image-edit and, as two clients have it, market/qwen2/image-edit.

/** What a field may hold. */
type Rule =
	| { kind: 'text'; longest?: number }
	| { kind: 'choice'; of: readonly string[] }
	| { kind: 'number'; least: number; most: number }
	| { kind: 'integer' }
	| { kind: 'flag' };

/** The sizes that fal.ai, whose schema this is, gives these names; Kie.ai's page has the names alone. */
const PRESETS: Record<string, [width: number, height: number]> = {
	square: [512, 512],
	square_hd: [1024, 1024],
	portrait_4_3: [768, 1024],
	portrait_16_9: [576, 1024],
	landscape_4_3: [1024, 768],
	landscape_16_9: [1024, 576],
};

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '9:16', '16:9', '21:9'];
const RATIO_PIXELS = 1024 * 1024;
const RATIO_STEP = 16;

const SHARED: Record<string, Rule> = {
	output_format: { kind: 'choice', of: ['jpeg', 'png'] },
	seed: { kind: 'integer' },
	nsfw_checker: { kind: 'flag' },
};

interface KieModel {
	/** The size that is made when nothing is asked for. */
	usualSize: string;
	fields: Record<string, Rule>;
}

const MODELS: Record<string, KieModel> = {
	'qwen/image-edit': {
		usualSize: 'landscape_4_3',
		fields: {
			...SHARED,
			prompt: { kind: 'text', longest: 2000 },
			acceleration: { kind: 'choice', of: ['none', 'regular', 'high'] },
			image_size: { kind: 'choice', of: Object.keys(PRESETS) },
			num_inference_steps: { kind: 'number', least: 2, most: 49 },
			guidance_scale: { kind: 'number', least: 0, most: 20 },
			// A text, not a number.
			num_images: { kind: 'choice', of: ['1', '2', '3', '4'] },
			sync_mode: { kind: 'flag' },
			enable_safety_checker: { kind: 'flag' },
			negative_prompt: { kind: 'text', longest: 500 },
		},
	},
	'qwen2/image-edit': {
		usualSize: '16:9',
		fields: {
			...SHARED,
			prompt: { kind: 'text', longest: 800 },
			image_size: { kind: 'choice', of: RATIOS },
		},
	},
};

/** Why an image is not edited: the code and the words of the task that fails. */
export type ImageFault = [code: string, message: string];

const FORMATS = ['jpeg', 'png', 'webp'];
const MOST_IMAGE_BYTES = 10 * 1024 * 1024;

/** What a call of createTask asks for. */
export interface KieOrder {
	model: string;
	prompt: string;
	imageUrl: string;
	callbackUrl?: string;
	count: number;
	width: number;
	height: number;
	seed?: number;
	format?: 'jpeg' | 'png';
	fields: JsonObject;
}

/** What is wrong with a value, in the words that users report for such values. */
function problemOf(name: string, value: Json, rule: Rule): string | undefined {
	const outside = `${name} is not within the range of allowed options`;
	const notA = (type: string) => `${name} it must be ${type}`;
	switch (rule.kind) {
		case 'text':
			if (typeof value !== 'string') return notA('a string');
			return [...value].length > (rule.longest ?? Infinity) ? SAYS.tooLong : undefined;
		case 'choice':
			if (typeof value !== 'string') return notA('a string');
			return rule.of.includes(value) ? undefined : outside;
		case 'number':
			if (typeof value !== 'number') return notA('a number');
			return value < rule.least || value > rule.most ? outside : undefined;
		case 'integer':
			return Number.isInteger(value) ? undefined : notA('an integer');
		case 'flag':
			return typeof value === 'boolean' ? undefined : notA('a boolean');
	}
}

function sizeOf(name: string): { width: number; height: number } {
	const preset = PRESETS[name];
	if (preset) return { width: preset[0], height: preset[1] };
	const [across, down] = name.split(':').map(Number) as [number, number];
	const side = (pixels: number) => Math.round(pixels / RATIO_STEP) * RATIO_STEP;
	return {
		width: side(Math.sqrt((RATIO_PIXELS * across) / down)),
		height: side(Math.sqrt((RATIO_PIXELS * down) / across)),
	};
}

/** Reads a call of createTask, or turns it down: a wrong parameter is code 500, a wrong model or body is 422. */
export function readOrder(state: EmulatorState, call: ApiCall): KieOrder {
	const { body } = call;
	const invalid = (reason: string, msg: string, code = 500): never =>
		refuse(reason, kieError(state.settings, code, msg, { data: null }));
	if (!isObject(body))
		return invalid('body is not a JSON object', 'The request body is not valid JSON', 422);
	const { input, ...outside } = body;
	const { model, callBackUrl } = outside;
	const known =
		typeof model === 'string' && Object.hasOwn(MODELS, model) ? MODELS[model] : undefined;
	if (typeof model !== 'string' || known === undefined)
		return invalid(model === undefined ? 'model missing' : 'unknown model', SAYS.model, 422);
	if (input === undefined) return invalid('input missing', SAYS.required);
	if (!isObject(input)) return invalid('input is no object', 'input it must be an object');
	const fields = noteFields(call, { ...input, ...outside }, [
		'model',
		'callBackUrl',
		'image_url',
		...Object.keys(known.fields),
	]);
	for (const name of ['prompt', 'image_url']) {
		const value = input[name];
		if (value === undefined || value === null || value === '')
			invalid(`${name} is required`, SAYS.required);
	}
	for (const [name, rule] of Object.entries(known.fields)) {
		const value = input[name];
		// A sample of the pages sends `seed: null`.
		if (value === undefined || value === null) continue;
		const problem = problemOf(name, value, rule);
		if (problem !== undefined) invalid(`${name}: ${problem}`, problem);
	}
	const { image_url: imageUrl } = input;
	if (typeof imageUrl !== 'string')
		return invalid('image_url is no string', 'image_url it must be a string');
	// "File URL after upload, not file content".
	if (!isWebUrl(imageUrl)) invalid('image_url is not a URL', 'image_url it must be a valid URL');
	if (callBackUrl !== undefined && (typeof callBackUrl !== 'string' || !isWebUrl(callBackUrl)))
		invalid('callBackUrl is not a URL', 'callBackUrl it must be a valid URL');
	const { prompt, num_images: count, seed, output_format: format, image_size: size } = input;
	return {
		model,
		prompt: prompt as string,
		imageUrl,
		...(typeof callBackUrl === 'string' && { callbackUrl: callBackUrl }),
		count: Number(count ?? 1),
		...sizeOf((size as string | null | undefined) ?? known.usualSize),
		...(typeof seed === 'number' && { seed }),
		...(typeof format === 'string' && { format: format as 'jpeg' | 'png' }),
		fields,
	};
}

/** Opens the image as the task does that is made of the call: only there does Kie.ai look at it. */
export async function openInput(
	state: EmulatorState,
	call: ApiCall,
	url: string,
): Promise<{ inputs: Buffer[]; fault?: ImageFault }> {
	const image = await openImage(state, call, url);
	if ('problem' in image) {
		const words = image.problem === 'unreachable' ? SAYS.unreadable : 'File type not supported';
		return { inputs: [], fault: ['400', words] };
	}
	if (!FORMATS.includes(image.facts.format))
		return { inputs: [], fault: ['400', 'File type not supported'] };
	if (image.bytes.length > MOST_IMAGE_BYTES)
		return { inputs: [], fault: ['400', 'The file size cannot exceed the maximum limit of 10MB'] };
	return { inputs: [image.bytes] };
}
