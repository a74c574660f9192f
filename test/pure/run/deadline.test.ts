import { EditFault, type Fault } from '../../../nodes/QwenImageEdit/edit/fault';
import type { ItemResult } from '../../../nodes/QwenImageEdit/run/item';
import { RateGate } from '../../../nodes/QwenImageEdit/run/pace/rateGate';
import type { Settled } from '../../../nodes/QwenImageEdit/run/pace/pool';
import type { Answer } from '../../../nodes/QwenImageEdit/run/ports';
import type { Wire } from '../../../nodes/QwenImageEdit/wire/wire';
import { VirtualClock } from './virtual/virtualClock';
import { editAll, type HostSettings, VirtualHost } from './virtual/virtualHost';

/** A host whose task reads break from some second on. */
class BreakingHost extends VirtualHost {
	breaksAt = Number.POSITIVE_INFINITY;

	override async send(wire: Wire, settings: { signal: AbortSignal }): Promise<Answer> {
		if (wire.purpose === 'read' && this.seconds >= this.breaksAt) {
			return { kind: 'failed', end: 'connectionLost', message: 'the line is dead' };
		}
		return await super.send(wire, settings);
	}
}

async function editOne(
	settings: {
		timeoutSeconds: number;
		timeoutAction?: 'error' | 'output';
		breaksAt?: number;
		pauseAt?: number;
	} & Partial<HostSettings>,
) {
	const { timeoutSeconds, timeoutAction = 'error', breaksAt, pauseAt, ...host } = settings;
	const clock = new VirtualClock({ startsAt: 0 });
	const gate = new RateGate(clock);
	const virtual = new BreakingHost(clock, { answers: 'task', editSeconds: () => 20, ...host });
	if (breaksAt !== undefined) virtual.breaksAt = breaksAt;
	if (pauseAt !== undefined) clock.after(pauseAt * 1000, () => gate.pause(3600));
	const [settled] = await clock.run(
		editAll(clock, virtual, {
			count: 1,
			width: 1,
			plan: { timeoutSeconds, timeoutAction },
			shared: { gate },
		}),
	);
	const edit = virtual.edits[0]!;
	return { settled: settled!, edit, endedAt: virtual.seconds };
}

function resultOf(settled: Settled<ItemResult>): ItemResult {
	if (settled.state !== 'done') throw new Error('failed', { cause: settled });
	return settled.result;
}

function faultOf(settled: Settled<ItemResult>): Fault {
	if (settled.state === 'failed' && settled.error instanceof EditFault) return settled.error.fault;
	throw new Error('not a fault', { cause: settled });
}

describe('the time of an item', () => {
	it('ends with a last look, so that what just got ready is not missed', async () => {
		for (let timeoutSeconds = 20.01; timeoutSeconds < 26; timeoutSeconds += 0.37) {
			const { settled, edit } = await editOne({ timeoutSeconds });
			expect(resultOf(settled).status).toBe('completed');
			expect(edit.handedOutAt).toBeLessThanOrEqual(timeoutSeconds + 1e-6);
		}
	});

	it.each([1, 5, 12.3, 19.9])('of %p s is used up, and not exceeded', async (timeoutSeconds) => {
		const { settled, edit, endedAt } = await editOne({ timeoutSeconds });
		expect(faultOf(settled)).toMatchObject({ kind: 'timeout', taskId: edit.id });
		expect(edit.looksAt.at(-1)).toBeCloseTo(timeoutSeconds, 6);
		expect(endedAt).toBeCloseTo(timeoutSeconds, 6);
	});

	it('hands the task out where that is asked for', async () => {
		const { settled, edit } = await editOne({ timeoutSeconds: 19, timeoutAction: 'output' });
		expect(resultOf(settled)).toMatchObject({
			status: 'processing',
			taskId: edit.id,
			progress: 50,
			images: [],
		});
	});

	it('hands the task out also when the last look went wrong', async () => {
		const order = { timeoutSeconds: 19, breaksAt: 15 };
		const handedOut = await editOne({ ...order, timeoutAction: 'output' });
		expect(resultOf(handedOut.settled)).toMatchObject({ taskId: handedOut.edit.id, images: [] });
		const failed = await editOne({ ...order, timeoutAction: 'error' });
		expect(faultOf(failed.settled)).toMatchObject({ kind: 'network', taskId: failed.edit.id });
	});

	it('hands the task out also when the provider wants nobody to come before its end', async () => {
		const order = { timeoutSeconds: 30, pauseAt: 10 };
		const handedOut = await editOne({ ...order, timeoutAction: 'output' });
		expect(resultOf(handedOut.settled)).toMatchObject({ taskId: handedOut.edit.id, images: [] });
		const failed = await editOne({ ...order, timeoutAction: 'error' });
		expect(faultOf(failed.settled)).toMatchObject({ kind: 'rateLimit', taskId: failed.edit.id });
		expect(failed.edit.looksAt.filter((at) => at > 10)).toEqual([]);
	});
});
