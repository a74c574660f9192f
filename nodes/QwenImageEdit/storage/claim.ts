import { EditFault, type Fault } from '../edit/fault';
import type { ItemPlan } from '../run/item';
import type { Clock } from '../run/ports';
import { cancelledFault } from '../run/requests';
import { conditionFor, type ConditionalWrites } from './conditionalWrites';
import { type EditRecord, type ImageNote, readNote, readRecord, recordText } from './record';
import type { RunMark } from './runMark';
import type { Bucket } from './s3/bucket';

/** What records need; the same for all items of a run. */
export interface RecordPorts {
	clock: Clock;
	bucket: Bucket;
	mark: RunMark;
	conditionalWrites(): Promise<ConditionalWrites>;
	newPayment(): string;
	/** How old a delivered result may be to be handed out again; absent: it is paid for again. */
	reuseSeconds?: number;
}

/** When an item stops waiting. */
export interface ClaimSettings {
	signal: AbortSignal;
	/** Milliseconds since the epoch. */
	deadline: number;
}

/** A record as it was read. */
export interface Found {
	record: EditRecord;
	etag: string;
}

/** What a run may do about an edit. */
export type Claim =
	/** Pay for it. `replaces` an earlier payment, whose images may still be there. */
	| { kind: 'pay'; payment: string; replaces: boolean }
	/** Get what was paid for. */
	| { kind: 'attach'; found: Found }
	/** Take the images of this payment out of the bucket. */
	| { kind: 'stored'; found: Found };

/** An edit of which nobody knows whether it was taken is not sent again for so long. */
const heldSeconds = 7 * 86_400;

/** How often another run is looked at that sends the same edit just now. */
const lookSeconds = 1;

/** Where the record of an edit is. */
export function recordKey(key: string): string {
	return `edits/${key}/record.json`;
}

/** Where an image of an edit is. */
export function imageKey(key: string, index: number): string {
	return `edits/${key}/${index}`;
}

/**
 * Decides before the submit who pays for an edit: this run, or a run before it whose result can be had.
 *
 * @throws EditFault of kind `unknownOutcome` when nobody knows; of another kind when the bucket cannot be used
 */
export class Claims {
	private readonly key: string;

	constructor(
		private readonly plan: ItemPlan,
		private readonly ports: RecordPorts,
	) {
		this.key = plan.record!.key;
	}

	async claim(settings: ClaimSettings): Promise<Claim> {
		const { clock, mark } = this.ports;
		await mark.begin();
		for (let looks = 1; ; looks += 1) {
			if (settings.signal.aborted) throw cancelledFault();
			const paid = await this.take();
			if (paid !== undefined) return paid;
			const found = await this.find();
			// Removed in between: whoever had it was refused, and nobody has paid.
			const claim = found === undefined ? 'again' : await this.judge(found);
			if (claim !== 'again' && claim !== 'wait') return claim;
			if (clock.now() + lookSeconds * 1000 > settings.deadline) {
				throw new EditFault(claim === 'wait' ? this.stillSent() : this.notTakenOver());
			}
			// What has changed once is looked at once more at once; after that nobody is in a hurry.
			if (claim === 'again' && looks === 1) continue;
			await clock.sleep(lookSeconds * 1000, settings.signal);
		}
	}

	/** Writes the intent to pay where there is no record; or where it still is the one with this ETag. */
	private async take(etag?: string): Promise<Claim | undefined> {
		const { bucket, clock, mark } = this.ports;
		const payment = this.ports.newPayment();
		const key = recordKey(this.key);
		const intent = recordText({ run: mark.run, payment, at: clock.now(), state: 'intent' });
		const condition = conditionFor(await this.ports.conditionalWrites(), etag);
		// As good as it gets without conditions: two runs in the same moment may both pay.
		const isTaken =
			condition === undefined && etag === undefined && (await bucket.read(key)) !== undefined;
		if (isTaken || (await bucket.write(key, intent, condition)) === undefined) return undefined;
		return { kind: 'pay', payment, replaces: etag !== undefined };
	}

