import { expectFailedItem } from '../stage/output';
import { facts, onStage, providerIds, type StageRun } from '../stage/scenario';

const hintsOf = (run: StageRun): string[] =>
	(run.runsOf('Edit')[0]!.hints ?? []).map(({ message }) => message);

const goesOn = { onError: 'continueRegularOutput' as const };

describe.each(providerIds)('Check Only at %s', (provider) => {
	onStage('says what would be sent, and sends nothing', async (stage) => {
		const run = await stage.succeed({
			provider,
			items: [stage.item(), stage.item()],
			options: { checkOnly: true },
		});
		expect(stage.emulator.requests).toEqual([]);
		expect(stage.emulator.ledger).toEqual([]);
		expect(run.edited).toHaveLength(2);
		for (const [index, item] of run.edited.entries()) {
			const { cost, ...json } = item.json;
			const { model } = facts[provider];
			expect(json).toEqual({
				provider,
				operation: 'edit',
				...(model === '' ? {} : { model }),
				checked: true,
				inputImages: 1,
				count: 1,
				warnings: [],
			});
			expect(item.binary).toBeUndefined();
			expect(item.pairedItem).toEqual({ item: index });
			if (cost !== undefined) expect(cost).toMatchObject({ basis: 'listed' });
		}
		const hints = hintsOf(run);
		expect(hints).toHaveLength(1);
		expect(hints[0]).toMatch(
			/^2 edits would (cost about [\d.]+ (USD|CNY) \(listed 20\d\d-\d\d\)|be sent at a cost that is not known)\. Nothing was sent\.$/,
		);
	});
});

describe('Check Only', () => {
	onStage('adds up 500 items', async (stage) => {
		const run = await stage.succeed({
			provider: 'dashScope',
			items: Array.from({ length: 500 }, () => stage.item()),
			options: { checkOnly: true, maxCost: 1 },
		});
		expect(hintsOf(run)).toEqual([
			'500 edits would cost about 15 USD (listed 2026-05). Nothing was sent.',
		]);
		expect(stage.emulator.requests).toEqual([]);
	});

	onStage('counts several images, and items of unknown cost', async (stage) => {
		const run = await stage.succeed({
			provider: 'evoLink',
			operation: 'submitTask',
			items: [stage.item({ m: 'qwen-image-edit-plus' }), stage.item({ m: 'other' })],
			parameters: { model: '={{ $json.m }}' },
			options: { checkOnly: true, n: 3 },
		});
		expect(run.edited.map(({ json }) => [json.model, json.count, json.cost])).toEqual([
			[
				'qwen-image-edit-plus',
				3,
				{ amount: 0.0663, currency: 'USD', basis: 'listed', asOf: '2026-10' },
			],
			['other', 3, undefined],
		]);
		expect(hintsOf(run)).toEqual([
			'1 edit would cost about 0.0663 USD (listed 2026-10). 1 edit would be sent at a cost that is not known. Nothing was sent.',
		]);
	});

	onStage('fails what a real run would refuse, as a real run does', async (stage) => {
		const order = {
			provider: 'dashScope' as const,
			prompt: '={{ $json.p }}',
			items: [stage.item({ p: 'good' }), stage.item({ p: '' })],
			options: { checkOnly: true },
		};
		const run = await stage.succeed({ ...order, node: goesOn });
		expect(run.edited[0]!.json.checked).toBe(true);
		expectFailedItem(run.edited[1], 1, { errorKind: 'input', billed: 'no' });
		const stopped = await stage.run(order);
		expect(stopped.error!.message).toContain("'Prompt' is empty");
		expect(stage.emulator.requests).toEqual([]);
	});

	onStage('is not guessed from a text: nothing is sent then', async (stage) => {
		const run = await stage.succeed({
			provider: 'dashScope',
			options: { checkOnly: '={{ "true" }}' },
			node: goesOn,
		});
		const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'input', billed: 'no' });
		expect(error).toContain("'Check Only' must be true or false");
		expect(stage.emulator.requests).toEqual([]);
	});
});
