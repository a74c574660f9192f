import { type BucketStage, onBucket, prefix } from '../stage/bucket';
import { makeImage } from '../stage/images';
import { facts, type Order, providerIds } from '../stage/scenario';

/** Providers that take links, and have no upload of their own. */
const linkProviders = ['chainHub', 'odkkk'] as const;

const puts = ({ s3 }: BucketStage) =>
	s3.requests.filter(({ method, key }) => method === 'PUT' && key.startsWith(`${prefix}/inputs/`));

/** An n8n that nobody outside can reach: without the bucket the file would be refused. */
const unreachable = { instanceUrl: 'http://localhost:5678' };

describe('a local image for a provider that takes links', () => {
	it('is what the documents say of these', () => {
		for (const provider of linkProviders) expect(facts[provider].takes).toBe('links');
	});

	for (const provider of linkProviders) {
		onBucket(`${provider}: is put into the bucket, read there, and removed`, async (bucket) => {
			const bytes = await makeImage();
			const { edited } = await bucket.succeed({
				provider,
				items: [bucket.stage.item({}, bytes)],
				engine: unreachable,
			});
			expect(edited[0]!.json.status).toBe('completed');
			const [put, ...more] = puts(bucket);
			expect(more).toEqual([]);
			expect(put!.key).toMatch(/\.png$/);
			expect(put!.headers['content-type']).toBe('image/png');
			expect(put!.bytes).toBe(bytes.length);
			const read = bucket.s3.requests.filter(({ key, presigned }) => presigned && key === put!.key);
			expect(read.length).toBeGreaterThan(0);
			expect(read.map(({ httpStatus }) => httpStatus)).toEqual(read.map(() => 200));
			// Longer than the task may take, at most seven days.
			const lifetime = Number(read[0]!.query['X-Amz-Expires']);
			expect(lifetime).toBeGreaterThan(600);
			expect(lifetime).toBeLessThanOrEqual(604_800);
			expect(bucket.keys('inputs/')).toEqual([]);
		});

		onBucket(`${provider}: one object for a content, however many items use it`, async (bucket) => {
			const other = await makeImage({ width: 500, height: 400 });
			const items = [
				...Array.from({ length: 5 }, (_, index) => bucket.stage.item({ p: `${index}` })),
				bucket.stage.item({ p: 'other' }, other),
			];
			await bucket.succeed({
				provider,
				items,
				prompt: '={{ $json.p }}',
				options: { maxConcurrency: 3 },
				engine: unreachable,
			});
			expect(new Set(puts(bucket).map(({ key }) => key)).size).toBe(2);
			expect(bucket.keys('inputs/')).toEqual([]);
		});

		onBucket(`${provider}: is removed after a failure too`, async (bucket) => {
			bucket.stage.emulator.faults.add({ provider, kind: 'contentRefused' });
			const items = Array.from({ length: 3 }, () => bucket.stage.item());
			const run = await bucket.run({ provider, items, engine: unreachable });
			expect(run.status).toBe('error');
			expect(puts(bucket).length).toBeGreaterThan(0);
			expect(bucket.keys('inputs/')).toEqual([]);
		});
	}

	onBucket('stays while a submitted task may still read it', async (bucket) => {
		await bucket.succeed({ provider: 'odkkk', operation: 'submitTask', engine: unreachable });
		expect(bucket.keys('inputs/')).toHaveLength(1);
	});

	onBucket('given as base64 text goes there as well', async (bucket) => {
		const base64 = (await makeImage()).toString('base64');
		const { edited } = await bucket.succeed({
			provider: 'chainHub',
			images: [{ source: 'base64', base64 }],
			engine: unreachable,
		});
		expect(edited[0]!.json.status).toBe('completed');
		expect(puts(bucket)).toHaveLength(1);
		expect(bucket.keys('inputs/')).toEqual([]);
	});

	onBucket('that cannot be put there stops the item before anything is sent', async (bucket) => {
		bucket.s3.faults.push({
			kind: 'status',
			code: 'QuotaExceeded',
			method: 'PUT',
			key: /\/inputs\//,
		});
		const order: Order = {
			provider: 'odkkk',
			engine: unreachable,
			node: { onError: 'continueRegularOutput' },
		};
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json.error).toMatch(/QuotaExceeded.*Make room/);
		expect(edited[0]!.json.details).toMatchObject({ errorKind: 'input' });
		expect(bucket.stage.emulator.ledger).toEqual([]);
		// Nothing is left that would keep the next run from sending it.
		expect(bucket.keys('edits/')).toEqual([]);
		bucket.s3.faults.length = 0;
		expect((await bucket.succeed(order)).edited[0]!.json.status).toBe('completed');
	});
});

describe('a provider that takes files, or has an upload of its own', () => {
	for (const provider of providerIds.filter(
		(id) => !(linkProviders as readonly string[]).includes(id),
	)) {
		onBucket(`${provider}: gets them as before`, async (bucket) => {
			await bucket.succeed({ provider });
			expect(puts(bucket)).toEqual([]);
		});
	}
});

describe('without storage', () => {
	onBucket('nothing goes to the bucket', async (bucket) => {
		await bucket.stage.succeed({ provider: 'aiml' });
		expect(bucket.s3.requests).toEqual([]);
	});
});
