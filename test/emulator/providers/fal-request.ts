import type { OpenedImage } from '../server/request-fields';
import { openImage } from '../server/request-fields';
import type { ApiCall } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { ImageFormat, JsonObject } from '../types';
import { BodyCheck } from './fal-body-check';
import type { ErrorDetail } from './fal-errors';
import type { FalModel, Range, Size } from './fal-models';
import { PRESETS } from './fal-models';

/** A side that is left out (@fal-ai/client, `ImageSize`). */
const USUAL_SIDE = 512;
const SIDES: Range = [1, 14_142];
const MOST_LORAS = 3;
const MOST_RESULTS = 4;

function checkSize(check: BodyCheck, pixels: Range | undefined): Size | undefined {
	const value = check.value('image_size');
	if (value === undefined) return undefined;
	if (typeof value === 'string') {
		check.oneOf('image_size', Object.keys(PRESETS));
		return Object.hasOwn(PRESETS, value) ? PRESETS[value] : undefined;
	}
	if (typeof value !== 'object' || Array.isArray(value)) {
		check.add(['image_size'], 'model_type', 'Input should be a valid dictionary', value);
		return undefined;
	}
	const { width = USUAL_SIDE, height = USUAL_SIDE } = value!;
	check.number(['image_size', 'width'], width, 'integer', SIDES);
	check.number(['image_size', 'height'], height, 'integer', SIDES);
	const size = { width: Number(width), height: Number(height) };
	const area = size.width * size.height;
	if (pixels && (area < pixels[0] || area > pixels[1])) {
		check.add(
			['image_size'],
			'value_error',
			'Total number of pixels must be between 512x512 and 2048x2048',
			value,
		);
	}
	return size;
}

function checkLoras(check: BodyCheck): void {
	for (const [place, lora] of check.list('loras', 0, MOST_LORAS).entries()) {
		const isObject = typeof lora === 'object' && lora !== null && !Array.isArray(lora);
		if (!isObject) {
			check.add(['loras', place], 'model_type', 'Input should be a valid dictionary', lora);
		} else if (typeof lora.path !== 'string') {
			check.add(['loras', place, 'path'], 'missing', 'Field required', lora);
		}
	}
}

/** The images' addresses, each with its place in the body. */
function checkImages(check: BodyCheck, model: FalModel): Array<[Array<string | number>, string]> {
	const { image, mostImages = Infinity } = model;
	if (check.value(image) === undefined) {
		check.missing(image);
		return [];
	}
	if (image === 'image_url') {
		const url = check.text(image);
		return url === undefined ? [] : [[[image], url]];
	}
	return check.list(image, 1, mostImages).flatMap((url, place) => {
		if (typeof url === 'string') return [[[image, place], url]];
		check.add([image, place], 'string_type', 'Input should be a valid string', url);
		return [];
	});
}

function imageFault(
	opened: OpenedImage,
	{ sides, mostBytes, formats }: NonNullable<FalModel['inputs']>,
): [type: string, msg: string, ctx: JsonObject] | undefined {
	const { format, width, height } = opened.facts;
	const [least, most] = sides;
	if (opened.bytes.length > mostBytes)
		return ['file_too_large', `File exceeds ${mostBytes} bytes.`, { max_size: mostBytes }];
	if (!formats.includes(format)) {
		const supported = formats.join(', ');
		return [
			'unsupported_image_format',
			`Unsupported image format. Supported formats are ${supported}.`,
			{ supported_formats: [...formats] },
		];
	}
	if (Math.min(width, height) < least) {
		const ctx = { min_height: least, min_width: least };
		return [
			'image_too_small',
			`Image dimensions are too small. Minimum dimensions are ${least}x${least} pixels.`,
			ctx,
		];
	}
	if (Math.max(width, height) > most) {
		const ctx = { max_height: most, max_width: most };
		return [
			'image_too_large',
			`Image dimensions are too large. Maximum dimensions are ${most}x${most} pixels.`,
			ctx,
		];
	}
	return undefined;
}

