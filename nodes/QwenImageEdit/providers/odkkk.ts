import * as z from 'zod/v4';

import { isPrivateHost, readWebUrl } from '../wire/webUrl';
import { fieldsOnWire, link } from '../adapter/encode';
import { text } from '../adapter/field';
import { lenientNumber, lenientObject, lenientText, lenientTexts } from '../wire/json/lenient';
import { type FaultRule, noImage, readMalformed, readRefusal } from '../wire/answer/refusal';
import { resultImage } from '../wire/answer/resultImage';
import type { Outcome, Pending } from '../edit/outcome';
import type { Provider } from '../adapter/provider';
import { isRecord, readField } from '../wire/json/jsonValue';
import { pathSegment, type Reply } from '../wire/wire';

/** Codes of failed tasks, research S3; the nine of the seed are read by their HTTP status. */
const rules: readonly FaultRule[] = [
	{ kind: 'content', when: ({ code }) => code === 'content_policy_violation' },
	{
		kind: 'input',
		when: ({ code }) =>
			/^(invalid_parameters|image_processing_error|image_dimension_mismatch|invalid_task_id)$/.test(
				code,
			),
	},
	{ kind: 'cancelled', when: ({ code }) => code === 'request_cancelled' },
	{ kind: 'credit', when: ({ code }) => /^(quota_exceeded|key_quota_exhausted)$/.test(code) },
	{
		kind: 'rateLimit',
		when: ({ code, httpStatus }) => code === 'rate_limited' && httpStatus === 429,
	},
	// 404 names an unknown model or task: nothing that trying again would mend.
	{ kind: 'input', when: ({ httpStatus }) => httpStatus === 404 },
];

const answer = z.object({
	id: lenientText,
	status: lenientText,
	model: lenientText,
	progress: lenientNumber,
	results: lenientTexts,
	result_data: z
		.array(z.object({ image_url: lenientText }).catch({ image_url: undefined }))
		.nullish()
		.catch(undefined),
	task_info: z.object({ estimated_time: lenientNumber }).nullish().catch(undefined),
	usage: lenientObject,
});

/** Submit and query answer with the same task object. */
function decode(reply: Reply): Outcome {
	if (reply.httpStatus >= 400) return readRefusal(reply, { provider: 'odkkk', rules });
	if (!isRecord(reply.json)) {
		return readMalformed(reply, 'odkkk answered with something that is not its JSON');
	}
	const read = answer.parse(reply.json);
	const { id } = read;
	const known = id === undefined ? {} : { taskId: id };
	const report = {
		...(read.usage === undefined ? {} : { usage: read.usage }),
		...(read.model === undefined ? {} : { model: read.model }),
	};
	switch (read.status?.toLowerCase()) {
		case 'completed': {
			const links = [
				...read.results,
				...(read.results.length > 0
					? []
					: (read.result_data ?? []).flatMap((entry) => entry.image_url ?? [])),
			];
			if (links.length === 0) return noImage(reply, 'odkkk', id);
			return { state: 'completed', ...known, ...report, images: links.map(resultImage) };
		}
		case 'pending':
		case 'processing': {
			if (id === undefined) return readMalformed(reply, 'odkkk took the job but sent no task id');
			const pending: Pending = {
				state: 'pending',
				taskId: id,
				status: read.status.toLowerCase() === 'pending' ? 'pending' : 'processing',
				...report,
			};
			if (read.progress !== undefined) pending.progress = Math.min(100, Math.max(0, read.progress));
			if (read.task_info?.estimated_time !== undefined) {
				pending.etaSeconds = Math.max(0, read.task_info.estimated_time);
			}
			return pending;
		}
		case 'failed':
		case 'cancelled':
		case 'canceled': {
			// A failed task answers HTTP 200 with the reason in `error`: research S3.
			const refused = readRefusal(reply, { provider: 'odkkk', rules, ...known });
			const cancelled = read.status.toLowerCase() !== 'failed';
			refused.fault.taskStatus = cancelled ? 'cancelled' : 'failed';
			if (cancelled) refused.fault.kind = 'cancelled';
			return refused;
		}
		default:
			if ('error' in reply.json) return readRefusal(reply, { provider: 'odkkk', rules, ...known });
			return readMalformed(reply, 'odkkk answered without a status that it documents', id);
	}
}

