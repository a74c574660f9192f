import * as z from 'zod/v4';

import { type Field, jsonList, pixelSize } from '../../adapter/field';
import { callbackUrl } from '../families/callbackUrl';
import {
	acceleration,
	guidanceScale,
	imageCount,
	inferenceSteps,
	negativePrompt,
	outputFormat,
	promptExtend,
	safetyChecker,
	seed,
} from '../families/usualFields';

/** Sizes that fal.ai has names for. */
export const presets = [
	'square_hd',
	'square',
	'portrait_4_3',
	'portrait_16_9',
	'landscape_4_3',
	'landscape_16_9',
];

/** A preset as it is, else an object: research O2. */
function imageSize(size: string): string | { width: number; height: number } {
	const [width, height] = size.split('x').map(Number);
	return presets.includes(size) ? size : { width: width!, height: height! };
}

/** The options of fal.ai's models, from the types of its own client: research O2. */
export const falFields: Readonly<Record<string, Field>> = {
	acceleration: acceleration('regular'),
	callbackUrl: callbackUrl('fal_webhook', 'fal.ai'),
	guidanceScale: guidanceScale({ minimum: 0, maximum: 20, default: 4.5 }),
	loras: jsonList({
		wire: 'loras',
		label: 'LoRAs (JSON)',
		help: 'Up to three LoRAs: path is a URL, a path or a Hugging Face name; scale is optional',
		entry: z.strictObject({
			path: z.string().min(1),
			scale: z.number().optional(),
			force: z.boolean().optional(),
		}),
		maximumEntries: 3,
		example: '[{"path":"owner/model","scale":1}]',
	}),
	n: imageCount(4, { wire: 'num_images' }),
	negativePrompt: negativePrompt(),
	numInferenceSteps: inferenceSteps({ minimum: 1, maximum: 100, default: 28 }),
	outputFormat: outputFormat('png', 'jpeg', 'webp'),
	promptExtend: promptExtend('enable_prompt_expansion'),
	safetyChecker: safetyChecker('fal.ai', 'enable_safety_checker'),
	seed: seed(),
	size: pixelSize({
		wire: 'image_size',
		label: 'Size',
		help: `Width x height of the result in pixels, or one of ${presets.join(', ')}`,
		placeholder: 'e.g. 1024x1024',
		minimumSide: 64,
		maximumSide: 14_142,
		words: presets,
		example: '1024x768',
		toWire: (value) => imageSize(String(value)),
	}),
};
