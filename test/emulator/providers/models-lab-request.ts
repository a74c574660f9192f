import type { Answer, ApiCall } from '../server/exchange';
import { Refusal } from '../server/exchange';
import { isWebUrl } from '../images/input-images';
import { isObject, openImage } from '../server/request-fields';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { errors, modelsLabError, reword } from './models-lab-errors';

// Seed 001: what a request may hold.
const MODELS = ['qwen-edit-2509', 'qwen-edit-2511'];
const MOST_IMAGES = 4;

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** The key stands in the JSON body of every call; a Bearer header is not promised to work, and so does not. */
export function authenticate(state: EmulatorState, call: ApiCall): JsonObject {
	const { body } = call;
	if (!isObject(body))
		refuse('body is not a JSON object', errors.status(400, 'Invalid JSON payload'));
	if (body.key !== call.expectedKey) {
		refuse(
			body.key === undefined || body.key === '' ? 'no key' : 'wrong key',
			reword(state, errors.auth('Invalid API key')),
		);
	}
	return body;
}

/** Turns a call down because of one field. */
export function invalid(state: EmulatorState, field: string, sentence: string): never {
	const { validationMessage } = state.settings.modelsLab;
	return refuse(
		`${field}: ${sentence}`,
		reword(
			state,
			modelsLabError(400, validationMessage === 'fields' ? { [field]: [sentence] } : sentence),
		),
	);
}

/** What a request for an edit says. */
export interface CheckedRequest {
	prompt: string;
	model: string;
	images: string[];
	asBase64: boolean;
	webhook?: string;
	trackId: Json;
}

/** Checks everything that can be checked without opening an image. */
export function checkRequest(state: EmulatorState, body: JsonObject): CheckedRequest {
	const fail = (field: string, sentence: string) => invalid(state, field, sentence);
	const {
		prompt,
		init_image: initImage,
		model_id: model = MODELS[0],
		webhook,
		track_id: trackId,
	} = body;
	if (prompt === undefined || prompt === null || prompt === '')
		fail('prompt', 'The prompt field is required.');
	if (typeof prompt !== 'string') return fail('prompt', 'The prompt must be a string.');
	if (initImage === undefined || initImage === null || initImage === '')
		fail('init_image', 'The init_image field is required.');
	const images = Array.isArray(initImage) ? initImage : [initImage];
	if (images.length === 0) fail('init_image', 'The init_image field is required.');
	if (images.length > MOST_IMAGES)
		fail('init_image', `The init_image may not have more than ${MOST_IMAGES} items.`);
	if (!images.every((image) => typeof image === 'string'))
		fail('init_image', 'The init_image must be a string or an array of strings.');
	if (typeof model !== 'string' || !MODELS.includes(model))
		return fail('model_id', 'The selected model_id is invalid.');
	for (const name of ['safety_checker', 'base64']) {
		const value = body[name];
		if (value !== undefined && typeof value !== 'boolean')
			fail(name, `The ${name} field must be true or false.`);
	}
	if (webhook !== undefined && webhook !== null) {
		if (typeof webhook !== 'string' || !isWebUrl(webhook))
			fail('webhook', 'The webhook must be a valid URL.');
		if (!(webhook as string).startsWith('https://'))
			fail('webhook', 'The webhook must be an HTTPS URL.');
	}
	if (trackId !== undefined && trackId !== null && !Number.isSafeInteger(trackId)) {
		fail('track_id', 'The track_id must be an integer.');
	}
	return {
		prompt,
		model,
		images: images as string[],
		asBase64: body.base64 === true,
		...(typeof webhook === 'string' && { webhook }),
		trackId: trackId ?? null,
	};
}

/** Opens every input image. */
export async function openAll(
	state: EmulatorState,
	call: ApiCall,
	request: CheckedRequest,
): Promise<Buffer[]> {
	const inputs: Buffer[] = [];
	for (const image of request.images) {
		// `base64` also says that the inputs are base64 (enterprise page; PROVIDERS S2). Without it only links are taken.
		if (!isWebUrl(image) && !request.asBase64)
			invalid(state, 'init_image', 'The init_image must be a valid URL.');
		const opened = await openImage(state, call, image);
		if ('problem' in opened)
			invalid(
				state,
				'init_image',
				`Unable to load init_image (${opened.problem}, ${opened.detail}).`,
			);
		else inputs.push(opened.bytes);
	}
	return inputs;
}
