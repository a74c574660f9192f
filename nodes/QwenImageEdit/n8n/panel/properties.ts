import type { INodeProperties } from 'n8n-workflow';

import { operationsOf, type Provider } from '../../adapter/provider';
import { providers } from '../../providers';
import { imagesProperty } from './imagesProperty';
import { operationProperty, sendingOperations, taskOperations } from './operations';
import { cancelOptions, optionsProperty } from './optionsProperty';

const withTasks = providers.filter((provider) => provider.task !== undefined);

/** Providers that offer the same operations, those with the most operations first. */
const byOperations = [4, 3, 1]
	.map((count) => providers.filter((provider) => operationsOf(provider).length === count))
	.filter((list) => list.length > 0);

const providerProperty: INodeProperties = {
	displayName: 'Provider',
	name: 'provider',
	type: 'options',
	noDataExpression: true,
	options: providers.map((provider) => ({
		name: provider.title,
		value: provider.id,
		description: provider.summary,
	})),
	default: 'aiml',
	description: 'The service that edits the image and bills you; each has its own credential',
};

const promptProperty: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: 'e.g. Replace the background with a sunny beach',
	description: 'What to change in the image; write "image 1" and "image 2" if there are several',
	displayOptions: { show: { operation: sendingOperations } },
};

/** With a bucket chosen, its credential is asked for. */
const storageProperty: INodeProperties = {
	displayName: 'Storage',
	name: 'storage',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'None',
			value: 'none',
			description: 'What was paid for is remembered until the execution ends',
		},
		{
			name: 'S3-Compatible Bucket',
			value: 's3',
			description:
				'Local images for providers that take URLs only, and no edit paid for twice after a crash',
		},
	],
	default: 'none',
	description:
		'A bucket of your own, such as AWS S3, Cloudflare R2 or MinIO; its credential is selected at the top',
	displayOptions: { show: { operation: sendingOperations } },
};

function modelProperty(provider: Provider): INodeProperties {
	return {
		displayName: 'Model',
		name: 'model',
		type: 'resourceLocator',
		// Just as n8n stores it: then it knows a default by it, and takes that of the next provider when the user
		// changes the provider. With anything more or less, one provider's model would stay at another.
		default: { __rl: true, mode: 'list', value: provider.defaultModel },
		...(provider.defaultModel === '' ? {} : { required: true }),
		description:
			provider.defaultModel === ''
				? 'The model that does the edit; leave it empty for a server that has only one'
				: 'The model that does the edit',
		displayOptions: { show: { provider: [provider.id], operation: sendingOperations } },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a model...',
				typeOptions: { searchListMethod: 'searchModels', searchable: true },
			},
			{
				displayName: 'ID',
				name: 'id',
				type: 'string',
				placeholder: `e.g. ${provider.defaultModel || 'Qwen/Qwen-Image-Edit-2511'}`,
			},
		],
	};
}

function taskIdProperty(provider: Provider): INodeProperties {
	return {
		displayName: 'Task ID',
		name: 'taskId',
		type: 'string',
		required: true,
		default: '={{ $json.taskId }}',
		placeholder: `e.g. ${provider.task!.idExample}`,
		description: 'The ID from Submit Task, or from an edit that ran out of time',
		displayOptions: { show: { provider: [provider.id], operation: taskOperations } },
	};
}

/** Every field of the panel, derived from the providers: nothing is shown that the chosen one ignores. */
export const properties: INodeProperties[] = [
	providerProperty,
	// First the one with all operations: the node picker lists the actions of the first it finds.
	...byOperations.map(operationProperty),
	promptProperty,
	imagesProperty,
	...providers.map(modelProperty),
	storageProperty,
	...withTasks.map(taskIdProperty),
	...providers.map((provider) => optionsProperty(provider, 'sending')),
	...withTasks.map((provider) => optionsProperty(provider, 'getTask')),
	cancelOptions(providers.filter((provider) => provider.task?.cancel !== undefined)),
];
