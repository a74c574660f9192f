import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import { bearerProblem } from '../server/request-fields';
import type { EmulatorSettings, JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/**
 * Kie.ai's words. Those of 404, 429, 500, `recordInfo` and the uploads are in its documents (PROVIDERS M1: docs.kie.ai); those of
 * createTask are reported by its users, word for word.
 */
export const SAYS = {
	noAccess: 'You do not have access permissions',
	unauthorized: 'Unauthorized',
	credit:
		"Credits insufficient : Your current balance isn't enough to run this request. Please top up to continue.",
	model:
		'The model name you specified is not supported. Please verify your input and use one of the supported models provided by KIE.',
	required: 'This field is required',
	tooLong: 'The text length cannot exceed the maximum limit',
	unreadable: 'Image fetch failed. Check access settings or use our File Upload API instead.',
	flagged: 'Your prompt was flagged by Website as violating content policies.',
	noRecord: 'recordInfo is null',
	noTaskId: 'taskId parameter is required',
	uploadKey: 'Authentication failed: Invalid API Key',
	notBase64: 'Base64 decoding failed: Invalid Base64 format',
} as const;

/** What the code enum of the API says of each code. */
const WORDS: Record<number, string> = {
	400: 'Bad Request',
	401: SAYS.noAccess,
	402: SAYS.credit,
	404: 'Not Found - The requested resource or endpoint does not exist',
	405: 'Method Not Allowed - Request method is not supported',
	422: 'Validation Error - The request parameters failed validation checks',
	429: 'Rate limit exceeded',
	433: 'Request Limit - Sub-key Usage Exceeds Limit',
	455: 'Service Unavailable - System is currently undergoing maintenance',
	500: 'Server Error - An unexpected error occurred while processing the request',
	501: 'Generation Failed - Content generation task failed',
	505: 'Feature Disabled - The requested feature is currently disabled',
};

/** What Kie.ai answers instead of 503, which it does not have. */
const MAINTENANCE = 455;

/** `{code, msg}`: with HTTP 200, as clients meet it, or with the status that the pages show. A rate limit is a real 429 in both. */
export function kieError(
	settings: EmulatorSettings,
	code: number,
	msg: string,
	more: JsonObject = {},
): Answer {
	const isReal = settings.kie.errorStatus === 'documented' || code === 429;
	return json(isReal ? code : 200, { code, msg, ...more });
}

/** The upload host says in a third field that it did not work (docs.kie.ai, file-upload-api). */
export function uploadError(settings: EmulatorSettings, code: number, msg: string): Answer {
	const { status } = kieError(settings, code, msg);
	return json(status, { success: false, code, msg });
}

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** Turns a call without the right key down with this answer. */
export function checkKey(call: ApiCall, answer: Answer): void {
	const problem = bearerProblem(call);
	if (problem) refuse(problem === 'missing' ? 'no key' : 'wrong key', answer);
}

/** The code in a body under a status: a number, and never one that says success. */
function codeOf(status: number, code: string | undefined): number {
	if (code !== undefined && /^\d+$/.test(code)) return Number(code);
	return status < 400 ? 500 : status;
}

/** Kie.ai's errors, for faults. */
export function kieErrors(settings: EmulatorSettings): ProviderErrors {
	return {
		status(status, message, code) {
			const inBody = codeOf(status, code);
			return json(status, {
				code: inBody,
				msg: message ?? WORDS[inBody] ?? WORDS[status] ?? `Error ${inBody}`,
			});
		},
		busy(status, { bodySeconds, textSeconds }) {
			const code = status === 429 ? 429 : MAINTENANCE;
			const words = WORDS[code]!;
			return json(status, {
				code,
				msg: textSeconds === undefined ? words : `${words}, retry after ${textSeconds} seconds`,
				...(bodySeconds !== undefined && { retry_after: bodySeconds }),
			});
		},
		credit: () => kieError(settings, 402, SAYS.credit),
		// The code of the pages on other models: the enum of the market routes has none for it.
		content: () => kieError(settings, 400, SAYS.flagged),
		auth: (message) => kieError(settings, 401, message),
		inside200: (message) => json(200, { code: 500, msg: message, data: null }),
		unknownTask: () => kieError(settings, 422, SAYS.noRecord, { data: null }),
	};
}
