import type { ItemPlan } from '../../../nodes/QwenImageEdit/run/item';
import { Claims, type RecordPorts } from '../../../nodes/QwenImageEdit/storage/claim';
import { type EditRecord, recordText } from '../../../nodes/QwenImageEdit/storage/record';
import type { RunState } from '../../../nodes/QwenImageEdit/storage/runMark';

const head = { run: 'other', payment: 'theirs', at: 1_795_000_000_000 };
const intent: EditRecord = { ...head, state: 'intent' };
const task: EditRecord = { ...head, state: 'task', taskId: 'task-1' };

/** A bucket in which another run writes between our requests, and a clock that only sleeping moves. */
class Scene {
	requests = 0;

	slept = 0;

	/** The record as each further read finds it; the last stays. Undefined: there is none. */
	constructor(
		private readonly reads: Array<EditRecord | undefined>,
		private readonly owner: RunState,
		private readonly takesOver = false,
	) {}

	async claim(seconds = 60) {
		const now = (): number => head.at + this.slept;
		const ports = {
			bucket: {
				write: async (_key: string, _text: string, condition: unknown) => {
					this.requests += 1;
					if (this.requests > 1000) throw new Error('requests without end');
					return condition !== 'absent' && this.takesOver ? {} : undefined;
				},
				read: async () => {
					this.requests += 1;
					const record = this.reads.length > 1 ? this.reads.shift() : this.reads[0];
					const text = record === undefined ? undefined : recordText(record);
					return text === undefined ? undefined : { text, headers: { etag: `"${text}"` } };
				},
				head: async () => undefined,
			},
			clock: {
				now,
				random: () => 0.5,
				sleep: async (milliseconds: number) => void (this.slept += milliseconds),
			},
			mark: { run: 'ours', begin: async () => undefined, stateOf: async () => this.owner },
			conditionalWrites: async () => 'honoured',
			newPayment: () => 'ours',
		} as unknown as RecordPorts;
		const plan = {
			record: { key: 'edit-0' },
			operation: 'edit',
			timeoutSeconds: seconds,
			provider: { title: 'The provider' },
		} as ItemPlan;
		const { signal } = new AbortController();
		return await new Claims(plan, ports).claim({ signal, deadline: now() + seconds * 1000 });
	}
}

const ended: RunState = { isAlive: false, hasDelivered: () => false };

describe('an intent without an answer', () => {
	it('of a dead run is told as such', async () => {
		await expect(new Scene([intent], ended).claim()).rejects.toMatchObject({
			fault: { kind: 'unknownOutcome' },
		});
	});

	it('is looked at once more when its run has ended since it was read', async () => {
		const found = await new Scene([intent, task], ended).claim();
		expect(found).toMatchObject({ kind: 'attach', found: { record: { taskId: 'task-1' } } });
	});

	it('whose run was refused in the meantime is free', async () => {
		const scene = new Scene([intent, undefined, task], ended);
		expect(await scene.claim()).toMatchObject({ kind: 'attach' });
	});
});

describe('a record that cannot be taken over', () => {
	it('is asked for a few times a second at most', async () => {
		const delivered: RunState = { isAlive: false, hasDelivered: () => true };
		const scene = new Scene([task], delivered);
		await expect(scene.claim(20)).rejects.toMatchObject({
			fault: { kind: 'network', message: expect.stringContaining('edits/edit-0/record.json') },
		});
		expect(scene.requests).toBeLessThan(4 * 25);
	});

	it('is taken over at once where it can be', async () => {
		const delivered: RunState = { isAlive: false, hasDelivered: () => true };
		const scene = new Scene([task], delivered, true);
		expect(await scene.claim()).toMatchObject({ kind: 'pay', payment: 'ours', replaces: true });
		expect(scene.slept).toBe(0);
	});
});
