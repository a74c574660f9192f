import { randomUUID } from 'node:crypto';
import type { Answer } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import type { EmulatorSettings, JsonObject } from '../types';
import type { ProviderErrors } from './provider';

/** `{request_id, code, message}`: the error shape of every DashScope call. */
export function dashScopeError(
	status: number,
	code: string,
	message: string,
	extra: JsonObject = {},
): Answer {
	return json(status, { request_id: randomUUID(), code, message, ...extra });
}

/** Turns a call down; the reason is for the record. */
export function refuse(reason: string, status: number, code: string, message = reason): never {
	throw new Refusal(dashScopeError(status, code, message), reason);
}

/** Words of the error-code page (help.aliyun.com/zh/model-studio/error-code, states of 2025 and 2026). */
export const SAYS: Readonly<Record<string, string>> = {
	InvalidParameter:
		'Required parameter(s) missing or invalid, please check the request parameters.',
	InvalidApiKey: 'Invalid API-key provided.',
	AccessDenied: 'Access denied.',
	ModelNotFound: 'Model can not be found.',
	NotFound: 'Not found!',
	RequestTimeOut: 'Request timed out, please try again later.',
	'BadRequest.TooLarge': 'Payload Too Large.',
	'BadRequest.IllegalInput': 'The input parameter requires json format.',
	'BadRequest.EmptyInput': 'Required input parameter missing from request.',
	'BadRequest.EmptyModel': 'Required parameter "model" missing from request.',
	'InvalidParameter.DataInspection':
		'Unable to download the media resource during the data inspection process.',
	InvalidURL: 'The request URL is invalid, make sure the url is correct and is an image.',
	Arrearage: 'Access denied, please make sure your account is in good standing.',
	DataInspectionFailed: 'Input data may contain inappropriate content.',
	Throttling: 'Requests throttling triggered.',
	'Throttling.RateQuota': 'Requests rate limit exceeded, please try again later.',
	'Throttling.BurstRate':
		'Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.',
	'Throttling.AllocationQuota': 'Allocated quota exceeded, please increase your quota limit.',
	InternalError:
		'An internal error has occured, please try again later or contact service support.',
	'InternalError.Algo': 'inference internal error.',
	'InternalError.Timeout':
		'An internal timeout error has occured during execution, please try again later or contact service support.',
	ModelUnavailable: 'Model is unavailable, please try again later.',
	ModelServingError:
		'Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.',
	IPInfringementSuspect: 'Input data is suspected of being involved in IP infringement.',
	'AccessDenied.Unpurchased':
		'Access to model denied. Please make sure you are eligible for using the model.',
	'AllocationQuota.FreeTierOnly':
		'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
	CommodityNotPurchased: 'Commodity has not purchased yet.',
	PrepaidBillOverdue: 'The prepaid bill is overdue.',
	PostpaidBillOverdue: 'The postpaid bill is overdue.',
};

const USUAL_CODES: Readonly<Record<number, string>> = {
	400: 'InvalidParameter',
	401: 'InvalidApiKey',
	403: 'AccessDenied',
	404: 'ModelNotFound',
	408: 'RequestTimeOut',
	413: 'BadRequest.TooLarge',
	429: 'Throttling.RateQuota',
	500: 'InternalError',
	502: 'InternalError.Algo',
	503: 'ModelUnavailable',
	504: 'InternalError.Timeout',
};

/** DashScope's errors, for faults. */
export function dashScopeErrors(settings: EmulatorSettings): ProviderErrors {
	const say = (status: number, message?: string, code = USUAL_CODES[status], extra?: JsonObject) =>
		dashScopeError(
			status,
			code ?? 'InternalError',
			message ?? SAYS[code!] ?? `Error ${status}`,
			extra,
		);
	return {
		status: (status, message, code) => say(status, message, code),
		busy: (status, { bodySeconds, textSeconds, code = USUAL_CODES[status]! }) =>
			say(
				status,
				textSeconds === undefined
					? undefined
					: `${SAYS[code] ?? 'Requests throttling triggered.'} Retry after ${textSeconds} seconds.`,
				code,
				bodySeconds === undefined ? {} : { retry_after: bodySeconds },
			),
		credit: () => dashScopeError(settings.dashScope.arrearageStatus, 'Arrearage', SAYS.Arrearage!),
		content: () => say(400, undefined, 'DataInspectionFailed'),
		auth: (message) => say(401, message),
		inside200: (message) => dashScopeError(200, 'InternalError.Algo', message),
		unknownTask: () => say(404, undefined, 'NotFound'),
	};
}
