import type { ImageFormat } from '../types';

/** Least and most. */
export type Range = readonly [least: number, most: number];

/** What one model takes: fal.ai/models/…/llms.txt, @fal-ai/client types, and PROVIDERS O2. */
export interface FalModel {
	image: 'image_url' | 'image_urls';
	/** Fields besides the image. */
	fields: readonly string[];
	formats: readonly ImageFormat[];
	steps?: Range;
	guidance?: Range;
	/** The size without `image_size` is square_hd, not the input's. */
	isSquare?: true;
	/** The models behind DashScope's newer series: limits of their own, and answers with images and seed only. */
	isNewer?: true;
	mostImages?: number;
	longestPrompt?: number;
	longestNegative?: number;
	/** Sides, bytes and formats of input images. */
	inputs?: { sides: Range; mostBytes: number; formats: readonly string[] };
	/** Pixels of `image_size`. */
	pixels?: Range;
	seeds?: Range;
}

const COMMON = [
	'prompt',
	'negative_prompt',
	'image_size',
	'num_images',
	'output_format',
	'seed',
	'sync_mode',
	'enable_safety_checker',
];
const DIFFUSION = [...COMMON, 'acceleration', 'guidance_scale', 'num_inference_steps'];
const WITH_LORAS = [...DIFFUSION, 'loras'];
const NEWER = [...COMMON, 'enable_prompt_expansion'];

const OLDER_FORMATS = ['png', 'jpeg'] as const;
const ALL_FORMATS = ['png', 'jpeg', 'webp'] as const;
const PIXELS: Range = [512 * 512, 2048 * 2048];

const EDIT: FalModel = {
	image: 'image_url',
	fields: DIFFUSION,
	formats: OLDER_FORMATS,
	steps: [2, 50],
	guidance: [0, 20],
};
// Its defaults are documented, its ranges are not.
const EDIT_LORA: FalModel = { image: 'image_url', fields: WITH_LORAS, formats: OLDER_FORMATS };
const PLUS: FalModel = {
	image: 'image_urls',
	fields: DIFFUSION,
	formats: OLDER_FORMATS,
	steps: [2, 100],
	guidance: [0, 20],
	isSquare: true,
};
// Known from the client's list of models only, where they share one type with 2511.
const AS_PLUS: FalModel = {
	image: 'image_urls',
	fields: DIFFUSION,
	formats: ALL_FORMATS,
	isSquare: true,
};
const SERIES_2: FalModel = {
	image: 'image_urls',
	fields: NEWER,
	formats: ALL_FORMATS,
	isNewer: true,
	mostImages: 3,
	longestPrompt: 800,
	longestNegative: 500,
	inputs: { sides: [384, 5000], mostBytes: 10 * 1024 * 1024, formats: ['jpeg', 'png', 'webp'] },
	pixels: PIXELS,
	seeds: [0, 2_147_483_647],
};

/** The models there are. */
export const MODELS: Record<string, FalModel> = {
	'fal-ai/qwen-image-edit-2511': { image: 'image_urls', fields: DIFFUSION, formats: ALL_FORMATS },
	'fal-ai/qwen-image-edit-2511/lora': {
		image: 'image_urls',
		fields: WITH_LORAS,
		formats: ALL_FORMATS,
		steps: [1, 50],
	},
	'fal-ai/qwen-image-edit-plus': PLUS,
	'fal-ai/qwen-image-edit-2509': AS_PLUS,
	'fal-ai/qwen-image-edit-plus-lora': { ...AS_PLUS, fields: WITH_LORAS },
	'fal-ai/qwen-image-edit-2509-lora': { ...AS_PLUS, fields: WITH_LORAS },
	'fal-ai/qwen-image-edit': EDIT,
	'fal-ai/qwen-image-edit-lora': EDIT_LORA,
	'fal-ai/qwen-image-2/edit': SERIES_2,
	'fal-ai/qwen-image-2/pro/edit': SERIES_2,
	'fal-ai/qwen-image-max/edit': SERIES_2,
	// Not among the client's types: three unrelated projects agree on this much.
	'alibaba/qwen-image-3/edit': {
		image: 'image_urls',
		fields: NEWER,
		formats: ALL_FORMATS,
		isNewer: true,
		mostImages: 3,
		pixels: PIXELS,
	},
};

/** Pixels. */
export interface Size {
	width: number;
	height: number;
}

/** The names of sizes (@fal-ai/client); the pixels are those of fal's pages. */
export const PRESETS: Record<string, Size> = {
	square_hd: { width: 1024, height: 1024 },
	square: { width: 512, height: 512 },
	portrait_4_3: { width: 768, height: 1024 },
	portrait_16_9: { width: 576, height: 1024 },
	landscape_4_3: { width: 1024, height: 768 },
	landscape_16_9: { width: 1024, height: 576 },
};
