import { type BucketStage, filesOf, onBucket } from '../stage/bucket';
import { type Order, providerIds } from '../stage/scenario';

describe('an edit that was delivered', () => {
	for (const provider of providerIds) {
		onBucket(
			`${provider}: is paid for again by the next run, or put out again where that is wanted`,
			async (bucket) => {
				const { emulator } = bucket.stage;
				const first = await bucket.succeed({ provider });
				expect(first.edited[0]!.json).not.toHaveProperty('reused');
				const second = await bucket.succeed({ provider });
				expect(second.edited[0]!.json).not.toHaveProperty('reused');
				expect(second.edited[0]!.json.warnings).toEqual(first.edited[0]!.json.warnings);
				expect(emulator.ledger).toHaveLength(2);
				const { length } = emulator.requests;
				const third = await bucket.succeed({ provider, options: { reusePaidEdits: 7 } });
				expect(emulator.requests).toHaveLength(length);
				const { json } = third.edited[0]!;
				expect(json).toMatchObject({
					reused: true,
					status: 'completed',
					provider,
					operation: 'edit',
				});
				expect(json).not.toHaveProperty('cost');
				expect(json.image).not.toHaveProperty('url');
				// That of the payment that came last.
				expect(filesOf(third)).toEqual(filesOf(second));
			},
		);
	}

	onBucket('is paid for again when it is too old', async (bucket) => {
		const { emulator } = bucket.stage;
		const order: Order = { provider: 'aiml', options: { reusePaidEdits: 2 } };
		await bucket.succeed(order);
		age(bucket, 3 * 86_400);
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json).not.toHaveProperty('reused');
		expect(emulator.ledger).toHaveLength(2);
	});

	onBucket('as a task comes out again as that task', async (bucket) => {
		const { emulator } = bucket.stage;
		const order: Order = { provider: 'odkkk', operation: 'submitTask' };
		const first = await bucket.succeed(order);
		await bucket.succeed(order);
		expect(emulator.ledger).toHaveLength(2);
		const { length } = emulator.requests;
		const third = await bucket.succeed({ ...order, options: { reusePaidEdits: 1 } });
		expect(emulator.requests).toHaveLength(length);
		expect(third.edited[0]!.json).toMatchObject({
			reused: true,
			taskId: emulator.ledger[1]!.taskId,
		});
		expect(first.edited[0]!.json.taskId).toBe(emulator.ledger[0]!.taskId);
	});

	onBucket('several images of one edit come out together', async (bucket) => {
		const { emulator } = bucket.stage;
		const order: Order = { provider: 'fal', options: { reusePaidEdits: 7, n: 3 } };
		const first = await bucket.succeed(order);
		const second = await bucket.succeed(order);
		expect(emulator.ledger).toHaveLength(1);
		expect(filesOf(second)).toEqual(filesOf(first));
		expect(second.edited).toHaveLength(first.edited.length);
	});

	onBucket(
		'of whose images one was deleted is paid for again, and whole from then on',
		async (bucket) => {
			const order: Order = { provider: 'fal', options: { reusePaidEdits: 7, n: 3 } };
			await bucket.succeed(order);
			for (const key of bucket.s3.objects.keys()) {
				if (key.endsWith('/1')) bucket.s3.objects.delete(key);
			}
			const second = await bucket.succeed(order);
			expect(second.edited.map(({ json }) => json.reused)).toEqual([
				undefined,
				undefined,
				undefined,
			]);
			const third = await bucket.succeed(order);
			expect(third.edited.map(({ json }) => json.reused)).toEqual([true, true, true]);
			expect(filesOf(third)).toEqual(filesOf(second));
			expect(bucket.stage.emulator.ledger).toHaveLength(2);
		},
	);

	onBucket(
		'a folder that grows pays for what is new, and for all with another prompt',
		async (bucket) => {
			const { emulator } = bucket.stage;
			const order = (names: string[], prompt = 'Make it night'): Order => ({
				provider: 'aiml',
				prompt: `={{ $json.name + ": ${prompt}" }}`,
				items: names.map((name) => bucket.stage.item({ name })),
				options: { reusePaidEdits: 30 },
			});
			await bucket.succeed(order(['a', 'b', 'c']));
			const second = await bucket.succeed(order(['a', 'b', 'c', 'd']));
			expect(second.edited.map(({ json }) => json.reused ?? false)).toEqual([
				true,
				true,
				true,
				false,
			]);
			expect(emulator.ledger).toHaveLength(4);
			await bucket.succeed(order(['a', 'b', 'c', 'd'], 'Make it day'));
			expect(emulator.ledger).toHaveLength(8);
		},
	);

	onBucket('another address to call back does not make another edit of it', async (bucket) => {
		const { emulator } = bucket.stage;
		const order = (callbackUrl: string): Order => ({
			provider: 'odkkk',
			options: { reusePaidEdits: 7, callbackUrl },
		});
		await bucket.succeed(order('https://example.com/one'));
		await bucket.succeed(order('https://example.com/two'));
		expect(emulator.ledger).toHaveLength(1);
		await bucket.succeed({ provider: 'odkkk', options: { reusePaidEdits: 7, watermark: true } });
		expect(emulator.ledger.length).toBeGreaterThan(0);
	});

	onBucket('is had with one request, and with one more when that breaks off', async (bucket) => {
		const order: Order = { provider: 'aiml', options: { reusePaidEdits: 7 } };
		const first = await bucket.succeed(order);
		const { length } = bucket.s3.requests;
		expect(filesOf(await bucket.succeed(order))).toEqual(filesOf(first));
		expect(bucket.s3.requests.slice(length).map(({ method }) => method)).toEqual(['GET']);
		bucket.s3.faults.push({ kind: 'cut', method: 'GET', key: /\/0$/, times: 1 });
		const third = await bucket.succeed(order);
		expect(filesOf(third)).toEqual(filesOf(first));
		expect(bucket.s3.requests.slice(length + 1).map(({ method }) => method)).toEqual([
			'GET',
			'GET',
		]);
		expect(bucket.stage.emulator.ledger).toHaveLength(1);
	});

	onBucket('and is larger than this run takes stays where it is', async (bucket) => {
		const { emulator } = bucket.stage;
		bucket.stage.set({ resultBytes: 2_000_000 });
		const order = (options: Order['options']): Order => ({
			provider: 'aiml',
			options: { reusePaidEdits: 7, ...options },
		});
		await bucket.succeed(order({}));
		const small = await bucket.run(order({ maxImageMegabytes: 1 }));
		expect(small.error!.message).toContain('is larger than 1 MB');
		const { edited } = await bucket.succeed(order({}));
		expect(edited[0]!.json).toMatchObject({ reused: true, image: { bytes: 2_000_000 } });
		expect(emulator.ledger).toHaveLength(1);
	});

	onBucket('an image that cannot be read any more is paid for again', async (bucket) => {
		const { emulator } = bucket.stage;
		const order: Order = { provider: 'aiml', options: { reusePaidEdits: 7 } };
		await bucket.succeed(order);
		for (const [key, object] of bucket.s3.objects) {
			if (key.endsWith('/0')) bucket.s3.objects.set(key, { ...object, body: Buffer.from('gone') });
		}
		const { edited } = await bucket.succeed(order);
		expect(edited[0]!.json).not.toHaveProperty('reused');
		expect(emulator.ledger).toHaveLength(2);
	});
});

