/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry } from '../../../emulator';
import type { Bench } from '../bench';
import { until } from '../../../processes/until';
import { storedRow } from '../storedRow';
import { nodes, type Target } from '../workflows';

/** Killed while the images come in drop by drop: by the stored id they are fetched anew. */
export async function killedInDownload(bench: Bench): Promise<void> {
	const { checks, emulator, n8n, taskTargets } = bench;
	const slow = taskTargets.map(({ provider }) =>
		emulator.faults.add({
			kind: 'resultSlow',
			provider: provider.id as never,
			chunkBytes: 16,
			intervalMs: 500,
		}),
	);
	const before = emulator.ledger.length;
	const started: Array<{ target: Target; stored: string; edit: string }> = [];
	for (const target of taskTargets) {
		const stored = await bench.order('stored', target, nodes.byHand);
		await until('the first job to be taken', () => bench.jobsSince(before, target).length === 1);
		const edit = await bench.order('edit', target, nodes.byHand);
		started.push({ target, stored, edit });
	}
	const jobs = (): LedgerEntry[] => emulator.ledger.slice(before);
	const begun = ({ id }: LedgerEntry): boolean => {
		const links = emulator.results.filter(({ entryId }) => entryId === id).map(({ url }) => url);
		return links.some((url) =>
			emulator.requests.some(({ route, path }) => route === 'result' && url.endsWith(path)),
		);
	};
	await until(
		'every download to have begun',
		() => jobs().length === 2 * started.length && jobs().every(begun),
	);
	await pause(1500);
	await n8n.kill();
	const halfFiles = started.filter(({ target }) =>
		existsSync(join(n8n.filesFolder, `edit-${target.provider.id}.png`)),
	);
	for (const fault of slow) fault.remove();
	await n8n.startAgain();

	await checks.check('download: no half image reached a file', async () => {
		await Promise.resolve(assert.deepEqual(halfFiles, []));
	});
	for (const { target, stored, edit } of started) {
		const { id } = target.provider;
		const [kept] = bench.jobsSince(before, target) as [LedgerEntry];
		await checks.check(`download: ${id}, both runs are shown as crashed`, async () => {
			await n8n.executions.becomes('crashed', stored);
			await n8n.executions.becomes('crashed', edit);
		});
		await checks.check(`download: ${id}, the schedule fetches the image anew`, async () => {
			const row = await storedRow(bench, `stored-${id}`, bench.taskIdOf(kept), 'done');
			bench.checkImage(row.file!, kept);
		});
		await checks.check(`download: ${id} was sent nothing again`, async () => {
			await Promise.resolve(bench.checkBill(target));
		});
	}
}
