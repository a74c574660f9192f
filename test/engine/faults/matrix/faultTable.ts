import type { ErrorKind } from '../../../../nodes/QwenImageEdit/edit/fault';
import {
	GATEWAY_ANSWERS,
	type FaultRule,
	type GatewayName,
	type SettingsPatch,
} from '../../../emulator';

/** What the node was doing when the fault struck. */
export type Step = 'upload' | 'submit' | 'read' | 'result';

/**
 * How the item must end. `image`: the node gets over it by itself (for Submit Task: the task is handed out).
 * `doubtful`: an image is put out with the warning that it may be incomplete. `refused`: the provider certainly did not take the job, and the error says why. `unknown`: nobody knows
 * whether it was taken. `kept`: it was paid for, and what leads to the image is in the error.
 */
export type Ending = 'image' | 'doubtful' | 'refused' | 'unknown' | 'kept';

/** One line of the matrix. Nothing in it names a provider: each provider meets each fault that can strike it. */
export interface FaultCase {
	name: string;
	step: Step;
	rules: ReadonlyArray<Omit<FaultRule, 'provider' | 'route'> & { route?: FaultRule['route'] }>;
	/** More than one where the provider's own words decide. */
	ends: readonly Ending[];
	/** With n8n's Retry On Fail; default: like `ends`, or `image` when the rules strike a limited number of times. */
	endsAfterRetry?: readonly Ending[];
	/** Of a failed item. */
	kinds?: readonly ErrorKind[];
	/** Jobs that the provider may have taken, for each item. */
	billed: 0 | 1 | 'atMostOne';
	options?: Record<string, string | number | boolean>;
	settings?: SettingsPatch;
	items?: number;
	/** A base URL on which nothing listens, or one that looks public to the node. */
	base?: 'unreachable' | 'public';
	/** Mostly waits: is not counted among those that run at a time. */
	waits?: boolean;
	/** Strikes only where the provider documents its 503. */
	documented503?: boolean;
	/** Tries under Retry On Fail. */
	tries?: 2 | 3;
}

const once = { times: 1 } as const;
const twice = { times: 2 } as const;

/** A limit that is over after a second, with two more items to come (several at once: pause.test.ts). */
const limited = {
	ends: ['image'],
	billed: 1,
	items: 3,
	options: { maxConcurrency: 1 },
} as const;

const unknown = { ends: ['unknown'], kinds: ['unknownOutcome'] } as const;

/** Paid for, and the node gives up: the item has what leads to the image. */
const kept = { ends: ['kept'], billed: 1 } as const;

const survived = { ends: ['image'], billed: 1 } as const;

const uploadFaults: FaultCase[] = [
	{
		name: '429 with seconds',
		rules: [{ kind: 'rateLimit', hint: 'headerSeconds', seconds: 1, ...once }],
	},
	{
		name: '503 refusal',
		rules: [{ kind: 'serviceUnavailable', hint: 'body', seconds: 1, ...once }],
	},
	{ name: 'gateway page 502', rules: [{ kind: 'gatewayPage', ...once }] },
	{ name: 'socket closed at once', rules: [{ kind: 'refuseConnection', ...once }] },
	{ name: 'answer lost', rules: [{ kind: 'acceptThenDrop', ...once }] },
	{ name: 'not JSON', rules: [{ kind: 'notJson', ...once }] },
	{ name: 'empty body', rules: [{ kind: 'emptyBody', ...once }] },
	{ name: 'answer cut off', rules: [{ kind: 'truncateBody', ...once }] },
].map((fault) => ({ step: 'upload', ...survived, ...fault }) as FaultCase);

const uploadRefusals: FaultCase[] = [
	{ name: 'key echoed', rules: [{ kind: 'echoKey' }], kinds: ['credential'] },
	{ name: 'no credit', rules: [{ kind: 'insufficientCredit' }], kinds: ['credit'] },
	{ name: 'redirect', rules: [{ kind: 'redirect' }], kinds: ['provider'] },
	{
		name: 'never answered',
		rules: [{ kind: 'acceptThenHang' }],
		kinds: ['timeout'],
		options: { timeoutSeconds: 3 },
	},
].map((fault) => ({ step: 'upload', ends: ['refused'], billed: 0, ...fault }) as FaultCase);

