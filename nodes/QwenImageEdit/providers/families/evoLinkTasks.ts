import * as z from 'zod/v4';

import { fieldsOnWire, link } from '../../adapter/encode';
import type { Field } from '../../adapter/field';
import type { Provider } from '../../adapter/provider';
import { readAmount } from '../../edit/cost';
import { lenientNumber, lenientObject, lenientText, lenientTexts } from '../../wire/json/lenient';
import { readField, words } from '../../wire/json/jsonValue';
import type { FaultRule } from '../../wire/answer/refusal';
import { resultImage } from '../../wire/answer/resultImage';
import { pathSegment } from '../../wire/wire';
import { taskReader } from './taskAnswer';

/** Codes of failed tasks and of refusals, research S3; the nine of seed 002 are read by their HTTP status. */
const rules: readonly FaultRule[] = [
	{
		kind: 'content',
		when: ({ code }) =>
			/^(content_policy_violation|sensitive_content|moderation_blocked|input_moderation_failed)$/.test(
				code,
			),
	},
	{
		kind: 'input',
		when: ({ code }) =>
			/^(invalid_parameters|image_processing_error|image_dimension_mismatch|invalid_task_id|resource_not_found)$/.test(
				code,
			),
	},
	{ kind: 'cancelled', when: ({ code }) => code === 'request_cancelled' },
	{ kind: 'unknownOutcome', when: ({ code }) => code === 'paid_outcome_unknown' },
	{
		kind: 'credit',
		when: ({ code }) =>
			/^(quota_exceeded|key_quota_exhausted|account_balance_insufficient|(token|key)_daily_quota_\w+)$/.test(
				code,
			),
	},
	{
		kind: 'credential',
		when: ({ code }) => /^key_(disabled|expired|model_not_allowed)$/.test(code),
	},
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

const submitPath = '/v1/images/generations';

/** What EvoLink's API is under each of its names: the submit, tasks, their reading, and their refusals. */
export function evoLinkTasks(
	provider: string,
	fields: Readonly<Record<string, Field>>,
): Pick<
	Provider,
	'fields' | 'submitPath' | 'submit' | 'task' | 'busy' | 'idempotencyHeader' | 'reportedCost'
> {
	const decode = taskReader({
		provider,
		rules,
		states: {
			pending: 'pending',
			processing: 'processing',
			completed: 'completed',
			failed: 'failed',
			cancelled: 'cancelled',
			canceled: 'cancelled',
		},
		read: (json) => {
			const read = answer.parse(json);
			// The maker's own client takes both lists together.
			const urls = new Set([
				...read.results,
				...(read.result_data ?? []).flatMap(({ image_url: url }) => url ?? []),
			]);
			return {
				taskId: read.id,
				status: read.status,
				images: [...urls].map(resultImage),
				progress: read.progress,
				etaSeconds: read.task_info?.estimated_time,
				usage: read.usage,
				model: read.model,
			};
		},
	});
	return {
		fields,
		submitPath,
		submit: {
			encode: ({ model, prompt, images, fields: values }) => ({
				purpose: 'submit',
				method: 'POST',
				path: submitPath,
				json: {
					model,
					prompt,
					image_urls: images.map(link),
					...fieldsOnWire(fields, values),
				},
			}),
			decode: (reply) => decode(reply),
		},
		task: {
			idExample: 'task-unified-1757156493-imcg5zqt',
			encode: ({ taskId }) => ({
				purpose: 'read',
				method: 'GET',
				path: `/v1/tasks/${pathSegment(taskId)}`,
			}),
			decode,
			callback: {
				taskIdOf: (body) => words(readField(body, 'id')) || undefined,
				says: 'Signs nothing. Calls when a task is completed, failed or cancelled, with what a read of the task answers; waits 10 seconds, and tries again after 1, 2 and 4 seconds',
				source: 'seed 002',
			},
		},
		busy: {
			says: '`error.type` is `service_unavailable_error`',
			source: 'seed 002',
			when: (json) => readField(readField(json, 'error'), 'type') === 'service_unavailable_error',
		},
		// Only a finished task has it; `credits_reserved` before that is not a cost.
		reportedCost: (usage) => readAmount(readField(readField(usage, 'cost'), 'usd'), 'USD'),
		idempotencyHeader: 'Idempotency-Key',
	};
}
