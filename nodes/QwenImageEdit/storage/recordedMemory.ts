import { EditFault, type Fault } from '../edit/fault';
import type { Completed } from '../edit/outcome';
import type { ItemPlan, RecordName } from '../run/item';
import type { PaidWork, PaidWorkMemory } from '../run/ports';
import {
	Claims,
	type ClaimSettings,
	type Found,
	imageKey,
	recordKey,
	type RecordPorts,
} from './claim';
import { type ImageNote, madeOf, recordText, taskOf } from './record';
import type { Bucket } from './s3/bucket';
import { fetchStored, type ImageCarrier, type StoredEdit, storeImages } from './storedImages';

/** An image is given so long to arrive, however little time the item has left. */
const minimumReadSeconds = 60;

/** An image that is there and cannot be had is looked for so often: it may be that of another payment by now. */
const maximumClaims = 3;

/** What may still come of an edit, as far as a failure tells. */
const passingKinds: ReadonlySet<string> = new Set([
	'network',
	'timeout',
	'rateLimit',
	'cancelled',
	'unknownOutcome',
]);

/**
 * The memory of one edit that outlives the process: what the process remembers besides, in the bucket. Before the
 * submit it fails as any check does; after it nothing fails, and `warnings` say what could not be noted.
 */
export class RecordedMemory implements PaidWorkMemory {
	readonly warnings: string[] = [];

	/** The result was paid for by another run. */
	isReused = false;

	private readonly key: string;

	/** What is known of the payment, by this run or by the one that it has attached to. */
	private held: 'nothing' | 'intent' | 'task' | 'made' = 'nothing';

	private task: { taskId: string; readUrl?: string; isTold?: boolean } | undefined;

	private areImagesStored = false;

	/** The writes that nobody waits for while the edit goes on, one after the other. */
	private writes: Promise<void> = Promise.resolve();

	constructor(
		private readonly inner: PaidWorkMemory,
		private readonly plan: ItemPlan,
		private readonly ports: RecordPorts,
		private readonly images: ImageCarrier,
	) {
		this.key = plan.record!.key;
		const known = inner.recall();
		if (known?.state !== 'task' && known?.state !== 'made') return;
		this.held = known.state;
		if (known.state === 'task') this.task = taskOf(known.outcome);
		this.isReused = plan.record!.foreign !== undefined;
	}

	/** @inheritdoc */
	recall(): PaidWork | undefined {
		return this.inner.recall();
	}

	/** @inheritdoc */
	forget(): void {
		this.inner.forget();
	}

	/**
	 * A stopped execution tells the provider to cancel its tasks: the next run finds them cancelled, and pays for the
	 * edits. So it does for a task that has failed, and of which a run has said so.
	 *
	 * @inheritdoc
	 */
	async release({ taskStatus }: Fault): Promise<boolean> {
		const isGivenUp = taskStatus === 'cancelled' || this.task?.isTold === true;
		if (!this.isReused || taskStatus === undefined || !isGivenUp) return false;
		await this.ports.bucket.remove(recordKey(this.key));
		this.forget();
		this.isReused = false;
		this.held = 'nothing';
		return true;
	}

	/** @inheritdoc */
	remember(work: PaidWork): void {
		const { record } = this.plan;
		this.inner.remember(work.state === 'lost' ? { ...work, record } : work);
		if (this.areImagesStored) return;
		if (work.state === 'task' && this.held !== 'task') {
			this.held = 'task';
			this.task = taskOf(work.outcome);
			this.note({ state: 'task', ...this.task });
		}
		if (work.state !== 'made') return;
		const { outcome, images } = work;
		const all = outcome.images.flatMap((_image, index) => images[index] ?? []);
		if (all.length > 0 && all.length === outcome.images.length) {
			this.areImagesStored = true;
			const { payment = '' } = this.plan.record!;
			const { clock, bucket } = this.ports;
			const paid = { payment, at: clock.now(), outcome };
			this.later(async () => await storeImages(bucket, this.key, paid, all, this.images));
		} else if (this.held === 'intent') {
			const made = madeOf(outcome);
			if (made === undefined) return;
			this.held = 'made';
			this.note({ state: 'made', outcome: made });
		}
	}

	/** @inheritdoc */
	async claim(settings: ClaimSettings, tries = 1): Promise<PaidWork | undefined> {
		const bucket = this.ports.bucket.until(settings.signal);
		const { clock, reuseSeconds } = this.ports;
		// With one request: most edits of a nightly run were delivered before.
		if (reuseSeconds !== undefined && this.plan.operation === 'edit') {
			const oldest = clock.now() - reuseSeconds * 1000;
			const delivered = await this.stored(bucket, settings, ({ at }) => at >= oldest);
			if (delivered !== undefined) return this.fromImages(delivered);
		}
		const claim = await new Claims(this.plan, { ...this.ports, bucket }).claim(settings);
		if (claim.kind === 'attach') return this.attach(claim.found);
		if (claim.kind === 'stored') {
			const { found } = claim;
			const edit = await this.stored(
				bucket,
				settings,
				({ payment }) => payment === found.record.payment,
			);
			if (edit !== undefined) return this.fromImages(edit, found);
			if (tries >= maximumClaims) throw this.unreadable();
			return await this.claim(settings, tries + 1);
		}
		this.held = 'intent';
		this.name({ payment: claim.payment });
		// Images of an earlier payment must not be taken for those of this one.
		if (claim.replaces) {
			this.later(async () => await this.ports.bucket.remove(imageKey(this.key, 0)));
		}
		return undefined;
	}

