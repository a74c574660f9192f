import type { INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Fault } from '../../edit/fault';
import type { NamedWork } from '../../run/paidWork';
import type { Redaction } from '../../wire/text/redaction';
import { asNodeError, billOf, redactFault } from './errors';

/** How many items an error names. The rest is counted. */
const maximumNamed = 20;

/** An item that failed. */
export interface Failure {
	index: number;
	fault: Fault;
}

/**
 * The error of a run that stops: the first failure, the other failures, and everything that was paid for.
 *
 * @param failures not empty, in the order of the items
 * @param paid what the memory of the run holds, in the order of the items
 */
export function batchError(
	node: INode,
	failures: readonly Failure[],
	paid: readonly NamedWork[],
	redaction: Redaction,
	note = '',
): NodeApiError | NodeOperationError {
	const first = failures[0]!;
	const failed = new Set(failures.map(({ index }) => index));
	const billed = billOf(node.parameters.operation, first.fault);
	const notes = [
		`Billed: ${billed}`,
		list(
			'Failed as well',
			failures.slice(1).map(({ index, fault }) => `item ${index}: ${pathOf(fault)}`),
		),
		list(
			'Already paid for',
			paid
				.filter(({ item }) => !failed.has(item))
				.map(({ item, taskId, url }) => `item ${item}: ${taskId ?? url ?? 'finished'}`),
		),
		note,
	];
	const error = asNodeError(
		node,
		redactFault(first.fault, redaction),
		first.index,
		redaction.text(notes.filter((text) => text !== '').join('. ')),
	);
	error.context.billed = billed;
	const all = merged(failures, paid);
	if (all.length > 0) error.context.paid = redaction.value(all) as NamedWork[];
	return error;
}

/** Every paid item: what the memory holds, and what a failure names besides. */
function merged(failures: readonly Failure[], paid: readonly NamedWork[]): NamedWork[] {
	const byItem = new Map(paid.map((named) => [named.item, named]));
	for (const { index, fault } of failures) {
		const { taskId, url } = fault;
		if (taskId === undefined && url === undefined) continue;
		byItem.set(index, {
			item: index,
			...(taskId === undefined ? {} : { taskId }),
			...(url === undefined ? {} : { url }),
		});
	}
	return [...byItem.values()].sort((one, other) => one.item - other.item);
}

function pathOf(fault: Fault): string {
	if (fault.taskId !== undefined) return `task ${fault.taskId} (${fault.message})`;
	return fault.url ?? fault.message;
}

function list(title: string, lines: readonly string[]): string {
	if (lines.length === 0) return '';
	const left = lines.length - maximumNamed;
	return `${title}: ${lines.slice(0, maximumNamed).join('; ')}${left > 0 ? ` and ${left} more` : ''}`;
}
