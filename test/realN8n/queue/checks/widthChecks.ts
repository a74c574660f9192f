/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import {
	call,
	checkLedger,
	checkImage,
	ended,
	newPhotos,
	readExecution,
	split,
	type Execution,
} from '../batch';
import type { Bench } from '../bench';
import { EDIT, WIDTH, WORKFLOWS } from '../workflows';

const PHOTOS = 60;
const LATENCY_SECONDS = 4;
/** About what an image of one megapixel has as a PNG. */
const RESULT_BYTES = 1_200_000;
const SAMPLED_EVERY_MILLISECONDS = 100;

interface Measured {
	executions: Execution[];
	seconds: number;
	inFlight: number;
	/** Of the first worker, before the batch and at most while it ran. */
	megabytes: { before?: number; most: number };
}

/** The same batch with one worker and with two: what the widths are, and how many images a minute they give. */
export async function checkWidths(bench: Bench): Promise<void> {
	const { cluster, checks, concurrency } = bench;
	const slots = concurrency * WIDTH;
	let last: Measured | undefined;
	for (const name of ['a', 'b']) {
		await cluster.addWorker(name);
		const workers = cluster.workers.length;
		const words = workers === 1 ? '1 worker' : `${workers} workers`;
		checks.say(`${PHOTOS} photos in ${PHOTOS / WIDTH} executions, ${words} ...`);
		await checks.check(
			`${words}: every photo of the batch is edited and paid for once`,
			async () => {
				last = await runBatch(bench);
				const pace = Math.round((PHOTOS / last.seconds) * 60);
				const best = Math.round(((workers * slots) / LATENCY_SECONDS) * 60);
				return `${last.seconds.toFixed(1)} s, ${pace} images/minute of ${best} at ${LATENCY_SECONDS} s each`;
			},
		);
		await checks.check(`${words}: workers x concurrency x maxConcurrency at the provider`, () => {
			assert.equal(last?.inFlight, workers * slots);
			const { before, most } = last.megabytes;
			return `${last.inFlight} requests at a time; a worker has ${before} MB before and ${most} MB at most`;
		});
	}
	await checks.check('both workers did their share', () => {
		const shares = cluster.workers.map(
			({ finished }) => last!.executions.filter(({ id }) => finished.includes(id)).length,
		);
		assert.equal(shares[0]! + shares[1]!, last!.executions.length);
		for (const share of shares)
			assert.ok(share >= concurrency, `shares are ${shares.join(' and ')}`);
		return `${shares.join(' and ')} executions`;
	});
	await checks.check('an execution costs little more than its images', () => {
		const overheads = last!.executions
			.map(({ startedAt, stoppedAt }) => Date.parse(stoppedAt!) - Date.parse(startedAt))
			.map((milliseconds) => milliseconds - LATENCY_SECONDS * 1000)
			.sort((one, other) => one - other);
		const median = overheads[Math.floor(overheads.length / 2)]!;
		assert.ok(median < 5000, `${median} ms`);
		return `median ${median} ms over ${LATENCY_SECONDS} s, for download, edit and storage of ${WIDTH} images`;
	});
	await checks.check('the main reads every image that the workers stored', async () => {
		let read = 0;
		for (const { id } of last!.executions) {
			for (const item of (await readExecution(cluster, id, EDIT)).items) {
				await checkImage(cluster, item);
				read += 1;
			}
		}
		assert.equal(read, PHOTOS);
		return `${read} images in the database, byte for byte the provider's`;
	});
	await checks.check(
		'a provider fetches by a link that a worker signed and the main serves',
		async () => {
			const { emulator } = bench;
			emulator.reset();
			emulator.settings.taskSeconds = 1;
			const photos = newPhotos(emulator, 1);
			const since = Date.now();
			await call(cluster, WORKFLOWS.link, { photos });
			const [execution] = await ended(cluster, WORKFLOWS.link, 1, { since });
			assert.equal(execution!.status, 'success');
			checkLedger(emulator.ledger, photos);
		},
	);
}

async function runBatch({ cluster, emulator }: Bench): Promise<Measured> {
	emulator.reset();
	emulator.settings.latencyMs = LATENCY_SECONDS * 1000;
	emulator.settings.resultBytes = RESULT_BYTES;
	const [worker] = cluster.workers;
	const megabytes = { before: worker!.residentMegabytes, most: 0 };
	const sampling = setInterval(() => {
		megabytes.most = Math.max(megabytes.most, worker!.residentMegabytes ?? 0);
	}, SAMPLED_EVERY_MILLISECONDS);
	const photos = newPhotos(emulator, PHOTOS);
	const parts = split(photos, WIDTH);
	const startedAt = Date.now();
	for (const part of parts) {
		const { status } = await call(cluster, WORKFLOWS.edit, { photos: part });
		assert.equal(status, 200);
	}
	const executions = await ended(cluster, WORKFLOWS.edit, parts.length, { since: startedAt });
	clearInterval(sampling);
	emulator.settings.resultBytes = 0;
	const stoppedAt = Math.max(...executions.map((one) => Date.parse(one.stoppedAt!)));
	assert.deepEqual([...new Set(executions.map(({ status }) => status))], ['success']);
	checkLedger(emulator.ledger, photos);
	return {
		executions,
		seconds: (stoppedAt - startedAt) / 1000,
		inFlight: emulator.maxInFlightOf('modelVerse'),
		megabytes,
	};
}