	private async find(): Promise<Found | undefined> {
		const key = recordKey(this.key);
		const read = await this.ports.bucket.read(key);
		if (read === undefined) return undefined;
		const record = readRecord(read.text);
		if (record !== undefined) return { record, etag: read.headers.etag ?? '' };
		throw new EditFault({
			kind: 'input',
			message: `The object ${key} in the bucket is no record of this node`,
			advice:
				'Nothing was sent. Delete the object, or enter another Prefix in the storage credential',
		});
	}

	private async judge(found: Found): Promise<Claim | 'wait' | 'again'> {
		const { mark } = this.ports;
		const { record, etag } = found;
		const isOwn = record.run === mark.run;
		// What this process does not remember of its own run was never sent.
		if (isOwn && record.state === 'intent') {
			return { kind: 'pay', payment: record.payment, replaces: false };
		}
		const owner = isOwn ? undefined : await mark.stateOf(record.run);
		if (owner?.hasDelivered(this.key) === true) {
			if (this.isWantedTask(record)) return { kind: 'attach', found };
			return (await this.take(etag)) ?? 'again';
		}
		if (record.state !== 'lost' && this.plan.operation === 'edit') {
			const note = await this.imageNote();
			if (note?.payment === record.payment) return { kind: 'stored', found };
		}
		if (record.state === 'task' || record.state === 'made') return { kind: 'attach', found };
		if (record.state === 'intent' && (await this.isUnderWay(found))) return 'wait';
		if (this.ageSeconds(record) < heldSeconds) throw new EditFault(this.unknownOutcome(record));
		return (await this.take(etag)) ?? 'again';
	}

	/** Whether the run that has written an intent is alive, or has gone on since the intent was read. */
	private async isUnderWay({ record, etag }: Found): Promise<boolean> {
		const { mark } = this.ports;
		if ((await mark.stateOf(record.run)).isAlive) return true;
		// What was known of the run may be some seconds old, and it may have ended between both reads.
		if ((await mark.stateOf(record.run, 0)).isAlive) return true;
		return (await this.find())?.etag !== etag;
	}

	/** A task that was put out by Submit Task and is wanted again. */
	private isWantedTask(record: EditRecord): boolean {
		const { reuseSeconds } = this.ports;
		return (
			record.state === 'task' &&
			this.plan.operation === 'submitTask' &&
			reuseSeconds !== undefined &&
			this.ageSeconds(record) < reuseSeconds
		);
	}

	private ageSeconds({ at }: EditRecord): number {
		return (this.ports.clock.now() - at) / 1000;
	}

	private async imageNote(): Promise<ImageNote | undefined> {
		const head = await this.ports.bucket.head(imageKey(this.key, 0));
		return readNote(head?.headers['x-amz-meta-edit']);
	}

	private unknownOutcome({ at }: EditRecord): Fault {
		const { title } = this.plan.provider;
		const since = new Date(at).toISOString();
		const until = new Date(at + heldSeconds * 1000).toISOString().slice(0, 10);
		return {
			kind: 'unknownOutcome',
			message: `An earlier run sent this edit at ${since} and stopped before it had an answer. ${title} may have taken the edit, and it may have been billed`,
			advice: `It was not sent again. Look at the usage page of ${title} for a request at that time. To send it again before ${until}, delete the object ${recordKey(this.key)} in the bucket`,
			isTaken: true,
		};
	}

	private notTakenOver(): Fault {
		const key = recordKey(this.key);
		return {
			kind: 'network',
			message: `The bucket did not let the object ${key} be written over`,
			advice: `Nothing was sent. Delete the object, or set 'Storage' to 'None' for this run`,
		};
	}

	private stillSent(): Fault {
		return {
			kind: 'timeout',
			message: `Another run is sending the same edit, and was not done after ${this.plan.timeoutSeconds} s`,
			advice: 'Nothing was sent by this run. Run it again to get what the other run has paid for',
		};
	}
}