const submitFaults: FaultCase[] = [
	{
		name: 'nothing listens',
		rules: [],
		base: 'unreachable',
		ends: ['refused'],
		kinds: ['network'],
		billed: 0,
		// The last try is made with more than a second left: a busy machine may take so long to see the refusal.
		options: { timeoutSeconds: 5 },
	},
	{
		name: 'socket closed before reading',
		rules: [{ kind: 'refuseConnection' }],
		...unknown,
		billed: 'atMostOne',
	},
	{
		name: '429 with seconds',
		rules: [{ kind: 'rateLimit', hint: 'headerSeconds', seconds: 1, ...once }],
		...limited,
	},
	{
		name: '429 with a date',
		rules: [{ kind: 'rateLimit', hint: 'headerDate', seconds: 1, ...once }],
		...limited,
	},
	{
		name: '429 with retry_after',
		rules: [{ kind: 'rateLimit', hint: 'body', seconds: 1, ...once }],
		...limited,
	},
	{
		name: '429 with a text',
		rules: [{ kind: 'rateLimit', hint: 'text', seconds: 1, ...once }],
		...limited,
	},
	{
		name: '429 in its own form',
		rules: [{ kind: 'rateLimit', hint: 'own', seconds: 1, ...twice }],
		...limited,
	},
	{ name: '429 without a time', rules: [{ kind: 'rateLimit', hint: 'none', ...once }], ...limited },
	{
		name: '429 longer than the time-out',
		rules: [{ kind: 'rateLimit', hint: 'headerSeconds', seconds: 8, ...once }],
		ends: ['refused'],
		endsAfterRetry: ['refused'],
		kinds: ['rateLimit'],
		billed: 0,
		items: 3,
		options: { timeoutSeconds: 3, maxConcurrency: 1 },
	},
	{
		name: '503 refusal',
		rules: [{ kind: 'serviceUnavailable', hint: 'headerSeconds', seconds: 1, ...once }],
		...limited,
		documented503: true,
	},
	...(Object.keys(GATEWAY_ANSWERS) as GatewayName[]).map((gateway, index) => ({
		name: `taken, then ${gateway}`,
		// Every second one asks to come again, as gateways do.
		rules: [
			{ kind: 'acceptThenGateway' as const, gateway, ...(index % 2 === 0 ? { seconds: 1 } : {}) },
		],
		...unknown,
		billed: 1 as const,
	})),
	{ name: 'taken, then 303', rules: [{ kind: 'acceptThenSeeOther' }], ...unknown, billed: 1 },
	{
		name: '503 gateway page',
		rules: [{ kind: 'gatewayPage', status: 503 }],
		...unknown,
		billed: 'atMostOne',
	},
	{
		name: '502 gateway page',
		rules: [{ kind: 'gatewayPage', status: 502, billed: true }],
		...unknown,
		billed: 1,
	},
	{
		name: '400',
		rules: [{ kind: 'httpStatus', status: 400 }],
		ends: ['refused'],
		kinds: ['input'],
		billed: 0,
	},
	{
		name: '404',
		rules: [{ kind: 'httpStatus', status: 404 }],
		ends: ['refused'],
		kinds: ['provider', 'input'],
		billed: 0,
	},
	{
		name: '408',
		rules: [{ kind: 'httpStatus', status: 408, billed: true }],
		...unknown,
		billed: 1,
	},
	{
		name: '500 in its own words',
		rules: [{ kind: 'httpStatus', status: 500, billed: true }],
		...unknown,
		billed: 1,
	},
	{
		name: '504 in its own words',
		rules: [{ kind: 'httpStatus', status: 504, billed: true }],
		...unknown,
		billed: 1,
	},
	{
		name: 'key echoed',
		rules: [{ kind: 'echoKey' }],
		ends: ['refused'],
		kinds: ['credential'],
		billed: 0,
	},
	{
		name: 'no credit',
		rules: [{ kind: 'insufficientCredit' }],
		ends: ['refused'],
		kinds: ['credit'],
		billed: 0,
	},
	{
		name: 'content refused',
		rules: [{ kind: 'contentRefused' }],
		ends: ['refused'],
		kinds: ['content'],
		billed: 0,
	},
	{
		name: 'error inside 200',
		rules: [{ kind: 'errorInside200' }],
		ends: ['refused'],
		kinds: ['provider'],
		billed: 0,
	},
	{
		name: 'redirect to another origin',
		rules: [{ kind: 'redirect' }],
		ends: ['refused'],
		kinds: ['provider'],
		billed: 0,
	},
	{
		name: 'taken, then the socket closes',
		rules: [{ kind: 'acceptThenDrop' }],
		...unknown,
		billed: 1,
	},
	{
		name: 'taken, then a 504 page',
		rules: [{ kind: 'acceptThenGateway504' }],
		...unknown,
		billed: 1,
	},
	{
		name: 'taken, never answered',
		rules: [{ kind: 'acceptThenHang' }],
		...unknown,
		billed: 1,
		options: { timeoutSeconds: 3 },
	},
	{
		name: 'answer cut off at its beginning',
		rules: [{ kind: 'truncateBody', sentShare: 0.0001 }],
		...unknown,
		billed: 1,
	},
	// What arrived whole may be enough: a task id, or the URL of the image.
	...[0.3, 0.6, 0.9].map((sentShare) => ({
		name: `answer cut off at ${sentShare * 100} %`,
		rules: [{ kind: 'truncateBody' as const, sentShare }],
		ends: ['unknown', 'image', 'doubtful'] as const,
		kinds: ['unknownOutcome'] as const,
		billed: 1 as const,
	})),
	{ name: 'answer is not JSON', rules: [{ kind: 'notJson' }], ...unknown, billed: 1 },
	{ name: 'answer is empty', rules: [{ kind: 'emptyBody' }], ...unknown, billed: 1 },
	{
		name: 'answer drips too slowly',
		rules: [{ kind: 'dripBody', chunkBytes: 1, intervalMs: 100 }],
		...unknown,
		billed: 1,
		options: { timeoutSeconds: 3 },
	},
	{ name: 'answer starts late', rules: [{ kind: 'slowHeaders', ms: 500 }], ...survived },
	{
		name: 'answer drips',
		rules: [{ kind: 'dripBody', chunkBytes: 64, intervalMs: 20 }],
		...survived,
	},
	// Synchronous hosts only: a task has no results yet when it is submitted.
	{ name: 'no results', rules: [{ kind: 'emptyResults' }], ...kept, kinds: ['provider'] },
	{ name: 'null for results', rules: [{ kind: 'nullData' }], ...kept, kinds: ['provider'] },
].map((fault) => ({ step: 'submit', ...fault }) as FaultCase);

