import { readOutcome } from '../adapter/readOutcome';
import { EditFault } from '../edit/fault';
import type { Completed, Outcome, Pending } from '../edit/outcome';
import type { Exchange, TaskReference } from '../adapter/provider';
import { minimumGapSeconds, nextPollSeconds } from '../edit/schedule';
import type { ItemPlan } from './item';
import type { TypicalTimes } from './pace/typicalTimes';
import type { Clock } from './ports';
import { cancelledFault, type Requests } from './requests';
import { TaskWatch } from './taskWatch';

/** What polling needs of the world around it. */
export interface PollPorts {
	clock: Clock;
	times: TypicalTimes;
	signal: AbortSignal;
}

/** What of an item's plan the reading of its task needs. */
export type ReadPlan = Pick<
	ItemPlan,
	'provider' | 'baseUrl' | 'model' | 'timeoutSeconds' | 'timeoutAction'
>;

/** Reads one task, once or until it ends. */
export class TaskReader {
	/** How many times the task was read. */
	polls = 0;

	constructor(
		private readonly plan: ReadPlan,
		private readonly requests: Requests,
		private readonly ports: PollPorts,
	) {}

	/**
	 * Reads the task once, with repeats as the retry rule allows.
	 *
	 * @throws EditFault with what the provider said
	 */
	async read(task: Pending): Promise<Pending | Completed> {
		this.polls += 1;
		const { provider, baseUrl } = this.plan;
		const { taskId, readUrl } = task;
		const reference = { taskId, readUrl, baseUrl };
		const read = await this.ask(provider.task!, reference);
		const outcome = read.state === 'ready' ? await this.askForResult(reference) : read;
		// A later answer may leave out what an earlier one said. The id that was asked for is the one that counts.
		const kept = {
			...(outcome.usage === undefined && task.usage !== undefined ? { usage: task.usage } : {}),
			...(outcome.model === undefined && task.model !== undefined ? { model: task.model } : {}),
			...(outcome.warnings === undefined && task.warnings !== undefined
				? { warnings: task.warnings }
				: {}),
		};
		if (outcome.state === 'completed') {
			return { ...outcome, ...kept, taskId };
		}
		return {
			...outcome,
			...kept,
			taskId,
			...(outcome.readUrl === undefined && readUrl !== undefined ? { readUrl } : {}),
		};
	}

	private async ask(
		{ encode, decode }: Exchange<TaskReference>,
		reference: TaskReference,
	): Promise<Exclude<Outcome, { state: 'refused' | 'malformed' }>> {
		const { provider } = this.plan;
		return await this.requests.send<Outcome>(encode(reference), (reply) =>
			readOutcome(provider, reply, (answer) => decode(answer, reference), reference),
		);
	}

	/** The images of a task that has ended, where they are read by a request of their own. */
	private async askForResult(reference: TaskReference): Promise<Pending | Completed> {
		const outcome = await this.ask(this.plan.provider.task!.result!, reference);
		if (outcome.state !== 'ready') return outcome;
		throw new TypeError('the result of a task was read as if it were its state');
	}

	/**
	 * Polls the task until it has ended or the time is up.
	 *
	 * @param submittedAt milliseconds since the epoch; absent for a task that was given by its id
	 * @throws EditFault when the task failed, or when the time is up and an error is wanted then
	 */
	async waitFor(first: Pending, submittedAt?: number): Promise<Pending | Completed> {
		const { taskId, readUrl } = first;
		const { baseUrl } = this.plan;
		const reference = { taskId, readUrl, baseUrl };
		const watch = new TaskWatch(this.plan, this.requests, reference, this.ports.signal);
		try {
			return await this.poll(first, watch, submittedAt);
		} finally {
			watch.close();
		}
	}

	private async poll(
		first: Pending,
		watch: TaskWatch,
		submittedAt?: number,
	): Promise<Pending | Completed> {
		const { clock, times, signal } = this.ports;
		const since = submittedAt ?? clock.now();
		const name = `${this.plan.provider.id} ${this.plan.model || (first.model ?? '')}`;
		// The start of a task that was given by its id is not known: no estimate applies to it.
		const isKnown = submittedAt !== undefined;
		const etaSeconds = isKnown ? first.etaSeconds : undefined;
		let task = first;
		let polls = isKnown ? 0 : 1;
		let notYetSeconds: number | undefined;
		for (;;) {
			const gap = nextPollSeconds({
				elapsedSeconds: (clock.now() - since) / 1000,
				polls,
				typicalSeconds: this.plan.provider.typicalSeconds,
				random: clock.random(),
				...(isKnown ? { seen: times.of(name, etaSeconds) } : {}),
				...(etaSeconds === undefined ? {} : { etaSeconds }),
			});
			const left = this.requests.deadline - clock.now();
			if (left <= 0) return this.timeIsUp(task);
			// The last poll is at the deadline itself, so that an image that was just finished is not missed. A poll
			// shortly before it is left out.
			const isLast = left < (gap + minimumGapSeconds) * 1000;
			await watch.sleep(clock, isLast ? left : gap * 1000);
			if (signal.aborted) throw cancelledFault();
			const polledAtSeconds = (clock.now() - since) / 1000;
			polls += 1;
			let seen: Pending | Completed;
			try {
				seen = await this.read(task);
			} catch (error) {
				if (!(error instanceof EditFault)) throw error as Error;
				if (!isWorthAnotherPoll(error)) throw error as Error;
				// A failed poll is not the end of a task that was paid for, as long as there is time.
				if (clock.now() < this.requests.deadline) continue;
				if (this.plan.timeoutAction === 'output') return this.timeIsUp(task);
				throw error as Error;
			}
			if (seen.state === 'completed') {
				if (isKnown) {
					const bySeconds = (clock.now() - since) / 1000;
					const after = notYetSeconds === undefined ? {} : { afterSeconds: notYetSeconds };
					times.learn(name, { bySeconds, ...after }, etaSeconds);
				}
				return seen;
			}
			task = seen;
			notYetSeconds = polledAtSeconds;
		}
	}

	private timeIsUp(task: Pending): Pending {
		const { timeoutAction, timeoutSeconds, provider } = this.plan;
		if (timeoutAction === 'output') return task;
		const state = task.progress === undefined ? task.status : `${task.status}, ${task.progress} %`;
		throw new EditFault({
			kind: 'timeout',
			message: `The task was not finished after ${timeoutSeconds} s (${state}). It continues at ${provider.title}`,
			advice: `Get the image later with the operation 'Get Task' and the task ID ${task.taskId}, or raise 'Timeout' in Options`,
			taskId: task.taskId,
		});
	}
}

/** Whether the fault is one of the connection, not of the task. */
function isWorthAnotherPoll({ fault }: EditFault): boolean {
	const { kind, httpStatus, taskStatus } = fault;
	if (taskStatus !== undefined) return false;
	return (
		kind === 'network' ||
		kind === 'timeout' ||
		kind === 'rateLimit' ||
		(kind === 'provider' && (httpStatus === undefined || httpStatus >= 500 || httpStatus < 400))
	);
}
