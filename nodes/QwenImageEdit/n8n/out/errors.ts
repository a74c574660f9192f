import {
	NodeApiError,
	NodeOperationError,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { type Billed, EditFault, type Fault } from '../../edit/fault';
import { billedOf } from '../../edit/retry';
import type { Redaction } from '../../wire/text/redaction';

/** The fault of anything that was thrown; what is not ours is a bug and says so. */
export function faultOf(error: unknown): Fault {
	if (error instanceof EditFault) return error.fault;
	const message = error instanceof Error ? error.message : String(error);
	return { kind: 'provider', message: `Unexpected error in the node: ${message}` };
}

/** The fault without any key that an answer may have repeated. */
export function redactFault(fault: Fault, redaction: Redaction): Fault {
	return redaction.value(fault) as Fault;
}

/** What was paid for and what the provider calls the request, behind the advice. */
function descriptionOf(fault: Fault): string {
	return [
		fault.advice,
		fault.taskId === undefined ? undefined : `Task ID: ${fault.taskId}`,
		fault.url === undefined ? undefined : `Result: ${fault.url}`,
		fault.requestId === undefined ? undefined : `Request ID: ${fault.requestId}`,
	]
		.filter((part) => part !== undefined && part !== '')
		.join('. ');
}

/**
 * The fault as n8n's own error: `NodeOperationError` for what the user gave, `NodeApiError` for what came of
 * a request. Holds no cause, no headers and no body.
 */
export function asNodeError(
	node: INode,
	fault: Fault,
	itemIndex: number,
	more = '',
): NodeApiError | NodeOperationError {
	const description = [descriptionOf(fault), more].filter((part) => part !== '').join('. ');
	const own =
		['input', 'cancelled', 'budget'].includes(fault.kind) && fault.httpStatus === undefined;
	const error = own
		? new NodeOperationError(node, fault.message, { itemIndex, description })
		: new NodeApiError(
				node,
				{ message: fault.message },
				{
					message: fault.message,
					description,
					itemIndex,
					...(fault.httpStatus === undefined ? {} : { httpCode: String(fault.httpStatus) }),
				},
			);
	// n8n replaces messages that hold words like ETIMEDOUT by its own; the provider's words stay.
	error.message = fault.message;
	error.context = { ...error.context, itemIndex, ...detailsOf(fault) };
	return error;
}

/**
 * What a failure says of the bill. Nobody can say it of an edit whose task was only asked for: "no" would send the
 * edit to another provider.
 */
export function billOf(operation: unknown, fault: Fault): Billed {
	const billed = billedOf(fault);
	const isOfTask = operation === 'getTask' || operation === 'cancelTask';
	return isOfTask && billed === 'no' && fault.isFree !== true ? 'unknown' : billed;
}

function detailsOf(fault: Fault): Record<string, string | number> {
	return {
		errorKind: fault.kind,
		...(fault.taskId === undefined ? {} : { taskId: fault.taskId }),
		...(fault.url === undefined ? {} : { url: fault.url }),
		...(fault.httpStatus === undefined ? {} : { httpStatus: fault.httpStatus }),
		...(fault.requestId === undefined ? {} : { requestId: fault.requestId }),
	};
}

/**
 * A failed item under Continue On Fail. Only the keys `error` and `details`: with any other one n8n would
 * send it down the success branch.
 */
export function failedItem(
	asked: { provider: string; operation: string },
	fault: Fault,
	itemIndex: number,
): INodeExecutionData {
	const message = fault.advice === undefined ? fault.message : `${fault.message}. ${fault.advice}`;
	return {
		json: {
			error: message,
			details: {
				...asked,
				...detailsOf(fault),
				billed: billOf(asked.operation, fault),
			},
		},
		pairedItem: { item: itemIndex },
	};
}
