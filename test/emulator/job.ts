import type { FaultRule } from './faults/fault-kinds';
import type { LedgerEntry, ProviderId } from './types';
import type { ImageFile } from './images/png';

/** How a provider's task stands, in neutral words; each provider says it in its own. */
export interface TaskView {
	status: 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
	progress: number;
	secondsLeft: number;
	failure?: { code: string; message: string };
}

/** What a provider tells about a failed task when nothing else is said (EvoLink error codes; PROVIDERS S3). */
const DEFAULT_FAILURE = {
	code: 'content_policy_violation',
	message: 'The request was rejected because the prompt or image violates the content policy',
};

const PENDING_SHARE = 0.2;

/** A job from being taken to its end. Its state is worked out from the clock whenever somebody looks. */
export class Job {
	/** Provider-specific things that the task's later answers need. */
	memo: Record<string, unknown> = {};

	/** URLs the client was, or will be, given. */
	resultUrls: string[] = [];

	private failure?: { code: string; message: string };

	private neverEnds = false;

	private goesBack = false;

	private looksProcessing = 0;

	private looksCompleted = 0;

	private finished = false;

	private cancelled = false;

	constructor(
		readonly entry: LedgerEntry,
		readonly provider: ProviderId,
		/** Made in the background as soon as the job is taken; at least one. */
		readonly images: ReadonlyArray<Promise<ImageFile>>,
		readonly startedAt: number,
		/** Seconds until a task is done; `null` for a job answered at once. */
		readonly taskSeconds: number | null,
		private readonly now: () => number,
		/** Called once, when the job has ended. */
		private readonly onEnd: (job: Job) => void,
	) {}

	/** The first image, which most providers make alone. */
	get image(): Promise<ImageFile> {
		return this.images[0]!;
	}

	/** Lets a fault of the task kind loose on this job. */
	mark(rule: FaultRule): void {
		if (rule.kind === 'taskFailed') {
			this.fail(rule.code ?? DEFAULT_FAILURE.code, rule.message ?? DEFAULT_FAILURE.message);
		}
		if (rule.kind === 'taskNeverEnds') this.neverEnds = true;
		if (rule.kind === 'taskGoesBack') this.goesBack = true;
	}

	/** The task will end as failed. */
	fail(code: string, message: string): void {
		this.failure = { code, message };
	}

	/** Cancels the task, unless it has ended; says whether it did. */
	cancel(): boolean {
		if (this.settle()) return false;
		this.cancelled = true;
		this.finish();
		return true;
	}

	/** Ends a job that was answered at once. */
	finish(): void {
		if (this.finished) return;
		this.finished = true;
		this.entry.status = this.cancelled ? 'cancelled' : this.failure ? 'failed' : 'completed';
		this.onEnd(this);
	}

	/** Whether the job has ended by now; notes it when it has. */
	settle(): boolean {
		if (!this.finished && this.taskSeconds !== null && !this.neverEnds && this.secondsLeft() <= 0)
			this.finish();
		return this.finished;
	}

	secondsLeft(): number {
		return this.taskSeconds === null ? 0 : this.taskSeconds - (this.now() - this.startedAt) / 1000;
	}

	/** How the job ended, for callbacks: nobody looks, so nothing is counted. */
	end(): TaskView {
		if (this.cancelled) return { status: 'cancelled', progress: 0, secondsLeft: 0 };
		return this.failure
			? { status: 'failed', progress: 0, secondsLeft: 0, failure: this.failure }
			: { status: 'completed', progress: 100, secondsLeft: 0 };
	}

	/** What a client is told that looks now. Looking counts: `taskGoesBack` depends on it. */
	look(): TaskView {
		const ended = this.settle();
		const secondsLeft = Math.max(0, this.secondsLeft());
		if (ended && (this.cancelled || this.failure)) return this.end();
		if (ended) {
			this.looksCompleted += 1;
			if (this.goesBack && this.looksCompleted === 2) {
				return { status: 'processing', progress: 55, secondsLeft: 1 };
			}
			return this.end();
		}
		const share = this.taskSeconds ? Math.min(1, 1 - secondsLeft / this.taskSeconds) : 1;
		if (share < PENDING_SHARE) return { status: 'pending', progress: 0, secondsLeft };
		this.looksProcessing += 1;
		if (this.goesBack && this.looksProcessing === 2)
			return { status: 'pending', progress: 0, secondsLeft };
		return { status: 'processing', progress: Math.min(99, Math.round(share * 100)), secondsLeft };
	}
}