const readFaults: FaultCase[] = [
	{ name: 'gateway page 502', rules: [{ kind: 'gatewayPage', status: 502, ...twice }] },
	{ name: 'taken, then a 504 page', rules: [{ kind: 'acceptThenGateway504', ...once }] },
	{ name: '500 in its own words', rules: [{ kind: 'httpStatus', status: 500, ...once }] },
	{
		name: '429 with seconds',
		rules: [{ kind: 'rateLimit', hint: 'headerSeconds', seconds: 1, ...once }],
	},
	{
		name: '503 refusal',
		rules: [{ kind: 'serviceUnavailable', hint: 'body', seconds: 1, ...once }],
	},
	{ name: 'socket closed before reading', rules: [{ kind: 'refuseConnection', ...once }] },
	{ name: 'answer lost', rules: [{ kind: 'acceptThenDrop', ...twice }] },
	{ name: 'answer cut off', rules: [{ kind: 'truncateBody', ...once }] },
	{ name: 'not JSON', rules: [{ kind: 'notJson', ...once }] },
	{ name: 'empty body', rules: [{ kind: 'emptyBody', ...once }] },
	{ name: 'starts late', rules: [{ kind: 'slowHeaders', ms: 500 }] },
	{ name: 'drips', rules: [{ kind: 'dripBody', chunkBytes: 64, intervalMs: 20 }] },
	{
		name: 'never answered once',
		rules: [{ kind: 'acceptThenHang', ...once }],
		options: { timeoutSeconds: 90 },
		waits: true,
	},
	{
		name: 'task goes back',
		rules: [{ kind: 'taskGoesBack' }],
		settings: { taskSeconds: 2.5 },
	},
	{ name: 'task address on another origin', rules: [{ kind: 'otherOriginPollUrl' }] },
	{ name: 'redirect once', rules: [{ kind: 'redirect', ...once }], ends: ['image', 'kept'] },
	{
		name: 'error inside 200 once',
		rules: [{ kind: 'errorInside200', ...once }],
		ends: ['image', 'kept'],
	},
].map((fault) => ({ step: 'read', ...survived, ...fault }) as FaultCase);