	/**
	 * The item was put out.
	 *
	 * @returns whether the edit is still to be delivered, by a later run
	 */
	async finish(isFinished: boolean): Promise<boolean> {
		await this.writes;
		return !isFinished && this.held !== 'nothing';
	}

	/**
	 * The item has failed. What may be billed stays known, what certainly is not is forgotten.
	 *
	 * @returns whether the edit is still to be delivered, by a later run
	 */
	async fail(fault: Fault): Promise<boolean> {
		await this.writes;
		if (this.held === 'nothing') return false;
		// A flagged image was made and is gone; a refused read says nothing of the task.
		const isFlagged = fault.kind === 'content' && fault.isTaken === true;
		const hasFailed = fault.taskStatus !== undefined;
		if (hasFailed && this.task !== undefined) {
			// The next run reads it once more before it pays: providers say of tasks that they failed which then succeed.
			this.note({ state: 'task', ...this.task, isTold: true });
			await this.writes;
			return true;
		}
		const isOver = hasFailed || isFlagged;
		const isUnknown = this.held === 'intent' && fault.isTaken === true && !isOver;
		if (isUnknown) this.note({ state: 'lost' });
		// What this run has made itself is kept for the next, whatever kept it from arriving. What it has attached to
		// was tried twice.
		const isKept =
			this.held !== 'intent' && !isOver && (passingKinds.has(fault.kind) || !this.isReused);
		if (!isUnknown && !isKept) {
			this.later(async () => await this.ports.bucket.remove(recordKey(this.key)));
		}
		await this.writes;
		return isUnknown || isKept;
	}

	private attach({ record, etag }: Found): PaidWork {
		this.keepFound({ record, etag });
		const plan = this.kept();
		if (record.state === 'task') {
			const { taskId, readUrl } = record;
			const read = readUrl === undefined ? {} : { readUrl };
			this.held = 'task';
			const { isTold = false } = record;
			this.task = { taskId, ...read, isTold };
			return this.known({
				state: 'task',
				plan,
				outcome: { state: 'pending', status: 'pending', taskId, ...read },
			});
		}
		if (record.state !== 'made') throw new TypeError('there is nothing to attach to');
		this.held = 'made';
		return this.known({ state: 'made', plan, outcome: record.outcome, images: [] });
	}

	/** Images out of the bucket. Those that cannot be read any more are as good as none. */
	private async stored(
		bucket: Bucket,
		{ deadline }: ClaimSettings,
		isWanted: (note: ImageNote) => boolean,
	): Promise<StoredEdit | undefined> {
		const { key, images: carrier, ports } = this;
		const seconds = Math.max(minimumReadSeconds, (deadline - ports.clock.now()) / 1000);
		const edit = await fetchStored({ bucket, carrier, key }, { seconds, isWanted });
		if (edit === 'unreadable') await bucket.remove(imageKey(key, 0));
		return typeof edit === 'string' ? undefined : edit;
	}

	private unreadable(): EditFault {
		const key = imageKey(this.key, 0);
		return new EditFault({
			kind: 'network',
			message: `The bucket has the image ${key} and does not give it`,
			advice: `Nothing was sent. Delete the object, or set 'Storage' to 'None' for this run`,
		});
	}

	/** @param found absent where the record was not looked at */
	private fromImages({ note, images }: StoredEdit, found?: Found): PaidWork {
		const { payment, taskId, model, usage } = note;
		if (found === undefined) {
			this.isReused = true;
			this.name({ payment });
		} else this.keepFound(found);
		this.areImagesStored = true;
		this.held = 'made';
		const outcome: Completed = {
			state: 'completed',
			images: images.map(() => ({})),
			...(taskId === undefined ? {} : { taskId }),
			...(model === undefined ? {} : { model }),
			...(usage === undefined ? {} : { usage }),
		};
		return this.known({ state: 'made', plan: this.kept(), outcome, images });
	}

	private known(work: PaidWork): PaidWork {
		this.inner.remember(work);
		return work;
	}

	private keepFound({ record, etag }: Found): void {
		this.isReused = record.run !== this.ports.mark.run;
		const foreign = this.isReused ? { foreign: { text: recordText(record), etag } } : {};
		this.name({ payment: record.payment, ...foreign });
	}

	/** In place: the plan is copied on its way through the runner. */
	private name(found: Omit<RecordName, 'key'>): void {
		Object.assign(this.plan.record!, { foreign: undefined, ...found });
	}

	/** The plan without the images to send, which nobody needs any more. */
	private kept(): ItemPlan {
		const plan = { ...this.plan };
		delete plan.request;
		return plan;
	}

	private note(
		state:
			| { state: 'lost' }
			| { state: 'task'; taskId: string; readUrl?: string; isTold?: boolean }
			| { state: 'made'; outcome: Completed },
	): void {
		const { clock, mark, bucket } = this.ports;
		const { payment = '' } = this.plan.record!;
		const record = recordText({ run: mark.run, payment, at: clock.now(), ...state });
		this.later(async () => void (await bucket.write(recordKey(this.key), record)));
	}

	private later(work: () => Promise<void>): void {
		this.writes = this.writes.then(work).catch((error: unknown) => {
			const said = error instanceof Error ? error.message : String(error);
			this.warnings.push(
				`This edit could not be noted in the bucket: ${said}. If it is run again before it was put out, it may be paid for again`,
			);
		});
	}
}
