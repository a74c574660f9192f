import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { execute } from '../execute';

/**
 * The execution that a call has started: Get Task, with the ID that the call has put out. A task that failed
 * becomes a failed item, because a trigger has no Continue On Fail; anything else that goes wrong is an error of the
 * execution, which can be tried again in n8n's list of executions.
 */
export async function emit(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const [first] = context.getInputData();
	if (first?.json.event !== 'failed') return await execute(context);
	const keepsGoing = { continueOnFail: { value: () => true } };
	return await execute(Object.create(context, keepsGoing) as IExecuteFunctions);
}
