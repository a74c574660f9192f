import type { Answer } from '../server/exchange';
import { json } from '../server/exchange';
import type { JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/**
 * docs.siliconflow.cn, images-generations: the form of an error goes by its status. 401, 403, 404 and 504 are a bare JSON
 * string, 400 and 503 an object with a code, 429 one without. Codes: PROVIDERS M2 and the former official table of codes.
 */
export function siliconFlowError(
	status: number,
	code: number | undefined,
	message: string,
	more: JsonObject = {},
): Answer {
	return json(status, { ...(code !== undefined && { code }), message, data: null, ...more });
}

/** Documented bodies that are nothing but a string. */
const BARE: Record<number, string> = {
	401: 'Invalid token',
	403: 'Forbidden',
	404: '404 page not found',
	504: 'Gateway Timeout',
};

const RATE_LIMIT =
	'Request was rejected due to rate limiting. If you want more, please contact contact@siliconflow.cn. Details:';

/** Documented words; those of 500 are assumed, as the page shows no body for it. */
const WORDS: Record<number, [code: number | undefined, message: string]> = {
	400: [20012, 'Model does not exist. Please check it carefully.'],
	402: [30001, 'Sorry, your account balance is insufficient'],
	413: [20042, 'Request entity too large.'],
	429: [undefined, `${RATE_LIMIT}TPM limit reached.`],
	500: [50000, 'Unknown error. Please try again later.'],
	503: [50505, 'Model service overloaded. Please try again later.'],
};

/** Seen for images instead of the documented form (PROVIDERS M2, medium). */
const IMAGES_PER_MINUTE = '50604';

/** SiliconFlow's errors, for faults. */
export const errors: ProviderErrors = {
	status(status, message, code) {
		if (BARE[status] !== undefined && code === undefined)
			return json(status, message ?? BARE[status]);
		const [usualCode, usual] = WORDS[status] ?? [status, `Error ${status}`];
		return siliconFlowError(
			status,
			code === undefined ? usualCode : Number(code),
			message ?? usual,
		);
	},
	busy(status, { bodySeconds, textSeconds, code }) {
		const [usualCode, usual] = WORDS[status]!;
		const words = code === IMAGES_PER_MINUTE ? `${RATE_LIMIT}IPM limit reached.` : usual;
		return siliconFlowError(
			status,
			code === undefined ? usualCode : Number(code),
			textSeconds === undefined ? words : `${words} Retry after ${textSeconds} seconds.`,
			bodySeconds === undefined ? {} : { retry_after: bodySeconds },
		);
	},
	// An object, although the documented 403 is a bare string.
	credit: () => siliconFlowError(403, 30001, 'Sorry, your account balance is insufficient'),
	// HTTP 451 and its code are in the former table of codes; the words are assumed.
	content: () =>
		siliconFlowError(451, 20021, 'The prompt or the image was found to hold prohibited content.'),
	auth: (message) => json(401, message),
	inside200: (message) => siliconFlowError(200, 50000, message),
	// There are no tasks.
	unknownTask: () => json(404, BARE[404]!),
};
