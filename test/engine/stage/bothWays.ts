import type { Order, Stage, StageRun } from './scenario';

import type { FaultRule } from '../../emulator';

/** Continue On Fail as n8n stores it: a failed item stands in the output. */
export const onItem = { onError: 'continueRegularOutput' } as const;

/** Runs one item both ways, as an error of the workflow and as a failed item, under one fault. */
export async function failBothWays(
	stage: Stage,
	order: Order,
	fault?: FaultRule,
): Promise<{ stopped: StageRun; failed: StageRun }> {
	if (fault !== undefined) stage.emulator.faults.add(fault);
	const stopped = await stage.run(order);
	const failed = await stage.run({ ...order, node: onItem });
	expect(stopped.status).toBe('error');
	expect(stopped.runsOf('Next')).toEqual([]);
	expect(['NodeApiError', 'NodeOperationError']).toContain(stopped.error!.name);
	expect(stopped.error).toMatchObject({ context: { itemIndex: 0 } });
	expect(failed.status).toBe('success');
	return { stopped, failed };
}
