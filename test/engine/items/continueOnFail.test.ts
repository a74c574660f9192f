import { expectFailedItem, type FailedJson } from '../stage/output';
import { makeImage } from '../stage/images';
import { editName, onStage, type Order, type Stage } from '../stage/scenario';

import type { StartItem } from '../stage/workflow/nodes';

/** A hundred items, of which one has its image in another field. */
async function hundredItems(stage: Stage, bad: number): Promise<StartItem[]> {
	const image = await makeImage({ width: 8, height: 8 });
	return Array.from({ length: 100 }, (_unused, index) => {
		const item = stage.item({ number: index }, image);
		return index === bad ? { json: item.json!, binary: { photo: item.binary!.data! } } : item;
	});
}

const quick = { editImages: false };
const prompt = '={{ "edit " + $json.number }}';

onStage(
	'one bad item of a hundred stops the run before anything is sent',
	async (stage) => {
		const items = await hundredItems(stage, 57);
		const run = await stage.run({ provider: 'aiml', prompt, items });
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({ name: 'NodeOperationError', context: { itemIndex: 57 } });
		expect(run.error!.message).toContain("'data'");
		expect(run.error!.description).toContain('photo');
		expect(run.error!.description).toMatch(/nothing was (sent|billed)/i);
		expect(stage.emulator.requests).toEqual([]);
		expect(stage.emulator.ledger).toEqual([]);
	},
	quick,
);

onStage(
	"with Continue On Fail it is that item's error, and 99 are edited",
	async (stage) => {
		const items = await hundredItems(stage, 57);
		const node = { onError: 'continueRegularOutput' } as const;
		const run = await stage.succeed({ provider: 'aiml', prompt, items, node });
		expect(stage.emulator.ledger).toHaveLength(99);
		expect(new Set(stage.emulator.ledger.map((entry) => entry.prompt)).size).toBe(99);
		expect(run.edited).toHaveLength(100);
		run.edited.forEach((item, index) => {
			expect(item.pairedItem).toEqual({ item: index });
			if (index === 57) expectFailedItem(item, 57, { errorKind: 'input', provider: 'aiml' });
			else expect(item.json.status).toBe('completed');
		});
		const { error } = run.edited[57]!.json as unknown as FailedJson;
		expect(error).toContain("'data'");
		expect(error).toContain('photo');
	},
	quick,
);

/** Three items; the provider refuses the second. */
function three(stage: Stage, node: Order['node']): Order {
	stage.emulator.faults.add({ kind: 'contentRefused', provider: 'aiml', prompt: 'two' });
	return {
		provider: 'aiml',
		prompt: '={{ $json.prompt }}',
		items: ['one', 'two', 'three'].map((text) => stage.item({ prompt: text })),
		...(node === undefined ? {} : { node }),
	};
}

const forms = {
	'continue (using regular output)': { onError: 'continueRegularOutput' },
	'the setting of old workflows': { continueOnFail: true },
} as const;

for (const [form, node] of Object.entries(forms)) {
	onStage(`a refused item stands in its place: ${form}`, async (stage) => {
		const run = await stage.succeed(three(stage, node));
		expect(run.edited.map(({ json }) => json.status ?? 'failed')).toEqual([
			'completed',
			'failed',
			'completed',
		]);
		expectFailedItem(run.edited[1], 1, {
			provider: 'aiml',
			operation: 'edit',
			errorKind: 'content',
			httpStatus: 400,
		});
		expect(run.edited.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(run.next).toHaveLength(3);
		expect(stage.emulator.ledger).toHaveLength(2);
	});
}

onStage('a refused item goes to the error output, with its input', async (stage) => {
	const run = await stage.succeed(three(stage, { onError: 'continueErrorOutput' }));
	expect(run.edited.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
	expect(run.edited.every(({ json }) => json.status === 'completed')).toBe(true);
	expect(run.next).toHaveLength(2);
	expect(run.failed).toHaveLength(1);
	// n8n lays the error over the JSON of the input item that it is paired with.
	const [failed] = run.outputs(editName)[1]!;
	const { prompt: input, ...json } = failed!.json;
	expect(input).toBe('two');
	expectFailedItem({ ...failed, json }, 1, { errorKind: 'content' });
});

onStage('every item may fail, whatever the reason is', async (stage) => {
	await stage.saveCredential('no key', 'aiml', { apiKey: '' });
	await stage.saveCredential('bad address', 'aiml', { baseUrl: 'nowhere' });
	for (const order of [
		{ credential: 'no key' },
		{ credential: 'bad address' },
		{ prompt: ' ' },
		{ options: { maxConcurrency: -1 } },
		{ options: { maxImageMegabytes: 'many' } },
	] as Array<Partial<Order>>) {
		for (const onError of ['continueRegularOutput', 'continueErrorOutput'] as const) {
			const items = [stage.item({ number: 1 }), stage.item({ number: 2 })];
			const run = await stage.run({ provider: 'aiml', items, node: { onError }, ...order });
			expect(run.status).toBe('success');
			const failed = onError === 'continueErrorOutput' ? run.failed : run.edited;
			expect(failed).toHaveLength(2);
			failed.forEach(({ json }) => expect(typeof json.error).toBe('string'));
			// Nothing unedited may pass for an edited image.
			if (onError === 'continueErrorOutput') expect(run.edited).toEqual([]);
		}
	}
	expect(stage.emulator.requests).toEqual([]);
});

onStage('a parameter that cannot be worked out fails its own item only', async (stage) => {
	const items = [
		stage.item({ text: 'one' }),
		stage.item({ text: null }),
		stage.item({ text: 'three' }),
	];
	const run = await stage.run({
		provider: 'aiml',
		prompt: '={{ $json.text.toUpperCase() }}',
		items,
		node: { onError: 'continueErrorOutput' },
	});
	expect(run.status).toBe('success');
	expect(run.edited.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
	expect(run.failed).toHaveLength(1);
	expect(stage.emulator.ledger).toHaveLength(2);
});

onStage(
	'without Continue On Fail a later failure does not lose what was paid for before',
	async (stage) => {
		const order = three(stage, undefined);
		const run = await stage.run({ ...order, options: { maxConcurrency: 1 } });
		expect(run.status).toBe('error');
		expect(run.error).toMatchObject({ context: { itemIndex: 1 } });
		expect(stage.emulator.ledger.map((entry) => entry.prompt)).toEqual(['one']);
		expect(run.error!.description).toContain(stage.emulator.results[0]!.url);
	},
);

onStage(
	'a failed item names its task, so that Get Task can go on behind the error output',
	async (stage) => {
		stage.set({ taskSeconds: 100 });
		const run = await stage.succeed({
			provider: 'odkkk',
			options: { timeoutSeconds: 3 },
			node: { onError: 'continueErrorOutput' },
		});
		const { details } = run.failed[0]!.json as unknown as FailedJson;
		const { taskId } = stage.emulator.ledger[0]!;
		expect(details).toMatchObject({ errorKind: 'timeout', taskId });
		stage.emulator.advance(100);
		const got = await stage.succeed({
			provider: 'odkkk',
			operation: 'getTask',
			parameters: { taskId: '={{ $json.details.taskId }}' },
			items: [{ json: run.failed[0]!.json }],
		});
		expect(got.edited[0]!.json).toMatchObject({ status: 'completed', taskId });
	},
);
