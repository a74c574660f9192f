import type { ApiCall } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import type { OpenedImage } from '../server/request-fields';
import { isObject, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { ImageFormat, Json, JsonObject } from '../types';
import { fileBehind } from './replicate-files';
import type { InvalidField } from './replicate-errors';
import { refuseFields, wrongType } from './replicate-errors';
import type { FieldRule, Model } from './replicate-models';
import { MODELS, TOP_FIELDS } from './replicate-models';

// PROVIDERS O3: what a request may hold.
const EVENTS = ['start', 'output', 'logs', 'completed'];

/** Sizes of about a megapixel; no page says which ones come out. */
const SIZES: Record<string, { width: number; height: number }> = {
	'1:1': { width: 1024, height: 1024 },
	'16:9': { width: 1360, height: 768 },
	'9:16': { width: 768, height: 1360 },
	'4:3': { width: 1184, height: 880 },
	'3:4': { width: 880, height: 1184 },
};

const FORMATS: Record<string, ImageFormat> = { webp: 'webp', jpg: 'jpeg', png: 'png' };

/** What image files the models take (page of edit-plus). */
const INPUT_FORMATS = ['jpeg', 'png', 'gif', 'webp'];

function fits(type: FieldRule['type'], value: Json): boolean {
	return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function checkField(name: string, rule: FieldRule, value: Json): InvalidField[] {
	const field = `input.${name}`;
	if (!fits(rule.type, value)) return [wrongType(field, rule.type, value)];
	const { choices, least = -Infinity, most = Infinity } = rule;
	if (choices && !choices.includes(value as string)) {
		const listed = choices.map((choice) => `"${choice}"`).join(', ');
		const description = `${name} must be one of the following: ${listed}`;
		return [{ type: 'enum', field, description }];
	}
	if (typeof value !== 'number') return [];
	if (value < least) {
		const description = `Must be greater than or equal to ${least}`;
		return [{ type: 'number_gte', field, description }];
	}
	if (value > most) {
		const description = `Must be less than or equal to ${most}`;
		return [{ type: 'number_lte', field, description }];
	}
	return [];
}

function isAddress(value: Json): boolean {
	return typeof value === 'string' && (isWebUrl(value) || /^data:[^,]*,/.test(value));
}

function checkImage(model: Model, value: Json): InvalidField[] {
	const field = 'input.image';
	const notAnAddress = (place: string): InvalidField => ({
		type: 'format',
		field: place,
		description: "Does not match format 'uri'",
	});
	if (model.image === 'one') {
		if (typeof value !== 'string') return [wrongType(field, 'string', value)];
		return isAddress(value) ? [] : [notAnAddress(field)];
	}
	if (!Array.isArray(value)) return [wrongType(field, 'array', value)];
	return value.flatMap((image, place) => {
		if (typeof image !== 'string') return [wrongType(`${field}.${place}`, 'string', image)];
		return isAddress(image) ? [] : [notAnAddress(`${field}.${place}`)];
	});
}

function checkInput(model: Model, input: JsonObject): InvalidField[] {
	const { prompt, image } = input;
	const missing = ['prompt', 'image']
		.filter((name) => input[name] === undefined)
		.map((name) => ({ type: 'required', field: 'input', description: `${name} is required` }));
	return [
		...missing,
		...(prompt === undefined || typeof prompt === 'string'
			? []
			: [wrongType('input.prompt', 'string', prompt)]),
		...(image === undefined ? [] : checkImage(model, image)),
		...Object.entries(model.fields).flatMap(([name, rule]) =>
			input[name] === undefined ? [] : checkField(name, rule, input[name]),
		),
	];
}

function checkTop(body: JsonObject, isByVersion: boolean): InvalidField[] {
	const { webhook, webhook_events_filter: filter } = body;
	const known = isByVersion ? TOP_FIELDS : TOP_FIELDS.filter((name) => name !== 'version');
	const invalid: InvalidField[] = Object.keys(body)
		.filter((name) => !known.includes(name))
		.map((name) => ({
			type: 'additional_property_not_allowed',
			field: '',
			description: `Additional property ${name} is not allowed`,
		}));
	if (webhook !== undefined && !(typeof webhook === 'string' && isHttps(webhook))) {
		invalid.push({ type: 'format', field: 'webhook', description: 'Must be a valid HTTPS URL' });
	}
	if (filter !== undefined) {
		const listed = EVENTS.map((event) => `"${event}"`).join(', ');
		if (!Array.isArray(filter)) invalid.push(wrongType('webhook_events_filter', 'array', filter));
		else if (!filter.every((event) => EVENTS.includes(event as string))) {
			invalid.push({
				type: 'enum',
				field: 'webhook_events_filter',
				description: `webhook_events_filter must be one of the following: ${listed}`,
			});
		}
	}
	return invalid;
}

function isHttps(text: string): boolean {
	return isWebUrl(text) && new URL(text).protocol === 'https:';
}

export interface CheckedRequest {
	prompt: string;
	images: string[];
	input: JsonObject;
	/** Who is told of the end. */
	webhook?: string;
	/** The settings of the edit, as the emulator makes it. */
	edit: { seed?: number; width?: number; height?: number; format?: ImageFormat };
}

/** Checks everything that can be checked without opening an image. */
export function checkRequest(
	modelName: string,
	body: JsonObject,
	isByVersion: boolean,
): CheckedRequest {
	const model = MODELS[modelName]!;
	const { input, webhook, webhook_events_filter: filter } = body;
	const atTop = checkTop(body, isByVersion);
	if (!isObject(input)) {
		return refuseFields([
			...atTop,
			input === undefined
				? { type: 'required', field: '', description: 'input is required' }
				: wrongType('input', 'object', input),
		]);
	}
	const invalid = [...atTop, ...checkInput(model, input)];
	if (invalid.length) refuseFields(invalid);
	const { prompt, image, seed, aspect_ratio: ratio, output_format: format } = input;
	// Without a filter every event is sent; the last one is among them.
	const wantsEnd = !Array.isArray(filter) || filter.includes('completed');
	const known = (name: string): boolean => Object.hasOwn(model.fields, name);
	return {
		prompt: prompt as string,
		images: [image].flat() as string[],
		input,
		...(typeof webhook === 'string' && wantsEnd && { webhook }),
		edit: {
			...(typeof seed === 'number' && { seed }),
			...(typeof ratio === 'string' && known('aspect_ratio') && SIZES[ratio]),
			...(typeof format === 'string' && { format: FORMATS[format]! }),
		},
	};
}

function fault(image: OpenedImage): string | undefined {
	const { format } = image.facts;
	return INPUT_FORMATS.includes(format) ? undefined : `cannot identify image file (${format})`;
}

/**
 * Opens every image. What is wrong with one shows when the model runs, as a failed prediction: nothing is downloaded
 * before (assumed; the API answers at once).
 */
export async function openAll(
	state: EmulatorState,
	call: ApiCall,
	images: string[],
): Promise<{ inputs: Buffer[]; inputSha256?: string[]; failure?: string }> {
	const inputs: Buffer[] = [];
	const hashes: Array<string | undefined> = [];
	let failure: string | undefined = images.length ? undefined : 'No input image was given';
	for (const address of images) {
		const file = fileBehind(state, address);
		const image = await openImage(state, call, file?.url ?? address);
		if ('problem' in image) {
			failure ??= `Could not read the input image: ${image.problem}, ${image.detail}`;
			continue;
		}
		failure ??= fault(image);
		inputs.push(image.bytes);
		hashes.push(file?.sha256);
	}
	if (failure !== undefined) return { inputs: [], failure };
	// Of an uploaded file the store may hold the beginning only; its hash is that of the whole.
	return hashes.every((hash) => hash !== undefined) ? { inputs, inputSha256: hashes } : { inputs };
}
