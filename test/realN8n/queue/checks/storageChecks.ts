/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readImageNotes } from '../../../emulator';
import { secondsSince } from '../../../processes/command';
import {
	call,
	ended,
	newPhotos,
	paymentsOf,
	readExecution,
	storedImage,
	type Item,
	type Photo,
} from '../batch';
import type { Bench } from '../bench';
import { EDIT, WORKFLOWS, type BucketOrder } from '../workflows';

const EDITS = 50;
/** As many of them are of the same photo: variants, each of which is wanted. */
const EQUAL = 4;
const LATENCY_SECONDS = 0.5;

/** The same edits by two workers at once, with a bucket that both of them use: who pays, and when again. */
export async function checkStorage(bench: Bench): Promise<void> {
	const { checks, cluster, emulator } = bench;
	if (cluster.workers.length === 0) for (const name of ['a', 'b']) await cluster.addWorker(name);
	emulator.reset();
	emulator.settings.latencyMs = LATENCY_SECONDS * 1000;
	const different = newPhotos(emulator, EDITS - EQUAL + 1);
	const photos = [...different, ...Array.from({ length: EQUAL - 1 }, () => different[0]!)];

	await checks.check(
		`bucket: two workers, the same ${EDITS} edits at once: paid once`,
		async () => {
			const both = await runTwice(bench, { photos, reuseDays: 0 });
			checkPaid(bench, photos, 1);
			const reused = both.executions.flat().filter(({ json }) => json.reused === true).length;
			assert.equal(reused, EDITS, 'each edit is paid for by one and reused by the other');
			await checkSameImages(bench, both.executions);
			return `${emulator.ledger.length} paid, ${both.words}`;
		},
	);
	await checks.check('bucket: sent again after delivery, they are paid again', async () => {
		const { words } = await runTwice(bench, { photos, reuseDays: 0 });
		checkPaid(bench, photos, 2);
		return `${emulator.ledger.length} paid, ${words}`;
	});
	await checks.check('bucket: with Reuse Paid Edits nothing is sent at all', async () => {
		const before = emulator.requests.length;
		const both = await runTwice(bench, { photos, reuseDays: 7 });
		checkPaid(bench, photos, 2);
		const toProvider = emulator.requests
			.slice(before)
			.filter(({ provider }) => provider === 'modelVerse');
		assert.equal(toProvider.length, 0);
		for (const { json } of both.executions.flat()) assert.equal(json.reused, true);
		await checkSameImages(bench, both.executions);
		return `${emulator.ledger.length} paid, ${both.words}`;
	});
	await checks.check('bucket: equal items are each paid for with reuse as well', async () => {
		emulator.reset();
		const [photo] = newPhotos(emulator, 1) as [Photo];
		const equal = Array.from({ length: EQUAL }, () => photo);
		const { executions, words } = await runTwice(bench, { photos: equal, reuseDays: 7 });
		checkPaid(bench, equal, 1);
		await checkSameImages(bench, executions);
		return `${emulator.ledger.length} paid, ${words}`;
	});
}

/** Runs the same order in two executions at once, one on each worker; throws unless every item has its image. */
async function runTwice(
	{ cluster }: Bench,
	order: BucketOrder,
): Promise<{ executions: Item[][]; words: string }> {
	const since = Date.now();
	const replies = await Promise.all(
		[0, 1].map(async () => await call(cluster, WORKFLOWS.bucket, order)),
	);
	assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200]);
	const runs = await ended(cluster, WORKFLOWS.bucket, 2, { since });
	const seconds = secondsSince(since);
	const workers = runs.map(({ id }) =>
		cluster.workers.filter(({ started }) => started.includes(id)).map(({ name }) => name),
	);
	assert.notDeepEqual(workers[0], workers[1], 'both executions ran in one worker');
	const executions: Item[][] = [];
	for (const { id, status } of runs) {
		const { items, error } = await readExecution(cluster, id, EDIT);
		assert.equal(status, 'success', error);
		const failed = items.filter(({ json }) => json.status !== 'completed');
		assert.deepEqual(failed, []);
		assert.equal(items.length, order.photos.length);
		executions.push(items);
	}
	return { executions, words: `both done after ${seconds} s` };
}

/** Throws unless every photo was paid for so often for each time that it stands in the list. */
function checkPaid({ emulator }: Bench, photos: readonly Photo[], times: number): void {
	const wanted = new Map<string, number>();
	for (const { sha256 } of photos) wanted.set(sha256, (wanted.get(sha256) ?? 0) + times);
	assert.deepEqual(new Map([...paymentsOf(emulator.ledger)].sort()), new Map([...wanted].sort()));
}

/** Both have put out the same images in the same order, and no image twice. */
async function checkSameImages({ cluster }: Bench, executions: Item[][]): Promise<void> {
	const jobs = await Promise.all(
		executions.map(
			async (items) => await Promise.all(items.map(async (item) => await jobOf(cluster, item))),
		),
	);
	assert.deepEqual(jobs[0], jobs[1]);
	assert.equal(new Set(jobs[0]).size, executions[0]!.length);
	assert.ok(!jobs[0]!.includes(undefined));
}

async function jobOf(cluster: Bench['cluster'], item: Item): Promise<string | undefined> {
	return readImageNotes(await storedImage(cluster, item))?.job;
}
