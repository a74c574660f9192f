import { onBucket, prefix } from '../stage/bucket';
import type { Order } from '../stage/scenario';

const keepsGoing = { onError: 'continueRegularOutput' } as const;

describe('a store that says no before the submit', () => {
	const order: Order = { provider: 'aiml', node: keepsGoing };
	const wrong: Array<[string, Record<string, unknown>, string, RegExp]> = [
		['an unknown key', { accessKeyId: 'AKIANOBODY' }, 'credential', /InvalidAccessKeyId/],
		['a wrong secret', { secretAccessKey: 'not-this-one' }, 'credential', /SignatureDoesNotMatch/],
		[
			'a bucket that is not there',
			{ bucket: 'no-such-bucket' },
			'input',
			/NoSuchBucket.*Create the bucket/,
		],
		['another region', { region: 'eu-nowhere-9' }, 'credential', /HTTP 40/],
		['no bucket', { bucket: '' }, 'credential', /has no bucket/],
		['no endpoint', { endpoint: '' }, 'credential', /has no endpoint/],
		['an endpoint in the clear', { endpoint: 'http://s3.example.com' }, 'credential', /http:\/\//],
		['a prefix that leads elsewhere', { prefix: 'a/../b' }, 'credential', /prefix/],
		['no key', { accessKeyId: ' ' }, 'credential', /has no access key/],
	];
	for (const [name, data, errorKind, words] of wrong) {
		onBucket(`${name}: nothing is sent`, async (bucket) => {
			await bucket.saveCredential(data);
			const { edited } = await bucket.succeed(order);
			expect(edited[0]!.json.details).toMatchObject({ errorKind });
			expect(edited[0]!.json.error).toMatch(words);
			expect(bucket.stage.emulator.requests).toEqual([]);
		});
	}

	onBucket('a clock that is wrong: nothing is sent', async (bucket) => {
		bucket.s3.settings.clockOffsetSeconds = 3600;
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json.details).toMatchObject({ errorKind: 'credential' });
		expect(edited[0]!.json.error).toMatch(/RequestTimeTooSkewed.*clock/);
		expect(bucket.stage.emulator.requests).toEqual([]);
	});

	onBucket('a key that may not write: nothing is sent', async (bucket) => {
		bucket.s3.settings.denied.add('put');
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json.details).toMatchObject({ errorKind: 'credential' });
		expect(edited[0]!.json.error).toMatch(/AccessDenied.*put, get and delete/);
		expect(bucket.stage.emulator.requests).toEqual([]);
	});

	onBucket('a store that is away: nothing is sent', async (bucket) => {
		await bucket.saveCredential({ endpoint: bucket.stage.emulator.unreachableOrigin });
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json.details).toMatchObject({ errorKind: 'network' });
		expect(edited[0]!.json.error).toMatch(/bucket cannot be reached/);
		expect(bucket.stage.emulator.requests).toEqual([]);
	});

	onBucket('an object that is no record: nothing is sent', async (bucket) => {
		await bucket.succeed(order);
		const key = bucket.keys('edits/').find((name) => name.endsWith('record.json'))!;
		const object = bucket.s3.objects.get(`${prefix}/${key}`)!;
		bucket.s3.objects.set(`${prefix}/${key}`, { ...object, body: Buffer.from('[]') });
		const { length } = bucket.stage.emulator.requests;
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json.details).toMatchObject({ errorKind: 'input' });
		expect(bucket.stage.emulator.requests).toHaveLength(length);
	});

	onBucket('busy for a moment does no harm, and a lost answer neither', async (bucket) => {
		bucket.s3.faults.push(
			{ kind: 'status', code: 'SlowDown', times: 1 },
			{ kind: 'dropAfter', method: 'PUT', key: /record\.json/, times: 1 },
		);
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json).toMatchObject({ status: 'completed', warnings: [] });
		expect(edited[0]!.json).not.toHaveProperty('reused');
		expect(bucket.stage.emulator.ledger).toHaveLength(1);
	});
});