describe('equal items of one run', () => {
	for (const reusePaidEdits of [0, 7]) {
		onBucket(
			`are each paid for, with reuse ${reusePaidEdits === 0 ? 'off' : 'on'}`,
			async (bucket) => {
				const { emulator } = bucket.stage;
				const order: Order = {
					provider: 'dashScope',
					items: Array.from({ length: 4 }, () => bucket.stage.item()),
					options: { reusePaidEdits, maxConcurrency: 4 },
				};
				await bucket.succeed(order);
				expect(emulator.ledger).toHaveLength(4);
				await bucket.succeed(order);
				expect(emulator.ledger).toHaveLength(reusePaidEdits === 0 ? 8 : 4);
			},
		);
	}
});

describe('two runs that start the same edits at once', () => {
	for (const provider of ['aiml', 'odkkk', 'modelsLab', 'openAiCompatible'] as const) {
		for (const reusePaidEdits of [0, 7]) {
			onBucket(
				`${provider}: pay once, with reuse ${reusePaidEdits === 0 ? 'off' : 'on'}`,
				async (bucket) => {
					const { emulator } = bucket.stage;
					bucket.stage.set({ taskSeconds: 0.5 });
					const order: Order = {
						provider,
						prompt: '={{ $json.p }}',
						items: Array.from({ length: 4 }, (_, index) =>
							bucket.stage.item({ p: `edit ${index}` }),
						),
						options: { reusePaidEdits, maxConcurrency: 4 },
					};
					const both = await Promise.all([bucket.succeed(order), bucket.succeed(order)]);
					expect(emulator.ledger).toHaveLength(4);
					for (const { edited } of both) {
						expect(edited.map(({ json }) => json.status)).toEqual(Array(4).fill('completed'));
					}
					expect(filesOf(both[0])).toEqual(filesOf(both[1]));
					await bucket.succeed(order);
					expect(emulator.ledger).toHaveLength(reusePaidEdits === 0 ? 8 : 4);
				},
			);
		}
	}

	onBucket('an edit that the other was refused is sent by the one that waited', async (bucket) => {
		const { emulator } = bucket.stage;
		const provider = 'aiml';
		emulator.faults.add({ provider, kind: 'contentRefused', times: 1 });
		const both = await Promise.all([bucket.run({ provider }), bucket.run({ provider })]);
		expect(both.map(({ status }) => status).sort()).toEqual(['error', 'success']);
		expect(emulator.ledger).toHaveLength(1);
	});
});

