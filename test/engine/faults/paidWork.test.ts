import { collect } from '../../../nodes/QwenImageEdit/run/collect';
import type { Job, World } from '../../../nodes/QwenImageEdit/run/editItem';
import type { Budget } from '../../../nodes/QwenImageEdit/run/exchange';
import { PaidWorkStore } from '../../../nodes/QwenImageEdit/run/paidWork';
import type { Clock, Fetched, PaidWork, StoredImage } from '../../../nodes/QwenImageEdit/run/ports';
import type { Completed } from '../../../nodes/QwenImageEdit/edit/outcome';
import { Stage } from '../stage/scenario';

class HandClock implements Clock {
	time = 1_700_000_000_000;

	now(): number {
		return this.time;
	}

	async sleep(milliseconds: number): Promise<void> {
		this.time += milliseconds;
	}

	random(): number {
		return 0.5;
	}
}

function task(taskId: string): PaidWork {
	return {
		state: 'task',
		outcome: { state: 'pending', taskId, status: 'pending' },
		submittedAt: 0,
	};
}

function storeWith(limits = { entries: 3, bytes: 10_000, seconds: 60 }): {
	store: PaidWorkStore;
	clock: HandClock;
} {
	const clock = new HandClock();
	return { store: new PaidWorkStore(clock, limits), clock };
}

const idOf = (work: PaidWork | undefined): string | undefined =>
	work?.state === 'task' ? work.outcome.taskId : undefined;

