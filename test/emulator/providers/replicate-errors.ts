import type { Answer } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import type { Json, JsonObject } from '../types';
import type { ProviderErrors } from './provider';

// PROVIDERS O3: errors are RFC 7807 problems with `title`, `detail` and `status`, each of them optional.
/** Recorded in replicate-python's test suite. */
const WRONG_KEY = 'You did not pass a valid authentication token';
/** What is said since 2026 when there is no key at all. */
const NO_KEY = 'You did not pass an authentication token';
const NO_CREDIT =
	'You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. ' +
	'Once you purchase credit, please wait a few minutes before trying again.';
/** An unknown prediction, file or model; this one has no title. */
const NOT_FOUND = 'The requested resource could not be found.';
/** The words of Replicate's own image models (replicate/cog-stable-diffusion). */
export const CONTENT_REFUSED =
	'NSFW content detected. Try running it again, or try a different prompt.';

const TITLES: Record<number, string> = {
	400: 'Bad Request',
	401: 'Unauthenticated',
	402: 'Insufficient credit',
	403: 'Forbidden',
	405: 'Method Not Allowed',
	413: 'Request Entity Too Large',
	422: 'Input validation failed',
	500: 'Internal Server Error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

const DETAILS: Record<number, string> = {
	401: WRONG_KEY,
	402: NO_CREDIT,
	404: NOT_FOUND,
};

/** One field of `invalid_fields`; types and words of the library gojsonschema, as the quoted ones are. */
export interface InvalidField {
	type: string;
	/** With a dot before each level; empty for the body itself. */
	field: string;
	description: string;
}

function kindOf(value: Json): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value;
}

/** A value of another type than the schema says. */
export function wrongType(field: string, expected: string, value: Json): InvalidField {
	const description = `Invalid type. Expected: ${expected}, given: ${kindOf(value)}`;
	return { type: 'invalid_type', field, description };
}

/** One error in Replicate's shape. */
export function problem(status: number, detail: string, more: JsonObject = {}): Answer {
	return json(status, { detail, status, ...more }, { 'content-type': 'application/problem+json' });
}

/** Turns a call down. */
export function refuse(reason: string, answer: Answer): never {
	throw new Refusal(answer, reason);
}

/** Turns a call down because of its fields: the detail has one line for each. */
export function refuseFields(invalid: InvalidField[]): never {
	const lines = invalid.map(({ field, description }) => `- ${field}: ${description}`);
	return refuse(
		lines.join('; '),
		problem(422, lines.map((line) => `${line}\n`).join(''), {
			title: TITLES[422]!,
			invalid_fields: invalid as unknown as Json,
		}),
	);
}

/** HTTP 401, for a key that is missing or wrong. */
export function unauthenticated(which: 'missing' | 'wrong'): Answer {
	return problem(401, which === 'missing' ? NO_KEY : WRONG_KEY, { title: TITLES[401]! });
}

/** HTTP 429. The document has the seconds in the text only, real answers have them in the body as well. */
export function throttled(seconds: number | undefined, isInBody: boolean): Answer {
	if (seconds === undefined) return problem(429, 'Request was throttled.');
	return problem(
		429,
		`Request was throttled. Your rate limit resets in ~${seconds}s.`,
		isInBody ? { retry_after: seconds } : {},
	);
}

/** Replicate's errors, for faults. */
export const errors: ProviderErrors = {
	status(status, message) {
		const title = TITLES[status];
		return problem(status, message ?? DETAILS[status] ?? title ?? `Error ${status}`, {
			...(title !== undefined && { title }),
		});
	},
	busy(status, { bodySeconds, textSeconds }) {
		const seconds = bodySeconds ?? textSeconds;
		if (status === 429) return throttled(seconds, bodySeconds !== undefined);
		return problem(
			503,
			`Service Unavailable${seconds === undefined ? '' : `, retry in ${seconds}s`}`,
			{
				title: TITLES[503]!,
				...(bodySeconds !== undefined && { retry_after: bodySeconds }),
			},
		);
	},
	credit: () => problem(402, NO_CREDIT, { title: TITLES[402]! }),
	content: () => problem(400, CONTENT_REFUSED),
	auth: (message) => problem(401, message, { title: TITLES[401]! }),
	inside200: (message) => ({
		...problem(500, message, { title: TITLES[500]! }),
		status: 200,
	}),
	unknownTask: () => problem(404, NOT_FOUND),
};
