/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { call, checkLedger, ended, newPhotos } from '../batch';
import type { Bench } from '../bench';
import { WORKFLOWS } from '../workflows';

const PHOTOS = 4;

/** Where the executions of a sub-workflow run, which decides how a batch is split over workers. */
export async function checkSubWorkflows({ cluster, emulator, checks }: Bench): Promise<void> {
	emulator.reset();
	emulator.settings.latencyMs = 500;
	const photos = newPhotos(emulator, PHOTOS);
	const since = Date.now();
	await checks.check('sub-workflows do not go through the queue', async () => {
		await call(cluster, WORKFLOWS.parent, { photos });
		const [parent] = await ended(cluster, WORKFLOWS.parent, 1, { since });
		assert.equal(parent!.status, 'success');
		const children = await ended(cluster, WORKFLOWS.child, PHOTOS, { since });
		checkLedger(emulator.ledger, photos);
		const queued = new Set(cluster.workers.flatMap(({ started }) => started));
		assert.ok(queued.has(parent!.id));
		assert.deepEqual(
			children.filter(({ id }) => queued.has(id)),
			[],
		);
		const inFlight = emulator.maxInFlightOf('modelVerse');
		return `the ${children.length} of one parent ran in its worker, ${inFlight} at a time`;
	});
}
