import { providerIds, Stage } from '../stage/scenario';

import { PaidWorkStore } from '../../../nodes/QwenImageEdit/run/paidWork';

/** The stores that the node has used: the process has one, which nobody can reach otherwise. */
const stores = new Set<PaidWorkStore>();
const { of } = PaidWorkStore.prototype;
let stage: Stage;

beforeAll(async () => {
	PaidWorkStore.prototype.of = function (this: PaidWorkStore, run, item) {
		stores.add(this);
		return of.call(this, run, item);
	};
	stage = await Stage.open({ editImages: false, taskSeconds: 0.2 });
});

afterEach(() => {
	expect(stage.sweep()).toEqual([]);
});

afterAll(async () => {
	PaidWorkStore.prototype.of = of;
	await stage.close();
});

function remembered(): number {
	expect(stores.size).toBe(1);
	return [...stores][0]!.size;
}

const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 };

// One after another: what is counted belongs to the whole process.
describe.each(providerIds)('%s', (provider) => {
	const order = {
		provider,
		prompt: '={{ $json.prompt }}',
		options: { maxConcurrency: 1 },
		node: retrying,
	};

	test('nothing is remembered after a success, the first or a later one', async () => {
		const before = stores.size === 0 ? 0 : remembered();
		const items = ['first', 'second'].map((prompt) => stage.item({ prompt }));
		await stage.succeed({ ...order, items });
		expect(remembered()).toBe(before);
		stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'second', times: 1 });
		await stage.succeed({ ...order, items });
		expect(stage.emulator.ledger).toHaveLength(4);
		expect(remembered()).toBe(before);
	});

	test('what was paid for is remembered while n8n may try again', async () => {
		const before = remembered();
		const items = ['first', 'second'].map((prompt) => stage.item({ prompt }));
		stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'second' });
		const run = await stage.run({ ...order, items });
		expect(run.status).toBe('error');
		expect(stage.emulator.ledger).toHaveLength(1);
		expect(remembered()).toBe(before + 1);
	});
});

test('the node tells it of the beginning and the end of every try, also of one that fails', async () => {
	const told: string[] = [];
	const begin = jest
		.spyOn(PaidWorkStore.prototype, 'begin')
		.mockImplementation((run) => void told.push(`begin ${run}`));
	const end = jest
		.spyOn(PaidWorkStore.prototype, 'end')
		.mockImplementation((run) => void told.push(`end ${run}`));
	const stage = await Stage.open({ editImages: false });
	try {
		stage.emulator.faults.add({ provider: 'aiml', kind: 'contentRefused', times: 1 });
		const run = await stage.succeed({
			provider: 'aiml',
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(run.edited).toHaveLength(1);
		const name = told[0]!.replace('begin ', '');
		expect(name).toContain(run.executionId);
		expect(told).toEqual([`begin ${name}`, `end ${name}`, `begin ${name}`, `end ${name}`]);
	} finally {
		await stage.close();
		begin.mockRestore();
		end.mockRestore();
	}
});