const readEndings: FaultCase[] = [
	{
		name: 'never ends',
		rules: [{ kind: 'taskNeverEnds' }],
		kinds: ['timeout'],
		options: { timeoutSeconds: 3 },
	},
	{
		name: 'nothing but gateway pages',
		rules: [{ kind: 'gatewayPage' }],
		kinds: ['provider', 'timeout'],
		options: { timeoutSeconds: 3 },
	},
	{
		name: 'nothing but lost answers',
		rules: [{ kind: 'acceptThenDrop' }],
		kinds: ['network', 'timeout'],
		options: { timeoutSeconds: 3 },
	},
	{
		name: '429 longer than the time-out',
		rules: [{ kind: 'rateLimit', hint: 'headerSeconds', seconds: 12, ...once }],
		endsAfterRetry: ['kept'],
		kinds: ['rateLimit', 'timeout'],
		options: { timeoutSeconds: 3 },
	},
	{
		name: 'never answered',
		rules: [{ kind: 'acceptThenHang' }],
		kinds: ['timeout'],
		options: { timeoutSeconds: 3 },
	},
	{ name: 'unknown task', rules: [{ kind: 'unknownTask404' }], kinds: ['provider', 'input'] },
	{ name: 'key echoed', rules: [{ kind: 'echoKey' }], kinds: ['credential'] },
	{ name: 'no credit', rules: [{ kind: 'insufficientCredit' }], kinds: ['credit'] },
	{ name: 'content refused', rules: [{ kind: 'contentRefused' }], kinds: ['content'] },
	{
		name: 'task failed',
		rules: [{ kind: 'taskFailed', message: 'The image could not be understood' }],
		kinds: ['provider', 'content', 'input'],
	},
	{
		name: 'completed without results',
		rules: [{ kind: 'emptyResults' }],
		kinds: ['provider'],
		options: { timeoutSeconds: 3 },
	},
	{
		name: 'completed with null',
		rules: [{ kind: 'nullData' }],
		kinds: ['provider'],
		options: { timeoutSeconds: 3 },
	},
].map((fault) => ({ step: 'read', ...kept, ...fault }) as FaultCase);

