import { onItem } from '../stage/bothWays';
import { expectFailedItem } from '../stage/output';
import { onStage, providerIds, type Order } from '../stage/scenario';

import { sleep } from 'n8n-workflow';

import { documents503, type FaultRule, type ProviderId } from '../../emulator';

describe.each(providerIds)('%s: a submit whose end is unknown is never sent again', (provider) => {
	const unknown: Array<[name: string, fault: Omit<FaultRule, 'provider'>, order?: Partial<Order>]> =
		[
			['the connection breaks after it was taken', { kind: 'acceptThenDrop' }],
			['a gateway times out', { kind: 'acceptThenGateway504' }],
			['no answer comes in time', { kind: 'acceptThenHang' }, { options: { timeoutSeconds: 1 } }],
			['the answer breaks off', { kind: 'truncateBody', sentShare: 0.0001 }],
			['the answer is not JSON', { kind: 'notJson' }],
			['the answer is empty', { kind: 'emptyBody' }],
			['the provider says 500', { kind: 'httpStatus', status: 500, billed: true }],
			['a gateway says 503 in HTML', { kind: 'gatewayPage', status: 503, billed: true }],
		];

	for (const [name, fault, order] of unknown) {
		onStage(`when ${name}`, async (stage) => {
			stage.emulator.faults.add({ ...fault, provider });
			const run = await stage.run({ provider, node: onItem, ...order });
			const { error } = expectFailedItem(run.edited[0], 0, {
				errorKind: 'unknownOutcome',
				provider,
			});
			expect(error).toContain('may have been billed');
			expect(stage.requests('submit')).toHaveLength(1);
			expect(stage.emulator.ledger).toHaveLength(1);
		});
	}

	onStage("not even by n8n's Retry On Fail", async (stage) => {
		stage.emulator.faults.add({ kind: 'acceptThenDrop', provider });
		const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const run = await stage.run({ provider, node: retry });
		expect(run.status).toBe('error');
		expect(run.error!.message).toContain('may have been billed');
		expect(stage.emulator.ledger).toHaveLength(1);
		expect(stage.requests('submit')).toHaveLength(1);
	});
});

/** Every provider refuses with 429. Where no 503 is documented, one may come from a gateway. */
function refusalsOf(provider: ProviderId): Array<'rateLimit' | 'serviceUnavailable'> {
	return documents503(provider) ? ['rateLimit', 'serviceUnavailable'] : ['rateLimit'];
}

describe.each(providerIds)(
	'%s: a submit that was certainly not taken is sent again',
	(provider) => {
		onStage('after the pause that a 429 or a 503 asks for', async (stage) => {
			for (const kind of refusalsOf(provider)) {
				const before = stage.requests('submit').length;
				stage.emulator.faults.add({ kind, provider, times: 1, hint: 'headerSeconds', seconds: 1 });
				const run = await stage.succeed({ provider });
				expect(run.edited[0]!.json).toMatchObject({
					status: 'completed',
					warnings: [expect.stringContaining('slow down')],
				});
				const [first, second, ...more] = stage.requests('submit').slice(before);
				expect(more).toEqual([]);
				expect(second!.at - first!.answeredAt!).toBeGreaterThanOrEqual(990);
			}
			expect(stage.emulator.ledger).toHaveLength(refusalsOf(provider).length);
		});

		onStage('but not when the pause is longer than the time that is left', async (stage) => {
			stage.emulator.faults.add({
				kind: 'rateLimit',
				provider,
				hint: 'headerSeconds',
				seconds: 60,
			});
			const started = Date.now();
			const run = await stage.run({ provider, options: { timeoutSeconds: 5 }, node: onItem });
			expect(Date.now() - started).toBeLessThan(5000);
			expectFailedItem(run.edited[0], 0, { errorKind: 'rateLimit', httpStatus: 429 });
			expect(stage.requests('submit')).toHaveLength(1);
			expect(stage.emulator.ledger).toEqual([]);
		});
	},
);

onStage("n8n's Retry On Fail attaches to what was paid for", async (stage) => {
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	// The image is made, its link does not work twice, and then it does.
	stage.emulator.faults.add({ kind: 'resultExpired403', provider: 'odkkk', times: 1 });
	stage.emulator.faults.add({ kind: 'resultExpired403', provider: 'aiml', times: 1 });
	for (const provider of ['odkkk', 'aiml'] as const) {
		const run = await stage.succeed({ provider, node: retry });
		expect(run.edited[0]!.json.status).toBe('completed');
	}
	expect(stage.emulator.ledger).toHaveLength(2);
	expect(stage.requests('submit')).toHaveLength(2);
});

onStage('running the same workflow again is a new edit', async (stage) => {
	for (let runs = 0; runs < 2; runs += 1) await stage.succeed({ provider: 'aiml' });
	expect(stage.emulator.ledger).toHaveLength(2);
	const keys = stage.requests('submit').map(({ headers }) => headers['idempotency-key']);
	expect(keys).toEqual([undefined, undefined]);
});

onStage(
	'an idempotency key goes to odkkk alone, and is the same for the same item only',
	async (stage) => {
		const items = [stage.item({ prompt: 'one' }), stage.item({ prompt: 'two' })];
		const order = {
			provider: 'odkkk',
			prompt: '={{ $json.prompt }}',
			operation: 'submitTask',
		} as const;
		await stage.succeed({ ...order, items });
		await stage.succeed({ ...order, items });
		const keys = stage.requests('submit').map(({ headers }) => headers['idempotency-key']);
		expect(new Set(keys).size).toBe(4);
		expect(keys.every((key) => typeof key === 'string' && key.length >= 16)).toBe(true);
	},
);

onStage(
	'stopping a workflow while the edit is sent says that it may have been billed',
	async (stage) => {
		stage.set({ latencyMs: 5000 });
		const running = stage.start({ provider: 'aiml', node: onItem });
		while (stage.emulator.ledger.length === 0) await sleep(10);
		const stopped = Date.now();
		running.cancel();
		const run = await running.finished;
		expect(Date.now() - stopped).toBeLessThan(1000);
		expect(run.runsOf('Next')).toEqual([]);
		expect(run.stored()).toContain('may have been billed');
		await sleep(100);
		expect(stage.requests('submit')[0]!.abortedAt).toBeDefined();
	},
);
