import type { Provider } from '../../adapter/provider';
import { EditFault, type Fault } from '../../edit/fault';
import { TypicalTimes } from '../../run/pace/typicalTimes';
import type { Requests } from '../../run/requests';
import { type ReadPlan, TaskReader } from '../../run/task';

/** What the provider itself says of a task that a call was about. */
export type TaskState =
	| { state: 'completed' | 'failed' }
	/** It has not ended yet. */
	| { state: 'pending' }
	/** The account does not know it. */
	| { state: 'unknown'; fault: Fault }
	/** The provider could not be asked, or not with this key. */
	| { state: 'unavailable'; fault: Fault };

/** Some providers call a moment before a read of the task says the same. */
const reads = 3;
const pauseMilliseconds = 700;

/** Reads the task with the key, as Get Task does; its images are left where they are. */
export async function readTaskState(
	provider: Provider,
	baseUrl: string,
	taskId: string,
	requests: Requests,
): Promise<TaskState> {
	const { clock, signal } = requests.ports;
	const plan: ReadPlan = {
		provider,
		baseUrl,
		model: '',
		timeoutSeconds: requests.secondsLeft,
		timeoutAction: 'output',
	};
	const task = new TaskReader(plan, requests, { clock, signal, times: new TypicalTimes() });
	for (let count = 1; ; count += 1) {
		const read = await readOnce(task, taskId, provider.task!.callback!.saysUnknown);
		if (!read.mayChange || count === reads) return read.state;
		await clock.sleep(pauseMilliseconds, signal);
	}
}

/** One read, and whether another one may say something else in a moment. */
async function readOnce(
	task: TaskReader,
	taskId: string,
	saysUnknown: RegExp | undefined,
): Promise<{ state: TaskState; mayChange: boolean }> {
	try {
		const { state } = await task.read({ state: 'pending', taskId, status: 'pending' });
		return { state: { state }, mayChange: state === 'pending' };
	} catch (error) {
		if (!(error instanceof EditFault)) throw error as Error;
		const { fault } = error;
		// All images flagged by the safety checker: the task has ended, and there is nothing to have of it.
		const isOver = fault.taskStatus !== undefined || fault.kind === 'content';
		if (isOver) return { state: { state: 'failed' }, mayChange: false };
		const mayChange = saysUnknown?.test(fault.message) === true;
		const state = mayChange || isUnknown(fault) ? 'unknown' : 'unavailable';
		return { state: { state, fault }, mayChange };
	}
}

/** Whether the provider has answered, and the answer is that there is no such task for this account. */
function isUnknown({ kind, httpStatus = 0 }: Fault): boolean {
	return kind === 'input' || [404, 410].includes(httpStatus);
}
