import type { Answer, ApiCall } from '../server/exchange';
import { Refusal } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import type { OpenedImage } from '../server/request-fields';
import { openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import { callbackProblem } from './odkkk-callback';
import { odkkkError } from './odkkk-errors';

// Seed 002, which is EvoLink's page with another host (PROVIDERS S3): what every model's request holds.
const LONGEST_PROMPT = 2000;
const MOST_IMAGES = 3;
const LEAST_SIDE = 384;
const MOST_SIDE = 3072;
const FORMATS = ['jpeg', 'png', 'bmp', 'webp', 'tiff'];

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** Turns a call down because of one parameter. */
export function invalid(reason: string, param: string): never {
	return refuse(reason, odkkkError(400, { message: reason, param }));
}

interface CheckedEdit {
	prompt: string;
	urls: string[];
	callbackUrl?: string;
}

/** Checks everything but the model that can be checked without opening an image. */
export function checkEdit(body: JsonObject): CheckedEdit {
	const { prompt, image_urls: urls, callback_url: callbackUrl } = body;
	if (typeof prompt !== 'string' || prompt === '') invalid('prompt is required', 'prompt');
	if (prompt.length > LONGEST_PROMPT)
		invalid(`prompt must not exceed ${LONGEST_PROMPT} characters`, 'prompt');
	if (urls === undefined) invalid('image_urls is required', 'image_urls');
	if (!Array.isArray(urls)) invalid('image_urls must be an array', 'image_urls');
	if (urls.length === 0) invalid('image_urls must not be empty', 'image_urls');
	if (urls.length > MOST_IMAGES)
		invalid(`image_urls: at most ${MOST_IMAGES} images are allowed`, 'image_urls');
	for (const url of urls) {
		if (typeof url !== 'string' || !isWebUrl(url))
			invalid('image_urls: every item must be a URL', 'image_urls');
	}
	if (callbackUrl !== undefined) {
		const problem = callbackProblem(callbackUrl);
		if (problem) invalid(problem, 'callback_url');
	}
	return {
		prompt,
		urls: urls as string[],
		...(typeof callbackUrl === 'string' && { callbackUrl }),
	};
}

type ImageFault = { code: string; message: string };

function imageFault(image: OpenedImage, place: number): ImageFault | undefined {
	const { format, width, height } = image.facts;
	if (!FORMATS.includes(format)) {
		return {
			code: 'image_processing_error',
			message: `image_urls[${place}]: unsupported file format ${format}`,
		};
	}
	if ([width, height].some((side) => side < LEAST_SIDE || side > MOST_SIDE)) {
		return {
			code: 'image_dimension_mismatch',
			message: `image_urls[${place}]: width and height must be within ${LEAST_SIDE}-${MOST_SIDE} pixels, got ${width}x${height}`,
		};
	}
	return undefined;
}

/** Downloads every image and looks at it. */
export async function openAll(
	state: EmulatorState,
	call: ApiCall,
	urls: string[],
): Promise<{ inputs: Buffer[]; fault?: ImageFault }> {
	const inputs: Buffer[] = [];
	let fault: ImageFault | undefined;
	for (const [place, url] of urls.entries()) {
		const image = await openImage(state, call, url);
		if ('problem' in image) {
			fault ??= {
				code: 'image_processing_error',
				message: `image_urls[${place}]: the image could not be downloaded (${image.problem}, ${image.detail})`,
			};
			continue;
		}
		inputs.push(image.bytes);
		fault ??= imageFault(image, place);
	}
	return { inputs, ...(fault && { fault }) };
}
