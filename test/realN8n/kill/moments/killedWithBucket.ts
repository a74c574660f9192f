/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImageNotes, type LedgerEntry } from '../../../emulator';
import { BUCKET_PREFIX } from '../../demo/services/bucketCredential';
import { PHOTO_FILE } from '../../demo/examples';
import { until } from '../../../processes/until';
import type { SavedExecution } from '../../instance/executions';
import type { Bench } from '../bench';
import { BUCKET_NODE, killedFile, nodes, type Target } from '../workflows';

/** One that answers at once and two with tasks; odkkk takes links only, so its photo goes through the bucket too. */
const PROVIDERS = ['aiml', 'odkkk', 'modelsLab'];

/**
 * How many edits of each provider are in which state when n8n is killed. The two that wait are equal, and so two variants; where there are no
 * tasks, waiting is the same as being sent, and these two are done.
 */
const STATES = { sent: 1, waiting: 2, downloading: 1, done: 1 };
const EDITS = Object.values(STATES).reduce((sum, count) => sum + count, 0);

/** Longer than any run is silent that is alive. */
const LONG_AGO_SECONDS = 600;

interface Killed {
	target: Target;
	/** Of the workflow that is run again. */
	execution: SavedExecution;
	jobs: LedgerEntry[];
}

/**
 * Killed with edits in every state, and run again by hand, as a user does. With a bucket the same workflow pays for nothing again: it takes what is
 * stored, attaches to tasks, downloads anew, and says which edit nobody can know of.
 */
