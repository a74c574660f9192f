import { expectFailedItem } from '../stage/output';
import { onStage, type Stage, type StageRun } from '../stage/scenario';

/** Continue On Fail. */
const goesOn = { onError: 'continueRegularOutput' as const };

const items = (stage: Stage, ...prompts: string[]) => prompts.map((p) => stage.item({ p }));
const prompt = '={{ $json.p }}';
const six = ['one', 'two', 'three', 'four', 'five', 'six'];

/** What the provider has billed, of what it has not given back. */
const billed = (stage: Stage): number =>
	stage.emulator.ledger.filter(({ refunded }) => !refunded).length;

const failuresOf = (run: StageRun) => run.edited.filter(({ json }) => json.error !== undefined);

function expectLeftOut(run: StageRun, count: number, message: RegExp): void {
	const failed = failuresOf(run);
	expect(failed).toHaveLength(count);
	for (const item of failed) {
		const at = (item.pairedItem as { item: number }).item;
		const { error } = expectFailedItem(item, at, { errorKind: 'budget', billed: 'no' });
		expect(error).toMatch(message);
	}
}

describe('a run with Max Cost', () => {
	for (const maxConcurrency of [1, 4, 50]) {
		onStage(`pays for what fits, ${maxConcurrency} at once`, async (stage) => {
			const run = await stage.succeed({
				provider: 'dashScope',
				prompt,
				items: items(stage, ...six),
				options: { maxCost: 0.1, maxConcurrency },
				node: goesOn,
			});
			// 0.03 USD each.
			expect(stage.emulator.ledger).toHaveLength(3);
			expect(stage.requests('submit')).toHaveLength(3);
			const said =
				/'Max Cost' of 0\.1 USD is reached: 0\.09 USD spent, 3 items not sent\. .*up to 0\.03 USD\. Raise 'Max Cost'/;
			expectLeftOut(run, 3, said);
			expect(run.runsOf('Edit')[0]!.hints?.map(({ message }) => message)).toContain(
				'3 edits; 3 images; 3 failed; 0.09 USD, by the price list.',
			);
		});
	}

	onStage('counts every image of an edit', async (stage) => {
		const run = await stage.succeed({
			provider: 'evoLink',
			items: items(stage, ...six),
			options: { maxCost: 0.1, maxConcurrency: 4, n: 2 },
			node: goesOn,
		});
		// Two images of 0.0221 USD each.
		expect(stage.emulator.ledger).toHaveLength(2);
		expectLeftOut(run, 4, /0\.1 USD is reached.*4 items not sent/);
	});

	onStage('counts by the prices of its region', async (stage) => {
		await stage.saveCredential('beijing', 'dashScope', { region: 'beijing' });
		const run = await stage.succeed({
			provider: 'dashScope',
			credential: 'beijing',
			items: items(stage, ...six),
			options: { maxCost: 0.5, maxConcurrency: 4 },
			node: goesOn,
		});
		expect(stage.emulator.ledger).toHaveLength(2);
		expect(run.edited[0]!.json.cost).toMatchObject({ amount: 0.2, currency: 'CNY' });
		expectLeftOut(run, 4, /0\.5 CNY is reached: 0\.4 CNY spent/);
	});

	onStage('gives back what was refused', async (stage) => {
		stage.emulator.faults.add({ kind: 'contentRefused', provider: 'dashScope', prompt: 'bad' });
		const run = await stage.succeed({
			provider: 'dashScope',
			prompt,
			items: items(stage, 'bad', 'bad', 'one', 'two', 'three'),
			options: { maxCost: 0.1, maxConcurrency: 4 },
			node: goesOn,
		});
		expect(billed(stage)).toBe(3);
		expect(failuresOf(run).map(({ json }) => json.details)).toMatchObject([
			{ errorKind: 'content', billed: 'no' },
			{ errorKind: 'content', billed: 'no' },
		]);
	});

	onStage('gives back what the provider refunds', async (stage) => {
		stage.emulator.faults.add({ kind: 'taskFailed', provider: 'evoLink', prompt: 'bad' });
		const run = await stage.succeed({
			provider: 'evoLink',
			prompt,
			items: items(stage, 'bad', 'one', 'two'),
			options: { maxCost: 0.05, maxConcurrency: 2 },
			node: goesOn,
		});
		expect(billed(stage)).toBe(2);
		expect(failuresOf(run)).toHaveLength(1);
		expect(failuresOf(run)[0]!.json.details).toMatchObject({ billed: 'no' });
	});

	onStage('counts what nobody knows as spent', async (stage) => {
		stage.emulator.faults.add({ kind: 'acceptThenDrop', provider: 'dashScope', prompt: 'lost' });
		const run = await stage.succeed({
			provider: 'dashScope',
			prompt,
			items: items(stage, 'lost', 'lost', ...six),
			options: { maxCost: 0.1, maxConcurrency: 4 },
			node: goesOn,
		});
		expect(billed(stage)).toBe(3);
		const kinds = failuresOf(run).map(
			({ json }) => (json.details as { errorKind: string }).errorKind,
		);
		expect(kinds.filter((kind) => kind === 'unknownOutcome')).toHaveLength(2);
		expect(kinds.filter((kind) => kind === 'budget')).toHaveLength(5);
	});

	onStage('by the megapixel, waits for what an edit did cost', async (stage) => {
		// Up to 0.033 USD each, and in the end 0.0048: five fit one after another, not at once.
		const run = await stage.succeed({
			provider: 'fal',
			items: items(stage, ...six.slice(1)),
			options: { maxCost: 0.06, maxConcurrency: 5 },
			node: goesOn,
		});
		expect(failuresOf(run)).toEqual([]);
		expect(stage.emulator.ledger).toHaveLength(5);
	});

	onStage('counts tasks that it only submits', async (stage) => {
		const run = await stage.succeed({
			provider: 'evoLink',
			operation: 'submitTask',
			items: items(stage, ...six),
			options: { maxCost: 0.05, maxConcurrency: 4 },
			node: goesOn,
		});
		expect(stage.emulator.ledger).toHaveLength(2);
		expectLeftOut(run, 4, /4 items not sent/);
	});

	onStage('stops as with any other failure, and names what was paid for', async (stage) => {
		const run = await stage.run({
			provider: 'dashScope',
			items: items(stage, ...six),
			options: { maxCost: 0.1, maxConcurrency: 2 },
		});
		expect(run.status).toBe('error');
		expect(stage.emulator.ledger).toHaveLength(3);
		expect(run.error).toMatchObject({
			name: 'NodeOperationError',
			message: "'Max Cost' of 0.1 USD is reached: 0.09 USD spent, 3 items not sent",
			context: { errorKind: 'budget', billed: 'no', itemIndex: 3 },
		});
		const { paid } = run.error!.context as { paid: Array<{ item: number }> };
		expect(paid.map(({ item }) => item)).toEqual([0, 1, 2]);
	});

	onStage('counts what an earlier try has paid', async (stage) => {
		const provider = 'dashScope';
		stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'bad', times: 1 });
		const run = await stage.run({
			provider,
			prompt: '={{ $json.p + " " + Math.random() }}',
			items: items(stage, 'one', 'two', 'bad', 'four'),
			options: { maxCost: 0.1, maxConcurrency: 1 },
			node: { retryOnFail: true, maxTries: 4, waitBetweenTries: 20 },
		});
		expect(run.status).toBe('error');
		expect(run.error!.message).toMatch(/0\.09 USD spent, 1 item not sent/);
		expect(stage.emulator.ledger.map((entry) => entry.prompt.split(' ')[0])).toEqual([
			'one',
			'two',
			'bad',
		]);
	});
});

