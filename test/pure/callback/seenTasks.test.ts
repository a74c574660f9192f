import { SeenTasks, type StaticData } from '../../../nodes/QwenImageEdit/n8n/callback/seenTasks';

const trigger = 'workflow';

it('knows a task again, and no other one', () => {
	const seen = new SeenTasks();
	const stored: StaticData = {};
	expect(seen.look(trigger, 'one', stored).isSeen).toBe(false);
	seen.remember(trigger, 'one', stored);
	expect(seen.look(trigger, 'one', stored).isSeen).toBe(true);
	expect(seen.look(trigger, 'two', stored).isSeen).toBe(false);
	expect(seen.look('another workflow', 'one', {}).isSeen).toBe(false);
});

it('knows it again after a restart, from what n8n has stored', () => {
	const stored: StaticData = {};
	new SeenTasks().remember(trigger, 'one', stored);
	const loaded = JSON.parse(JSON.stringify(stored)) as StaticData;
	expect(new SeenTasks().look(trigger, 'one', loaded).isSeen).toBe(true);
	expect(JSON.stringify(stored)).not.toContain('one');
});

it('stores all that it knows with each call: the list that a call has loaded may be old', () => {
	const seen = new SeenTasks();
	const [first, second]: StaticData[] = [{}, {}];
	seen.remember(trigger, 'one', first!);
	seen.remember(trigger, 'two', second!);
	const after = new SeenTasks();
	expect(['one', 'two'].map((id) => after.look(trigger, id, second!).isSeen)).toEqual([true, true]);
});

it('remembers the last 3,000, and forgets the one seen longest ago', () => {
	const seen = new SeenTasks();
	const stored: StaticData = {};
	for (let index = 0; index <= 3000; index += 1) seen.remember(trigger, `task ${index}`, stored);
	expect(seen.look(trigger, 'task 0', stored).isSeen).toBe(false);
	expect(seen.look(trigger, 'task 1', stored).isSeen).toBe(true);
	expect(seen.look(trigger, 'task 3000', stored).isSeen).toBe(true);
	expect(String(stored.qwenImageEditTrigger).length).toBeLessThan(40_000);
});

it('tells calls about one task at the same time how the first one ends', async () => {
	const seen = new SeenTasks();
	let end!: (httpStatus: number) => void;
	const first = seen.during(
		trigger,
		'one',
		async () => await new Promise<number>((resolve) => (end = resolve)),
	);
	const { underWay } = seen.look(trigger, 'one', {});
	expect(seen.look(trigger, 'two', {}).underWay).toBeUndefined();
	end(200);
	expect(await Promise.all([first, underWay])).toEqual([200, 200]);
	expect(seen.look(trigger, 'one', {}).underWay).toBeUndefined();
});

it('lets the next call try again when the first one broke', async () => {
	const seen = new SeenTasks();
	const broken = seen.during(trigger, 'one', async () => await Promise.reject(new Error('broken')));
	await expect(broken).rejects.toThrow('broken');
	expect(seen.look(trigger, 'one', {})).toEqual({ isSeen: false });
});

it('reads static data that something else has written', () => {
	for (const tasks of [undefined, null, 7, {}, [], '']) {
		expect(new SeenTasks().look(trigger, 'one', { qwenImageEditTrigger: tasks }).isSeen).toBe(
			false,
		);
	}
});