/** odkkk, the same API as EvoLink: always a task. Seed 002; research S3. */
export const odkkk: Provider = {
	id: 'odkkk',
	title: 'odkkk',
	summary: 'Up to three images by URL; always a task, with progress and credits',
	documentationUrl: 'https://ai.odkkk.com/apiv1/docs/llms.txt',
	credential: {
		type: 'qwenImageEditOdkkkApi',
		title: 'Odkkk API',
		defaultBaseUrl: 'https://ai.odkkk.com/apiv1',
		keyUrl: 'https://ai.odkkk.com/apiv1/dashboard/keys',
		key: { kind: 'bearer' },
		test: 'request',
	},
	models: [{ id: 'qwen-image-edit' }],
	defaultModel: 'qwen-image-edit',
	prompt: { maximumLength: 2000 },
	images: {
		maximum: 3,
		takes: 'link',
		types: ['jpg', 'png', 'bmp', 'webp', 'tiff'],
		minimumSide: 384,
		maximumSide: 3072,
	},
	fields: {
		callbackUrl: text({
			wire: 'callback_url',
			label: 'Callback URL',
			help: 'HTTPS address that odkkk calls when the task has ended; no internal address, at most 2048 characters',
			placeholder: 'e.g. https://example.com/webhook/edited',
			example: 'https://example.com/webhook/edited',
			schema: z
				.string()
				.max(2048, "'Callback URL' may have at most 2048 characters")
				.regex(/^https:\/\//i, "'Callback URL' must start with https://")
				.refine((value) => {
					const read = readWebUrl(value);
					return 'url' in read && !isPrivateHost(read.url.hostname);
				}, "'Callback URL' must be a public address, odkkk refuses internal ones"),
		}),
	},
	submitPath: '/v1/images/generations',
	submit: {
		encode: ({ model, prompt, images, fields }) => ({
			purpose: 'submit',
			method: 'POST',
			path: odkkk.submitPath,
			json: {
				model,
				prompt,
				image_urls: images.map(link),
				...fieldsOnWire(odkkk.fields, fields),
			},
		}),
		decode,
	},
	task: {
		idExample: 'task-unified-1757156493-imcg5zqt',
		encode: ({ taskId }) => ({
			purpose: 'read',
			method: 'GET',
			path: `/v1/tasks/${pathSegment(taskId)}`,
		}),
		decode,
	},
	typicalSeconds: 30,
	resultLifetimeSeconds: 24 * 3600,
	concurrency: 4,
	busy: {
		says: '`error.type` is `service_unavailable_error`',
		source: 'seed 002',
		when: (json) => readField(readField(json, 'error'), 'type') === 'service_unavailable_error',
	},
	idempotencyHeader: 'Idempotency-Key',
	facts: [
		{
			says: 'Up to three images by URL, 384 to 3072 pixels a side, jpg, png, bmp, webp or tiff; prompt up to 2000',
			source: 'seed 002',
			confidence: 'high',
		},
		{
			says: 'Always answers with a task; result links live 24 hours',
			source: 'seed 002',
			confidence: 'high',
		},
		{
			says: 'The pause after 429 and 503 is in the text of fallback_suggestion',
			source: 'seed 002',
			confidence: 'high',
		},
		{
			says: 'GET /v1/tasks/{id} with results; a failed task answers HTTP 200',
			source: 'research S3: the same API under its other name, EvoLink',
			confidence: 'high',
		},
		{
			says: 'The base URL ends in /apiv1',
			source: 'seed 002 and a second page; might be an artefact of both, so it can be edited',
			confidence: 'medium',
		},
		{
			says: 'GET /v1/credits proves the key and costs nothing',
			source: 'research S3: documented for EvoLink, the same on odkkk is assumed',
			confidence: 'assumed',
		},
		{
			says: 'An Idempotency-Key header keeps a repeated submit from being billed again',
			source: "research S3: EvoLink's own client; the same on odkkk is assumed",
			confidence: 'assumed',
		},
		{
			says: 'EvoLink has a host for uploads; whether odkkk has one is unknown, so files go by signed n8n URL',
			source: 'research S3',
			confidence: 'medium',
		},
		{
			says: 'Four requests at once; no limit is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
