/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { until } from '../../../processes/until';
import { call, ended, newPhotos, paymentsOf, readExecution, type Item, type Photo } from '../batch';
import type { Bench } from '../bench';
import { BUCKET_WIDTH, EDIT, WORKFLOWS } from '../workflows';

const EDITS = 50;
const LATENCY_SECONDS = 1;
const TASK_SECONDS = 3;
/** Killed when each provider has taken so many; by then the first are done. */
const TAKEN = 30;
/** Submits that are taken and have no answer when the worker dies. */
const HANGING = 2;
const LONG_AGO_SECONDS = 600;

/** The only worker is killed (-9) in the middle of two batches with a bucket; another gets the same batches again. */
export async function checkStorageKill(bench: Bench): Promise<void> {
	const { cluster, checks, emulator, s3 } = bench;
	emulator.reset();
	emulator.settings.latencyMs = 0;
	emulator.settings.taskSeconds = TASK_SECONDS;
	emulator.settings.odkkk.estimatedTimeSeconds = 1;
	const slow = emulator.faults.add({
		kind: 'slowHeaders',
		provider: 'modelVerse',
		route: 'submit',
		ms: LATENCY_SECONDS * 1000,
	});
	const hanging = emulator.faults.add({
		kind: 'acceptThenHang',
		provider: 'odkkk',
		route: 'submit',
		after: TAKEN - 2 * BUCKET_WIDTH,
		times: HANGING,
	});
	const batches = [WORKFLOWS.bucket, WORKFLOWS.bucketByLink].map((workflow) => ({
		workflow,
		photos: newPhotos(emulator, EDITS),
	}));
	const victim = cluster.workers[0]!;
	checks.say(`killing worker ${victim.name} in the middle of two batches of ${EDITS} ...`);
	for (const { workflow, photos } of batches) {
		await call(cluster, workflow, { photos, reuseDays: 0 });
	}
	const taken = (provider: string): number =>
		emulator.ledger.filter((job) => job.provider === provider).length;
	await until(
		'both batches to be half done',
		() =>
			hanging.fired === HANGING &&
			[taken('modelVerse'), taken('odkkk')].every((count) => count >= TAKEN),
	);
	await victim.kill();
	const paidBefore = emulator.ledger.length;
	slow.remove();
	hanging.remove();
	// A run is taken for dead a minute after its last sign of life.
	s3.age(/\/runs\//, LONG_AGO_SECONDS);
	await cluster.addWorker('d');
	const since = Date.now();
	for (const { workflow, photos } of batches) {
		await call(cluster, workflow, { photos, reuseDays: 0 });
	}
	for (const { workflow, photos } of batches) {
		await checks.check(`bucket: ${workflow}, killed and sent again: paid once`, async () => {
			const [execution] = await ended(cluster, workflow, 1, { since });
			const { id, status } = execution!;
			const { items, error } = await readExecution(cluster, id, EDIT);
			assert.equal(status, 'success', error);
			return checkBatch(bench, items, photos);
		});
	}
	await checks.check('bucket: the killed batches were half done', () => {
		assert.ok(paidBefore < batches.length * EDITS, 'there was nothing left to do');
		return `${paidBefore} of ${batches.length * EDITS} were paid when the worker died`;
	});
}

/** Everything that came out is paid for once; what was on its way is named, and at most paid for once. */
function checkBatch({ emulator }: Bench, items: readonly Item[], photos: readonly Photo[]): string {
	const times = paymentsOf(emulator.ledger);
	assert.equal(items.length, photos.length);
	const count = { paidAnew: 0, reused: 0, unknown: 0, lost: 0 };
	for (const { json, pairedItem } of items) {
		const paid = times.get(photos[pairedItem!.item]!.sha256) ?? 0;
		if (json.error === undefined) {
			assert.equal(json.status, 'completed');
			assert.equal(paid, 1);
			count[json.reused === true ? 'reused' : 'paidAnew'] += 1;
			continue;
		}
		const { errorKind } = json.details as { errorKind: string };
		assert.equal(errorKind, 'unknownOutcome', String(json.error));
		assert.ok(paid <= 1, `${paid} payments of an edit whose outcome is unknown`);
		count.unknown += 1;
		count.lost += paid;
	}
	assert.ok(count.reused > 0 && count.paidAnew > 0, JSON.stringify(count));
	assert.ok(count.unknown <= BUCKET_WIDTH, JSON.stringify(count));
	return `${count.reused} recovered, ${count.paidAnew} paid by the second run, ${count.unknown} unknown (${count.lost} of them paid)`;
}
