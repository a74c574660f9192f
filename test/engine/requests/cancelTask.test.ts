/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { editNode, nodeTaskId, onStage, type Stage } from '../stage/scenario';
import { expectFailedItem } from '../stage/output';

import { setTimeout as sleep } from 'node:timers/promises';

import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { until } from '../../processes/until';

/** The providers whose documents have a cancel call. */
const withCancel = ['fal', 'replicate'] as const;

const cancelsOf = (stage: Stage): number[] =>
	stage.emulator.ledger.map(({ cancelledAt }) => cancelledAt.length);

describe.each(withCancel)('Cancel Task at %s', (provider) => {
	onStage('takes the output of Submit Task and puts the state out', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const cancel = editNode({ provider, operation: 'cancelTask' }, 'Cancel');
		const run = await stage.succeed({ provider, operation: 'submitTask', behind: [cancel] });
		const [entry] = stage.emulator.ledger;
		const [item] = run.items('Cancel');
		expect(item!.json).toStrictEqual({
			provider,
			operation: 'cancelTask',
			status: 'cancelled',
			taskId: nodeTaskId(provider, entry!.taskId!),
			warnings: expect.any(Array),
			timing: { seconds: expect.any(Number), polls: 0 },
		});
		expect(item!.binary).toBeUndefined();
		expect(entry).toMatchObject({ status: 'cancelled', cancelledAt: [expect.any(Number)] });
	});

	onStage('says that a task had ended, and does not hand its image out', async (stage) => {
		const submitted = await stage.succeed({ provider, operation: 'submitTask' });
		stage.emulator.advance(60);
		const run = await stage.succeed({
			provider,
			operation: 'cancelTask',
			parameters: { taskId: submitted.edited[0]!.json.taskId as string },
		});
		expect(run.edited).toHaveLength(1);
		expect(run.edited[0]!.json).toMatchObject({ status: 'completed' });
		expect(run.edited[0]!.binary).toBeUndefined();
		expect(stage.emulator.ledger[0]!.status).toBe('completed');
	});

	onStage('is told of a task that the provider does not know', async (stage) => {
		const taskId = nodeTaskId(provider, '00000000-0000-0000-0000-000000000000');
		const run = await stage.run({
			provider,
			operation: 'cancelTask',
			parameters: { taskId },
			node: { onError: 'continueRegularOutput' },
		});
		expectFailedItem(run.edited[0], 0, { taskId, errorKind: 'input', operation: 'cancelTask' });
		expect(stage.requests('cancel')).toHaveLength(1);
	});

	onStage('is sent once for each task, however often n8n tries again', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const submitted = await stage.succeed({ provider, operation: 'submitTask' });
		const run = await stage.run({
			provider,
			operation: 'cancelTask',
			parameters: { taskId: '={{ $json.id }}' },
			items: [{ json: { id: submitted.edited[0]!.json.taskId } }, { json: { id: 'nobody' } }],
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 },
		});
		expect(run.status).toBe('error');
		expect(cancelsOf(stage)).toEqual([1]);
	});
});

describe('a stopped execution', () => {
	for (const provider of ['fal', 'replicate', 'evoLink', 'odkkk'] as const) {
		const isTold = findProvider(provider)!.task!.cancel !== undefined;

		onStage(
			`tells ${provider} ${isTold ? 'once of each open task' : 'nothing, as there is no such call'}`,
			async (stage) => {
				stage.set({ taskSeconds: 100 });
				const items = Array.from({ length: 5 }, (_, index) => stage.item({ index }));
				const running = stage.start({ provider, items, options: { maxConcurrency: 5 } });
				await until('five tasks', () => stage.emulator.ledger.length === 5, 20);
				await sleep(200);
				running.cancel();
				await running.finished;
				await until('the cancel calls', () => !isTold || stage.requests('cancel').length >= 5, 10);
				await sleep(500);
				expect(cancelsOf(stage)).toEqual(Array<number>(5).fill(isTold ? 1 : 0));
				const status = isTold ? 'cancelled' : 'running';
				expect(stage.emulator.ledger.map((entry) => entry.status)).toEqual(
					Array<string>(5).fill(status),
				);
			},
		);
	}

	onStage('leaves alone what has ended, and what Submit Task has handed out', async (stage) => {
		const provider = 'fal';
		stage.set({ taskSeconds: 0.2 });
		const slow = { name: 'Slow', provider, prompt: 'slow' } as const;
		const behind = [{ ...editNode(slow, 'Slow') }];
		stage.emulator.faults.add({ provider, kind: 'taskNeverEnds', route: 'submit', prompt: 'slow' });
		const running = stage.start({ provider, prompt: 'quick', behind });
		await until('the slow task', () => stage.emulator.ledger.length === 2, 20);
		await sleep(200);
		running.cancel();
		await running.finished;
		await until('the cancel call', () => stage.requests('cancel').length > 0, 10);
		await sleep(500);
		expect(cancelsOf(stage)).toEqual([0, 1]);
	});

	onStage('does not cancel a task that only Get Task waits for', async (stage) => {
		const provider = 'fal';
		stage.set({ taskSeconds: 100 });
		const submitted = await stage.succeed({ provider, operation: 'submitTask' });
		const running = stage.start({
			provider,
			operation: 'getTask',
			parameters: { taskId: submitted.edited[0]!.json.taskId as string },
			options: { waitForCompletion: true },
		});
		await until('a read', () => stage.requests('read').length > 0, 10);
		running.cancel();
		await running.finished;
		await sleep(500);
		expect(cancelsOf(stage)).toEqual([0]);
	});

	onStage('keeps a pause that the provider has asked for', async (stage) => {
		const provider = 'replicate';
		stage.set({ taskSeconds: 100 });
		stage.emulator.faults.add({
			provider,
			kind: 'rateLimit',
			route: 'read',
			hint: 'headerSeconds',
			seconds: 3,
		});
		const running = stage.start({ provider });
		await until('a pause', () => stage.requests('read').length > 0, 20);
		await sleep(100);
		const pausedUntil = stage.requests('read')[0]!.at + 3000;
		running.cancel();
		await running.finished;
		await until('the cancel call', () => stage.requests('cancel').length > 0, 10);
		expect(stage.requests('cancel')[0]!.at).toBeGreaterThanOrEqual(pausedUntil);
	});
});

onStage('a task that ran out of the time of its item goes on', async (stage) => {
	const provider = 'fal';
	stage.set({ taskSeconds: 100 });
	const run = await stage.run({ provider, options: { timeoutSeconds: 3 } });
	expect(run.error!.message).toContain('It continues at fal.ai');
	expect(cancelsOf(stage)).toEqual([0]);
});
