import { inputFault } from '../edit/fault';
import { findModel, type Model, type Provider } from './provider';
import { imageTypes } from '../image/imageType';
import type { FieldValues, Image } from '../edit/request';
import { isPrivateHost, readWebAddress } from '../wire/address';

function megabytes(bytes: number): string {
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The prompt, within the provider's limit. Lengths are counted in characters as people see them. */
export function checkPrompt(provider: Provider, prompt: unknown): string {
	if (typeof prompt !== 'string' || prompt.trim() === '') {
		throw inputFault("'Prompt' is empty", 'Say in one sentence what is to change in the image');
	}
	const { maximumLength } = provider.prompt;
	const length = [...prompt].length;
	if (maximumLength !== undefined && length > maximumLength) {
		throw inputFault(
			`'Prompt' has ${length} characters, ${provider.title} takes at most ${maximumLength}`,
			'Shorten the prompt',
		);
	}
	return prompt;
}

/** One value against what the chosen model takes, where that is less than the provider does. */
function checkForModel(model: Model, name: string, label: string, value: unknown): void {
	if (model.refuses?.includes(name) === true) {
		throw inputFault(
			`The model ${model.id} does not take '${label}'`,
			`Remove '${label}' from Options, or choose another model`,
		);
	}
	const maximum = model.maxima?.[name];
	if (maximum !== undefined && typeof value === 'number' && value > maximum) {
		throw inputFault(`The model ${model.id} takes '${label}' up to ${maximum}, got ${value}`);
	}
	if (name === 'size' && model.size !== undefined)
		checkSizeForModel(model.id, model.size, String(value));
}

function checkSizeForModel(id: string, limits: NonNullable<Model['size']>, value: string): void {
	const sides = /^(\d+)x(\d+)$/.exec(value);
	if (sides === null) {
		if (limits.words?.includes(value) === true) return;
		throw inputFault(`The model ${id} takes no '${value}' as 'Size', only width x height`);
	}
	const [width, height] = [Number(sides[1]), Number(sides[2])];
	const pixels = width * height;
	const {
		minimumSide = 1,
		maximumSide = Infinity,
		minimumPixels = 1,
		maximumPixels = Infinity,
	} = limits;
	const reasons: string[] = [];
	if (Math.min(width, height) < minimumSide || Math.max(width, height) > maximumSide) {
		reasons.push(`sides from ${minimumSide} to ${maximumSide} pixels`);
	}
	if (pixels < minimumPixels || pixels > maximumPixels) {
		reasons.push(`${minimumPixels} to ${maximumPixels} pixels in all (asked for: ${pixels})`);
	}
	const { maximumRatio = Infinity } = limits;
	if (Math.max(width, height) / Math.min(width, height) > maximumRatio) {
		reasons.push(`a longer side of at most ${maximumRatio} times the shorter`);
	}
	if (reasons.length > 0) {
		throw inputFault(`The model ${id} takes as 'Size' ${reasons.join(' and ')}`);
	}
}

/**
 * The values of the provider's own fields; what it does not know is not read at all.
 *
 * @param modelId its own limits count too, where the provider documents any
 */
export function checkFields(
	provider: Provider,
	options: Readonly<Record<string, unknown>>,
	modelId = '',
): FieldValues {
	const model = findModel(provider, modelId);
	const values: Record<string, string | number | boolean> = {};
	for (const [name, field] of Object.entries(provider.fields)) {
		const value = options[name];
		if (value === undefined || value === null || value === '') continue;
		const read = field.schema.safeParse(value);
		if (!read.success) {
			throw inputFault(read.error.issues[0]?.message ?? `'${field.label}' has a wrong value`);
		}
		if (model !== undefined) checkForModel(model, name, field.label, read.data);
		values[name] = read.data;
	}
	return values;
}

/** Every image against what the provider documents; nothing was sent yet. */
export function checkImages(
	provider: Provider,
	images: readonly Image[],
	baseUrl: string,
	modelId = '',
): void {
	const model = findModel(provider, modelId);
	const maximum = model?.maximumImages ?? provider.images.maximum;
	if (images.length === 0) {
		throw inputFault(
			"'Images' is empty",
			'Add at least one image: a binary field of the item, a URL or base64 text',
		);
	}
	if (images.length > maximum) {
		const taker = model?.maximumImages === undefined ? provider.title : `the model ${model.id}`;
		throw inputFault(
			`'Images' has ${images.length} images, ${taker} takes at most ${maximum}`,
			maximum === 1
				? 'Leave one image, or choose a provider that takes several'
				: 'Leave out some images',
		);
	}
	images.forEach((image, index) => {
		const name = images.length === 1 ? 'The image' : `Image ${index + 1}`;
		if (image.kind === 'link') checkLink(provider, name, image.url, baseUrl);
		else checkFile(provider, name, image);
	});
}

function checkLink(provider: Provider, name: string, address: string, baseUrl: string): void {
	const read = readWebAddress(address);
	if ('reason' in read) {
		throw inputFault(
			`${name} has a URL that ${read.reason}`,
			'Give a URL that starts with https:// and leads straight to the image',
		);
	}
	if (isPrivateHost(read.url.hostname) && !isPrivateHost(new URL(baseUrl).hostname)) {
		throw inputFault(
			`${name} has a URL inside a private network (${read.url.hostname}), which ${provider.title} cannot reach`,
			'Download the image in n8n first (HTTP Request node) and give it as a binary field',
		);
	}
}

/** One file, an image or a mask, against what the provider documents. */
export function checkFile(
	provider: Provider,
	name: string,
	image: Extract<Image, { kind: 'file' }>,
): void {
	const limits = provider.images;
	const { facts } = image;
	if (limits.types !== undefined && !limits.types.includes(facts.type)) {
		const names = limits.types.map((type) => imageTypes[type].extension).join(', ');
		throw inputFault(
			`${name} is a ${facts.extension} file, ${provider.title} takes ${names}`,
			'Convert it first, for example with the Edit Image node of n8n',
		);
	}
	for (const [side, pixels] of [
		['wide', facts.width],
		['high', facts.height],
	] as const) {
		if (pixels === undefined) continue;
		const { minimumSide = 1, maximumSide = Number.POSITIVE_INFINITY } = limits;
		if (pixels < minimumSide || pixels > maximumSide) {
			throw inputFault(
				`${name} is ${pixels} pixels ${side}, ${provider.title} takes ${minimumSide} to ${maximumSide} pixels a side`,
				'Resize it first, for example with the Edit Image node of n8n',
			);
		}
	}
	if (limits.maximumBytes !== undefined && image.bytes > limits.maximumBytes) {
		throw inputFault(
			`${name} has ${megabytes(image.bytes)}, ${provider.title} takes at most ${megabytes(limits.maximumBytes)}`,
			'Make it smaller first, or give its URL instead of its bytes',
		);
	}
}

/** A task id as the user gave it; what cannot be one is refused before anything is sent. */
export function checkTaskId(provider: Provider, taskId: unknown): string {
	const id = typeof taskId === 'number' ? String(taskId) : taskId;
	if (typeof id !== 'string' || id.trim() === '') {
		throw inputFault(
			"'Task ID' is empty",
			'Wire the output of Submit Task into this node, or type the id that it gave',
		);
	}
	const pattern = provider.task?.idPattern ?? /^(?!\.{1,2}$)/;
	if (!pattern.test(id.trim())) {
		throw inputFault(
			`'Task ID' does not look like one of ${provider.title}, e.g. ${provider.task!.idExample}`,
			'Check that the task was submitted to the same provider',
		);
	}
	return id.trim();
}
