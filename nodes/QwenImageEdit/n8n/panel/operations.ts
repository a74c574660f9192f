import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { OperationName } from '../../adapter/field';
import { operationsOf, type Provider } from '../../adapter/provider';

/** The operations as the panel shows them. */
export const operationTitles: Readonly<Record<OperationName, string>> = {
	edit: 'Edit Image',
	submitTask: 'Submit Task',
	getTask: 'Get Task',
	cancelTask: 'Cancel Task',
};

/** The operations that send an edit. */
export const sendingOperations: OperationName[] = ['edit', 'submitTask'];

const operationOptions: Record<OperationName, INodePropertyOptions> = {
	edit: {
		name: operationTitles.edit,
		value: 'edit',
		action: 'Edit image',
		description: 'Send the image and the prompt, wait, and output the edited image as a file',
	},
	submitTask: {
		name: operationTitles.submitTask,
		value: 'submitTask',
		action: 'Submit task',
		description: 'Start an edit and output its task ID at once',
	},
	getTask: {
		name: operationTitles.getTask,
		value: 'getTask',
		action: 'Get task',
		description: 'Read a task by its ID and output the image when it is finished',
	},
	cancelTask: {
		name: operationTitles.cancelTask,
		value: 'cancelTask',
		action: 'Cancel task',
		description: 'Tell the provider that a task is no longer wanted',
	},
};

/** The operations that are given a task ID. */
export const taskOperations: OperationName[] = ['getTask', 'cancelTask'];

/** The Operation field for providers that offer the same operations. */
export function operationProperty(list: readonly Provider[]): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { provider: list.map(({ id }) => id) } },
		options: operationsOf(list[0]!)
			.map((name) => operationOptions[name])
			.sort((one, other) => one.name.localeCompare(other.name)),
		default: 'edit',
	};
}
