import type { OpenAiErrorForm, OpenAiFace, ImageFormat } from '../types';

/** What one server's document says about `POST /v1/images/edits`. Where it says nothing, `assumed` says so. */
export interface Face {
	/** Where that is written. */
	source: string;
	/** Fields for images; the first that was sent is read. */
	imageFields: readonly string[];
	/** Those of them that may come several times; of any other, one file is read. */
	repeatedFields: readonly string[];
	/** Fields for addresses of images, which the server fetches itself. */
	urlFields: readonly string[];
	mostImages?: number;
	maskField?: 'mask' | 'mask_image';
	/** Text fields that the document names, whether or not they do anything. */
	textFields: readonly string[];
	/** Text fields that are refused when they are no such number. */
	numbers: Readonly<Record<string, 'integer' | 'number'>>;
	model: 'required' | 'mustMatch' | 'ignored';
	modelName: string;
	/** What happens to `n` outside 1 to 10. */
	count: 'refused' | 'clamped' | 'taken';
	/** Whether `size` must be `WIDTHxHEIGHT` (or `auto`), or anything else is passed over. */
	size: 'checked' | 'lenient';
	defaultSize?: readonly [width: number, height: number];
	responseFormats: readonly string[];
	defaultResponseFormat: 'b64_json' | 'url';
	outputFormats: readonly string[];
	defaultFormat: ImageFormat;
	errorForm: OpenAiErrorForm;
	/** Form of a refused key, where it is another one. */
	keyErrorForm?: OpenAiErrorForm;
	ownedBy: string;
}

const OPEN_AI_FIELDS = ['model', 'prompt', 'n', 'size', 'response_format', 'user', 'background'];
const DIFFUSION_FIELDS = [
	'seed',
	'negative_prompt',
	'num_inference_steps',
	'guidance_scale',
	'true_cfg_scale',
];
const DIFFUSION_NUMBERS = {
	n: 'integer',
	seed: 'integer',
	num_inference_steps: 'integer',
	guidance_scale: 'number',
	true_cfg_scale: 'number',
	output_compression: 'integer',
} as const;

