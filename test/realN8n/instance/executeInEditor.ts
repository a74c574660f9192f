import { secondsSince } from '../../processes/command';
import { until } from '../../processes/until';
import { readRunData, type ExecutedWorkflow, type RunData } from './execution';
import { readExecutionData, startExecution } from './executions';
import type { Session } from './session';

/** States in which an execution has not come to its end. */
const UNFINISHED = ['new', 'running', 'waiting'];

/** Runs a workflow in a started n8n as its button does. Throws n8n's own words when the workflow fails. */
export async function executeInEditor(
	session: Session,
	workflowId: string,
	trigger: string,
): Promise<ExecutedWorkflow> {
	const startedAt = Date.now();
	const id = await startExecution(session, workflowId, trigger);
	let execution = await readExecutionData(session, id);
	await until(`execution ${id} of ${workflowId} to end`, async () => {
		execution = await readExecutionData(session, id);
		return !UNFINISHED.includes(execution.status);
	});
	const itemsByNode = readRunData(execution.data as RunData | undefined);
	return { status: execution.status, itemsByNode, seconds: secondsSince(startedAt) };
}
