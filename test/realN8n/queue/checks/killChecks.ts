/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { secondsSince } from '../../../processes/command';
import { until } from '../../../processes/until';
import {
	call,
	checkLedger,
	checkImage,
	ended,
	executionsOf,
	newPhotos,
	readExecution,
	split,
	type Execution,
	type Photo,
} from '../batch';
import type { Bench } from '../bench';
import type { Worker } from '../../instance/worker';
import { EDIT, GET, WIDTH, WORKFLOWS } from '../workflows';

/** Long enough that every execution is at work when the worker dies. */
const EDIT_SECONDS = 12;
const TASK_SECONDS = 20;
const TASK_BATCHES = ['one', 'two', 'three', 'four'];
/** Executions whose caller waits for the answer; the rest of the slots get tasks, two are left in the queue. */
const EDITS = 8;
/** Time for whatever would run an execution again, once it has been given up. */
const AFTERWARDS_SECONDS = 10;

/** One worker is killed (-9) while it edits at a provider without tasks and waits at a provider with tasks. */
export async function checkKill(bench: Bench): Promise<void> {
	const { cluster, emulator, checks } = bench;
	emulator.reset();
	emulator.settings.latencyMs = EDIT_SECONDS * 1000;
	emulator.settings.taskSeconds = TASK_SECONDS;
	const options = { since: Date.now(), seconds: 300 };
	const submitted = newPhotos(emulator, TASK_BATCHES.length * WIDTH);
	await checks.check(
		'submitted edits are kept in a data table, shared by all workers',
		async () => {
			for (const [index, photos] of split(submitted, WIDTH).entries()) {
				await call(cluster, WORKFLOWS.submit, { photos, batch: TASK_BATCHES[index] });
			}
			const done = await ended(cluster, WORKFLOWS.submit, TASK_BATCHES.length, options);
			assert.deepEqual([...new Set(done.map(({ status }) => status))], ['success']);
			checkLedger(emulator.ledger, submitted);
		},
	);

	checks.say('killing worker b while it edits and waits ...');
	const edited = newPhotos(emulator, EDITS * WIDTH);
	for (const batch of TASK_BATCHES) await call(cluster, WORKFLOWS.get, { batch });
	const answers = split(edited, WIDTH).map(
		async (photos) => await call(cluster, WORKFLOWS.answer, { photos }),
	);
	const victim = cluster.workers[1]!;
	const lost = await killAtWork(bench, victim);
	const killedAt = Date.now();
	const edits = await ended(cluster, WORKFLOWS.answer, EDITS, options);
	const gets = await ended(cluster, WORKFLOWS.get, TASK_BATCHES.length, options);
	const noticedAfter = secondsSince(killedAt);
	const lostEdits = edits.filter(({ id }) => lost.includes(id));
	const lostGets = gets.filter(({ id }) => lost.includes(id));

	await checks.check(
		'executions of the killed worker end as "error", all others as "success"',
		async () => {
			for (const { id, status } of [...edits, ...gets]) {
				assert.equal(status, lost.includes(id) ? 'error' : 'success', `execution ${id}`);
			}
			const { error } = await readExecution(cluster, lost[0]!, EDIT);
			return `${lost.length} of ${edits.length + gets.length}, after ${noticedAfter} s: "${error}"`;
		},
	);
	await checks.check('callers that waited for them are told so', async () => {
		const replies = await Promise.all(answers);
		const failed = replies.filter(({ status }) => status !== 200);
		assert.equal(
			failed.length,
			lostEdits.length,
			JSON.stringify(replies.map(({ status }) => status)),
		);
		return failed.map(({ status, text }) => `${status} ${text}`)[0];
	});
	await checks.check('nothing is run again by itself: every photo was paid for once', async () => {
		await pause(AFTERWARDS_SECONDS * 1000);
		checkLedger(emulator.ledger, [...submitted, ...edited]);
		assert.equal((await ended(cluster, WORKFLOWS.answer, EDITS, options)).length, EDITS);
	});
	await checks.check('without tasks, what was in flight is paid and lost', async () => {
		await checkKept(bench, edits, lostEdits);
		const paid = paidBy(bench, edited);
		return `${lostEdits.length * WIDTH} images of ${paid} paid`;
	});
	await checks.check('what a killed execution had saved on its way is overwritten', async () => {
		for (const { id } of lostGets) {
			assert.deepEqual((await readExecution(cluster, id, GET)).nodesRun, []);
		}
	});
	await checks.check('with tasks, nothing is lost: the others wait for them again', async () => {
		assert.ok(lostGets.length > 0);
		await collect(bench, gets, lostGets, submitted);
	});
}

/** Waits until both workers are full, then kills one; returns what it was at work on. */
async function killAtWork(
	{ cluster, emulator, concurrency }: Bench,
	victim: Worker,
): Promise<string[]> {
	await until('both workers to be full and editing', () => {
		const full = cluster.workers.every(({ working }) => working.length === concurrency);
		// All its edits are at the provider, and it waits for tasks as well.
		const { ledger } = emulator;
		const edits = ledger.filter(({ provider }) => provider === 'modelVerse').length;
		return full && edits === (2 * concurrency - TASK_BATCHES.length) * WIDTH;
	});
	const lost = victim.working;
	for (const { id } of await executionsOf(cluster, WORKFLOWS.get)) {
		// The tasks are in the execution's own data by now, where somebody could look for them.
		const { nodesRun } = await readExecution(cluster, id, GET);
		assert.ok(nodesRun.includes('Submitted tasks'), `execution ${id} has saved ${nodesRun.join()}`);
	}
	await victim.kill();
	return lost;
}

/** The images of executions that went well are there. */
async function checkKept({ cluster }: Bench, all: Execution[], lost: Execution[]): Promise<void> {
	for (const execution of all.filter((one) => !lost.includes(one))) {
		const { items } = await readExecution(cluster, execution.id, EDIT);
		assert.equal(items.length, WIDTH);
		for (const item of items) await checkImage(cluster, item);
	}
	for (const { id } of lost) {
		assert.deepEqual((await readExecution(cluster, id, EDIT)).items, []);
	}
}

function paidBy({ emulator }: Bench, photos: readonly Photo[]): number {
	const hashes = new Set(photos.map(({ sha256 }) => sha256));
	return emulator.ledger.filter(({ inputSha256 }) => hashes.has(inputSha256[0]!)).length;
}

/** Asks for the batches again: the table still has the tasks that nobody has marked as done. */
async function collect(
	bench: Bench,
	gets: Execution[],
	lostGets: Execution[],
	submitted: readonly Photo[],
): Promise<void> {
	const { cluster, emulator } = bench;
	const images = new Set<string>();
	const look = async (executions: Execution[]): Promise<void> => {
		for (const { id } of executions) {
			for (const item of (await readExecution(cluster, id, GET)).items) {
				await checkImage(cluster, item);
				images.add(String(item.json.taskId));
			}
		}
	};
	await look(gets);
	assert.equal(images.size, (gets.length - lostGets.length) * WIDTH);
	const since = Date.now();
	for (const batch of TASK_BATCHES) await call(cluster, WORKFLOWS.get, { batch });
	await look(await ended(cluster, WORKFLOWS.get, TASK_BATCHES.length, { since }));
	const tasks = emulator.ledger.filter(({ provider }) => provider === 'odkkk');
	assert.deepEqual([...images].sort(), tasks.map(({ taskId }) => taskId!).sort());
	assert.equal(tasks.length, submitted.length);
}