/** Loads every image, as the runner does at the beginning of its work. */
async function openAll(
	state: EmulatorState,
	call: ApiCall,
	check: BodyCheck,
	model: FalModel,
	images: Array<[Array<string | number>, string]>,
): Promise<OpenedImage[]> {
	const all: OpenedImage[] = [];
	for (const [path, url] of images) {
		const opened = await openImage(state, call, url);
		if ('problem' in opened || (opened.form === 'data' && opened.claimedType === undefined)) {
			const isNoImage = 'problem' in opened && opened.problem === 'not an image';
			check.add(
				path,
				isNoImage ? 'image_load_error' : 'file_download_error',
				isNoImage
					? 'Failed to load the image. Please ensure the image file is not corrupted and is in a supported format.'
					: 'Failed to download the file. Please check if the URL is accessible and try again.',
				url.slice(0, 200),
			);
			continue;
		}
		// huggingface.js: the declared type must have a file name's ending.
		if (opened.form === 'data' && !/^image\/[a-z+]+$/.test(opened.claimedType ?? '')) {
			check.add(path, 'file_download_error', 'Unsupported data URL', url.slice(0, 200));
			continue;
		}
		all.push(opened);
		const fault = model.inputs && imageFault(opened, model.inputs);
		if (fault) check.add(path, fault[0], fault[1], url.slice(0, 200), fault[2]);
	}
	return all;
}

/** What a run was asked for. */
export interface CheckedInput {
	/** What is wrong with it; the run ends with this. */
	details: ErrorDetail[];
	prompt: string;
	inputs: Buffer[];
	size?: Size;
	count: number;
	seed?: number;
	format?: ImageFormat;
}

/** Checks the input of a run against its model. */
export async function checkInput(
	state: EmulatorState,
	call: ApiCall,
	model: FalModel,
	body: JsonObject,
): Promise<CheckedInput> {
	const check = new BodyCheck(body);
	const has = (name: string) => model.fields.includes(name);
	const prompt = check.text('prompt', model.longestPrompt);
	if (check.value('prompt') === undefined) check.missing('prompt');
	const images = checkImages(check, model);
	check.text('negative_prompt', model.longestNegative);
	check.oneOf('output_format', model.formats);
	check.number(['num_images'], check.value('num_images'), 'integer', [1, MOST_RESULTS]);
	check.number(['seed'], check.value('seed'), 'integer', model.seeds);
	for (const name of ['enable_safety_checker', 'sync_mode']) check.flag(name);
	const asked = checkSize(check, model.pixels);
	if (has('enable_prompt_expansion')) check.flag('enable_prompt_expansion');
	if (has('acceleration')) {
		check.oneOf('acceleration', ['none', 'regular', 'high']);
		check.number(['guidance_scale'], check.value('guidance_scale'), 'number', model.guidance);
		const steps = check.value('num_inference_steps');
		check.number(['num_inference_steps'], steps, 'integer', model.steps);
	}
	if (has('loras')) checkLoras(check);
	const opened = check.details.length ? [] : await openAll(state, call, check, model, images);
	const isRight = check.details.length === 0;
	// Of several images the newer series goes by the last one; the others by the first (assumed).
	const leader = opened.length > 1 ? opened.at(model.isNewer ? -1 : 0)?.facts : undefined;
	const size = asked ?? (model.isSquare ? PRESETS.square_hd : leader);
	const { num_images: count, seed, output_format: format } = body;
	return {
		details: check.details,
		prompt: prompt ?? '',
		inputs: isRight ? opened.map(({ bytes }) => bytes) : [],
		...(isRight && size && { size: { width: size.width, height: size.height } }),
		count: isRight && typeof count === 'number' ? count : 1,
		...(isRight && typeof seed === 'number' && { seed }),
		...(isRight && typeof format === 'string' && { format: format as ImageFormat }),
	};
}
