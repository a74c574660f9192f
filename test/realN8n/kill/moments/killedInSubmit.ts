/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench';
import { until } from '../../../processes/until';
import { nodes } from '../workflows';

/** Time enough for whatever would send an edit again. */
const QUIET_MILLISECONDS = 5000;

/**
 * Killed while every provider has taken a job and not answered yet. Nobody in n8n was ever told an id, so what can
 * be promised is that the run is shown as crashed and that nothing is sent again; a task is in the provider's list.
 */
export async function killedInSubmit(bench: Bench): Promise<void> {
	const { checks, emulator, n8n, targets, taskTargets } = bench;
	const hangs = targets.map(({ provider }) =>
		emulator.faults.add({
			kind: 'acceptThenHang',
			provider: provider.id as never,
			route: 'submit',
		}),
	);
	const executions = new Map<string, string>();
	for (const target of targets) {
		executions.set(
			`Edit Image at ${target.provider.id}`,
			await bench.order('edit', target, nodes.byHand),
		);
	}
	for (const target of taskTargets) {
		executions.set(
			`Submit Task at ${target.provider.id}`,
			await bench.order('stored', target, nodes.byHand),
		);
	}
	await until('every job to be taken', () => emulator.ledger.length === executions.size);
	await n8n.kill();
	// From here on a second submit would be answered, and billed.
	for (const hang of hangs) hang.remove();
	await n8n.startAgain();
	await pause(QUIET_MILLISECONDS);

	for (const [what, id] of executions) {
		await checks.check(`submit: ${what} is shown as crashed`, async () => {
			await n8n.executions.becomes('crashed', id);
		});
	}
	for (const target of targets) {
		await checks.check(`submit: ${target.provider.id} was sent nothing again`, async () => {
			bench.checkBill(target);
			assert.ok(bench.jobsSince(0, target).length > 0);
			await Promise.resolve();
		});
	}
}