describe('a store that fails after the submit', () => {
	for (const provider of ['aiml', 'modelsLab', 'openAiCompatible'] as const) {
		onBucket(`${provider}: the image comes out, with a warning`, async (bucket) => {
			const running = bucket.stage.start(bucket.order({ provider }));
			await bucket.until(() => bucket.keys('edits/').length > 0);
			bucket.s3.faults.push({ kind: 'status', code: 'QuotaExceeded', method: 'PUT' });
			const { edited, status } = await running.finished;
			expect(status).toBe('success');
			expect(edited[0]!.json.status).toBe('completed');
			expect(JSON.stringify(edited[0]!.json.warnings)).toMatch(
				/could not be noted in the bucket.*QuotaExceeded/,
			);
		});
	}

	onBucket(
		'a refused edit whose record cannot be removed is sent by the same run again',
		async (bucket) => {
			const provider = 'aiml';
			bucket.stage.emulator.faults.add({ provider, kind: 'contentRefused', times: 1 });
			bucket.s3.settings.denied.add('delete');
			const { edited } = await bucket.succeed({
				provider,
				node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 },
			});
			expect(edited[0]!.json.status).toBe('completed');
			expect(bucket.stage.emulator.ledger).toHaveLength(1);
		},
	);
});

describe('a store that is slow after the submit', () => {
	onBucket('does not hold up the next item', async (bucket) => {
		bucket.s3.faults.push({ kind: 'late', method: 'PUT', key: /\/0$/, milliseconds: 3000 });
		const run = await bucket.succeed({
			provider: 'aiml',
			prompt: '={{ $json.p }}',
			items: ['one', 'two', 'three'].map((p) => bucket.stage.item({ p })),
			options: { maxConcurrency: 1 },
		});
		expect(run.edited.map(({ json }) => json.warnings)).toEqual([[], [], []]);
		const [one, two, three] = bucket.stage.requests('submit').map(({ at }) => at);
		expect(two! - one!).toBeLessThan(2500);
		// No more of them than have a place may be behind.
		expect(three! - two!).toBeGreaterThan(1500);
		expect(bucket.keys('edits/').filter((key) => key.endsWith('/0'))).toHaveLength(3);
	});
});

describe('a store without conditional writes', () => {
	for (const form of ['ignored', 'refused'] as const) {
		onBucket(`${form}: says so once, and remembers all the same`, async (bucket) => {
			bucket.s3.settings.conditionalWrites = form;
			const { emulator } = bucket.stage;
			const order: Order = {
				provider: 'aiml',
				prompt: '={{ $json.p }}',
				items: ['one', 'two', 'three'].map((p) => bucket.stage.item({ p })),
				options: { reusePaidEdits: 7 },
			};
			const { edited } = await bucket.succeed(order);
			const warned = edited.filter(({ json }) =>
				JSON.stringify(json.warnings).includes('conditional'),
			);
			expect(warned).toHaveLength(1);
			await bucket.succeed(order);
			expect(emulator.ledger).toHaveLength(3);
			const left = bucket.snapshot();
			for (const key of bucket.keys('edits/'))
				if (key.endsWith('/0')) left.delete(`${prefix}/${key}`);
			bucket.restore(left);
		});
	}
});

describe('a store that takes ETags without their quotes only', () => {
	onBucket(
		'keeps to conditions: no warning, and a delivered edit is paid for again',
		async (bucket) => {
			bucket.s3.settings.conditionalWrites = 'unquoted';
			const order: Order = { provider: 'aiml' };
			await bucket.succeed(order);
			const { edited } = await bucket.succeed(order);
			expect(edited[0]!.json).toMatchObject({ status: 'completed', warnings: [] });
			expect(bucket.stage.emulator.ledger).toHaveLength(2);
			const both = await Promise.all([bucket.succeed(order), bucket.succeed(order)]);
			expect(both.map(({ status }) => status)).toEqual(['success', 'success']);
			expect(bucket.stage.emulator.ledger).toHaveLength(3);
		},
	);
});

describe('a proxy in front of the store', () => {
	onBucket('is told to pack nothing, which would change the ETag', async (bucket) => {
		await bucket.succeed({ provider: 'aiml' });
		await bucket.succeed({ provider: 'aiml', options: { reusePaidEdits: 7 } });
		const asked = bucket.s3.requests.map(({ headers }) => headers['accept-encoding']);
		expect(new Set(asked)).toEqual(new Set(['identity']));
	});
});

describe('the secret of the bucket', () => {
	onBucket('is in no item, no error and no stored run', async (bucket) => {
		const { s3, stage } = bucket;
		const good = await bucket.succeed({ provider: 'odkkk', options: { reusePaidEdits: 7 } });
		await bucket.saveCredential({ bucket: 'no-such-bucket' });
		const bad = await bucket.run({ provider: 'odkkk' });
		expect(bad.status).toBe('error');
		for (const run of [good, bad]) {
			expect(run.stored()).not.toContain(s3.secretAccessKey);
			expect(run.stored()).not.toContain('X-Amz-Signature');
		}
		expect(stage.emulator.ledger).toHaveLength(1);
	});
});