/** Makes all that is in the bucket older. */
function age({ s3 }: BucketStage, seconds: number): void {
	for (const [key, object] of s3.objects) {
		const { edit } = object.metadata;
		const metadata =
			edit === undefined ? object.metadata : { edit: older(edit, seconds, 'base64url') };
		const body = key.endsWith('.json')
			? Buffer.from(older(object.body.toString(), seconds, 'utf8'))
			: object.body;
		s3.objects.set(key, { ...object, metadata, body });
	}
}

function older(text: string, seconds: number, encoding: 'utf8' | 'base64url'): string {
	const value = JSON.parse(Buffer.from(text, encoding).toString()) as { at: number };
	return Buffer.from(JSON.stringify({ ...value, at: value.at - seconds * 1000 })).toString(
		encoding,
	);
}

describe('with a limit', () => {
	onBucket(
		'what is in the bucket comes out, also when nothing more may be spent',
		async (bucket) => {
			const { emulator } = bucket.stage;
			const order = (names: string[], maxCost: number): Order => ({
				provider: 'evoLink',
				prompt: '={{ $json.p }}',
				items: names.map((p) => bucket.stage.item({ p })),
				options: { reusePaidEdits: 7, maxConcurrency: 1, maxCost },
				node: { onError: 'continueRegularOutput' },
			});
			const first = await bucket.succeed(order(['a', 'b'], 100));
			const price = (first.edited[0]!.json.cost as { amount: number }).amount;
			const { edited } = await bucket.succeed(order(['new', 'newer', 'a', 'b'], price * 1.5));
			expect(edited.map(({ json }) => json.reused ?? json.details ?? json.status)).toEqual([
				'completed',
				expect.objectContaining({ errorKind: 'budget', billed: 'no' }),
				true,
				true,
			]);
			expect(emulator.ledger).toHaveLength(3);
			// What was refused for its cost is free to be sent by the next run.
			const third = await bucket.succeed(order(['newer'], 100));
			expect(third.edited[0]!.json).toMatchObject({ status: 'completed' });
		},
	);
});
