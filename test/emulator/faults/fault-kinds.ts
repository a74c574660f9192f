import type { GatewayName } from './gateway-answers';
import type { ProviderId, RouteKind } from '../types';

/**
 * `instead`: the provider did not take the call. `answer`: it did, and the answer suffers. `connection`: before anything was read.
 * `task`: marks the task. `link`: changes a URL in the answer. `download`: happens on the results server.
 */
export type FaultPhase = 'connection' | 'instead' | 'answer' | 'task' | 'link' | 'download';

export interface FaultTraits {
	phase: FaultPhase;
	routes: readonly RouteKind[];
	/** What is said about it in the README. */
	does: string;
}

const CALLS = ['submit', 'read', 'upload', 'credit'] as const;
const ANYWHERE = ['submit', 'read', 'upload', 'credit', 'result'] as const;
const TASKS = ['submit', 'read'] as const;

/** Every fault there is: where it can strike and what it does. The README's table is checked against it. */
export const FAULTS = {
	httpStatus: {
		phase: 'instead',
		routes: ANYWHERE,
		does: 'any `status` (default 500) with the provider’s own error body; `message`, `code`',
	},
	gatewayPage: {
		phase: 'instead',
		routes: ANYWHERE,
		does: 'an HTML page with `status` 502 (default), 503 or 504',
	},
	rateLimit: {
		phase: 'instead',
		routes: ANYWHERE,
		does: '429; `hint`: `own` (default, as the document has it), `headerSeconds`, `headerDate`, `body`, `text`, `none`; `seconds`, `code`',
	},
	serviceUnavailable: {
		phase: 'instead',
		routes: CALLS,
		does: '503, a refusal in the provider’s own words; `hint` and `seconds` as above',
	},
	insufficientCredit: {
		phase: 'instead',
		routes: CALLS,
		does: 'lack of credit, with the provider’s status and words',
	},
	contentRefused: { phase: 'instead', routes: CALLS, does: 'refused by the content check' },
	echoKey: {
		phase: 'instead',
		routes: CALLS,
		does: 'an authentication error that repeats the key it was sent',
	},
	errorInside200: {
		phase: 'instead',
		routes: CALLS,
		does: 'HTTP 200 with the provider’s error body',
	},
	redirect: {
		phase: 'instead',
		routes: CALLS,
		does: '`status` (default 307) to another origin, or to any `location`: a key must not go there',
	},
	refuseConnection: {
		phase: 'connection',
		routes: ANYWHERE,
		does: 'socket destroyed before the body is read; nothing billed',
	},
	acceptThenDrop: {
		phase: 'answer',
		routes: ANYWHERE,
		does: 'taken (billed), then the socket is destroyed',
	},
	acceptThenGateway504: { phase: 'answer', routes: CALLS, does: 'taken (billed), then a 504 page' },
	acceptThenGateway: {
		phase: 'answer',
		routes: CALLS,
		does: 'taken (billed), then the answer of a `gateway` (see `gateway-answers.ts`), with Retry-After after `seconds`',
	},
	acceptThenSeeOther: {
		phase: 'answer',
		routes: CALLS,
		does: 'taken (billed), then 303 See Other to a page of its own',
	},
	acceptThenHang: { phase: 'answer', routes: ANYWHERE, does: 'taken (billed), never answered' },
	slowHeaders: {
		phase: 'answer',
		routes: ANYWHERE,
		does: 'the answer starts `ms` (default 1000) late',
	},
	dripBody: {
		phase: 'answer',
		routes: ANYWHERE,
		does: '`chunkBytes` (default 1) every `intervalMs` (default 50)',
	},
	truncateBody: {
		phase: 'answer',
		routes: ANYWHERE,
		does: 'Content-Length is the whole, `sentShare` (default 0.5) of it is sent, then the socket closes',
	},
	notJson: {
		phase: 'answer',
		routes: CALLS,
		does: '`status` (default 200) with text that is not JSON, or any `text` and Content-Type `type`',
	},
	emptyBody: { phase: 'answer', routes: ANYWHERE, does: '`status` (default 200) and no body' },
	emptyResults: { phase: 'answer', routes: TASKS, does: 'the list of results is empty' },
	nullData: { phase: 'answer', routes: TASKS, does: 'the list of results is `null`' },
	taskFailed: {
		phase: 'task',
		routes: TASKS,
		does: 'the task ends as failed; `code`, `message` (default: content policy)',
	},
	taskNeverEnds: { phase: 'task', routes: TASKS, does: 'the task stays unfinished' },
	taskGoesBack: {
		phase: 'task',
		routes: TASKS,
		does: 'once seen processing, it is pending again for one look; once completed, processing for one look',
	},
	unknownTask404: {
		phase: 'instead',
		routes: ['read'],
		does: 'the task is not known, in the provider’s words',
	},
	otherOriginPollUrl: {
		phase: 'link',
		routes: TASKS,
		does: 'ModelsLab `fetch_result` leads to another origin',
	},
	resultPrivateUrl: {
		phase: 'link',
		routes: ['submit', 'read', 'result'],
		does: 'the result URL lies in a private network; `host` (default 10.0.0.1)',
	},
	resultHtmlPage200: {
		phase: 'download',
		routes: ['result'],
		does: 'an HTML page with 200 and `text/html`',
	},
	resultTinyFile: { phase: 'download', routes: ['result'], does: 'a few bytes called image/png' },
	resultExpired403: {
		phase: 'download',
		routes: ['result'],
		does: '403 with an XML "Request has expired"',
	},
	resultNotFound404Once: {
		phase: 'download',
		routes: ['result'],
		does: '404 page at the first look at each result',
	},
	resultWrongType: {
		phase: 'download',
		routes: ['result'],
		does: 'good bytes, Content-Type `type` (default application/octet-stream)',
	},
	resultTruncatedImage: {
		phase: 'download',
		routes: ['result'],
		does: 'a consistent answer whose image stops early (`sentShare` 0.5)',
	},
	resultTrailingBytes: {
		phase: 'download',
		routes: ['result'],
		does: 'the whole image, and 5000 bytes behind its end, all of them announced',
	},
	resultEndless: {
		phase: 'download',
		routes: ['result'],
		does: 'begins like an image and never stops',
	},
	resultSlow: {
		phase: 'download',
		routes: ['result'],
		does: '`chunkBytes` (default 64) every `intervalMs` (default 100)',
	},
	resultRedirect: {
		phase: 'download',
		routes: ['result'],
		does: '302; `to`: `otherOrigin` (default), `privateAddress`, `loop`, or any `location`',
	},
} as const satisfies Record<string, FaultTraits>;

export type FaultKind = keyof typeof FAULTS;

export interface FaultRule {
	kind: FaultKind;
	provider?: ProviderId;
	/** Default: the first route the kind can strike. */
	route?: RouteKind;
	/** How often it strikes. Default: always. */
	times?: number;
	/** How many matching calls pass first. */
	after?: number;
	/** Only jobs whose prompt contains this. */
	prompt?: string;
	/** How long it goes on striking after the first time (a rate-limit window, an outage). */
	forSeconds?: number;
	/** Whether the job is taken (and billed) before the fault shows; only for kinds that answer. */
	billed?: boolean;
	status?: number;
	hint?: 'own' | 'headerSeconds' | 'headerDate' | 'body' | 'text' | 'none';
	seconds?: number;
	ms?: number;
	chunkBytes?: number;
	intervalMs?: number;
	sentShare?: number;
	code?: string;
	message?: string;
	type?: string;
	host?: string;
	to?: 'otherOrigin' | 'privateAddress' | 'loop';
	location?: string;
	text?: string;
	gateway?: GatewayName;
}
