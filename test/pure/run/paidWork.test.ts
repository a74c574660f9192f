import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { PaidWorkStore } from '../../../nodes/QwenImageEdit/run/paidWork';
import type { Clock, PaidWork } from '../../../nodes/QwenImageEdit/run/ports';
import { urlPlan } from './virtual/virtualHost';

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

const plan = urlPlan(findProvider('odkkk')!);

function task(taskId: string): PaidWork {
	return {
		state: 'task',
		plan,
		outcome: { state: 'pending', taskId, status: 'pending' },
		submittedAt: 0,
	};
}

/** Work that holds an image itself, as in n8n's memory mode. */
function image(name: string, characters: number): PaidWork {
	return {
		state: 'done',
		output: [{ json: {}, binary: { data: { data: name.repeat(characters) } } }],
		taskId: `task-${name}`,
		url: `https://results.example/${name}.png`,
	};
}

function storeWith(limits = { bytes: 20_000, seconds: 60 }): {
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
		store.of('run', 0).remember(task('a'));
		expect(idOf(store.of('run', 0).recall())).toBe('a');
		expect(store.of('run', 1).recall()).toBeUndefined();
		expect(store.of('other', 0).recall()).toBeUndefined();
	});

	test('keeps the last word on an item', () => {
		const { store } = storeWith();
		store.of('run', 0).remember(task('a'));
		store.of('run', 0).remember(image('b', 10));
		expect(store.size).toBe(1);
		expect(store.of('run', 0).recall()?.state).toBe('done');
	});

	test('forgets a run, and that run only', () => {
		const { store } = storeWith();
		store.of('one', 0).remember(task('a'));
		store.of('one', 1).remember(task('b'));
		store.of('two', 0).remember(task('c'));
		store.forget('one');
		expect(store.size).toBe(1);
		expect(store.of('one', 0).recall()).toBeUndefined();
		expect(idOf(store.of('two', 0).recall())).toBe('c');
	});

	test('forgets no task for want of room, however many there are', () => {
		const { store } = storeWith();
		for (let index = 0; index < 2000; index += 1) store.of('run', index).remember(task(`${index}`));
		expect(store.size).toBe(2000);
		expect(idOf(store.of('run', 0).recall())).toBe('0');
		expect(idOf(store.of('run', 1999).recall())).toBe('1999');
	});

	test('keeps a mark of what has no room: the item is not paid for again, and is named', () => {
		const { store } = storeWith();
		for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
			store.of('run', index).remember(image(name, 8000));
		}
		expect(store.size).toBe(4);
		const states = [0, 1, 2, 3].map((index) => store.of('run', index).recall()!.state);
		expect(states).toEqual(['lost', 'lost', 'done', 'done']);
		expect(store.of('run', 0).recall()).toMatchObject({
			fault: {
				kind: 'provider',
				message: expect.stringContaining('paid for at an earlier try'),
				taskId: 'task-a',
				url: 'https://results.example/a.png',
			},
		});
		expect(store.named('run')).toHaveLength(4);
	});

	test('keeps what was paid for last, however large it is', () => {
		const { store } = storeWith();
		store.of('run', 0).remember(image('a', 100_000));
		expect(store.of('run', 0).recall()?.state).toBe('done');
		store.of('run', 1).remember(image('b', 100_000));
		expect(store.of('run', 0).recall()?.state).toBe('lost');
		expect(store.of('run', 1).recall()?.state).toBe('done');
	});

	test('names what it holds by item, by id and URL', () => {
		const { store } = storeWith();
		store.of('run', 7).remember(task('a'));
		store.of('run', 2).remember(image('b', 1));
		store.of('run', 3).remember({ state: 'done', output: [] });
		store.of('run', 4).remember({
			state: 'lost',
			fault: { kind: 'unknownOutcome', message: 'nobody knows' },
		});
		expect(store.named('run')).toEqual([
			{ item: 2, taskId: 'task-b', url: 'https://results.example/b.png' },
			{ item: 3 },
			{ item: 4 },
			{ item: 7, taskId: 'a' },
		]);
		expect(store.named('other')).toEqual([]);
	});

	test('is bounded in time', () => {
		const { store, clock } = storeWith();
		store.of('run', 0).remember(task('a'));
		clock.time += 60_000;
		expect(idOf(store.of('run', 0).recall())).toBe('a');
		clock.time += 1;
		expect(store.of('run', 0).recall()).toBeUndefined();
		expect(store.size).toBe(0);
	});

	test('counts the time from the end of a try: a long batch does not forget its beginning', () => {
		const { store, clock } = storeWith();
		store.begin('run');
		store.of('run', 0).remember(task('first'));
		clock.time += 3_600_000;
		store.of('run', 1).remember(task('last'));
		clock.time += 3_600_000;
		// A try of another run, which looks for what is old.
		store.begin('other');
		store.end('other');
		store.end('run');
		clock.time += 60_000;
		store.begin('run');
		expect(idOf(store.of('run', 0).recall())).toBe('first');
		expect(idOf(store.of('run', 1).recall())).toBe('last');
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
		store.of('run', 0).remember(task('a'));
		store.end('run');
		clock.time += 3_600_000;
		expect(idOf(store.of('run', 0).recall())).toBe('a');
		store.end('run');
		expect(store.runCount).toBe(1);
	});

	test('keeps nothing of runs that ended well or remembered nothing', () => {
		const { store } = storeWith();
		store.begin('one');
		store.of('one', 0).remember(task('a'));
		store.forget('one');
		store.end('one');
		store.begin('two');
		store.end('two');
		expect([store.size, store.runCount]).toEqual([0, 0]);
	});

	test('keeps what a run has cost between its tries, and no longer', () => {
		const { store } = storeWith();
		store.begin('run');
		store.counted('run').set(0, 30_000);
		store.end('run');
		store.begin('run');
		expect([...store.counted('run')]).toEqual([[0, 30_000]]);
		store.forget('run');
		store.end('run');
		expect([store.counted('run').size, store.runCount]).toEqual([0, 1]);
	});

	test('names what was paid for in a fault that knows nothing of it', () => {
		const { store } = storeWith();
		const fault = { kind: 'credential', message: 'no key' } as const;
		store.of('run', 0).remember(task('a'));
		store.of('run', 1).remember({ state: 'done', output: [] });
		expect(store.told('run', 0, fault)).toMatchObject({ ...fault, taskId: 'a' });
		expect(store.told('run', 1, fault)).toMatchObject({ ...fault, isTaken: true });
		expect(store.told('run', 2, fault)).toEqual(fault);
		expect(store.told('another run', 0, fault)).toEqual(fault);
	});

	test('makes room for others when it forgets', () => {
		const { store } = storeWith();
		for (const name of ['a', 'b', 'c', 'd', 'e']) {
			store.of('old', 0).remember(image(name, 15_000));
			store.forget('old');
		}
		store.of('run', 0).remember(image('f', 9000));
		store.of('run', 1).remember(image('g', 9000));
		expect(store.of('run', 0).recall()?.state).toBe('done');
	});

	test('takes an answer that is nested deeper than any stack', () => {
		const { store } = storeWith();
		const usage = JSON.parse(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`) as never;
		const work: PaidWork = {
			state: 'made',
			plan,
			outcome: { state: 'completed', images: [], usage },
			images: [],
		};
		store.of('run', 0).remember(work);
		expect(store.of('run', 0).recall()).toBe(work);
	});
});