describe('a limit that cannot be kept', () => {
	onStage('for a model without a known price', async (stage) => {
		const run = await stage.run({
			provider: 'dashScope',
			items: items(stage, ...six),
			parameters: { model: { __rl: true, mode: 'id', value: 'qwen-image-of-tomorrow' } as never },
			options: { maxCost: 1 },
		});
		expect(run.error!.message).toBe(
			"'Max Cost' cannot be kept: the price of the model qwen-image-of-tomorrow at DashScope (Alibaba Cloud) is not known",
		);
		expect(run.error!.context).toMatchObject({ errorKind: 'input', billed: 'no' });
		expect(stage.emulator.requests).toEqual([]);
	});

	onStage('for a result of unknown size that is billed by the megapixel', async (stage) => {
		const url = 'https://photos.example.com/photo.png';
		stage.emulator.publishImage(url, stage.item().binary!.data!.bytes);
		const order = { provider: 'fal' as const, images: [{ source: 'url' as const, url }] };
		const run = await stage.run({ ...order, options: { maxCost: 1 } });
		expect(run.error!.message).toMatch(/by the megapixel, and the size of an image at a URL/);
		expect(stage.emulator.requests).toEqual([]);
		await stage.succeed({ ...order, options: { maxCost: 1, size: '1024x1024' } });
		expect(stage.emulator.ledger).toHaveLength(1);
	});
});

describe('what a failure says of the bill', () => {
	onStage('is never "no" of a task that was only asked for', async (stage) => {
		const run = await stage.succeed({
			provider: 'odkkk',
			operation: 'getTask',
			parameters: { taskId: '={{ "" }}' },
			node: goesOn,
		});
		expectFailedItem(run.edited[0], 0, { errorKind: 'input', billed: 'unknown' });
	});

	onStage('is never "no" of an item that an earlier try has paid for', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const run = await stage.run({
			provider: 'odkkk',
			options: { timeoutSeconds: 3 },
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 20 },
		});
		expect(run.error!.context).toMatchObject({ errorKind: 'timeout', billed: 'unknown' });
		expect(stage.emulator.ledger).toHaveLength(1);
	});
});
