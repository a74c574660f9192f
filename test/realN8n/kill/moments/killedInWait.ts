/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../../emulator';
import type { Bench } from '../bench';
import { until } from '../../../processes/until';
import { storedRow } from '../storedRow';
import { nodes, type Target } from '../workflows';

/** Tasks do not end before the kill; the emulator's clock is put forward afterwards. */
const TASK_SECONDS = 600;

interface Waiting {
	target: Target;
	/** Ids of the executions. */
	sleep: string;
	edit: string;
	stored: string;
}

/**
 * Killed while it waits, in three ways: in a Wait node that n8n keeps in its database, in one that it keeps in its
 * memory, with the task id stored before, and inside of Edit Image, which keeps everything in its memory.
 */
export async function killedInWait(bench: Bench): Promise<void> {
	const { checks, emulator, n8n, taskTargets } = bench;
	emulator.settings.taskSeconds = TASK_SECONDS;
	// Else nobody would look at the task for minutes.
	emulator.settings.modelsLab.etaSeconds = 1;
	emulator.settings.odkkk.estimatedTimeSeconds = 1;
	emulator.settings.evoLink.estimatedTimeSeconds = 1;

	const before = emulator.ledger.length;
	const waiting = await startAll(bench, taskTargets);
	await n8n.kill();
	await n8n.startAgain();
	emulator.settings.taskSeconds = 1;
	emulator.advance(TASK_SECONDS);

	for (const { target, sleep, edit, stored } of waiting) {
		const { id } = target.provider;
		// In the order in which they were started.
		const [slept, , kept] = bench.jobsSince(before, target) as [
			LedgerEntry,
			LedgerEntry,
			LedgerEntry,
		];
		await checks.check(`wait in memory: ${id}, the crashed run tells the task ID`, async () => {
			const { itemsByNode } = await n8n.executions.becomes('crashed', stored);
			assert.equal(itemsByNode[nodes.submit]?.[0]?.taskId, bench.taskIdOf(kept));
			assert.equal(itemsByNode[nodes.get], undefined);
		});
		await checks.check(`wait in memory: ${id}, the schedule fetches the image`, async () => {
			const row = await storedRow(bench, `stored-${id}`, bench.taskIdOf(kept), 'done');
			bench.checkImage(row.file!, kept);
		});
		await checks.check(`wait inside of Edit Image: ${id}, shown as crashed`, async () => {
			await n8n.executions.becomes('crashed', edit);
		});
		await checks.check(`wait in the database: ${id}, goes on by itself`, async () => {
			await n8n.executions.becomes('success', sleep);
			const row = await storedRow(bench, `sleep-${id}`, bench.taskIdOf(slept), 'done');
			bench.checkImage(row.file!, slept);
		});
		await checks.check(`wait: ${id} was sent nothing again`, async () => {
			await Promise.resolve(bench.checkBill(target));
		});
	}
}

/** Step by step, so that it is known whose job is whose; the wait in memory, which is short, last. */
async function startAll(bench: Bench, targets: readonly Target[]): Promise<Waiting[]> {
	const { emulator, n8n } = bench;
	const before = emulator.ledger.length;
	const started = targets.map((target) => ({ target, sleep: '', edit: '', stored: '' }));
	for (const one of started) one.sleep = await bench.order('sleep', one.target, nodes.byHand);
	for (const { sleep } of started) await n8n.executions.becomes('waiting', sleep);
	for (const one of started) one.edit = await bench.order('edit', one.target, nodes.byHand);
	for (const { target } of started) {
		await until(`the task of Edit Image at ${target.provider.id} to be looked at`, () => {
			const taskId = bench.jobsSince(before, target)[1]?.taskId;
			const reads = emulator.requests.filter(({ route }) => route === 'read');
			return taskId !== undefined && reads.some(({ path }) => path.includes(taskId));
		});
	}
	for (const one of started) one.stored = await bench.order('stored', one.target, nodes.byHand);
	for (const { target, stored } of started) {
		await until(`the task ID of ${target.provider.id} to be stored`, async () => {
			const { itemsByNode } = await n8n.executions.read(stored);
			return (itemsByNode[nodes.store]?.length ?? 0) > 0;
		});
		await n8n.executions.publish(`stored-${target.provider.id}`);
		assert.equal(bench.jobsSince(before, target).length, 3);
	}
	return started;
}
