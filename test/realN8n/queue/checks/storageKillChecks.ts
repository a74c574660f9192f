/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../emulator';
import { until } from '../../../processes/until';
import { call, ended, newPhotos, paymentsOf, readExecution, type Item, type Photo } from '../batch';
import type { Bench } from '../bench';
import { BUCKET_WIDTH, EDIT, WORKFLOWS } from '../workflows';

const EDITS = 50;
/** Done, of each batch, before anything stalls. */
const DONE = 20;
/** Submits that odkkk has taken and not answered when the worker dies; at ModelVerse all that are under way. */
const HANGING = 2;
/** Tasks that nobody waits for any more. */
const STALLED_SECONDS = 600;
const STALLED = 6;
const LONG_AGO_SECONDS = 600;

/** Whoever is at work is killed (-9) in the middle of two batches with a bucket; a new worker gets the same batches. */
export async function checkStorageKill(bench: Bench): Promise<void> {
	const { cluster, checks, emulator, s3 } = bench;
	emulator.reset();
	emulator.settings.latencyMs = 0;
	emulator.settings.taskSeconds = 1;
	emulator.settings.odkkk.estimatedTimeSeconds = 1;
	const hang = { kind: 'acceptThenHang', route: 'submit', after: DONE } as const;
	const answers = emulator.faults.add({ ...hang, provider: 'modelVerse' });
	const tasks = emulator.faults.add({ ...hang, provider: 'odkkk', times: HANGING });
	const batches = [WORKFLOWS.bucket, WORKFLOWS.bucketByLink].map((workflow) => ({
		workflow,
		photos: newPhotos(emulator, EDITS),
	}));
	checks.say(`killing every worker in the middle of two batches of ${EDITS} ...`);
	for (const { workflow, photos } of batches) {
		await call(cluster, workflow, { photos, reuseDays: 0 });
	}
	const taken = (): LedgerEntry[] => emulator.ledger.filter(({ provider }) => provider === 'odkkk');
	await until('both batches to be half done', () => {
		if (taken().length >= DONE) emulator.settings.taskSeconds = STALLED_SECONDS;
		const stalled = taken().filter(({ workSeconds }) => workSeconds === STALLED_SECONDS);
		return answers.fired === BUCKET_WIDTH && tasks.fired === HANGING && stalled.length >= STALLED;
	});
	for (const worker of cluster.workers) await worker.kill();
	checks.say(`killed: ${emulator.ledger.length} of ${batches.length * EDITS} are paid for`);
	answers.remove();
	tasks.remove();
	emulator.settings.taskSeconds = 1;
	emulator.advance(STALLED_SECONDS);
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
