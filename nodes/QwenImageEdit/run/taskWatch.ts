import { readOutcome } from '../adapter/readOutcome';
import type { TaskReference } from '../adapter/provider';
import type { ItemPlan } from './item';
import type { Clock } from './ports';
import { sendAside } from './pace/aside';
import type { Requests } from './requests';

/**
 * Listens for the end of a task where the provider documents such a request, and cuts the wait for the next poll
 * short then. A watch that breaks or stays silent costs nothing: the polls go on as if it were not there.
 */
export class TaskWatch {
	/** Ends the request. */
	private readonly closing = new AbortController();

	/** Ends the sleep that is under way. */
	private wake = new AbortController();

	private hasEnded = false;

	constructor(
		{ provider }: Pick<ItemPlan, 'provider'>,
		requests: Requests,
		task: TaskReference,
		private readonly signal: AbortSignal,
	) {
		const wire = provider.task?.watch?.(task);
		if (wire === undefined) return;
		const timeoutSeconds = Math.max(1, requests.secondsLeft);
		signal.addEventListener('abort', this.close, { once: true });
		const settings = { signal: this.closing.signal, timeoutSeconds };
		void sendAside(requests.ports, wire, settings).then((reply) => {
			if (reply === undefined) return;
			const { decode } = provider.task!;
			const { state } = readOutcome(provider, reply, (answer) => decode(answer, task), task);
			if (state === 'pending' || state === 'malformed') return;
			this.hasEnded = true;
			this.wake.abort();
		});
	}

	/** Sleeps until the time is over, the task has ended, or the execution was stopped. */
	async sleep(clock: Clock, milliseconds: number): Promise<void> {
		const { wake, signal } = this;
		const onAbort = (): void => wake.abort();
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) wake.abort();
		await clock.sleep(milliseconds, wake.signal);
		signal.removeEventListener('abort', onAbort);
		// The end is told once. If a poll does not find it, the next one waits for its time.
		if (this.hasEnded) this.wake = new AbortController();
	}

	/** Ends the request. */
	readonly close = (): void => {
		this.signal.removeEventListener('abort', this.close);
		this.closing.abort();
	};
}
