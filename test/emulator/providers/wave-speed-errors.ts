import type { Answer } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import type { JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/** Codes of a task that failed (docs error-codes); they stand beside `error`, under HTTP 200. */
export const TASK_CODES = {
	moderation: 1200,
	invalidValue: 1401,
	mediaNotReachable: 1402,
	notExecuted: 1403,
	syncTimeout: 5004,
} as const;

/** Only 429 has words in the documents; the others are assumed. */
const WORDS: Record<number, string> = {
	400: 'Invalid request parameters',
	401: 'Invalid authentication',
	402: 'Insufficient balance, please top up your account',
	403: 'This API key has no permission for this operation',
	404: 'Not Found',
	405: 'Method Not Allowed',
	429: 'Too Many Requests',
	500: 'Internal server error',
	502: 'Bad gateway',
	503: 'Service unavailable',
	504: 'Gateway timeout',
};

const MODERATED =
	'The content was flagged by the moderation, please change the prompt or the image';

/** `{code, message}`, with the HTTP status as code (docs; @wavespeed/cli). */
export function waveSpeedError(status: number, message: string, extra: JsonObject = {}): Answer {
	return json(status, { code: status, message, ...extra });
}

/** What is wrapped around every answer that is no refusal. */
export function envelope(data: JsonObject): Answer {
	return json(200, { code: 200, message: 'success', data });
}

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** Turns a call down because of what is in it. */
export function invalid(reason: string): never {
	return refuse(reason, waveSpeedError(400, reason));
}

/** The number that a failed task carries: 1200 for refused content, a code of its own, or 1403 for the rest. */
export function taskCode(code: string): number {
	if (/^\d{4}$/.test(code)) return Number(code);
	return /content|moderation|nsfw|safety/i.test(code)
		? TASK_CODES.moderation
		: TASK_CODES.notExecuted;
}

/** WaveSpeedAI's errors, for faults. */
export const errors: ProviderErrors = {
	status: (status, message) =>
		waveSpeedError(status, message ?? WORDS[status] ?? `Error ${status}`),
	busy: (status, { bodySeconds, textSeconds }) =>
		waveSpeedError(
			status,
			textSeconds === undefined
				? WORDS[status]!
				: `${WORDS[status]}, retry after ${textSeconds} seconds`,
			bodySeconds === undefined ? {} : { retry_after: bodySeconds },
		),
	credit: () => waveSpeedError(402, WORDS[402]!),
	// The one documented code that says why; no document shows it on a submission.
	content: () => json(400, { code: TASK_CODES.moderation, message: MODERATED }),
	auth: (message) => waveSpeedError(401, message),
	inside200: (message) => json(200, { code: 500, message }),
	unknownTask: (taskId) => waveSpeedError(404, `Prediction ${taskId} not found`),
};
