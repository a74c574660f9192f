import type { Bench } from './bench';
import { until } from '../../processes/until';

/** A row of the example's data table. */
export interface StoredRow {
	taskId: string;
	state: string;
	/** Below the files folder. */
	file?: string;
	problem?: string;
}

/** Waits until the row of a task is in this state. */
export async function storedRow(
	{ n8n }: Bench,
	workflowId: string,
	taskId: string,
	state: string,
): Promise<StoredRow> {
	let found: StoredRow | undefined;
	await until(`task ${taskId} of ${workflowId} to be ${state}`, async () => {
		const rows = await n8n.executions.tableRows(`${workflowId} table`);
		found = rows.find((row) => row.taskId === taskId) as StoredRow | undefined;
		return found?.state === state;
	});
	if (found?.file === undefined || found.file === null) return found!;
	return { ...found, file: found.file.replace('.n8n-files/', '') };
}
