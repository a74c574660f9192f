import type { S3Object } from '../../emulator/s3';
import { type BucketStage, filesOf, onBucket } from '../stage/bucket';
import { nodeTaskId, type Order, providerIds, taskProviderIds } from '../stage/scenario';

/** The bucket as it is at the first moment at which this holds: what a kill at that moment leaves. */
async function leftAt(
	bucket: BucketStage,
	order: Order,
	holds: (records: Array<Record<string, unknown>>) => boolean,
): Promise<Map<string, S3Object>> {
	const running = bucket.stage.start(bucket.order(order));
	await bucket.until(() => holds(bucket.records()));
	const left = bucket.snapshot();
	await running.finished;
	return left;
}

const isIn =
	(state: string) =>
	(records: Array<Record<string, unknown>>): boolean =>
		records.some((record) => record.state === state);

describe('a run that was killed', () => {
	for (const provider of taskProviderIds) {
		onBucket(
			`${provider}: its task is read by the next run, and not paid for again`,
			async (bucket) => {
				const { emulator } = bucket.stage;
				const left = await leftAt(bucket, { provider }, isIn('task'));
				bucket.restore(left);
				const { edited } = await bucket.succeed({ provider });
				expect(emulator.ledger).toHaveLength(1);
				expect(bucket.stage.requests('submit')).toHaveLength(1);
				const [{ json }] = edited as [(typeof edited)[0]];
				expect(json).toMatchObject({
					reused: true,
					status: 'completed',
					taskId: nodeTaskId(provider, emulator.ledger[0]!.taskId!),
				});
				// Delivered now: the next run pays.
				await bucket.succeed({ provider });
				expect(emulator.ledger).toHaveLength(2);
			},
		);
	}

	for (const provider of providerIds) {
		onBucket(`${provider}: what it had stored comes out without the provider`, async (bucket) => {
			const { emulator } = bucket.stage;
			const running = bucket.stage.start(bucket.order({ provider }));
			await bucket.until(() => bucket.keys('edits/').some((key) => key.endsWith('/0')));
			const left = bucket.snapshot();
			const first = await running.finished;
			bucket.restore(left);
			const { length } = emulator.requests;
			const second = await bucket.succeed({ provider });
			expect(emulator.requests).toHaveLength(length);
			expect(second.edited).toHaveLength(1);
			expect(second.edited[0]!.json).toMatchObject({ reused: true, status: 'completed' });
			// The node behind read the same bytes.
			expect(filesOf(second)).toEqual(filesOf(first));
			await bucket.succeed({ provider });
			expect(emulator.ledger).toHaveLength(2);
		});
	}

	for (const provider of ['aiml', 'modelVerse', 'siliconFlow'] as const) {
		onBucket(
			`${provider}: an image that it was downloading is downloaded by the next`,
			async (bucket) => {
				const { emulator } = bucket.stage;
				emulator.faults.add({
					provider,
					kind: 'resultSlow',
					chunkBytes: 200,
					intervalMs: 20,
					times: 1,
				});
				const left = await leftAt(bucket, { provider }, isIn('made'));
				bucket.restore(left);
				const { edited } = await bucket.succeed({ provider });
				expect(edited[0]!.json).toMatchObject({ reused: true, status: 'completed' });
				expect(emulator.ledger).toHaveLength(1);
			},
		);
	}

	for (const provider of ['aiml', 'odkkk', 'modelsLab'] as const) {
		onBucket(
			`${provider}: a submit without an answer is told of, and not sent again`,
			async (bucket) => {
				const { emulator } = bucket.stage;
				emulator.faults.add({ provider, route: 'submit', kind: 'acceptThenHang', times: 1 });
				const order: Order = { provider, node: { onError: 'continueRegularOutput' } };
				const running = bucket.stage.start(bucket.order(order));
				await bucket.until(() => emulator.ledger.length === 1);
				const left = bucket.snapshot();
				running.cancel();
				await running.finished;
				bucket.restore(left);
				for (let times = 0; times < 2; times += 1) {
					const { edited } = await bucket.succeed(order);
					expect(edited[0]!.json.details).toMatchObject({ errorKind: 'unknownOutcome' });
					expect(edited[0]!.json.error).toMatch(
						/An earlier run sent this edit at 20\d\d-.*not sent again.*delete the object edits\//s,
					);
				}
				expect(emulator.ledger).toHaveLength(1);
				// The way out that the message names.
				const key = /the object (edits\S+)/.exec(
					String((await bucket.succeed(order)).edited[0]!.json.error),
				)![1]!;
				bucket.remove(key);
				expect((await bucket.succeed(order)).edited[0]!.json.status).toBe('completed');
				expect(emulator.ledger).toHaveLength(2);
			},
		);
	}

	onBucket('four equal items were four variants, and each of them comes out', async (bucket) => {
		const { emulator } = bucket.stage;
		const provider = 'replicate';
		const items = Array.from({ length: 4 }, () => bucket.stage.item());
		const left = await leftAt(
			bucket,
			{ provider, items, options: { maxConcurrency: 4 } },
			(records) => records.length === 4 && records.every(({ state }) => state !== 'intent'),
		);
		expect(emulator.ledger).toHaveLength(4);
		bucket.restore(left);
		const { edited } = await bucket.succeed({ provider, items });
		expect(emulator.ledger).toHaveLength(4);
		expect(new Set(edited.map(({ json }) => json.taskId)).size).toBe(4);
	});

	onBucket(
		'a task that failed meanwhile is told of, and then the edit is sent again',
		async (bucket) => {
			const { emulator } = bucket.stage;
			const provider = 'odkkk';
			const left = await leftAt(bucket, { provider }, isIn('task'));
			bucket.restore(left);
			emulator.faults.add({ provider, route: 'read', kind: 'taskFailed', times: 1 });
			const failed = await bucket.run({ provider });
			expect(failed.status).toBe('error');
			expect(emulator.ledger).toHaveLength(1);
			await bucket.succeed({ provider });
			expect(emulator.ledger).toHaveLength(2);
		},
	);
});

