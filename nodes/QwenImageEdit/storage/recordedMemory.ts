import { EditFault, type Fault } from '../edit/fault';
import type { Completed } from '../edit/outcome';
import type { ItemPlan, RecordName } from '../run/item';
import type { PaidWork, PaidWorkMemory } from '../run/ports';
import type { StoredImage } from '../run/storedImage';
import {
	Claims,
	type ClaimSettings,
	type Found,
	imageKey,
	recordKey,
	type RecordPorts,
} from './claim';
import { type ImageNote, madeOf, noteText, recordText, taskOf } from './record';
import type { Bucket } from './s3/bucket';

/** Brings images from n8n's storage into the bucket and back. */
export interface ImageCarrier {
	/** @throws EditFault */
	put(bucket: Bucket, key: string, image: StoredImage, note: string): Promise<void>;
	/** @throws EditFault */
	fetch(link: string, settings: ClaimSettings & { index: number }): Promise<StoredImage>;
}

/** A link by which the node itself reads. */
const ownLinkSeconds = 3600;

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
	 * A stopped execution tells the provider to cancel its tasks. The next run finds them cancelled, and pays for them.
	 *
	 * @inheritdoc
	 */
	async release({ taskStatus }: Fault): Promise<boolean> {
		if (!this.isReused || taskStatus !== 'cancelled') return false;
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
			this.note({ state: 'task', ...taskOf(work.outcome) });
		}
		if (work.state !== 'made') return;
		const { outcome, images } = work;
		const all = outcome.images.flatMap((_image, index) => images[index] ?? []);
		if (all.length > 0 && all.length === outcome.images.length) {
			this.areImagesStored = true;
			this.later(async () => await this.storeImages(outcome, all));
		} else if (this.held === 'intent') {
			const made = madeOf(outcome);
			if (made === undefined) return;
			this.held = 'made';
			this.note({ state: 'made', outcome: made });
		}
	}

	/** @inheritdoc */
	async claim(settings: ClaimSettings): Promise<PaidWork | undefined> {
		const bucket = this.ports.bucket.until(settings.signal);
		const claim = await new Claims(this.plan, { ...this.ports, bucket }).claim(settings);
		if (claim.kind === 'attach') return this.attach(claim.found);
		if (claim.kind === 'stored') {
			const images = await this.fetchImages(claim.note, settings);
			if (images !== undefined) return this.fromImages(claim.note, images, claim.found);
			// An image that cannot be read any more is as good as none.
			await bucket.remove(imageKey(this.key, 0));
			return await this.claim(settings);
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
		const isOver = fault.taskStatus !== undefined || fault.kind === 'content';
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

	private fromImages(
		{ payment, taskId, model, usage }: ImageNote,
		images: readonly StoredImage[],
		found?: Found,
	): PaidWork {
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

	private async fetchImages(
		{ count }: ImageNote,
		settings: ClaimSettings,
	): Promise<StoredImage[] | undefined> {
		const images: StoredImage[] = [];
		try {
			for (let index = 0; index < count; index += 1) {
				const link = await this.ports.bucket.link(imageKey(this.key, index), ownLinkSeconds);
				const image = { ...(await this.images.fetch(link, { ...settings, index })) };
				// The link is nobody else's business.
				delete image.url;
				images.push(image);
			}
		} catch (error) {
			if (!(error instanceof EditFault) || passingKinds.has(error.fault.kind)) throw error as Error;
			return undefined;
		}
		return images;
	}

	private async storeImages(outcome: Completed, images: readonly StoredImage[]): Promise<void> {
		const { taskId, model, usage } = outcome;
		const note = noteText({
			payment: this.plan.record!.payment ?? '',
			at: this.ports.clock.now(),
			count: images.length,
			...(taskId === undefined ? {} : { taskId }),
			...(model === undefined ? {} : { model }),
			...(usage === undefined ? {} : { usage }),
		});
		// The first comes last: whoever finds it finds all.
		for (const [index, image] of [...images.entries()].reverse()) {
			await this.images.put(this.ports.bucket, imageKey(this.key, index), image, note);
		}
	}

	private note(
		state:
			| { state: 'lost' }
			| { state: 'task'; taskId: string }
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
