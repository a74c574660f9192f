import type { Json } from '../types';
import { errors, problem, refuse, refuseFields, wrongType } from './replicate-errors';

// PROVIDERS O3 and the schemas on the models' API pages: the models and what they take.
export interface FieldRule {
	type: 'string' | 'boolean' | 'integer' | 'number';
	choices?: readonly string[];
	least?: number;
	most?: number;
}

const ASPECT_RATIOS = ['1:1', '16:9', '9:16', '4:3', '3:4', 'match_input_image'];

const COMMON_FIELDS: Record<string, FieldRule> = {
	go_fast: { type: 'boolean' },
	seed: { type: 'integer' },
	output_format: { type: 'string', choices: ['webp', 'jpg', 'png'] },
	output_quality: { type: 'integer', least: 0, most: 100 },
	disable_safety_checker: { type: 'boolean' },
};
const PLUS_FIELDS: Record<string, FieldRule> = {
	...COMMON_FIELDS,
	aspect_ratio: { type: 'string', choices: ASPECT_RATIOS },
};

export interface Model {
	/** One address, or a list of them. */
	image: 'one' | 'list';
	fields: Record<string, FieldRule>;
	/** How the id of its version begins, where a page shows one. */
	version?: string;
}

export const MODELS: Record<string, Model> = {
	'qwen/qwen-image-edit': { image: 'one', fields: COMMON_FIELDS },
	'qwen/qwen-image-edit-plus': { image: 'list', fields: PLUS_FIELDS, version: '7677b9cc' },
	'qwen/qwen-image-edit-2511': { image: 'list', fields: PLUS_FIELDS, version: 'a0670a7f' },
	'qwen/qwen-image-edit-plus-lora': {
		image: 'list',
		// The page shows the greatest scale only.
		fields: {
			...PLUS_FIELDS,
			lora_weights: { type: 'string' },
			lora_scale: { type: 'number', most: 4 },
		},
		version: 'b37d69a6',
	},
};

/** What lies beside `input`. */
export const TOP_FIELDS = ['input', 'version', 'webhook', 'webhook_events_filter'];

/** The model of a version: official models may be named, others have a hash (replicate-python-beta). */
export function modelOfVersion(version: Json | undefined): string {
	if (typeof version !== 'string') {
		return refuseFields([
			version === undefined
				? { type: 'required', field: '', description: 'version is required' }
				: wrongType('version', 'string', version),
		]);
	}
	const [name = '', hash = name] = version.split(':');
	if (Object.hasOwn(MODELS, name)) return name;
	const found = Object.entries(MODELS).find(
		([, model]) =>
			model.version !== undefined && /^[0-9a-f]{64}$/.test(hash) && hash.startsWith(model.version),
	);
	if (found) return found[0];
	return refuse(
		'unknown version',
		problem(
			422,
			"The specified version does not exist (or perhaps you don't have permission to use it?)",
			{ title: 'Invalid version or not permitted' },
		),
	);
}

/** The fields that the document of a model knows, those of `input` among them. */
export function documentedFields(modelName: string): string[] {
	const model = MODELS[modelName];
	return [...TOP_FIELDS, 'prompt', 'image', ...Object.keys(model?.fields ?? {})];
}

/** Turns a call down whose model nobody knows; a model that is not official gives the same answer. */
export function checkModel(modelName: string): void {
	if (!Object.hasOwn(MODELS, modelName)) refuse('unknown model', errors.unknownTask(modelName));
}
