import type { IExecuteFunctions } from 'n8n-workflow';

import { EditFault } from '../../edit/fault';
import type { Image, ImageFile } from '../../edit/request';
import type { ItemPlan, ItemResult, RecordName } from '../../run/item';
import { runOrdered } from '../../run/pace/pool';
import type { PaidWorkMemory } from '../../run/ports';
import { adopt } from '../../storage/adopt';
import type { RecordPorts } from '../../storage/claim';
import {
	conditionFor,
	type ConditionalWrites,
	probeConditionalWrites,
} from '../../storage/conditionalWrites';
import { identityText, Places } from '../../storage/editKey';
import { InputFiles } from '../../storage/inputFiles';
import { RecordedMemory } from '../../storage/recordedMemory';
import { RunMark } from '../../storage/runMark';
import { Bucket } from '../../storage/s3/bucket';
import { systemClock } from '../runtime/clock';
import { digest, digestOfChunks } from '../runtime/digest';
import { imageCarrier } from './imageCarrier';
import type { StorageCredential } from './storageCredential';
import { N8nStoreTransport } from './storeTransport';

/** Tells this process from others that run the same execution: n8n gives the job of a dead worker to another. */
const thisProcess = String(Math.random());

/** What stores make of conditions, asked once by each process. */
const conditionalWrites = new Map<string, Promise<ConditionalWrites>>();

/** How many records are written at once when the run ends. */
const closingWidth = 8;

/** What the storage of a run needs. */
export interface RunStorageSettings {
	context: IExecuteFunctions;
	credential: StorageCredential;
	/** Names execution, node and run. */
	run: string;
	reuseDays?: number;
}

/** The bucket as the memory and the shelf of one run of the node. */
export class RunStorage {
	private readonly ports: RecordPorts;

	private readonly inputs: InputFiles;

	private readonly places = new Places();

	/** The digest of each content, by the name under which n8n knows it. */
	private readonly contents = new Map<string, Promise<string>>();

	/** What each plan has in the bucket for its provider. */
	private readonly used = new WeakMap<ItemPlan, string[]>();

	/** Keys of edits that are paid for and not put out. */
	private readonly undelivered = new Set<string>();

	private isWarned = false;

	constructor(private readonly settings: RunStorageSettings) {
		const { context, credential, reuseDays } = settings;
		const { address, key } = credential;
		const transport = new N8nStoreTransport(context, credential);
		const bucket = new Bucket(address, key, { clock: systemClock, transport });
		const run = digest(`${settings.run} ${thisProcess}`);
		const bucketName = digest(JSON.stringify([address, key.accessKeyId]));
		this.ports = {
			clock: systemClock,
			bucket,
			mark: new RunMark(bucket, systemClock, run),
			conditionalWrites: async () => await knownConditionalWrites(bucketName, bucket),
			newPayment: () => digest(`${Date.now()} ${Math.random()}`),
			...(reuseDays === undefined ? {} : { reuseSeconds: reuseDays * 86_400 }),
		};
		this.inputs = new InputFiles(bucket, run);
	}

	/** The secrets of the credential, which no text may hold. */
	get secrets(): string[] {
		const { accessKeyId, secretAccessKey } = this.settings.credential.key;
		return [accessKeyId, secretAccessKey];
	}

	/** An edit of an earlier try of this run keeps its place among its equals. */
	keep(record: RecordName | undefined): void {
		if (record !== undefined) this.places.keep(record.key);
	}

	/** The plan with what makes its edit the same as another, and with links for files that the provider takes by link. */
	async prepare(plan: ItemPlan): Promise<ItemPlan> {
		const { request, provider, baseUrl, operation } = plan;
		if (request === undefined) return plan;
		const contents = new Map<ImageFile, string>();
		const files = [...request.images, request.mask].filter((image) => image?.kind === 'file');
		for (const file of files) contents.set(file, await this.contentOf(file));
		const contentOf = (file: ImageFile): string => contents.get(file)!;
		const identity = identityText({
			provider: provider.id,
			baseUrl,
			operation,
			request,
			contentOf,
		});
		const record = { key: digest(identity) };
		if (provider.images.takes !== 'link' || plan.canUpload) return { ...plan, record };
		const { timeoutSeconds } = plan;
		const images = request.images.map((image): Image => {
			if (image.kind === 'link') return image;
			const content = contentOf(image);
			return {
				...image,
				publicUrl: async () => await this.inputs.link(image, content, timeoutSeconds),
			};
		});
		const prepared = { ...plan, record, request: { ...request, images } };
		const used = [...contents.values()];
		this.used.set(prepared, used);
		for (const content of used) this.inputs.use(content);
		return prepared;
	}

