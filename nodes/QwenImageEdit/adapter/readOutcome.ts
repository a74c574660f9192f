import type { Completed, Outcome, Pending } from '../edit/outcome';
import { findInAnswer, type Found } from '../wire/answer/anyAnswer';
import { readMalformed, readRefusal } from '../wire/answer/refusal';
import { webUrlOf } from '../wire/answer/resultImage';
import type { Reply } from '../wire/wire';
import type { Provider } from './provider';

/** What the readers need to know of a provider. */
type Reading = Pick<Provider, 'title' | 'task' | 'free'>;

/**
 * Reads an answer: by the adapter, in the form that the provider documents; and where that form is absent from an
 * answer that is no refusal, by what APIs of this family write. What was paid for is not thrown away because it
 * came in another shape. `warnings` say so.
 *
 * @param asked the task that was read, if one was
 */
export function readOutcome(
	provider: Reading,
	reply: Reply,
	decode: (reply: Reply) => Outcome,
	asked: { taskId?: string } = {},
): Outcome {
	const { title } = provider;
	if (reply.imageMark !== undefined && reply.httpStatus < 300) {
		return {
			state: 'completed',
			images: [{ base64: reply.imageMark }],
			...asked,
			warnings: [`${title} sent the image itself instead of the answer that it documents`],
		};
	}
	const outcome = withFree(provider, reply, decode(reply));
	if (outcome.state === 'ready') return outcome;
	if (outcome.state === 'completed' || outcome.state === 'pending') {
		return finished(outcome, reply, title);
	}
	const isAbsent = outcome.state === 'malformed' || outcome.isEmpty === true;
	if (reply.httpStatus >= 300 || !isAbsent) return outcome;
	const other = (reply.otherJson ?? [])
		.map((json) => decode({ ...reply, json }))
		.find(({ state }) => state === 'completed' || state === 'pending');
	if (other !== undefined) return finished(other as Completed | Pending, reply, title);
	const found = findInAnswer(reply.json ?? webUrlOf(reply.text));
	const read = fromFound(provider, reply, found, asked);
	return read === undefined
		? withTaskId(outcome, reply, found, title)
		: finished(read, reply, title);
}

/** Marks a failed task that is not charged. Only in the documented form: nobody vouches for another. */
function withFree({ free }: Reading, { json }: Reply, outcome: Outcome): Outcome {
	if (outcome.state !== 'refused' || outcome.fault.kind === 'unknownOutcome') return outcome;
	const isFree = outcome.fault.taskStatus === 'failed' && free?.when(outcome.fault, json) === true;
	return isFree ? { ...outcome, fault: { ...outcome.fault, isFree } } : outcome;
}

/** What was read from an answer, with all that there is to say about it. */
function finished(outcome: Completed | Pending, reply: Reply, title: string): Outcome {
	return withFlags(withWarnings(outcome, reply, title), reply, title);
}

/** What is odd about an answer is told with what was read from it. */
function withWarnings(
	outcome: Completed | Pending,
	{ oddities = [], isCut }: Reply,
	title: string,
): Completed | Pending {
	const all = [...(outcome.warnings ?? []), ...oddities.map((oddity) => `${title}: ${oddity}`)];
	if (isCut === true) {
		all.push(
			outcome.state === 'completed'
				? `The answer of ${title} was cut off. What arrived is put out; there may be more images`
				: `The answer of ${title} was cut off. The task was read by the ID that arrived`,
		);
	}
	return all.length === 0 ? outcome : { ...outcome, warnings: all };
}

/** What the provider's safety checker says of the images: all flagged is a refusal, some flagged is a warning. */
function withFlags(outcome: Completed | Pending, { httpStatus }: Reply, title: string): Outcome {
	if (outcome.state === 'pending') return outcome;
	const { images, taskId } = outcome;
	const flagged = images.flatMap(({ isFlagged }, index) => (isFlagged === true ? [index] : []));
	if (flagged.length === 0) return outcome;
	const count = images.length;
	if (flagged.length < count) {
		const warnings = flagged.map(
			(index) => `The safety checker of ${title} flagged image ${index + 1} of ${count}`,
		);
		return { ...outcome, warnings: [...(outcome.warnings ?? []), ...warnings] };
	}
	const url = images[0]!.url;
	return {
		state: 'refused',
		fault: {
			kind: 'content',
			message: `${title} says: the safety checker flagged ${count === 1 ? 'the image' : 'every image'}`,
			advice: `The edit was made and may have been billed; the image is often black. Change the image or the prompt, or switch off 'Safety Checker' in Options`,
			httpStatus,
			isTaken: true,
			...(taskId === undefined ? {} : { taskId }),
			...(url === undefined || !/^https?:/i.test(url) ? {} : { url }),
		},
	};
}

/** The outcome of an answer in another form; undefined when it holds nothing to go on with. */
function fromFound(
	provider: Reading,
	reply: Reply,
	found: Found,
	asked: { taskId?: string },
): Completed | Pending | undefined {
	const { title, task } = provider;
	const { images, imagesAt, status } = found;
	const taskId = asked.taskId ?? found.taskId;
	if (status === 'failed' || status === 'cancelled') return undefined;
	const isUnderWay = status === 'pending' || status === 'processing';
	const where = imagesAt === undefined ? '' : ` under '${imagesAt}'`;
	if (images.length > 0 && !isUnderWay) {
		return {
			state: 'completed',
			images,
			...(taskId === undefined || task === undefined ? {} : { taskId }),
			warnings: [
				`${title} answered in a form that it does not document; the image was found${where}`,
			],
		};
	}
	// Only a provider with tasks can be asked for one. A read without a state is read again instead.
	const mayWait = isUnderWay || (status === undefined && asked.taskId === undefined);
	if (task === undefined || taskId === undefined || !mayWait) return undefined;
	if (task.idPattern?.test(taskId) === false) return undefined;
	return {
		state: 'pending',
		taskId,
		status: status === 'processing' ? 'processing' : 'pending',
		...(reply.isCut === true
			? {}
			: {
					warnings: [
						`${title} answered in a form that it does not document; the task was read by the ID in it`,
					],
				}),
	};
}

/** A failed task in another form is a refusal; anything else keeps what the adapter said, and the id that was found. */
function withTaskId(outcome: Outcome, reply: Reply, found: Found, title: string): Outcome {
	const { status, taskId } = found;
	if (status === 'failed' || status === 'cancelled') {
		const { fault } = readRefusal(reply, {
			provider: title,
			...(taskId === undefined ? {} : { taskId }),
		});
		return { state: 'refused', fault: { ...fault, taskStatus: status } };
	}
	if (reply.isCut === true && outcome.state === 'refused') {
		return readMalformed(reply, `The answer of ${title} was cut off`, taskId);
	}
	if (outcome.state !== 'malformed' || taskId === undefined) return outcome;
	return { ...outcome, taskId: outcome.taskId ?? taskId };
}
