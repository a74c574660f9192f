import type { Answer } from '../server/exchange';
import { json } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/** Words of the error-code page (PROVIDERS S2); those it does not print are assumed. */
const WORDS: Record<number, string> = {
	400: 'Validation failed',
	401: 'Invalid API key',
	402: 'Insufficient credits. Please top up your wallet to continue.',
	403: 'Your plan does not include this endpoint.',
	404: 'Not found',
	429: 'Rate limit exceeded. Maximum 5 queued requests allowed.',
	500: 'Something went wrong on our side, please try again later.',
	502: 'Bad gateway',
	503: 'Service temporarily unavailable, please try again later.',
};

/** `{status:"error", message}`: the one error shape of seed 001. */
export function modelsLabError(status: number, message: Json, extra: JsonObject = {}): Answer {
	return json(status, { status: 'error', message, ...extra });
}

/** An error with HTTP 200, as seed 001's oneOf has it, unless the settings ask for the statuses of the error-code page. */
export function reword(state: EmulatorState, answer: Answer): Answer {
	return state.settings.modelsLab.errorStatus === 'always200' ? { ...answer, status: 200 } : answer;
}

/** Too many queued requests: a real 429, with the wait in the body (PROVIDERS S2). */
export function queueFull(limit: number, retryAfterSeconds: number): Answer {
	return modelsLabError(429, `Rate limit exceeded. Maximum ${limit} queued requests allowed.`, {
		retry_after: retryAfterSeconds,
	});
}

/** ModelsLab's errors, for faults. */
export const errors: ProviderErrors = {
	status: (status, message) =>
		modelsLabError(status, message ?? WORDS[status] ?? `Error ${status}`),
	busy: (status, { bodySeconds, textSeconds }) =>
		modelsLabError(
			status,
			textSeconds === undefined
				? WORDS[status]!
				: `${WORDS[status]} Retry after ${textSeconds} seconds.`,
			bodySeconds === undefined ? {} : { retry_after: bodySeconds },
		),
	credit: () => modelsLabError(402, WORDS[402]!),
	content: () =>
		modelsLabError(200, 'NSFW content detected. Try modifying the prompt or the image.'),
	auth: (message) => modelsLabError(401, message),
	inside200: (message) => modelsLabError(200, message),
	unknownTask: () => modelsLabError(404, 'Request not found'),
};
