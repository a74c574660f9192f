import { sleep, type INodeParameters } from 'n8n-workflow';

import { type S3Object, type S3Server, startS3Server } from '../../emulator/s3';
import { facts, onStage, type Order, type Stage, type StageRun } from './scenario';

const storageCredential = 'qwenImageEditStorageApi';

/** Below which the tests keep what they put into the bucket. */
export const prefix = 'n8n edits';

/** What a run says of itself while it is alive. */
const lastBeat = '{"state":"running","at":1}';

/** Saves the storage credential that {@link withStorage} chooses. */
export async function saveStorage(stage: Stage, data: Record<string, unknown>): Promise<void> {
	await stage.credentials.save('storage', {
		type: storageCredential,
		data: { prefix, ...data } as never,
	});
}

/** The order with storage chosen. */
export function withStorage(order: Order): Order {
	const { credential } = facts[order.provider];
	return {
		...order,
		parameters: { ...order.parameters, storage: 's3' } as INodeParameters,
		node: {
			...order.node,
			credentials: {
				[credential]: order.credential ?? order.provider,
				[storageCredential]: 'storage',
			},
		},
	};
}

/** A stage with a bucket. */
export class BucketStage {
	private constructor(
		readonly stage: Stage,
		readonly s3: S3Server,
	) {}

	static async open(stage: Stage, s3: S3Server): Promise<BucketStage> {
		const opened = new BucketStage(stage, s3);
		await opened.saveCredential();
		return opened;
	}

	async saveCredential(data: Record<string, unknown> = {}): Promise<void> {
		const { origin: endpoint, region, bucket, accessKeyId, secretAccessKey } = this.s3;
		await saveStorage(this.stage, {
			endpoint,
			region,
			bucket,
			accessKeyId,
			secretAccessKey,
			forcePathStyle: true,
			...data,
		});
	}

	/** The order with the bucket chosen. */
	order(order: Order): Order {
		return withStorage(order);
	}

	async run(order: Order): Promise<StageRun> {
		return await this.stage.run(this.order(order));
	}

	async succeed(order: Order): Promise<StageRun> {
		return await this.stage.succeed(this.order(order));
	}

	/** Keys below the prefix that begin so. */
	keys(beginning = ''): string[] {
		const start = `${prefix}/${beginning}`;
		return [...this.s3.objects.keys()]
			.filter((key) => key.startsWith(start))
			.map((key) => key.slice(prefix.length + 1))
			.sort();
	}

	/** Removes an object, as a person would. */
	remove(key: string): void {
		if (!this.s3.objects.delete(`${prefix}/${key}`)) throw new Error(`There is no object "${key}"`);
	}

	/** The records as they are. */
	records(): Array<Record<string, unknown>> {
		return this.keys('edits/')
			.filter((key) => key.endsWith('/record.json'))
			.map((key) => JSON.parse(this.s3.objects.get(`${prefix}/${key}`)!.body.toString()) as never);
	}

	/** What is in the bucket at this moment: what a process leaves that is killed now. */
	snapshot(): Map<string, S3Object> {
		return new Map(this.s3.objects);
	}

	/** The bucket as it was left by a run that was killed a while ago: its last sign of life is old. */
	restore(snapshot: ReadonlyMap<string, S3Object>): void {
		this.s3.objects.clear();
		for (const [key, object] of snapshot) {
			const mark = { lastModified: new Date(Date.now() - 600_000), body: Buffer.from(lastBeat) };
			const isMark = key.startsWith(`${prefix}/runs/`);
			this.s3.objects.set(key, isMark ? { ...object, ...mark } : object);
		}
	}

	/** Waits until something is so in the bucket or at the provider. */
	async until(holds: () => boolean, seconds = 20): Promise<void> {
		const latest = Date.now() + seconds * 1000;
		while (!holds()) {
			if (Date.now() > latest) throw new Error('It did not come to that');
			await sleep(5);
		}
	}
}

/** A test with an emulator and a bucket of its own, whose secret may be found nowhere at its end. */
export function onBucket(name: string, run: (bucket: BucketStage) => Promise<void>): void {
	onStage(name, async (stage) => {
		const s3 = await startS3Server();
		try {
			const bucket = await BucketStage.open(stage, s3);
			await run(bucket);
			const texts = [...s3.objects.values()].map(({ body }) => body.toString('latin1')).join('\n');
			expect(texts).not.toContain(s3.secretAccessKey);
		} finally {
			await s3.stop();
		}
	});
}

/** What the node behind has read of each file. */
export function filesOf({ next }: StageRun): unknown[] {
	return next.map(({ json }) => json.files);
}
