import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { EditFault } from '../edit/fault';
import { PaidWorkStore } from '../run/paidWork';
import { Batch } from './batch';
import { readCredential } from './http/credential';
import { readChoice } from './in/choice';
import { readNumber, readOptions } from './in/options';
import { batchError } from './out/batchError';
import { failedItem } from './out/errors';
import { asError } from './runtime/asError';
import { steadyClock } from './runtime/clock';
import { RunStorage } from './storage/runStorage';
import { readStorageCredential } from './storage/storageCredential';
import { Redaction } from '../wire/text/redaction';

/** Shared by all runs of this process. */
const paidWork = new PaidWorkStore(steadyClock);

/** Runs the node over all its items. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	const run = runName(context);
	paidWork.begin(run);
	try {
		const choice = readChoice(context);
		const credential = await readCredential(context, choice.provider, 0);
		const storage = choice.hasBucket ? await runStorage(context, run) : undefined;
		return await new Batch({ context, choice, credential, run, paidWork, storage }).all();
	} catch (error) {
		if (!(error instanceof EditFault)) throw asError(error);
		// A fault that concerns all items alike. With Continue On Fail each item fails with it: a node that throws
		// there would send its unedited input down the success branch.
		if (!context.continueOnFail()) {
			const failures = [{ index: 0, fault: paidWork.told(run, 0, error.fault) }];
			throw batchError(context.getNode(), failures, paidWork.named(run), new Redaction([]));
		}
		const asked = {
			provider: String(context.getNodeParameter('provider', 0)),
			operation: String(context.getNodeParameter('operation', 0)),
		};
		return items.map((_item, index) =>
			failedItem(asked, paidWork.told(run, index, error.fault), index),
		);
	} finally {
		paidWork.end(run);
	}
}

/** The user's bucket, with what the options say of it. */
async function runStorage(context: IExecuteFunctions, run: string): Promise<RunStorage> {
	const credential = await readStorageCredential(context);
	const reuseDays = readNumber(readOptions(context, 0), 'reusePaidEdits', 0);
	return new RunStorage({ context, credential, run, ...(reuseDays > 0 ? { reuseDays } : {}) });
}

/**
 * Names this execution, node and run: the same name when n8n tries the node again, another one in the next round of
 * a loop, in a sub-workflow, for a copy of the node, and when the user runs the workflow again.
 */
function runName(context: IExecuteFunctions): string {
	const { id, name } = context.getNode();
	const executionId = context.getExecutionId();
	// An agent may call a tool several times in one execution and run, and n8n never tries a tool again by itself.
	const isTool = (context as Partial<IExecuteFunctions>).isToolExecution?.() === true;
	return JSON.stringify([
		// Without an id two executions could not be told apart.
		executionId === '' || executionId === undefined || isTool ? Math.random() : executionId,
		context.getWorkflow().id ?? '',
		id,
		name,
		context.evaluateExpression('{{ $runIndex }}', 0),
	]);
}
