/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { secondsSince } from '../../../processes/command';
import { until } from '../../../processes/until';
import { call, checkLedger, ended, newPhotos, split } from '../batch';
import type { Bench } from '../bench';
import { WIDTH, WORKFLOWS } from '../workflows';

const LATENCY_SECONDS = 6;
/** More than both workers take at once, so that some of it is still in the queue. */
const EXECUTIONS = 14;

/** A worker that is asked to end, as in an update, finishes what it has begun and leaves the rest to the others. */
export async function checkDrain(bench: Bench): Promise<void> {
	const { cluster, emulator, checks, concurrency } = bench;
	const leaver = await cluster.addWorker('c');
	emulator.reset();
	emulator.settings.latencyMs = LATENCY_SECONDS * 1000;
	const photos = newPhotos(emulator, EXECUTIONS * WIDTH);
	const since = Date.now();
	await checks.check('a worker that gets SIGTERM loses nothing', async () => {
		for (const part of split(photos, WIDTH)) await call(cluster, WORKFLOWS.edit, { photos: part });
		await until('the worker to be full', () => leaver.working.length === concurrency);
		const begun = leaver.working.length;
		const startedAt = Date.now();
		const how = await leaver.stop();
		const seconds = secondsSince(startedAt);
		const executions = await ended(cluster, WORKFLOWS.edit, EXECUTIONS, { since });
		assert.deepEqual([...new Set(executions.map(({ status }) => status))], ['success']);
		checkLedger(emulator.ledger, photos);
		assert.equal(leaver.finished.length, begun);
		return `${begun} executions finished within ${seconds} s, then ${how}`;
	});
}
