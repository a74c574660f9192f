import type { Answer, ApiCall } from '../server/exchange';
import { Refusal } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import { openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import { errors, siliconFlowError } from './silicon-flow-errors';

// docs.siliconflow.cn, images-generations: what an edit may hold. `image_size`, `batch_size` and `guidance_scale` are on the
// page for other models, and so are unknown fields of these two.
const FIELDS_OF_BOTH = [
	'model',
	'prompt',
	'image',
	'negative_prompt',
	'seed',
	'num_inference_steps',
	'cfg',
];
const IMAGES_OF_ONE = ['image'];
const IMAGES_OF_THREE = ['image', 'image2', 'image3'];

/** The image fields of each model: "only Qwen-Image-Edit-2509" has three. */
const IMAGE_FIELDS: Record<string, string[]> = {
	'Qwen/Qwen-Image-Edit-2509': IMAGES_OF_THREE,
	'Qwen/Qwen-Image-Edit': IMAGES_OF_ONE,
};

/** The edit models that there are. */
export const MODELS = Object.keys(IMAGE_FIELDS);

const LARGEST_SEED = 9_999_999_999;
const MOST_STEPS = 100;
const LEAST_CFG = 0.1;
const MOST_CFG = 20;

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** Turns a call down because of one field. Codes: the former official table; all over HTTP 400, which is assumed for them. */
function invalid(code: number, message: string): never {
	return refuse(message, siliconFlowError(400, code, message));
}

/** The fields that the page has for a model. */
export function documentedFields(model: unknown): string[] {
	const images = typeof model === 'string' && Object.hasOwn(IMAGE_FIELDS, model) ? model : '';
	return [...new Set([...FIELDS_OF_BOTH, ...(IMAGE_FIELDS[images] ?? [])])];
}

function checkInteger(body: JsonObject, name: string, least: number, most: number, code: number) {
	const value = body[name];
	if (value === undefined) return;
	if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
		invalid(code, `The parameter ${name} must be an integer within [${least}, ${most}].`);
}

/** What a request for an edit says. */
export interface CheckedRequest {
	model: string;
	prompt: string;
	/** Images by the field they came in. */
	images: Array<[field: string, image: string]>;
	seed?: number;
}

/** Checks everything that can be checked without opening an image. */
export function checkRequest(body: JsonObject): CheckedRequest {
	const { model, prompt, negative_prompt: negative, seed, cfg } = body;
	if (typeof model !== 'string' || model === '')
		return invalid(20015, 'The parameter model is required.');
	if (!Object.hasOwn(IMAGE_FIELDS, model)) refuse('unknown model', errors.status(400));
	if (typeof prompt !== 'string' || prompt === '')
		return invalid(20016, 'The parameter prompt is required.');
	const images: Array<[string, string]> = [];
	for (const field of IMAGE_FIELDS[model]!) {
		const image = body[field];
		// Only the first must be there.
		if (image === undefined && field !== 'image') continue;
		if (image === undefined || image === null || image === '')
			return invalid(20017, `The parameter ${field} is required.`);
		if (typeof image !== 'string')
			return invalid(20015, `The parameter ${field} must be a string.`);
		if (!isWebUrl(image) && !image.startsWith('data:image/'))
			return invalid(20040, `The parameter ${field} must be a URL or a data URI.`);
		images.push([field, image]);
	}
	if (negative !== undefined && typeof negative !== 'string')
		invalid(20015, 'The parameter negative_prompt must be a string.');
	checkInteger(body, 'seed', 0, LARGEST_SEED, 20034);
	checkInteger(body, 'num_inference_steps', 1, MOST_STEPS, 20028);
	if (cfg !== undefined && (typeof cfg !== 'number' || cfg < LEAST_CFG || cfg > MOST_CFG))
		invalid(20015, `The parameter cfg must be a number within [${LEAST_CFG}, ${MOST_CFG}].`);
	return { model, prompt, images, ...(typeof seed === 'number' && { seed }) };
}

/** Opens every input image. */
export async function openAll(
	state: EmulatorState,
	call: ApiCall,
	images: CheckedRequest['images'],
): Promise<Buffer[]> {
	const inputs: Buffer[] = [];
	for (const [field, image] of images) {
		const opened = await openImage(state, call, image);
		if ('problem' in opened) {
			return invalid(
				isWebUrl(image) ? 20038 : 20040,
				`The image in ${field} could not be read: ${opened.problem} (${opened.detail}).`,
			);
		}
		inputs.push(opened.bytes);
	}
	return inputs;
}
