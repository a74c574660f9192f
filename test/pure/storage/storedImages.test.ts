import type { ItemPlan } from '../../../nodes/QwenImageEdit/run/item';
import type { PaidWorkMemory } from '../../../nodes/QwenImageEdit/run/ports';
import type { StoredImage } from '../../../nodes/QwenImageEdit/run/storedImage';
import type { RecordPorts } from '../../../nodes/QwenImageEdit/storage/claim';
import { type ImageNote, noteText, recordText } from '../../../nodes/QwenImageEdit/storage/record';
import { RecordedMemory } from '../../../nodes/QwenImageEdit/storage/recordedMemory';
import {
	Bucket,
	type Receive,
	type StoreRequest,
} from '../../../nodes/QwenImageEdit/storage/s3/bucket';
import type { ImageCarrier } from '../../../nodes/QwenImageEdit/storage/storedImages';

const now = 1_795_000_000_000;
const note: ImageNote = { payment: 'theirs', at: now, count: 1 };
const image = { bytes: 3 } as StoredImage;

/** A run that finds an edit of a dead run, and whose images the carrier fetches so. */
function memoryWith(fetch: ImageCarrier['fetch']) {
	let removed = 0;
	const record = recordText({ run: 'other', payment: 'theirs', at: now, state: 'intent' });
	const bucket = {
		until: () => bucket,
		write: async () => undefined,
		read: async () => ({ text: record, headers: { etag: '"1"' } }),
		head: async () => ({ text: '', headers: { 'x-amz-meta-edit': noteText(note) } }),
		remove: async () => void (removed += 1),
	};
	const ports = {
		bucket,
		clock: { now: () => now, random: () => 0.5, sleep: async () => undefined },
		mark: {
			run: 'ours',
			begin: async () => undefined,
			stateOf: async () => ({ isAlive: false, hasDelivered: () => false }),
		},
		conditionalWrites: async () => 'honoured',
		newPayment: () => 'ours',
	} as unknown as RecordPorts;
	const inner = { recall: () => undefined, remember: () => undefined } as unknown as PaidWorkMemory;
	const plan = { record: { key: 'edit' }, operation: 'edit' } as ItemPlan;
	const memory = new RecordedMemory(inner, plan, ports, { fetch, put: async () => undefined });
	const { signal } = new AbortController();
	const claim = async () => await memory.claim({ signal, deadline: now + 60_000 });
	return Object.assign(claim, { removed: () => removed });
}

describe('the images of a run that died', () => {
	it('come out', async () => {
		const claim = memoryWith(async () => ({ image, note }));
		expect(await claim()).toMatchObject({ state: 'made', images: [image] });
	});

	it.each(['none', 'unreadable'] as const)(
		'that a bucket has and does not give (%s) end the item, not the patience',
		async (found) => {
			let asked = 0;
			const claim = memoryWith(async () => {
				asked += 1;
				return found;
			});
			await expect(claim()).rejects.toMatchObject({
				fault: { kind: 'network', message: expect.stringContaining('edits/edit/0') as string },
			});
			expect(asked).toBe(3);
		},
	);
});

describe('several images of one edit', () => {
	const carrier =
		(second: Awaited<ReturnType<ImageCarrier['fetch']>>): ImageCarrier['fetch'] =>
		async (_bucket, _key, { index }) =>
			index === 0 ? { image, note: { ...note, count: 2 } } : second;

	it('of which one is gone are as good as none', async () => {
		const claim = memoryWith(carrier('none'));
		await expect(claim()).rejects.toThrow('does not give it');
		expect(claim.removed()).toBe(3);
	});

	it('stay when another run is writing those of its own payment over them', async () => {
		const claim = memoryWith(carrier({ image, note: { ...note, payment: 'newer', count: 2 } }));
		await expect(claim()).rejects.toThrow('does not give it');
		expect(claim.removed()).toBe(0);
	});
});

describe('an image in the bucket', () => {
	it('may take long to arrive, and not to begin', async () => {
		const sent: Array<{ timeoutSeconds: number; bodySeconds: number }> = [];
		const transport = {
			send: async (request: StoreRequest, settings: (typeof sent)[number]) => {
				sent.push(settings);
				await request.receive?.((async function* () {})(), {});
				return { kind: 'reply' as const, reply: { httpStatus: 200, headers: {}, text: '' } };
			},
		};
		const clock = { now: () => now, random: () => 0.5, sleep: async () => undefined };
		const address = {
			endpoint: 'https://s3.example.com',
			bucket: 'images',
			prefix: '',
			forcePathStyle: true,
		};
		const key = { accessKeyId: 'id', secretAccessKey: 'secret', region: 'auto' };
		const bucket = new Bucket(address as never, key, { clock, transport } as never);
		let received = 0;
		const receive: Receive = async () => void (received += 1);
		await bucket.open('edits/edit/0', receive, 1800);
		expect(received).toBe(1);
		expect(sent).toEqual([
			expect.objectContaining({ timeoutSeconds: 20, bodySeconds: 1800 }) as unknown,
		]);
	});
});
