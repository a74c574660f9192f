import type { IExecuteFunctions } from 'n8n-workflow';

import type { OperationName } from '../../adapter/field';
import { operationsOf, type Provider } from '../../adapter/provider';
import { inputFault } from '../../edit/fault';
import { findProvider, providers } from '../../providers';
import { operationTitles, sendingOperations } from '../panel/operations';

/** What is the same for all items: the fields that take no expression. */
export interface Choice {
	provider: Provider;
	operation: OperationName;
	/** Whether the node has a bucket of the user's own. */
	hasBucket: boolean;
}

/**
 * The provider of an id as it is stored.
 *
 * @throws EditFault of kind `input` for one that does not exist
 */
export function readProvider(id: unknown): Provider {
	const provider = findProvider(id);
	if (provider !== undefined) return provider;
	throw inputFault(
		`The provider '${String(id)}' is not known`,
		`Choose one of ${providers.map(({ title }) => title).join(', ')}`,
	);
}

/**
 * Reads provider, operation and storage.
 *
 * @throws EditFault of kind `input` for a combination that does not exist; its advice names those that do
 */
export function readChoice(context: IExecuteFunctions): Choice {
	const provider = readProvider(context.getNodeParameter('provider', 0));
	const operation = context.getNodeParameter('operation', 0);
	const offered = operationsOf(provider);
	const found = offered.find((name) => name === operation);
	const hasBucket =
		found !== undefined &&
		sendingOperations.includes(found) &&
		context.getNodeParameter('storage', 0, 'none') === 's3';
	if (found !== undefined) return { provider, operation: found, hasBucket };
	const titles = offered.map((name) => `'${operationTitles[name]}'`);
	throw inputFault(
		`The operation '${String(operation)}' is not offered for ${provider.title}`,
		offered.length === 1
			? `${provider.title} answers at once and has no tasks: choose ${titles[0]}`
			: `Choose ${titles.slice(0, -1).join(', ')} or ${titles.at(-1)}`,
	);
}
