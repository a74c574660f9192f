import * as z from 'zod/v4';

import { fieldsOnWire, link } from '../adapter/encode';
import { flag, integer } from '../adapter/field';
import { lenientNumber, lenientObject, lenientText, lenientTexts } from '../wire/json/lenient';
import { type FaultRule, noImage, readMalformed, readRefusal } from '../wire/answer/refusal';
import { resultImage } from '../wire/answer/resultImage';
import type { Outcome, Pending } from '../edit/outcome';
import type { Provider, TaskReference } from '../adapter/provider';
import { isRecord, readField, words } from '../wire/json/jsonValue';
import { ImageContent, pathSegment, type Reply } from '../wire/wire';
import { sameOrigin } from '../wire/webUrl';
import { callbackUrl } from './families/callbackUrl';

/** Errors arrive with HTTP 200 and are told apart by their words: research S2, "HTTP codes". */
const rules: readonly FaultRule[] = [
	{
		kind: 'credential',
		when: ({ message }) => /invalid api key|api key (is )?(missing|required)/i.test(message),
	},
	// An id that the account does not know, whatever the HTTP status is.
	{
		kind: 'input',
		when: ({ message }) => /^(request|task) not found|^invalid request id/i.test(message),
	},
	{ kind: 'rateLimit', when: ({ message }) => /rate limit|queued requests/i.test(message) },
	{
		kind: 'content',
		when: ({ message }) =>
			/\bnsfw\b|\bunsafe\b|safety (checker|filter) (blocked|flagged|refused)/i.test(message),
	},
	// HTTP 403 is the plan, not the key.
	{
		kind: 'credit',
		when: ({ httpStatus, message }) => httpStatus === 403 && /plan|subscri|upgrade/i.test(message),
	},
];

const answer = z.object({
	status: lenientText,
	id: z.union([z.number(), z.string()]).nullish().catch(undefined),
	eta: lenientNumber,
	fetch_result: lenientText,
	// An array, or an empty text while the task is under way: research S2.
	output: lenientTexts,
	future_links: lenientTexts,
	proxy_links: lenientTexts,
	meta: lenientObject,
	generationTime: lenientNumber,
});

/** One answer serves submit and fetch: the server decides between success, processing and error. */
function decode(reply: Reply, askedFor?: string): Outcome {
	const known = askedFor === undefined ? {} : { taskId: askedFor };
	if (reply.httpStatus >= 400)
		return readRefusal(reply, { provider: 'ModelsLab', rules, ...known });
	if (!isRecord(reply.json)) {
		return readMalformed(reply, 'ModelsLab answered with something that is not its JSON', askedFor);
	}
	const read = answer.parse(reply.json);
	const said = read.id === undefined || read.id === null ? '' : String(read.id).trim();
	const id = said === '' ? askedFor : said;
	const task = id === undefined ? {} : { taskId: id };
	switch (read.status?.toLowerCase()) {
		case 'success':
		case 'ready': {
			const links = [read.output, read.proxy_links, read.future_links].find(
				(list) => list.length > 0,
			);
			if (links === undefined) return noImage(reply, 'ModelsLab', id);
			return {
				state: 'completed',
				...task,
				images: links.map(resultImage),
				...(read.generationTime === undefined
					? {}
					: { usage: { generationTime: read.generationTime } }),
			};
		}
		case 'processing':
		case 'queued': {
			if (id === undefined) {
				return readMalformed(reply, 'ModelsLab took the job but sent no task id');
			}
			const pending: Pending = { state: 'pending', taskId: id, status: 'processing' };
			if (read.eta !== undefined) pending.etaSeconds = Math.max(0, read.eta);
			if (read.fetch_result !== undefined) pending.readUrl = read.fetch_result;
			return pending;
		}
		case 'error':
		case 'failed': {
			const refused = readRefusal(reply, { provider: 'ModelsLab', rules, ...task });
			// HTTP 200 says nothing of whose fault it is; an error of a task that was taken is the provider's.
			if (refused.fault.kind === 'provider' && askedFor === undefined) {
				refused.fault.advice ??= 'Check the image, the prompt and the plan of the account';
			}
			if (askedFor !== undefined && refused.fault.kind !== 'input') {
				refused.fault.taskStatus = 'failed';
			}
			return refused;
		}
		default:
			return readMalformed(reply, 'ModelsLab answered without a status that it documents', id);
	}
}

function readPath({ taskId, readUrl, baseUrl }: TaskReference): string {
	// The key goes in the body of this call, so an address on another host is not followed.
	if (readUrl !== undefined && sameOrigin(readUrl, baseUrl)) return readUrl;
	return `/image_editing/fetch/${pathSegment(taskId)}`;
}

