/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { until } from '../../../processes/until';
import { Caller } from '../../callbacks/caller';
import { call, checkImage, checkLedger, ended, newPhotos, readExecution } from '../batch';
import type { Bench } from '../bench';
import { CALLED, WORKFLOWS } from '../workflows';

const TASKS = 20;
const TWICE = 5;

/** The main answers the calls of the provider, and workers bring the images. */
export async function checkCallbacks({ cluster, emulator, checks }: Bench): Promise<void> {
	emulator.reset();
	emulator.settings.taskSeconds = 1;
	const photos = newPhotos(emulator, TASKS);
	const since = Date.now();
	const caller = new Caller(emulator);
	await checks.check(
		'20 calls in random order, five of them twice, start 20 executions',
		async () => {
			await call(cluster, WORKFLOWS.submitCalled, { photos });
			await until('every task to have ended', () => emulator.callbacks.length === TASKS);
			assert.equal(emulator.requests.filter(({ route }) => route === 'read').length, 0);
			const order = caller.inRandomOrder(emulator.callbacks);
			const answers = await Promise.all(
				[...order, ...order.slice(0, TWICE)].map(
					async (record) => await caller.callUntilHeard(record, cluster.main.url),
				),
			);
			assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
			const executions = await ended(cluster, WORKFLOWS.called, TASKS, { since });
			assert.deepEqual(new Set(executions.map(({ status }) => status)), new Set(['success']));
			checkLedger(emulator.ledger, photos);
			const tasks = new Set<unknown>();
			for (const { id } of executions) {
				const { items } = await readExecution(cluster, id, CALLED);
				await checkImage(cluster, items[0]!);
				tasks.add(items[0]!.json.taskId);
			}
			assert.equal(tasks.size, TASKS);
			const queued = new Set(cluster.workers.flatMap(({ started }) => started));
			assert.ok(executions.every(({ id }) => queued.has(id)));
			const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
			return `all of them in workers; answered after ${slowest} ms at the latest`;
		},
	);
}