describe('the memory of what was paid for', () => {
	test('tells runs and items apart', () => {
		const { store } = storeWith();
		store.of('run', 'item').remember(task('a'));
		expect(idOf(store.of('run', 'item').recall())).toBe('a');
		expect(store.of('run', 'other').recall()).toBeUndefined();
		expect(store.of('other', 'item').recall()).toBeUndefined();
	});

	test('forgets a run, and that run only', () => {
		const { store } = storeWith();
		store.of('one', '0').remember(task('a'));
		store.of('one', '1').remember(task('b'));
		store.of('two', '0').remember(task('c'));
		store.forget('one');
		expect(store.size).toBe(1);
		expect(store.of('one', '0').recall()).toBeUndefined();
		expect(idOf(store.of('two', '0').recall())).toBe('c');
	});

	test('is bounded in count: the oldest goes first, and a renewed one counts as new', () => {
		const { store } = storeWith();
		for (const id of ['a', 'b', 'c']) store.of('run', id).remember(task(id));
		store.of('run', 'a').remember(task('a again'));
		store.of('run', 'd').remember(task('d'));
		expect(store.size).toBe(3);
		expect(store.of('run', 'b').recall()).toBeUndefined();
		expect(idOf(store.of('run', 'a').recall())).toBe('a again');
	});

	test('is bounded in time', () => {
		const { store, clock } = storeWith();
		store.of('run', 'a').remember(task('a'));
		clock.time += 60_000;
		expect(idOf(store.of('run', 'a').recall())).toBe('a');
		clock.time += 1;
		expect(store.of('run', 'a').recall()).toBeUndefined();
		expect(store.size).toBe(0);
	});

	test('counts the time from the end of a try: a long batch does not forget its beginning', () => {
		const { store, clock } = storeWith();
		store.begin('run');
		store.of('run', 'first').remember(task('first'));
		clock.time += 3_600_000;
		store.of('run', 'last').remember(task('last'));
		clock.time += 3_600_000;
		// Somebody else's try, which looks for what is old.
		store.begin('other');
		store.end('other');
		store.end('run');
		clock.time += 60_000;
		store.begin('run');
		expect(idOf(store.of('run', 'first').recall())).toBe('first');
		expect(idOf(store.of('run', 'last').recall())).toBe('last');
		store.end('run');
		clock.time += 60_001;
		store.begin('other');
		expect(store.size).toBe(0);
		store.end('other');
		expect(store.runCount).toBe(0);
	});

	test('is kept while another try of the same run is under way', () => {
		const { store, clock } = storeWith();
		store.begin('run');
		store.begin('run');
		store.of('run', 'a').remember(task('a'));
		store.end('run');
		clock.time += 3_600_000;
		expect(idOf(store.of('run', 'a').recall())).toBe('a');
		store.end('run');
		expect(store.runCount).toBe(1);
	});

	test('keeps nothing of runs that ended well or remembered nothing', () => {
		const { store } = storeWith();
		store.begin('one');
		store.of('one', 'a').remember(task('a'));
		store.forget('one');
		store.end('one');
		store.begin('two');
		store.end('two');
		expect([store.size, store.runCount]).toEqual([0, 0]);
	});

	test('drops what is too old as soon as something new comes', () => {
		const { store, clock } = storeWith();
		store.of('run', 'a').remember(task('a'));
		clock.time += 60_001;
		store.of('run', 'b').remember(task('b'));
		expect(store.size).toBe(1);
	});

	test('is bounded in bytes, but keeps what was paid for last however large it is', () => {
		const { store } = storeWith();
		const large = (name: string): PaidWork => task(name.repeat(6000));
		store.of('run', 'a').remember(large('a'));
		store.of('run', 'b').remember(large('b'));
		expect(store.size).toBe(1);
		expect(idOf(store.of('run', 'b').recall())).toBe('b'.repeat(6000));
		store.of('run', 'b').remember(task('small'));
		store.of('run', 'c').remember(task('c'));
		store.of('run', 'd').remember(task('d'));
		expect(store.size).toBe(3);
		store.of('run', 'e').remember(task('e'.repeat(20_000)));
		expect(store.size).toBe(1);
		store.forget('run');
		for (const id of ['f', 'g', 'h']) store.of('run', id).remember(task(id.repeat(3000)));
		expect(store.size).toBe(3);
	});

	test('takes an answer that is nested deeper than any stack', () => {
		const { store } = storeWith();
		const usage = JSON.parse(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`) as never;
		const work: PaidWork = { state: 'made', outcome: { state: 'completed', images: [], usage } };
		store.of('run', 'a').remember(work);
		expect(store.of('run', 'a').recall()).toBe(work);
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

describe('an edit with several images', () => {
	const outcome: Completed = {
		state: 'completed',
		images: [
			{ base64: 'held-0' },
			{ url: 'https://host.example/two.png' },
			{ url: 'https://host.example/three.png' },
		],
	};
	const stored = (name: string): StoredImage => ({
		facts: { type: 'png', mimeType: 'image/png', extension: 'png' },
		bytes: 1,
		fileName: name,
		stored: name,
	});

	test('keeps those that arrived when one does not, and goes on with it at the next try', async () => {
		const { store, clock } = storeWith();
		const fetched: string[] = [];
		let failing = true;
		const signal = new AbortController().signal;
		const worldOf = (): World => ({
			clock,
			signal,
			memory: store.of('run', 'item'),
			images: {
				fetch: async (image): Promise<Fetched> => {
					const name = image.url ?? image.base64!;
					fetched.push(name);
					if (failing && name.includes('two')) {
						return {
							kind: 'failed',
							end: 'clientError',
							fault: { kind: 'provider', message: 'gone', url: name },
						};
					}
					return { kind: 'stored', image: stored(name) };
				},
			},
			gate: undefined as never,
			transport: undefined as never,
			times: undefined as never,
		});
		const job = { operation: 'edit' } as Job;
		const budgetOf = (): Budget => ({
			clock,
			signal,
			deadline: clock.now() + 1000,
			provider: 'Host',
			waitedSeconds: 0,
			paid: {},
			gate: undefined as never,
			transport: undefined as never,
		});

		const first = collect(job, worldOf(), budgetOf(), outcome);
		await expect(first).rejects.toMatchObject({
			fault: {
				message: 'gone',
				url: 'https://host.example/two.png',
				// What the user needs of the images that are there.
				advice: expect.stringContaining('https://host.example/three.png'),
			},
		});
		failing = false;
		const second = await collect(job, worldOf(), budgetOf(), outcome);
		expect(second.map(({ fileName }) => fileName)).toEqual([
			'held-0',
			'https://host.example/two.png',
			'https://host.example/three.png',
		]);
		// The first was in the answer alone, which is gone: it must not be asked for again.
		expect(fetched.filter((name) => name === 'held-0')).toHaveLength(1);
		const third = await collect(job, worldOf(), budgetOf(), outcome);
		expect(third).toHaveLength(3);
		expect(fetched).toHaveLength(4);
	});
});
