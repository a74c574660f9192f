import { operationsOf, type Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import type { OperationName } from '../../../nodes/QwenImageEdit/adapter/field';

/** An entry of the Options list: its name in workflows and its label. */
export interface ExpectedOption {
	name: string;
	label: string;
}

/** Names and labels of the operations, from the contract of the package. */
export const OPERATION_LABELS: Readonly<Record<OperationName, string>> = {
	cancelTask: 'Cancel Task',
	edit: 'Edit Image',
	getTask: 'Get Task',
	submitTask: 'Submit Task',
};

/** The options of every provider, from the contract. */
const EVERYWHERE: readonly ExpectedOption[] = [
	{ name: 'allowPrivateNetwork', label: 'Allow Private Network' },
	{ name: 'fileName', label: 'File Name' },
	{ name: 'maxConcurrency', label: 'Max Concurrency' },
	{ name: 'maxImageMegabytes', label: 'Max Image Size (MB)' },
	{ name: 'binaryPropertyName', label: 'Put Output File in Field' },
	{ name: 'timeoutSeconds', label: 'Timeout (Seconds)' },
];
/** Only what waits for a task can run out of time with a task left over. */
const WAITING: ExpectedOption = { name: 'timeoutAction', label: 'When Time Runs Out' };
const GET_TASK: ExpectedOption = { name: 'waitForCompletion', label: 'Wait for Completion' };
/** What decides over money, before an edit is sent. */
const CHECK_ONLY: ExpectedOption = { name: 'checkOnly', label: 'Check Only' };
const MAX_COST: ExpectedOption = { name: 'maxCost', label: 'Max Cost' };
/** Only where there is a bucket to reuse from. */
const REUSE: ExpectedOption = { name: 'reusePaidEdits', label: 'Reuse Paid Edits (Days)' };
const MASK: ExpectedOption = { name: 'maskBinaryPropertyName', label: 'Mask Binary Field' };

/** Whether an operation sends an edit: then it has a prompt, images and a model. */
export function sendsEdit(operation: OperationName): boolean {
	return operation === 'edit' || operation === 'submitTask';
}

/** What Storage is set to. */
export type Storage = 'none' | 's3';

/** Exactly the options that a provider's operation takes: its own documented fields and the node's. */
export function expectedOptions(
	provider: Provider,
	operation: OperationName,
	storage: Storage = 'none',
): ExpectedOption[] {
	if (operation === 'cancelTask') {
		return EVERYWHERE.filter(({ name }) => ['maxConcurrency', 'timeoutSeconds'].includes(name));
	}
	const sends = sendsEdit(operation);
	return [
		...(sends
			? Object.entries(provider.fields).map(([name, { label }]) => ({ name, label }))
			: [GET_TASK]),
		...(sends ? [CHECK_ONLY] : []),
		...(sends && provider.models.some(({ prices }) => prices !== undefined) ? [MAX_COST] : []),
		...(sends && storage === 's3' ? [REUSE] : []),
		...(sends && provider.images.mask === true ? [MASK] : []),
		...EVERYWHERE,
		...(provider.task !== undefined && operation !== 'submitTask' ? [WAITING] : []),
	].sort((one, other) => one.label.localeCompare(other.label));
}

/** Put there by n8n itself, wherever a credential can sign requests; it leads to the HTTP Request node. */
const ADDED_BY_N8N = 'Custom API Call';

/** Labels in the Operation list, in their order. */
export function expectedOperations(provider: Provider): string[] {
	const own = operationsOf(provider).map((name) => OPERATION_LABELS[name]);
	return [...own.sort(), ADDED_BY_N8N];
}

/** The fields of the panel from top to bottom, by their names in workflows, while Images has one row. */
export function expectedFields(operation: OperationName): string[] {
	return sendsEdit(operation)
		? ['provider', 'operation', 'prompt', 'images', 'model', 'storage', 'options']
		: ['provider', 'operation', 'taskId', 'options'];
}
