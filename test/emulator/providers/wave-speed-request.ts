import { isWebUrl } from '../images/input-images';
import type { ApiCall } from '../server/exchange';
import type { OpenedImage } from '../server/request-fields';
import { isObject, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { ImageFormat, Json, JsonObject } from '../types';
import { TASK_CODES, errors, invalid, refuse } from './wave-speed-errors';

/** What the page of one model says about its fields. */
export interface WaveSpeedModel {
	/** One image as a text, or a list of them. */
	imageField: 'image' | 'images';
	mostImages: number;
	mostSide: number;
	takesLoras: boolean;
	takesOutputFormat: boolean;
}

const LIST: WaveSpeedModel = {
	imageField: 'images',
	mostImages: 3,
	mostSide: 1536,
	takesLoras: false,
	takesOutputFormat: true,
};
const SINGLE: WaveSpeedModel = { ...LIST, imageField: 'image', mostImages: 1 };
/** The newer copy of the page has sides up to 2048; six images are a third party's, no page of the maker has a number. */
const SECOND: WaveSpeedModel = {
	...LIST,
	mostImages: 6,
	mostSide: 2048,
	takesOutputFormat: false,
};

/** The edit models and their pages (docs docs-api/wavespeed-ai; PROVIDERS O4). */
export const MODELS: ReadonlyMap<string, WaveSpeedModel> = new Map([
	['wavespeed-ai/qwen-image/edit', SINGLE],
	['wavespeed-ai/qwen-image/edit-lora', { ...SINGLE, takesLoras: true }],
	['wavespeed-ai/qwen-image/edit-plus', LIST],
	['wavespeed-ai/qwen-image/edit-plus-lora', { ...LIST, takesLoras: true }],
	['wavespeed-ai/qwen-image/edit-2511', LIST],
	['wavespeed-ai/qwen-image/edit-2511-lora', { ...LIST, takesLoras: true }],
	['wavespeed-ai/qwen-image-2.0/edit', SECOND],
	['wavespeed-ai/qwen-image-2.0-pro/edit', SECOND],
]);

const LEAST_SIDE = 256;
const LARGEST_SEED = 2_147_483_647;
const FORMATS: readonly ImageFormat[] = ['jpeg', 'png', 'webp'];
const MOST_LORAS = 3;
const STRONGEST_LORA = 4;

/** The names that a model's page lists. */
export function documentedFields(model: WaveSpeedModel): string[] {
	return [
		'prompt',
		model.imageField,
		'size',
		'seed',
		'enable_sync_mode',
		'enable_base64_output',
		...(model.takesOutputFormat ? ['output_format'] : []),
		...(model.takesLoras ? ['loras'] : []),
	];
}

/** What a request for an edit says. */
export interface CheckedRequest {
	prompt: string;
	images: string[];
	width?: number;
	height?: number;
	seed?: number;
	format?: ImageFormat;
	waits: boolean;
	asBase64: boolean;
	webhook?: string;
}

function imagesOf(model: WaveSpeedModel, body: JsonObject): string[] {
	const name = model.imageField;
	const value = body[name];
	if (value === undefined || value === null || value === '') invalid(`${name} is required`);
	if (name === 'image' && typeof value !== 'string') invalid('image must be a string');
	if (name === 'images' && !Array.isArray(value)) invalid('images must be an array');
	const images = [value].flat();
	if (images.length === 0) invalid(`${name} is required`);
	if (images.length > model.mostImages)
		invalid(`${name} must have at most ${model.mostImages} items`);
	if (!images.every((image) => typeof image === 'string' && image !== ''))
		invalid(`${name}: every item must be a string`);
	return images as string[];
}

/** A size is "W*H", with an asterisk. */
function sizeOf(model: WaveSpeedModel, value: Json): { width: number; height: number } {
	const match = typeof value === 'string' ? /^(\d+)\*(\d+)$/.exec(value) : null;
	if (!match) return invalid('size must have the form width*height');
	const [width, height] = [Number(match[1]), Number(match[2])];
	if ([width, height].some((side) => side < LEAST_SIDE || side > model.mostSide))
		invalid(`size: width and height must be between ${LEAST_SIDE} and ${model.mostSide}`);
	return { width, height };
}

function checkLoras(value: Json): void {
	if (!Array.isArray(value)) return invalid('loras must be an array');
	if (value.length > MOST_LORAS) invalid(`loras must have at most ${MOST_LORAS} items`);
	for (const lora of value) {
		if (!isObject(lora)) return invalid('loras: every item must be an object');
		const { path, scale } = lora;
		if (typeof path !== 'string' || path === '') invalid('loras: path is required');
		if (typeof scale !== 'number' || scale < 0 || scale > STRONGEST_LORA)
			invalid(`loras: scale must be between 0 and ${STRONGEST_LORA}`);
	}
}

function flagOf(body: JsonObject, name: string): boolean {
	const value = body[name] ?? false;
	return typeof value === 'boolean' ? value : invalid(`${name} must be a boolean`);
}

/** The webhook stands in the query; it must be a public https address (docs how-to-use-webhooks). */
function webhookOf(call: ApiCall): string | undefined {
	const webhook = call.query.get('webhook') ?? undefined;
	if (webhook !== undefined && !(isWebUrl(webhook) && /^https:/i.test(webhook)))
		invalid('webhook must be an HTTPS URL');
	return webhook;
}

/** The model that a path names. */
export function modelOf(path: string): WaveSpeedModel {
	return MODELS.get(path) ?? refuse('unknown model', errors.status(404, `Model ${path} not found`));
}

/** Checks everything that can be checked without opening an image. */
export function checkRequest(
	call: ApiCall,
	model: WaveSpeedModel,
	body: JsonObject,
): CheckedRequest {
	const { prompt, size, seed, output_format: format, loras } = body;
	if (prompt === undefined || prompt === null || prompt === '') invalid('prompt is required');
	if (typeof prompt !== 'string') return invalid('prompt must be a string');
	const images = imagesOf(model, body);
	const isSeed =
		Number.isInteger(seed) && (seed as number) >= -1 && (seed as number) <= LARGEST_SEED;
	if (seed !== undefined && !isSeed)
		invalid(`seed must be an integer between -1 and ${LARGEST_SEED}`);
	const isFormat = FORMATS.includes(format as ImageFormat);
	if (model.takesOutputFormat && format !== undefined && !isFormat)
		invalid(`output_format must be one of ${FORMATS.join(', ')}`);
	if (model.takesLoras && loras !== undefined) checkLoras(loras);
	const webhook = webhookOf(call);
	return {
		prompt,
		images,
		...(size !== undefined && sizeOf(model, size)),
		// -1 asks for any seed.
		...(typeof seed === 'number' && seed >= 0 && { seed }),
		...(model.takesOutputFormat && isFormat && { format: format as ImageFormat }),
		waits: flagOf(body, 'enable_sync_mode'),
		asBase64: flagOf(body, 'enable_base64_output'),
		...(webhook !== undefined && { webhook }),
	};
}

/** Why a task cannot work on an image. */
export interface ImageFault {
	code: number;
	message: string;
}

/** Opens every input image. Only the task looks behind a link, so a link that leads nowhere fails it (docs error-codes). */
export async function openAll(
	state: EmulatorState,
	call: ApiCall,
	images: string[],
): Promise<{ inputs: Buffer[]; fault?: ImageFault }> {
	const inputs: Buffer[] = [];
	let fault: ImageFault | undefined;
	for (const text of images) {
		const image: OpenedImage | { problem: string; detail: string } = await openImage(
			state,
			call,
			text,
		);
		if (!('problem' in image)) {
			inputs.push(image.bytes);
		} else if (image.problem === 'unreachable') {
			fault ??= {
				code: TASK_CODES.mediaNotReachable,
				message: `The media URL could not be accessed (${image.detail})`,
			};
		} else if (isWebUrl(text)) {
			fault ??= {
				code: TASK_CODES.invalidValue,
				message: `The media is not an image (${image.detail})`,
			};
		} else {
			invalid(`image: ${image.problem}, ${image.detail}`);
		}
	}
	return { inputs, ...(fault && { fault }) };
}