const resultFaults: FaultCase[] = [
	{ name: 'HTML with 200, once', rules: [{ kind: 'resultHtmlPage200', ...once }] },
	{ name: 'tiny file, once', rules: [{ kind: 'resultTinyFile', ...once }] },
	{ name: '404 once (a URL that is not ready)', rules: [{ kind: 'resultNotFound404Once' }] },
	{ name: 'wrong Content-Type', rules: [{ kind: 'resultWrongType' }] },
	{ name: 'cut-off image, once', rules: [{ kind: 'resultTruncatedImage', ...once }] },
	{ name: 'body shorter than announced, once', rules: [{ kind: 'truncateBody', ...once }] },
	{ name: 'empty body, once', rules: [{ kind: 'emptyBody', ...once }] },
	{ name: 'bytes behind the end', rules: [{ kind: 'resultTrailingBytes' }] },
	{ name: 'slow', rules: [{ kind: 'resultSlow', chunkBytes: 64, intervalMs: 50 }] },
	{ name: 'drips', rules: [{ kind: 'dripBody', chunkBytes: 32, intervalMs: 20 }] },
	{ name: 'starts late', rules: [{ kind: 'slowHeaders', ms: 500 }] },
	{ name: 'redirect to another origin', rules: [{ kind: 'resultRedirect', to: 'otherOrigin' }] },
	{ name: 'socket closed before reading', rules: [{ kind: 'refuseConnection', ...once }] },
	{ name: 'answer lost', rules: [{ kind: 'acceptThenDrop', ...once }] },
	{ name: 'gateway page 502', rules: [{ kind: 'gatewayPage', ...once }] },
	{ name: '500', rules: [{ kind: 'httpStatus', status: 500, ...once }] },
	{
		name: '429 with seconds',
		rules: [{ kind: 'rateLimit', hint: 'headerSeconds', seconds: 1, ...once }],
	},
	{ name: 'never answered once', rules: [{ kind: 'acceptThenHang', ...once }], waits: true },
].map((fault) => ({ step: 'result', ...survived, ...fault }) as FaultCase);

const resultEndings: FaultCase[] = [
	{ name: 'HTML with 200', rules: [{ kind: 'resultHtmlPage200' }], kinds: ['provider'] },
	{ name: 'tiny file', rules: [{ kind: 'resultTinyFile' }], kinds: ['provider'] },
	{ name: 'expired URL (403)', rules: [{ kind: 'resultExpired403' }], kinds: ['provider'] },
	{
		name: 'expired URL (403), once',
		rules: [{ kind: 'resultExpired403', ...once }],
		kinds: ['provider'],
	},
	{
		name: 'cut-off image',
		rules: [{ kind: 'resultTruncatedImage' }],
		ends: ['doubtful'],
		waits: true,
	},
	{
		name: 'endless',
		rules: [{ kind: 'resultEndless' }],
		kinds: ['provider'],
		options: { maxImageMegabytes: 1 },
	},
	{
		name: 'redirect in a circle',
		rules: [{ kind: 'resultRedirect', to: 'loop' }],
		kinds: ['provider'],
	},
	{ name: 'URL into this machine', rules: [], base: 'public', kinds: ['provider'] },
	...[
		'10.0.0.1',
		'[::1]',
		'2130706433',
		'[::ffff:10.0.0.1]',
		'169.254.169.254',
		'metadata.google.internal',
	].map((host) => ({
		name: `URL to ${host}`,
		rules: [{ kind: 'resultPrivateUrl' as const, host }],
		base: 'public' as const,
		kinds: ['provider'],
	})),
	{
		name: 'URL with a user name',
		rules: [{ kind: 'resultPrivateUrl', host: 'me:secret@example.com' }],
		base: 'public',
		kinds: ['provider'],
	},
	{
		name: 'redirect into a private network',
		rules: [
			{ kind: 'resultRedirect', to: 'privateAddress' },
			{ kind: 'resultPrivateUrl', host: 'public results host' },
		],
		base: 'public',
		kinds: ['provider'],
	},
].map((fault) => ({ step: 'result', ...kept, ...fault }) as FaultCase);

/** The whole table. A new provider meets all of it without a change here. */
export const faultTable: readonly FaultCase[] = [
	...uploadFaults,
	...uploadRefusals,
	...submitFaults,
	...readFaults,
	...readEndings,
	...resultFaults,
	...resultEndings,
];