/** ModelsLab: answers at once or with a task, as it likes; errors come with HTTP 200. Seed 001; research S2. */
export const modelsLab: Provider = {
	id: 'modelsLab',
	title: 'ModelsLab',
	summary: 'Up to four images in one edit; local images are uploaded for you; queue of five',
	documentationUrl: 'https://docs.modelslab.com/image-editing/qwen-edit',
	credential: {
		type: 'qwenImageEditModelsLabApi',
		title: 'ModelsLab API',
		defaultBaseUrl: 'https://modelslab.com/api/v6',
		keyUrl: 'https://modelslab.com/dashboard/api-keys',
		key: { kind: 'body', field: 'key' },
		test: 'request',
	},
	models: [{ id: 'qwen-edit-2509' }, { id: 'qwen-edit-2511' }],
	defaultModel: 'qwen-edit-2509',
	prompt: {},
	images: { maximum: 4, takes: 'link' },
	fields: {
		base64Response: flag({
			wire: 'base64',
			label: 'Base64 Response',
			help: 'Whether the provider sends the result as base64 text instead of an image file; the output is the same',
		}),
		callbackUrl: callbackUrl('webhook', 'ModelsLab'),
		safetyChecker: flag({
			wire: 'safety_checker',
			label: 'Safety Checker',
			help: 'Whether ModelsLab checks the image for unsafe content',
			default: true,
		}),
		trackId: integer({
			wire: 'track_id',
			label: 'Track ID',
			help: 'Number of your own that the callback repeats, up to 9007199254740991 and as far below 0',
			minimum: Number.MIN_SAFE_INTEGER,
			maximum: Number.MAX_SAFE_INTEGER,
			example: 0,
		}),
	},
	submitPath: '/image_editing/qwen_edit',
	submit: {
		encode: ({ model, prompt, images, fields }) => ({
			purpose: 'submit',
			method: 'POST',
			path: modelsLab.submitPath,
			json: {
				prompt,
				init_image: images.map(link),
				model_id: model,
				...fieldsOnWire(modelsLab.fields, fields),
			},
		}),
		decode: (reply) => decode(reply),
	},
	task: {
		idExample: '143526871',
		idPattern: /^\d{1,20}$/,
		encode: (task) => ({ purpose: 'read', method: 'POST', path: readPath(task), json: {} }),
		// The answers to a fetch repeat no id: research S2, "Query task".
		decode: (reply, task) => decode(reply, task?.taskId),
		callback: {
			taskIdOf: (body) => words(readField(body, 'id')) || undefined,
			says: 'Signs nothing. Calls when an edit is done or has failed, maybe more than once; waits 30 seconds, and promises no further try',
			source: 'research S2: webhooks.mdx of its docs',
		},
	},
	upload: {
		// The route for the editing endpoints; qwen_edit itself is unreliable with base64 input: research S2.
		encode: (image) => ({
			purpose: 'upload',
			method: 'POST',
			path: '/image_editing/base64_to_url',
			json: { init_image: new ImageContent(image, 'dataUri') },
		}),
		decode: (reply) => {
			const outcome = decode(reply);
			if (outcome.state === 'completed') {
				const url = outcome.images[0]?.url;
				if (url !== undefined) return { url };
			}
			if (outcome.state !== 'refused' && outcome.state !== 'malformed') {
				return readMalformed(reply, 'ModelsLab took the upload but sent no link');
			}
			// The id of an upload is no task that could be read.
			if (outcome.state === 'refused') {
				const fault = { ...outcome.fault };
				delete fault.taskId;
				return { state: 'refused', fault };
			}
			return outcome;
		},
	},
	typicalSeconds: 15,
	resultLifetimeSeconds: 24 * 3600,
	// Concurrent queue of a pay-as-you-go account: research S2, "Rate limit".
	concurrency: 5,
	busy: {
		says: '`status` is `error`',
		source: 'research S2',
		when: (json) => readField(json, 'status') === 'error',
	},
	facts: [
		{
			says: 'The key travels in the JSON body, also when a task is fetched',
			source: 'seed 001; research S2',
			confidence: 'high',
		},
		{
			says: 'The server decides whether the answer is the image or a task; errors come with HTTP 200',
			source: 'seed 001',
			confidence: 'high',
		},
		{
			says: 'At most five requests are queued per pay-as-you-go account (10 Standard, 15 Premium); the next is refused with 429 and retry_after in the body',
			source: 'research S2',
			confidence: 'high',
		},
		{
			says: 'Local images go through base64_to_url first, since qwen_edit is unreliable with base64 input',
			source: 'research S2: endpoint documented, unreliability from one client',
			confidence: 'medium',
		},
		{
			says: 'Results are deleted after 24 hours',
			source: "research S2: stated on the enterprise page, not on this endpoint's",
			confidence: 'medium',
		},
		{
			says: 'With Base64 Response the result link ends in .base64 and holds text',
			source: 'research S2: one client',
			confidence: 'medium',
		},
		{
			says: 'POST /wallet_balance one level above the base URL proves the key and costs nothing',
			source: 'research S2',
			confidence: 'high',
		},
	],
};
