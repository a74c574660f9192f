import type { TaskReference } from '../../adapter/provider';
import type { Outcome, Pending, ResultImage, Usage } from '../../edit/outcome';
import { type FaultRule, noImage, readMalformed, readRefusal } from '../../wire/answer/refusal';
import { failureText } from '../../wire/answer/failureWords';
import { isRecord, readField } from '../../wire/json/jsonValue';
import type { Reply } from '../../wire/wire';

/** Our word for the state of a task. */
export type TaskState = Pending['status'] | 'completed' | 'failed' | 'cancelled';

/** What an answer says of a task, as the provider's document names it. */
export interface TaskWords {
	taskId?: string;
	/** The provider's own word, in any letters. */
	status?: string;
	images: readonly ResultImage[];
	progress?: number;
	queuePosition?: number;
	etaSeconds?: number;
	readUrl?: string;
	usage?: Usage;
	model?: string;
}

/** How a provider writes about tasks. */
export interface TaskForm {
	/** The provider's name in messages. */
	provider: string;
	rules: readonly FaultRule[];
	/** Our word for each of the provider's states, which are written in lower case here. */
	states: Readonly<Record<string, TaskState>>;
	read(json: Record<string, unknown>): TaskWords;
	/** Where the words of a failed task lie, if not in the answer itself. */
	failure?(json: Record<string, unknown>): unknown;
	/** Whether an answer with HTTP 200 is a refusal all the same. */
	isRefusal?(json: Record<string, unknown>): boolean;
}

const atLeastZero = (value: number): number => Math.max(0, value);

/** The decoder of a provider whose submit and read answer with the same task object. */
export function taskReader(form: TaskForm): (reply: Reply, asked?: TaskReference) => Outcome {
	const { provider, rules } = form;
	return (reply, asked) => {
		const known = asked === undefined ? {} : { taskId: asked.taskId };
		const { json } = reply;
		if (reply.httpStatus >= 400) return readRefusal(reply, { provider, rules, ...known });
		if (!isRecord(json)) {
			return readMalformed(
				reply,
				`${provider} answered with something that is not its JSON`,
				known.taskId,
			);
		}
		if (form.isRefusal?.(json) === true) return readRefusal(reply, { provider, rules, ...known });
		const words = form.read(json);
		const taskId = words.taskId ?? known.taskId;
		return taskOutcome(form, reply, words, taskId);
	};
}

function taskOutcome(
	{ provider, rules, states, failure }: TaskForm,
	reply: Reply,
	words: TaskWords,
	taskId?: string,
): Outcome {
	const { images, usage, model } = words;
	const known = taskId === undefined ? {} : { taskId };
	const report = {
		...(usage === undefined ? {} : { usage }),
		...(model === undefined ? {} : { model }),
	};
	const state = states[words.status?.toLowerCase() ?? ''];
	switch (state) {
		case 'completed':
			if (images.length === 0) return noImage(reply, provider, taskId);
			return { state, ...known, ...report, images };
		case 'pending':
		case 'processing': {
			if (taskId === undefined) {
				return readMalformed(reply, `${provider} took the edit but sent no task ID`);
			}
			const { progress, queuePosition, etaSeconds, readUrl } = words;
			return {
				state: 'pending',
				taskId,
				status: state,
				...report,
				...(progress === undefined ? {} : { progress: Math.min(100, atLeastZero(progress)) }),
				...(queuePosition === undefined ? {} : { queuePosition: atLeastZero(queuePosition) }),
				...(etaSeconds === undefined ? {} : { etaSeconds: atLeastZero(etaSeconds) }),
				...(readUrl === undefined ? {} : { readUrl }),
			};
		}
		case 'failed':
		case 'cancelled': {
			const json = failure?.(reply.json as Record<string, unknown>) ?? reply.json;
			const { fault } = readRefusal({ ...reply, json }, { provider, rules, ...known });
			const kind = state === 'cancelled' ? state : fault.kind;
			return { state: 'refused', fault: { ...fault, kind, taskStatus: state } };
		}
		default:
			if (failureText(readField(reply.json, 'error')) !== '') {
				return readRefusal(reply, { provider, rules, ...known });
			}
			return readMalformed(
				reply,
				`${provider} answered without a status that it documents`,
				taskId,
			);
	}
}