export const FACES: Readonly<Record<OpenAiFace, Face>> = {
	/** Any gateway: OpenAI's own fields and every one that the servers below add. Error bodies are OpenAI's. */
	generic: {
		source: 'OpenAI, "Create image edit"; provider research "Self-hosted, OpenAI-compatible"',
		imageFields: ['image', 'image[]'],
		repeatedFields: ['image', 'image[]'],
		urlFields: [],
		maskField: 'mask',
		textFields: [
			...OPEN_AI_FIELDS,
			...DIFFUSION_FIELDS,
			'quality',
			'input_fidelity',
			'output_format',
			'output_compression',
			'steps',
			'cfg_scale',
			'stream',
		],
		numbers: { ...DIFFUSION_NUMBERS, steps: 'integer', cfg_scale: 'number' },
		model: 'ignored',
		modelName: 'qwen-image-edit',
		count: 'refused',
		size: 'checked',
		responseFormats: ['b64_json', 'url'],
		defaultResponseFormat: 'b64_json',
		outputFormats: ['png', 'jpeg', 'webp'],
		defaultFormat: 'png',
		errorForm: 'error',
		ownedBy: 'system',
	},
	vllmOmni: {
		source: 'vllm-project/vllm-omni docs/serving/image_edit_api.md at 00a3619b',
		imageFields: ['image', 'image[]'],
		repeatedFields: ['image', 'image[]'],
		urlFields: ['url', 'url[]'],
		// The Qwen-Image-Edit-2511 pipeline (vllm-omni pull request 2929).
		mostImages: 4,
		maskField: 'mask_image',
		textFields: [
			...OPEN_AI_FIELDS,
			...DIFFUSION_FIELDS,
			'output_format',
			'output_compression',
			'stream',
			'url',
			'url[]',
			'reference_image',
			'mask_image',
			'infer_align_image_size',
		],
		numbers: DIFFUSION_NUMBERS,
		model: 'mustMatch',
		modelName: 'Qwen/Qwen-Image-Edit-2511',
		// "1-10"; what happens beyond is assumed.
		count: 'refused',
		size: 'checked',
		responseFormats: ['b64_json'],
		defaultResponseFormat: 'b64_json',
		outputFormats: ['png', 'jpg', 'jpeg', 'webp'],
		defaultFormat: 'png',
		errorForm: 'detail',
		// vLLM's own middleware, not FastAPI, looks at the key (`--api-key`).
		keyErrorForm: 'errorText',
		ownedBy: 'vllm',
	},
	sglang: {
		source: 'sgl-project/sglang multimodal_gen/runtime/entrypoints/openai/image_api.py at 0230ddc2',
		imageFields: ['image', 'image[]'],
		repeatedFields: ['image', 'image[]'],
		urlFields: ['url', 'url[]'],
		maskField: 'mask',
		textFields: [
			...OPEN_AI_FIELDS,
			...DIFFUSION_FIELDS,
			'url',
			'url[]',
			'enhance_prompt',
			'task_type',
			'output_format',
			'generator_device',
			'quality',
			'output_quality',
			'output_compression',
			'enable_teacache',
			'enable_upscaling',
			'upscaling_model_path',
			'upscaling_scale',
			'num_frames',
		],
		numbers: DIFFUSION_NUMBERS,
		model: 'ignored',
		modelName: 'Qwen/Qwen-Image-Edit-2511',
		count: 'clamped',
		size: 'lenient',
		responseFormats: ['b64_json', 'url'],
		defaultResponseFormat: 'b64_json',
		outputFormats: ['png', 'jpg', 'jpeg', 'webp'],
		defaultFormat: 'png',
		errorForm: 'detail',
		keyErrorForm: 'errorText',
		ownedBy: 'sglang',
	},
	sdServer: {
		source: 'leejet/stable-diffusion.cpp examples/server/api.md, routes_openai.cpp at 0137f168',
		imageFields: ['image[]', 'image'],
		repeatedFields: ['image[]'],
		urlFields: [],
		maskField: 'mask',
		textFields: ['prompt', 'n', 'size', 'output_format', 'output_compression'],
		// A number that is none is passed over.
		numbers: {},
		model: 'ignored',
		modelName: 'sd-cpp-local',
		count: 'taken',
		size: 'lenient',
		// It does not read the field.
		responseFormats: [],
		defaultResponseFormat: 'b64_json',
		outputFormats: ['png', 'jpeg'],
		defaultFormat: 'png',
		errorForm: 'errorText',
		ownedBy: 'local',
	},
	lemonade: {
		source: 'lemonade-sdk/lemonade docs/api/openai.md at 05f08f88, src/cpp/server/server.cpp',
		imageFields: ['image', 'image[]'],
		repeatedFields: [],
		urlFields: [],
		maskField: 'mask',
		textFields: [
			...OPEN_AI_FIELDS,
			'steps',
			'cfg_scale',
			'seed',
			'quality',
			'input_fidelity',
			'output_compression',
			'skip_implicit_upscaling',
			'upscale',
			'refine',
			'upscale_model',
			'pixel_upscaler',
		],
		numbers: {
			n: 'integer',
			steps: 'integer',
			cfg_scale: 'number',
			seed: 'integer',
			output_compression: 'integer',
		},
		model: 'required',
		modelName: 'Flux-2-Klein-4B',
		count: 'refused',
		size: 'lenient',
		defaultSize: [512, 512],
		responseFormats: ['b64_json'],
		defaultResponseFormat: 'b64_json',
		outputFormats: [],
		defaultFormat: 'png',
		errorForm: 'error',
		ownedBy: 'lemonade',
	},
	xinference: {
		source: 'xorbitsai/inference xinference/api/restful_api.py, create_image_edits',
		imageFields: ['image', 'image[]', 'images'],
		repeatedFields: ['image', 'image[]', 'images'],
		urlFields: [],
		maskField: 'mask',
		textFields: ['prompt', 'model', 'n', 'size', 'response_format', 'stream'],
		numbers: { n: 'integer' },
		model: 'mustMatch',
		modelName: 'Qwen-Image-Edit-2511',
		count: 'taken',
		size: 'lenient',
		responseFormats: ['url', 'b64_json'],
		// And then the "url" is a path on the server's own disk.
		defaultResponseFormat: 'url',
		outputFormats: [],
		defaultFormat: 'png',
		errorForm: 'detail',
		ownedBy: 'xinference',
	},
	deepInfra: {
		source: 'deepinfra.com/Qwen/Qwen-Image-Edit/api',
		imageFields: ['image'],
		repeatedFields: [],
		urlFields: [],
		textFields: ['model', 'prompt', 'n', 'size', 'response_format', 'user'],
		numbers: { n: 'integer' },
		model: 'required',
		modelName: 'Qwen/Qwen-Image-Edit',
		count: 'refused',
		size: 'checked',
		responseFormats: ['b64_json'],
		defaultResponseFormat: 'b64_json',
		outputFormats: [],
		// `b64_json` of the page's example begins with /9j/: a JPEG.
		defaultFormat: 'jpeg',
		// Not on the page; seen in clients of its other routes.
		errorForm: 'detailError',
		ownedBy: 'deepinfra',
	},
};