export async function killedWithBucket(bench: Bench): Promise<void> {
	const { checks, emulator, n8n, s3 } = bench;
	emulator.settings.taskSeconds = 0.5;
	const targets = bench.targets.filter(({ provider }) => PROVIDERS.includes(provider.id));
	for (const [state, count] of Object.entries(STATES)) {
		for (let index = 0; index < count; index += 1) {
			copyFileSync(PHOTO_FILE, join(n8n.filesFolder, killedFile(state, index)));
		}
	}
	const before = emulator.ledger.length;
	const from = Date.now();
	await killInEveryState(bench, targets);
	const to = Date.now();
	const left = keysBelow(bench, 'inputs/');
	await n8n.startAgain();

	// As if n8n had been up again at once, however long it took.
	s3.age(/\/runs\//, (to - Date.now()) / 1000);
	const reads = s3.requests.length;
	const ids = await Promise.all(targets.map(async (target) => await start(bench, target)));
	await checks.check('bucket: the next run waits while the killed one may be alive', async () => {
		const sent = sentKeys(bench);
		assert.equal(sent.length, targets.length);
		await until('the edits without an answer to be looked at several times', () =>
			sent.every((key) => readsOf(bench, key, reads) >= 3),
		);
		assert.equal(emulator.ledger.length, before + EDITS * targets.length);
	});
	s3.age(/\/runs\//, LONG_AGO_SECONDS);
	for (const [index, target] of targets.entries()) {
		const { id } = target.provider;
		let killed: Killed | undefined;
		await checks.check(`bucket: ${id} is sent nothing again`, async () => {
			const execution = await n8n.executions.becomes('success', ids[index]!);
			const jobs = bench.jobsSince(before, target);
			assert.equal(jobs.length, EDITS);
			bench.checkBill(target);
			killed = { target, execution, jobs };
		});
		if (killed === undefined) continue;
		const found = killed;
		await checks.check(`bucket: ${id}, all but one come out, each as what it was`, async () => {
			return await Promise.resolve(checkReused(bench, found));
		});
		await checks.check(
			`bucket: ${id}, the one without an answer is named, with its time`,
			async () => {
				await Promise.resolve(checkUnknown(found, { from, to }));
			},
		);
	}
	await checks.check(
		'bucket: of the files for providers only those of the killed run are left',
		async () => {
			assert.ok(left.length > 0);
			await Promise.resolve(assert.deepEqual(keysBelow(bench, 'inputs/'), left));
		},
	);
	await checks.check(
		'bucket: what was delivered is paid for again by the run after it',
		async () => {
			for (const target of targets) {
				const id = await start(bench, target);
				bench.want(target, EDITS - STATES.sent);
				const { itemsByNode } = await n8n.executions.becomes('success', id);
				const reused = itemsByNode[BUCKET_NODE]!.filter(({ reused: flag }) => flag === true);
				assert.deepEqual(reused, []);
				bench.checkBill(target);
			}
		},
	);
}

async function start({ n8n }: Bench, { provider }: Target): Promise<string> {
	return await n8n.executions.start(`bucket-${provider.id}`, nodes.byHand);
}

/** Starts all, waits until every edit is in the state that is its prompt, and kills n8n. */
async function killInEveryState(bench: Bench, targets: readonly Target[]): Promise<void> {
	const { emulator, n8n } = bench;
	const faults = targets.flatMap(({ provider }) => {
		const at = { provider: provider.id as never };
		return [
			emulator.faults.add({ ...at, kind: 'acceptThenHang', route: 'submit', prompt: 'sent' }),
			...(provider.task === undefined
				? []
				: [
						emulator.faults.add({
							...at,
							kind: 'acceptThenHang',
							route: 'read',
							prompt: 'waiting',
						}),
					]),
			emulator.faults.add({
				...at,
				kind: 'resultSlow',
				prompt: 'downloading',
				chunkBytes: 16,
				intervalMs: 500,
			}),
		];
	});
	for (const target of targets) {
		bench.want(target, EDITS);
		await start(bench, target);
	}
	const withTasks = targets.filter(({ provider }) => provider.task !== undefined).length;
	await until('every edit to be in its state', () => {
		const struck = faults.reduce((sum, { fired }) => sum + fired, 0);
		const answered = recordKeys(bench).length - sentKeys(bench).length;
		return (
			struck >= targets.length * (STATES.sent + STATES.downloading) + withTasks * STATES.waiting &&
			answered === targets.length * (EDITS - STATES.sent) &&
			keysBelow(bench, 'edits/').filter((key) => key.endsWith('/0')).length ===
				targets.length * STATES.done + (targets.length - withTasks) * STATES.waiting
		);
	});
	await n8n.kill();
	for (const fault of faults) fault.remove();
}

function checkReused(bench: Bench, { target, execution, jobs }: Killed): string {
	const items = execution.itemsByNode[BUCKET_NODE]!.filter(({ error }) => error === undefined);
	assert.equal(items.length, EDITS - STATES.sent);
	for (const item of items) {
		assert.equal(item.reused, true);
		assert.equal(item.status, 'completed');
		assert.equal(item.cost, undefined);
	}
	const shown = new Set<number>();
	for (const [state, count] of Object.entries(STATES).filter(([name]) => name !== 'sent')) {
		for (let index = 0; index < count; index += 1) {
			const name = `bucket-${target.provider.id}-${killedFile(state, index)}`;
			const job = jobs.find(
				({ id, prompt }) => prompt === state && String(id) === jobIn(bench, name),
			);
			assert.ok(job, `${name} is no image of a job "${state}"`);
			shown.add(job.id);
		}
	}
	assert.equal(shown.size, items.length, 'two files are of one job');
	return `${items.length} of ${jobs.length}`;
}

function checkUnknown({ execution }: Killed, { from, to }: { from: number; to: number }): void {
	const failed = execution.itemsByNode[BUCKET_NODE]!.filter(({ error }) => error !== undefined);
	assert.equal(failed.length, STATES.sent);
	const { error, details } = failed[0] as { error: string; details: Record<string, unknown> };
	assert.equal(details.errorKind, 'unknownOutcome');
	const since = Date.parse(/sent this edit at (\S+) /.exec(error)?.[1] ?? '');
	assert.ok(since >= from && since <= to, error);
}

function jobIn({ n8n }: Bench, fileName: string): string | undefined {
	return readImageNotes(readFileSync(join(n8n.filesFolder, fileName)))?.job;
}

function keysBelow({ s3 }: Bench, folder: string): string[] {
	return [...s3.objects.keys()]
		.filter((key) => key.startsWith(`${BUCKET_PREFIX}/${folder}`))
		.sort();
}

function recordKeys(bench: Bench): string[] {
	return keysBelow(bench, 'edits/').filter((key) => key.endsWith('/record.json'));
}

/** Records of edits that were sent, and to which no answer is known. */
function sentKeys(bench: Bench): string[] {
	return recordKeys(bench).filter((key) => {
		const record = JSON.parse(bench.s3.objects.get(key)!.body.toString()) as { state: string };
		return record.state === 'intent';
	});
}

function readsOf({ s3 }: Bench, key: string, since: number): number {
	return s3.requests.slice(since).filter((one) => one.method === 'GET' && one.key === key).length;
}
