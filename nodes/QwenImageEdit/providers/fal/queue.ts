import * as z from 'zod/v4';

import type { Uploaded } from '../../adapter/provider';
import type { Malformed, Outcome, Refused, Stopped } from '../../edit/outcome';
import type { ImageFile } from '../../edit/request';
import { hasFailureWords } from '../../wire/answer/failureWords';
import { type FaultRule, noImage, readMalformed, readRefusal } from '../../wire/answer/refusal';
import { resultUrl } from '../../wire/answer/resultImage';
import { isRecord, readField, words } from '../../wire/json/jsonValue';
import { lenientNumber, lenientText } from '../../wire/json/lenient';
import { pathOf, pathSegment, type Reply, stepsOf } from '../../wire/wire';
import { decodeUpload } from '../families/fileUpload';

const provider = 'fal.ai';

/** The app under which a bare request id is looked for: that of the default model. */
const standardApp = 'fal-ai/qwen-image-edit-2511';

/** The path of a request: research O2, owner and app of the model, and nothing of it behind that. */
const placeForm = /([^/\s]+\/[^/\s]+)\/requests\/([^/?#\s]+)/;

const rules: readonly FaultRule[] = [
	{
		kind: 'credit',
		when: ({ httpStatus, message }) =>
			httpStatus === 403 && /user is locked|exhausted balance|top.?up/i.test(message),
	},
	{ kind: 'content', when: ({ type }) => type === 'content_policy_violation' },
	{ kind: 'input', when: ({ code }) => code === 'bad_request' },
	{ kind: 'cancelled', when: ({ code }) => code === 'client_cancelled' },
	// An unknown model or request: nothing that trying again would mend.
	{ kind: 'input', when: ({ httpStatus }) => httpStatus === 404 },
];

/** The path of a task by its id: `owner/app/requests/id`, or the request id alone. */
export function placeOf(taskId: string): string {
	const [, app = standardApp, id = taskId] = placeForm.exec(taskId) ?? [];
	return `/${pathOf(app)}/requests/${pathSegment(id)}`;
}

/** The id under which a task is known here: with its app, which every later request needs. */
function taskIdOf(json: Record<string, unknown>, model: string | undefined): string | undefined {
	const id = words(json.request_id);
	if (id === '') return undefined;
	for (const name of ['status_url', 'response_url', 'cancel_url']) {
		const place = placeForm.exec(words(json[name]));
		if (place !== null) return `${place[1]}/requests/${place[2]}`;
	}
	const app = model === undefined ? standardApp : stepsOf(model).slice(0, 2).join('/');
	return `${app}/requests/${id}`;
}

/** The answer to a submit and to a request for the state. */
export function readState(reply: Reply, asked?: string, model?: string): Outcome {
	const { json } = reply;
	const known = asked === undefined ? {} : { taskId: asked };
	if (reply.httpStatus >= 400) return readRefusal(reply, { provider, rules, ...known });
	if (!isRecord(json)) {
		return readMalformed(reply, `${provider} answered with something that is not its JSON`, asked);
	}
	const taskId = asked ?? taskIdOf(json, model);
	const status = lenientText.parse(json.status)?.toUpperCase();
	if (taskId === undefined) {
		if (hasFailureWords(json)) return readRefusal(reply, { provider, rules });
		return readMalformed(reply, `${provider} answered without a request ID`);
	}
	// A submit may leave out the state: research O2.
	if (
		status === 'IN_QUEUE' ||
		status === 'IN_PROGRESS' ||
		(status === undefined && asked === undefined)
	) {
		const queuePosition = lenientNumber.parse(json.queue_position);
		return {
			state: 'pending',
			taskId,
			status: status === 'IN_PROGRESS' ? 'processing' : 'pending',
			...(queuePosition === undefined ? {} : { queuePosition: Math.max(0, queuePosition) }),
		};
	}
	if (status !== 'COMPLETED') {
		return readMalformed(reply, `${provider} answered without a status that it documents`, taskId);
	}
	return { state: 'ready', taskId };
}

const result = z.object({
	images: z
		.array(z.object({ url: lenientText }).catch({ url: undefined }))
		.nullish()
		.catch(undefined),
	has_nsfw_concepts: z.array(z.unknown()).nullish().catch(undefined),
});

/** Statuses that are about the request for the result, and not those of the run: key, id, and gateway. */
const requestStatuses: readonly number[] = [401, 403, 404, 408, 425, 429, 502, 503, 504];

/** The answer to a request for the result, which repeats the status of the run. */
export function readResult(reply: Reply, taskId = ''): Outcome {
	const { httpStatus, json } = reply;
	if (httpStatus >= 400) {
		if (/still in progress/i.test(words(readField(json, 'detail')))) {
			return { state: 'pending', taskId, status: 'processing' };
		}
		const { fault } = readRefusal(reply, { provider, rules, taskId });
		const isOfRun = isRecord(json) && 'detail' in json && !requestStatuses.includes(httpStatus);
		if (!isOfRun) return { state: 'refused', fault };
		const taskStatus = fault.kind === 'cancelled' ? 'cancelled' : 'failed';
		return { state: 'refused', fault: { ...fault, taskStatus } };
	}
	if (!isRecord(json)) {
		return readMalformed(reply, `${provider} answered with something that is not its JSON`, taskId);
	}
	const read = result.parse(json);
	const flags = read.has_nsfw_concepts ?? [];
	const images = (read.images ?? []).flatMap(({ url }, index) =>
		url === undefined
			? []
			: [{ ...resultUrl(url), ...(flags[index] === true ? { isFlagged: true } : {}) }],
	);
	if (images.length === 0) return noImage(reply, provider, taskId);
	return { state: 'completed', taskId, images };
}

/** The answer to a cancel call. Its form differs between the documents, its HTTP status does not: research O2. */
export function cancelOf(reply: Reply): Stopped | Refused | Malformed {
	const { httpStatus, json } = reply;
	const said = words(readField(json, 'status')).toUpperCase();
	if (said === 'ALREADY_COMPLETED') {
		return {
			state: 'stopped',
			status: 'completed',
			warnings: ['The task had ended before it could be cancelled'],
		};
	}
	if (httpStatus >= 400 || said === 'NOT_FOUND') {
		return readRefusal(said === '' ? reply : { ...reply, json: { message: said } }, {
			provider,
			rules,
		});
	}
	if (httpStatus >= 300 || !isRecord(json)) {
		return readMalformed(reply, `${provider} answered with something that is not its JSON`);
	}
	if (said !== 'CANCELLATION_REQUESTED') return { state: 'stopped', status: 'cancelled' };
	return {
		state: 'stopped',
		status: 'cancelled',
		warnings: [
			'fal.ai was asked to stop the task. If it is running already, it may still be billed',
		],
	};
}

/** Where to send a file, and where it lies then. The address is signed: the key does not go there. */
export function readUpload(reply: Reply, file?: ImageFile): Uploaded | Refused | Malformed {
	const read = decodeUpload(reply, provider, (json) => readField(json, 'file_url'), rules);
	if (!('url' in read)) return read;
	const path = lenientText.parse(readField(reply.json, 'upload_url'));
	if (path === undefined) {
		return readMalformed(reply, `${provider} took the upload but sent no URL to send it to`);
	}
	return {
		...read,
		put: {
			purpose: 'upload',
			method: 'PUT',
			path,
			origin: 'foreign',
			...(file === undefined ? {} : { file }),
		},
	};
}
