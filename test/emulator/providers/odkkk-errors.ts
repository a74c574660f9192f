import type { Answer } from '../server/exchange';
import { json } from '../server/exchange';
import type { JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/** The error bodies of seed 002, word for word. */
export const ODKKK_ERRORS = {
	400: {
		error: {
			code: 400,
			message: 'Invalid request format',
			type: 'invalid_request_error',
			param: 'model',
		},
	},
	401: {
		error: {
			code: 401,
			message: 'Invalid authentication credentials',
			type: 'authentication_error',
		},
	},
	403: {
		error: {
			code: 403,
			message: 'Access denied for this model',
			type: 'permission_error',
			param: 'model',
		},
	},
	404: {
		error: {
			code: 404,
			message: 'Specified model not found',
			type: 'not_found_error',
			param: 'model',
			fallback_suggestion: 'qwen-image-edit',
		},
	},
	429: {
		error: {
			code: 429,
			message: 'Rate limit exceeded',
			type: 'rate_limit_error',
			fallback_suggestion: 'retry after 60 seconds',
		},
	},
	500: {
		error: {
			code: 500,
			message: 'Internal server error',
			type: 'internal_server_error',
			fallback_suggestion: 'try again later',
		},
	},
	502: {
		error: {
			code: 502,
			message: 'Bad gateway',
			type: 'upstream_error',
			fallback_suggestion: 'try again later',
		},
	},
	503: {
		error: {
			code: 503,
			message: 'Service temporarily unavailable',
			type: 'service_unavailable_error',
			fallback_suggestion: 'retry after 30 seconds',
		},
	},
};

/** Not in seed 002 but in EvoLink's (PROVIDERS S3): lack of credits is 402, and codes may be words. */
const CREDIT_ERROR = {
	error: {
		code: 'insufficient_quota',
		message: 'Insufficient credits, please top up your account',
		type: 'insufficient_quota_error',
	},
};

interface ErrorParts {
	code?: number | string;
	message: string;
	type?: string;
	param?: string;
	fallback_suggestion?: string;
}

/** One error in odkkk's shape. */
export function odkkkError(status: number, parts: ErrorParts): Answer {
	const { code = status, message, type = 'invalid_request_error', ...rest } = parts;
	return json(status, { error: { code, message, type, ...rest } });
}

function documented(status: number): { error: JsonObject } {
	return (
		(ODKKK_ERRORS as Record<number, { error: JsonObject }>)[status] ?? {
			error: {
				code: status,
				message: `Error ${status}`,
				type: status < 500 ? 'invalid_request_error' : 'upstream_error',
			},
		}
	);
}

/** odkkk's errors, for faults. */
export const errors: ProviderErrors = {
	status(status, message) {
		const { error } = documented(status);
		return json(status, { error: message === undefined ? error : { ...error, message } });
	},
	busy(status, { bodySeconds, textSeconds }) {
		const { code, message, type } = ODKKK_ERRORS[status].error;
		return json(status, {
			error: {
				code,
				message,
				type,
				...(textSeconds !== undefined && {
					fallback_suggestion: `retry after ${textSeconds} seconds`,
				}),
				...(bodySeconds !== undefined && { retry_after: bodySeconds }),
			},
		});
	},
	credit: () => json(402, CREDIT_ERROR),
	content: () =>
		odkkkError(400, {
			code: 'content_policy_violation',
			message: 'The prompt or image was rejected by the content policy',
		}),
	auth: (message) => odkkkError(401, { message, type: 'authentication_error' }),
	inside200: (message) => odkkkError(200, { code: 500, message, type: 'internal_server_error' }),
	unknownTask: (taskId) =>
		odkkkError(404, {
			message: `Task ${taskId} not found`,
			type: 'not_found_error',
			param: 'task_id',
		}),
};
