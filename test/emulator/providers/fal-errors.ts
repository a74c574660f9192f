import type { Answer } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import type { Json, JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/** One entry of a model's error list (fal.ai/docs/documentation/model-apis/errors). */
export interface ErrorDetail {
	loc: Array<string | number>;
	msg: string;
	type: string;
	input: Json;
	ctx?: JsonObject;
}

/** What the infrastructure around a model says, by its code (docs model-apis/request-errors). */
const INFRASTRUCTURE: Record<string, number> = {
	bad_request: 400,
	client_disconnected: 499,
	client_cancelled: 499,
	runner_server_error: 500,
	internal_error: 500,
	runner_incomplete_response: 502,
	runner_scheduling_failure: 503,
	runner_connection_timeout: 503,
	runner_disconnected: 503,
	runner_connection_refused: 503,
	runner_connection_error: 503,
	request_timeout: 504,
	startup_timeout: 504,
};

/** The usual words and code of a status. No document prints the words; the codes from 500 on are documented. */
const USUAL: Record<number, [words: string, code?: string]> = {
	400: ['Bad request', 'bad_request'],
	403: ['This key does not have the permission for this operation'],
	404: ['Not Found'],
	405: ['Method Not Allowed'],
	499: ['The request was cancelled by the client', 'client_cancelled'],
	500: ['Internal server error', 'internal_error'],
	502: ['The runner sent an incomplete response', 'runner_incomplete_response'],
	503: ['No runner is available for this request', 'runner_scheduling_failure'],
	504: ['The request timed out', 'request_timeout'],
};

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** An error of the infrastructure: flat, and with the code in a header as well (docs model-apis/request-errors). */
function flat(status: number, detail: string, code?: string, extra: JsonObject = {}): Answer {
	if (code === undefined) return json(status, { detail, ...extra });
	return json(status, { detail, error_type: code, ...extra }, { 'x-fal-error-type': code });
}

/** What a model finds wrong with its input (docs model-apis/errors). */
export function modelError(details: ErrorDetail[]): Answer {
	const detail = details.map(({ ctx, ...rest }) => ({
		...rest,
		url: `https://docs.fal.ai/errors/#${rest.type}`,
		...(ctx && { ctx }),
	}));
	return json(422, { detail }, { 'x-fal-retryable': 'false' });
}

/** The entry of a refused content, as it is quoted from fal's page (wavespeed.ai). */
export function contentDetail(
	prompt: string,
	msg = 'The content was flagged by a content checker.',
): ErrorDetail {
	return { loc: ['body', 'prompt'], msg, type: 'content_policy_violation', input: prompt };
}

/** What the result call replays of a run that failed with a code, or was cancelled. */
export function failedRun(code: string, message: string): Answer {
	const status = Object.hasOwn(INFRASTRUCTURE, code) ? INFRASTRUCTURE[code]! : undefined;
	return status === undefined ? json(500, { detail: message }) : flat(status, message, code);
}

/** What the result call replays of a cancelled run (assumed: no page shows it). */
export const CANCELLED = { code: 'client_cancelled', message: USUAL[499]![0] };

/** A path that no app has (fal-js issue 214): no `detail` there. */
export function noSuchPath(path: string): Answer {
	return json(404, { error: 'Error', message: `Path ${path} not found` });
}

/** The words of fal's gateway for a key it does not know; the ones for no key are assumed. */
export const NO_SUCH_KEY = 'No user found for Key ID and Secret';
export const NO_KEY = 'Authentication is required to access this application.';

/** fal.ai's errors, for faults. */
export const errors: ProviderErrors = {
	status(status, message, code) {
		const [words, usualCode] = USUAL[status] ?? [`Error ${status}`];
		if (status === 422) {
			return modelError([
				{ loc: ['body'], msg: message ?? 'Invalid input', type: code ?? 'value_error', input: {} },
			]);
		}
		return flat(status, message ?? words, code ?? usualCode);
	},
	busy(status, { bodySeconds, textSeconds, code }) {
		const wait = textSeconds === undefined ? '' : ` Retry after ${textSeconds} seconds.`;
		const extra: JsonObject = bodySeconds === undefined ? {} : { retry_after: bodySeconds };
		if (status === 503)
			return flat(503, `${USUAL[503]![0]}.${wait}`, code ?? USUAL[503]![1], extra);
		const answer = flat(
			429,
			`Too many concurrent requests.${wait}`,
			code ?? 'concurrent_requests_limit',
			extra,
		);
		return { ...answer, headers: { ...answer.headers, 'x-fal-needs-retry': '1' } };
	},
	credit: () =>
		json(403, {
			detail:
				'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
		}),
	content: () => modelError([contentDetail('')]),
	auth: (detail) => json(401, { detail }),
	inside200: (detail) => json(200, { detail }),
	unknownTask: () => json(404, { detail: 'Request not found' }),
};