describe('a run that failed', () => {
	onBucket('leaves what it has paid for to the next one', async (bucket) => {
		const { emulator } = bucket.stage;
		const provider = 'aiml';
		emulator.faults.add({ provider, kind: 'contentRefused', prompt: 'bad', times: 1 });
		const order: Order = {
			provider,
			prompt: '={{ $json.p }}',
			items: ['one', 'bad'].map((p) => bucket.stage.item({ p })),
			options: { maxConcurrency: 1 },
		};
		expect((await bucket.run(order)).status).toBe('error');
		const { edited } = await bucket.succeed(order);
		expect(edited.map(({ json }) => json.reused)).toEqual([true, undefined]);
		expect(emulator.ledger.map(({ prompt }) => prompt)).toEqual(['one', 'bad']);
	});

	onBucket(
		'with Continue On Fail has delivered what came, and keeps what did not',
		async (bucket) => {
			const { emulator } = bucket.stage;
			const provider = 'odkkk';
			bucket.stage.set({ taskSeconds: 6 });
			const order: Order = {
				provider,
				options: { timeoutSeconds: 3 },
				node: { onError: 'continueErrorOutput' },
			};
			const first = await bucket.succeed(order);
			expect(first.failed[0]!.json.details).toMatchObject({ errorKind: 'timeout' });
			const second = await bucket.succeed({ ...order, options: { timeoutSeconds: 30 } });
			expect(second.edited[0]!.json).toMatchObject({ reused: true, status: 'completed' });
			expect(emulator.ledger).toHaveLength(1);
		},
	);

	for (const provider of ['fal', 'replicate'] as const) {
		onBucket(`${provider}: a task that was cancelled with it is submitted anew`, async (bucket) => {
			const { emulator } = bucket.stage;
			bucket.stage.set({ taskSeconds: 5 });
			const running = bucket.stage.start(bucket.order({ provider }));
			await bucket.until(() => bucket.records().some(({ state }) => state === 'task'));
			running.cancel();
			await running.finished;
			bucket.stage.set({ taskSeconds: 0.2 });
			const { edited } = await bucket.succeed({ provider });
			expect(edited[0]!.json).not.toHaveProperty('reused');
			expect(emulator.ledger.map(({ status }) => status)).toEqual(['cancelled', 'completed']);
		});
	}
});
