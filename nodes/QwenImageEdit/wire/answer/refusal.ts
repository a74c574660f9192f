import type { ErrorKind, Fault } from '../../edit/fault';
import type { Malformed, Outcome, Refused } from '../../edit/outcome';
import { plainText } from '../text/plainText';
import type { Reply } from '../wire';
import { failureWords } from './failureWords';
import { retryAfterSeconds } from './pause';
import { protectionFault, protectionOf } from './protectionPage';

/** Provider words or codes that mean a kind of fault whatever the HTTP status says. */
export interface FaultRule {
	kind: ErrorKind;
	/** What to do, where the adapter knows better than the general advice. */
	advice?: string;
	/** Tested against status, code, type and message of the answer. */
	when(answer: { httpStatus: number; code: string; type: string; message: string }): boolean;
}

/** What each kind of refusal asks of the user, unless the provider's adapter knows better. */
const adviceByKind: Partial<Record<ErrorKind, string>> = {
	credential: 'Check the API key and the base URL of the credential',
	credit: "Top up the account at the provider, or use another provider's credential",
	rateLimit: "Lower 'Max Concurrency' in Options, or run fewer items at once",
	content: 'The provider refused the image or the prompt; change them and run again',
	input: 'Check the parameters named in the message against the documentation of the provider',
};

function kindByStatus(httpStatus: number): ErrorKind {
	if (httpStatus === 401 || httpStatus === 403) return 'credential';
	if (httpStatus === 402) return 'credit';
	if (httpStatus === 429) return 'rateLimit';
	if (httpStatus === 408) return 'timeout';
	// "Too early": the server wants the same request again, later.
	if (httpStatus === 425) return 'provider';
	if (httpStatus === 404 || httpStatus >= 500 || httpStatus < 400) return 'provider';
	return 'input';
}

const generalRules: readonly FaultRule[] = [
	{
		kind: 'input',
		when: ({ code, type }) =>
			/model_?not_?found|invalid_?model|no_?such_?model/i.test(`${code} ${type}`),
		advice: "Choose a model in 'Model' that the account may use",
	},
	{
		kind: 'credit',
		when: ({ code, type, message }) =>
			/insufficient_(\w*_)?(quota|balance|credits?)|quota_(exhausted|failed)|arrear/i.test(
				`${code} ${type}`,
			) ||
			/insufficient (credits?|balance|funds|quota)|run out of credits?|not enough credits?|quota is not enough/i.test(
				message,
			),
	},
	{
		kind: 'content',
		when: ({ code, type, message }) =>
			/content_policy|sensitive_(check|words)|data_?inspection|content_?filter|moderation|nsfw/i.test(
				`${code} ${type}`,
			) || /content policy|inappropriate content|safety checker|nsfw/i.test(message),
	},
];

/** Reads a failed answer into a fault, in the provider's words. */
export function readRefusal(
	reply: Reply,
	settings: {
		provider: string;
		rules?: readonly FaultRule[];
		now?: number;
		taskId?: string;
		/** Set where the provider keeps its request id in an odd place. */
		requestId?: string;
	},
): Refused {
	const protection = protectionOf(reply);
	if (protection !== undefined) {
		const fault = protectionFault(reply, settings.provider, protection);
		return {
			state: 'refused',
			fault: settings.taskId === undefined ? fault : { ...fault, taskId: settings.taskId },
		};
	}
	const said = failureWords(reply);
	const answer = { httpStatus: reply.httpStatus, ...said };
	const rule = [...(settings.rules ?? []), ...generalRules].find(({ when }) => when(answer));
	const kind = rule?.kind ?? kindByStatus(reply.httpStatus);
	const status = reply.httpStatus >= 400 ? ` (HTTP ${reply.httpStatus})` : '';
	// An adapter has no clock: the server's own one, in its Date header, is as good.
	const wait = retryAfterSeconds(reply, settings.now ?? Date.parse(reply.headers.date ?? ''));
	const fault: Fault = {
		kind,
		message: `${settings.provider} says: ${said.message || 'nothing more than the status'}${status}`,
		httpStatus: reply.httpStatus,
	};
	const advice = [said.suggestion, rule?.advice ?? adviceByKind[kind] ?? '']
		.filter((part) => part !== '')
		.join('. ');
	if (advice !== '') fault.advice = advice;
	const requestId = plainText(settings.requestId ?? '', 120) || said.requestId;
	if (requestId !== undefined && requestId !== '') fault.requestId = requestId;
	if (wait !== undefined) fault.retryAfterSeconds = wait;
	if (settings.taskId !== undefined) fault.taskId = settings.taskId;
	return { state: 'refused', fault };
}

/** An answer that cannot be what it should be; the text is kept so that the user sees it. */
export function readMalformed(reply: Reply, what: string, taskId?: string): Malformed {
	const said = failureWords(reply);
	const protection = protectionOf(reply);
	if (protection !== undefined) {
		const { message } = protectionFault(reply, 'the provider', protection);
		return {
			state: 'malformed',
			message,
			httpStatus: reply.httpStatus,
			...(taskId === undefined ? {} : { taskId }),
		};
	}
	const excerpt = said.message === '' ? '' : `: ${said.message}`;
	return {
		state: 'malformed',
		message: `${what}${excerpt} (HTTP ${reply.httpStatus})`,
		httpStatus: reply.httpStatus,
		...(said.requestId === undefined ? {} : { requestId: said.requestId }),
		...(taskId === undefined ? {} : { taskId }),
	};
}

/** A success without an image: final, and the user should check the usage page of the provider. */
export function noImage(reply: Reply, provider: string, taskId?: string): Outcome {
	const { fault } = readRefusal(reply, { provider, ...(taskId === undefined ? {} : { taskId }) });
	return {
		state: 'refused',
		isEmpty: true,
		fault: {
			...fault,
			kind: 'provider',
			message: `${provider} reports success but sent no image (HTTP ${reply.httpStatus})`,
			advice:
				'It may have been billed: look at the usage page of the provider before you run it again',
		},
	};
}