	/** Gives the edits their places among their equals, in the order of the items. */
	place(plans: readonly ItemPlan[]): void {
		for (const plan of plans) {
			if (plan.record !== undefined) plan.record = { key: this.places.next(plan.record.key) };
		}
	}

	/**
	 * Runs one item with a memory that outlives the process.
	 *
	 * @param work throws EditFault
	 */
	async run(
		plan: ItemPlan,
		{
			memory: inner,
			itemIndex,
			leave,
		}: { memory: PaidWorkMemory; itemIndex: number; leave(): void },
		work: (memory: PaidWorkMemory) => Promise<ItemResult>,
	): Promise<ItemResult> {
		const carrier = imageCarrier(this.settings.context, plan.output, itemIndex);
		const memory = new RecordedMemory(inner, plan, this.ports, carrier);
		let isLeft = false;
		try {
			const result = await work(memory);
			// Nothing is asked of the provider any more: what is still to be noted holds up no other item.
			leave();
			const isFinished = plan.operation === 'submitTask' || result.status === 'completed';
			this.deliver(plan, !(await memory.finish(isFinished)));
			isLeft = result.status !== 'completed';
			return {
				...result,
				warnings: [...result.warnings, ...memory.warnings, ...(await this.warnOnce())],
				...(memory.isReused ? { isReused: true } : {}),
			};
		} catch (error) {
			isLeft = error instanceof EditFault && (await memory.fail(error.fault));
			this.deliver(plan, !isLeft);
			throw error as Error;
		} finally {
			this.inputs.release(this.used.get(plan) ?? [], isLeft);
		}
	}

	/**
	 * Ends the run.
	 *
	 * @param records of the items that were put out; absent when the node has failed
	 */
	async end(records?: readonly RecordName[]): Promise<void> {
		await this.inputs.end();
		if (records === undefined) return await this.mark();
		const delivered = records.filter(({ key }) => !this.undelivered.has(key));
		await runOrdered(delivered, { width: closingWidth }, async (record) => {
			await adopt(record, this.ports);
		});
		await this.mark([...this.undelivered]);
	}

	/** Where the mark cannot be written, the next run gets what this one has put out, and pays nothing. */
	private async mark(undelivered?: string[]): Promise<void> {
		await this.ports.mark.end(undelivered).catch(() => undefined);
	}

	private deliver({ record }: ItemPlan, isDelivered: boolean): void {
		if (record === undefined) return;
		if (isDelivered) this.undelivered.delete(record.key);
		else this.undelivered.add(record.key);
	}

	private async contentOf(file: ImageFile): Promise<string> {
		const known = this.contents.get(file.identity);
		if (known !== undefined) return await known;
		const content = file.open().then(digestOfChunks);
		this.contents.set(file.identity, content);
		return await content;
	}

	private async warnOnce(): Promise<string[]> {
		if (this.isWarned) return [];
		this.isWarned = true;
		const writes = await this.ports.conditionalWrites().catch(() => 'honoured' as const);
		return conditionFor(writes) !== undefined
			? []
			: [
					'The bucket knows no conditional writes: if two runs start the same edit in the same moment, both may pay',
				];
	}
}

async function knownConditionalWrites(name: string, bucket: Bucket): Promise<ConditionalWrites> {
	const known = conditionalWrites.get(name);
	if (known !== undefined) return await known;
	const asked = probeConditionalWrites(bucket, `tests/${digest(String(Math.random()))}.json`);
	conditionalWrites.set(name, asked);
	// What could not be asked is asked again.
	asked.catch(() => conditionalWrites.delete(name));
	return await asked;
}
