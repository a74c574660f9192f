import type { ApiCall } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import { isObject, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { SAYS, refuse } from './dash-scope-errors';
import type { DashScopeModel, PixelSize } from './dash-scope-models';
import { DASH_SCOPE_MODELS, defaultSize, readSize } from './dash-scope-models';

/** An edit as the host understands it. */
export interface DashScopeEdit {
	model: string;
	prompt: string;
	inputs: Buffer[];
	count: number;
	seed?: number;
	size: PixelSize;
}

const PARAMETERS = ['n', 'negative_prompt', 'size', 'prompt_extend', 'watermark', 'seed'];
const MOST_IMAGE_BYTES = 10 * 1024 * 1024;
const MOST_SEED = 2_147_483_647;
const FORMATS = ['jpeg', 'png', 'bmp', 'tiff', 'webp', 'gif'];

function invalid(reason: string): never {
	refuse(reason, 400, 'InvalidParameter');
}

interface Message {
	prompt: string;
	images: string[];
}

/** Exactly one message of the user, with exactly one text. */
function readMessage(input: JsonObject, model: DashScopeModel): Message {
	const { messages } = input;
	if (!Array.isArray(messages) || messages.length !== 1) {
		invalid('input.messages must hold exactly one message');
	}
	const [message] = messages;
	if (!isObject(message) || message.role !== 'user') invalid('the role must be user');
	if (!Array.isArray(message.content)) invalid('content must be an array');
	const texts: string[] = [];
	const images: string[] = [];
	for (const entry of message.content) {
		if (!isObject(entry)) invalid('an entry of content is no object');
		const { text, image } = entry;
		if (typeof text === 'string') texts.push(text);
		if (typeof image === 'string') images.push(image);
		if (typeof text !== 'string' && typeof image !== 'string') {
			invalid('an entry of content holds neither text nor image');
		}
	}
	const [prompt] = texts;
	if (texts.length !== 1 || !prompt) {
		invalid(`content must hold exactly one text, the prompt; it holds ${texts.length}`);
	}
	if (images.length < 1 || images.length > model.mostImages) {
		invalid(`content must hold 1 to ${model.mostImages} images; it holds ${images.length}`);
	}
	return { prompt, images };
}

function isWhole(value: Json | undefined, least: number, most: number): boolean {
	return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function checkParameters(parameters: JsonObject, model: DashScopeModel): void {
	const { n, seed, negative_prompt: negative } = parameters;
	if (n !== undefined && !isWhole(n, 1, model.mostResults)) {
		invalid(
			model.mostResults === 1
				? 'num_images_per_prompt must be 1'
				: `n must be an integer in [1, ${model.mostResults}]`,
		);
	}
	if (seed !== undefined && !isWhole(seed, 0, MOST_SEED)) {
		invalid(`seed must be an integer in [0, ${MOST_SEED}]`);
	}
	// Longer than 500 characters is cut, not refused.
	if (negative !== undefined && typeof negative !== 'string') {
		invalid('negative_prompt must be a string');
	}
	for (const name of ['prompt_extend', 'watermark']) {
		const value = parameters[name];
		if (value !== undefined && typeof value !== 'boolean') invalid(`${name} must be a boolean`);
	}
}

/** Opens all images; the size of the last one counts. */
async function openAll(
	state: EmulatorState,
	call: ApiCall,
	images: string[],
): Promise<{ inputs: Buffer[]; last: PixelSize }> {
	const inputs: Buffer[] = [];
	let last: PixelSize = { width: 1024, height: 1024 };
	for (const [index, image] of images.entries()) {
		const place = `image ${index + 1}`;
		if (!isWebUrl(image) && !/^data:image\/[a-z0-9.+-]+;base64,/.test(image)) {
			refuse(`${place} is neither a URL nor a data URI`, 400, 'InvalidURL', SAYS.InvalidURL);
		}
		const opened = await openImage(state, call, image);
		if ('problem' in opened) {
			refuse(
				`${place}: ${opened.problem}, ${opened.detail}`,
				400,
				opened.problem === 'unreachable' ? 'InvalidParameter.DataInspection' : 'InvalidURL',
				opened.problem === 'unreachable'
					? SAYS['InvalidParameter.DataInspection']
					: SAYS.InvalidURL,
			);
		}
		if (opened.bytes.length > MOST_IMAGE_BYTES) {
			invalid(`${place} has ${opened.bytes.length} bytes, at most 10MB are allowed`);
		}
		if (!FORMATS.includes(opened.facts.format)) {
			invalid(`${place} is ${opened.facts.format}, which is not supported`);
		}
		inputs.push(opened.bytes);
		last = opened.facts;
	}
	return { inputs, last };
}

/** Names of what the document does not know, with where they stand. */
function unknownNames(body: JsonObject, parameters: JsonObject, model: DashScopeModel): string[] {
	const known = model.extendsPrompt
		? PARAMETERS
		: PARAMETERS.filter((name) => name !== 'prompt_extend');
	const strange = (value: Json | undefined, names: string[], place: string) =>
		Object.keys(isObject(value) ? value : {})
			.filter((name) => !names.includes(name))
			.map((name) => place + name);
	return [
		...strange(body, ['model', 'input', 'parameters'], ''),
		...strange(body.input, ['messages'], 'input.'),
		...strange(parameters, known, 'parameters.'),
	];
}

/** Reads a body as the host does; throws a `Refusal` in its words. */
export async function readEdit(state: EmulatorState, call: ApiCall): Promise<DashScopeEdit> {
	const { body } = call;
	if (!isObject(body)) {
		const code = 'BadRequest.IllegalInput';
		refuse('body is not a JSON object', 400, code, SAYS[code]);
	}
	const { model: name, input, parameters = {} } = body;
	if (typeof name !== 'string' || name === '') {
		const code = 'BadRequest.EmptyModel';
		refuse('model is missing', 400, code, SAYS[code]);
	}
	const model = Object.hasOwn(DASH_SCOPE_MODELS, name) ? DASH_SCOPE_MODELS[name] : undefined;
	if (!model) {
		const words = `The model ${name} does not exist or you do not have access to it.`;
		refuse('unknown model', 404, 'ModelNotFound', words);
	}
	if (!isObject(input)) {
		const code = 'BadRequest.EmptyInput';
		refuse('input, which holds prompt and images, is missing', 400, code, SAYS[code]);
	}
	if (!isObject(parameters)) invalid('parameters must be an object');
	call.record.unknownFields = unknownNames(body, parameters, model);
	const { prompt, images } = readMessage(input, model);
	checkParameters(parameters, model);
	const { inputs, last } = await openAll(state, call, images);
	const { size, n, seed } = parameters;
	if (size !== undefined && typeof size !== 'string') invalid('size must be a string');
	const pixels = size === undefined ? defaultSize(model, last) : readSize(model, size, last);
	if ('problem' in pixels) invalid(pixels.problem);
	return {
		model: name,
		prompt,
		inputs,
		count: typeof n === 'number' ? n : 1,
		...(typeof seed === 'number' && { seed }),
		size: pixels,
	};
}
