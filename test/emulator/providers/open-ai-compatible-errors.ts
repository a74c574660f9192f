import type { Answer } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { EmulatorSettings, Json, JsonObject, OpenAiErrorForm } from '../types';
import { FACES } from './open-ai-compatible-faces';
import type { Face } from './open-ai-compatible-faces';
import type { ProviderErrors } from './provider';

/** What there is to say about an error; each form tells a part of it. */
export interface OpenAiError {
	message: string;
	type?: string;
	code?: string | null;
	param?: string | null;
	/** Where FastAPI finds fault, for the list form. */
	place?: readonly string[];
}

/** The server that is emulated now. */
export function faceOf(settings: EmulatorSettings): Face {
	return FACES[settings.openAiCompatible.face];
}

function bodyOf(form: OpenAiErrorForm, error: OpenAiError, extra: JsonObject): JsonObject {
	const { message, type = 'invalid_request_error', code = null, param = null } = error;
	const forms: Record<OpenAiErrorForm, Json> = {
		error: { error: { message, type, param, code } },
		errorText: { error: message },
		detail: { detail: message },
		detailList: {
			detail: [{ type, loc: [...(error.place ?? ['body'])], msg: message, input: null }],
		},
		detailError: { detail: { error: message } },
		// sd-server says it so when it fails in the middle.
		message: { error: type, message },
	};
	return { ...(forms[form] as JsonObject), ...extra };
}

/** An error as the server says it, unless the settings want another form. */
export function openAiError(
	settings: EmulatorSettings,
	status: number,
	error: OpenAiError,
	own?: OpenAiErrorForm,
	extra: JsonObject = {},
): Answer {
	const { errorForm } = settings.openAiCompatible;
	const form = errorForm === 'asFace' ? (own ?? faceOf(settings).errorForm) : errorForm;
	return json(status, bodyOf(form, error, extra));
}

/** Turns a request down in the server's own form. */
export function refuse(
	state: EmulatorState,
	said: { status: number; error: OpenAiError; form?: OpenAiErrorForm },
): never {
	const { status, error, form } = said;
	throw new Refusal(openAiError(state.settings, status, error, form), error.message);
}

/** OpenAI's words and codes; the servers have none of their own for most of these. */
const WORDS: Record<number, Required<Pick<OpenAiError, 'message' | 'type' | 'code'>>> = {
	400: { message: 'Invalid request', type: 'invalid_request_error', code: null },
	401: {
		message: 'Incorrect API key provided',
		type: 'invalid_request_error',
		code: 'invalid_api_key',
	},
	403: { message: 'Forbidden', type: 'invalid_request_error', code: null },
	404: { message: 'Not Found', type: 'invalid_request_error', code: null },
	405: { message: 'Method Not Allowed', type: 'invalid_request_error', code: null },
	413: { message: 'Request Entity Too Large', type: 'invalid_request_error', code: null },
	429: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' },
	500: {
		message: 'The server had an error while processing your request',
		type: 'server_error',
		code: null,
	},
	502: { message: 'Bad gateway', type: 'server_error', code: null },
	503: { message: 'The engine is currently overloaded', type: 'server_error', code: null },
	504: { message: 'Gateway timeout', type: 'server_error', code: null },
};

function usual(status: number): Required<Pick<OpenAiError, 'message' | 'type' | 'code'>> {
	return WORDS[status] ?? { message: `Error ${status}`, type: 'server_error', code: null };
}

/** Errors of the server that is emulated now, for faults. */
export function openAiErrors(settings: EmulatorSettings): ProviderErrors {
	const say = (status: number, error: Partial<OpenAiError> = {}, extra: JsonObject = {}) =>
		openAiError(settings, status, { ...usual(status), ...error }, undefined, extra);
	return {
		status: (status, message, code) =>
			say(status, {
				...(message !== undefined && { message }),
				...(code !== undefined && { code }),
			}),
		busy: (status, { bodySeconds, textSeconds, code }) =>
			say(
				status,
				{
					...(textSeconds !== undefined && {
						message: `${usual(status).message}, please retry after ${textSeconds} seconds`,
					}),
					...(code !== undefined && { code }),
				},
				bodySeconds === undefined ? {} : { retry_after: bodySeconds },
			),
		credit: () =>
			settings.openAiCompatible.face === 'deepInfra'
				? // Seen in clients of DeepInfra's other routes.
					say(402, {
						message:
							'inference prohibited, please enter a payment method in https://deepinfra.com/dash/billing',
					})
				: // OpenAI, "Error codes": 429, which is not a rate limit.
					say(429, {
						message: 'You exceeded your current quota, please check your plan and billing details.',
						type: 'insufficient_quota',
						code: 'insufficient_quota',
					}),
		content: () =>
			say(400, {
				message: 'Your request was rejected as a result of our safety system.',
				type: 'image_generation_user_error',
				code: 'moderation_blocked',
			}),
		auth: (message) =>
			openAiError(settings, 401, { ...usual(401), message }, faceOf(settings).keyErrorForm),
		inside200: (message) => openAiError(settings, 200, { ...usual(500), message }),
		unknownTask: () => say(404),
	};
}
