/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench';
import { nodes } from '../workflows';

/** A task ID as part of a file name: at fal.ai it has steps of a path. */
const fileNameOf = (taskId: string): string => taskId.replaceAll('/', '-');

/** After all kills: what was paid for can be had, and it is what was wanted. */
export async function settleAccounts(bench: Bench): Promise<void> {
	const { checks, emulator, n8n, targets, taskTargets } = bench;
	for (const target of taskTargets) {
		const { id } = target.provider;
		const jobs = bench.jobsSince(0, target);
		// Ids that n8n was never told are in the provider's own list of tasks.
		const ids = jobs.map((job) => ({ taskId: bench.taskIdOf(job) }));
		writeFileSync(join(n8n.filesFolder, `list-${id}.json`), JSON.stringify(ids));
		await checks.check(
			`afterwards: Get Task has the image of each of ${jobs.length} tasks at ${id}`,
			async () => {
				await n8n.executions.becomes(
					'success',
					await n8n.executions.start(`list-${id}`, nodes.byHand),
				);
				for (const job of jobs)
					bench.checkImage(`list-${id}-${fileNameOf(bench.taskIdOf(job))}.png`, job);
			},
		);
	}
	const wanted = [...bench.wanted.values()].reduce((sum, count) => sum + count, 0);
	await checks.check(`afterwards: ${wanted} edits wanted, sent and billed`, async () => {
		for (const target of targets) bench.checkBill(target);
		await Promise.resolve(assert.equal(emulator.ledger.length, wanted));
	});
	await checks.check('afterwards: no key reached anybody else', async () => {
		await Promise.resolve(assert.deepEqual(emulator.leaks, []));
	});
}
