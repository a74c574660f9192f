import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Field, OperationName } from '../../adapter/field';
import { operationsOf, type Provider } from '../../adapter/provider';
import { providers } from '../../providers';
import { defaults } from './defaults';

const operationOptions: Record<OperationName, INodePropertyOptions> = {
	edit: {
		name: 'Edit Image',
		value: 'edit',
		action: 'Edit image',
		description: 'Send the image and the prompt, wait, and output the edited image as a file',
	},
	submitTask: {
		name: 'Submit Task',
		value: 'submitTask',
		action: 'Submit task',
		description: 'Start an edit and output its task ID at once, without waiting for the image',
	},
	getTask: {
		name: 'Get Task',
		value: 'getTask',
		action: 'Get task',
		description: 'Read a task by its ID and output the image once it is done',
	},
};

const withTasks = providers.filter((provider) => provider.task !== undefined);
const withoutTasks = providers.filter((provider) => provider.task === undefined);
const sending: OperationName[] = ['edit', 'submitTask'];

function idsOf(list: readonly Provider[]): string[] {
	return list.map(({ id }) => id);
}

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
	description: 'Who does the edit and bills it; each has its own credential',
};

function operationProperty(list: readonly Provider[]): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { provider: idsOf(list) } },
		options: operationsOf(list[0]!)
			.map((name) => operationOptions[name])
			.sort((one, other) => one.name.localeCompare(other.name)),
		default: 'edit',
	};
}

const promptProperty: INodeProperties = {
	displayName: 'Prompt',
	name: 'prompt',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: 'e.g. Replace the background with a sunny beach',
	description: 'What is to change in the image; say "image 1" and "image 2" when you give several',
	displayOptions: { show: { operation: sending } },
};

const imagesProperty: INodeProperties = {
	displayName: 'Images',
	name: 'images',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Image',
	default: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
	description: 'The image to edit, and further ones that the prompt refers to; the order is kept',
	displayOptions: { show: { operation: sending } },
	options: [
		{
			name: 'image',
			displayName: 'Image',
			values: [
				{
					displayName: 'Source',
					name: 'source',
					type: 'options',
					options: [
						{ name: 'Base64 Text', value: 'base64' },
						{ name: 'Binary Field', value: 'binary' },
						{ name: 'URL', value: 'url' },
					],
					default: 'binary',
					description: 'Where the image comes from',
				},
				{
					displayName: 'Input Binary Field',
					name: 'binaryPropertyName',
					type: 'string',
					typeOptions: { binaryDataProperty: true },
					default: 'data',
					placeholder: 'e.g. data',
					hint: 'The name of the input binary field containing the image; separate several by commas',
					displayOptions: { show: { source: ['binary'] } },
				},
				{
					displayName: 'URL',
					name: 'url',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/photo.png',
					hint: 'The provider must be able to open it; separate several by commas or lines',
					displayOptions: { show: { source: ['url'] } },
				},
				{
					displayName: 'Base64 Text',
					name: 'base64',
					type: 'string',
					typeOptions: { rows: 2 },
					default: '',
					placeholder: 'e.g. data:image/png;base64,iVBORw0KGgo…',
					hint: 'Raw base64 or a data URI',
					displayOptions: { show: { source: ['base64'] } },
				},
			],
		},
	],
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
		displayOptions: { show: { provider: [provider.id], operation: sending } },
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
		description: 'The ID that Submit Task gave, or an edit that ran out of time',
		displayOptions: { show: { provider: [provider.id], operation: ['getTask'] } },
	};
}

/** A provider's own field as an entry of Options. */
function fieldProperty(name: string, field: Field): INodeProperties {
	const common = {
		displayName: field.label,
		name,
		description: field.help,
		...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
	};
	switch (field.kind) {
		case 'flag':
			return { ...common, type: 'boolean', default: field.default };
		case 'json':
			return { ...common, type: 'json', default: field.default };
		case 'integer':
		case 'decimal':
			return {
				...common,
				type: 'number',
				typeOptions: {
					numberPrecision: field.kind === 'integer' ? 0 : 2,
					...(field.minimum === undefined ? {} : { minValue: field.minimum }),
					...(field.maximum === undefined ? {} : { maxValue: field.maximum }),
				},
				default: field.default,
			};
		case 'choice':
			return {
				...common,
				type: 'options',
				options: field.choices.map(({ value, label }) => ({ name: label, value })),
				default: field.default,
			};
		default:
			return {
				...common,
				type: 'string',
				...(field.rows === undefined ? {} : { typeOptions: { rows: field.rows } }),
				default: field.default,
			};
	}
}

const maskOption: INodeProperties = {
	displayName: 'Mask Binary Field',
	name: 'maskBinaryPropertyName',
	type: 'string',
	default: '',
	placeholder: 'e.g. mask',
	hint: 'The name of the input binary field containing the mask: an image that says where the first one is to change',
};

/** Options that the node itself understands, whoever the provider is. */
function commonOptions(provider: Provider, operation: 'sending' | 'getTask'): INodeProperties[] {
	const { concurrency } = provider;
	const { binaryPropertyName, maxImageMegabytes, timeoutSeconds } = defaults;
	const options: INodeProperties[] = [
		{
			displayName: 'File Name',
			name: 'fileName',
			type: 'string',
			default: '',
			placeholder: 'e.g. product-front',
			description: 'Name of the output file; the extension is added to fit its content',
		},
		{
			displayName: 'Max Concurrency',
			name: 'maxConcurrency',
			type: 'number',
			typeOptions: { minValue: 1, numberPrecision: 0 },
			default: concurrency,
			description: 'How many items are worked on at the same time; the order of the output is kept',
		},
		{
			displayName: 'Max Image Size (MB)',
			name: 'maxImageMegabytes',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: maxImageMegabytes,
			description: 'A result larger than this is refused instead of filling the disk',
		},
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			default: binaryPropertyName,
			placeholder: 'e.g. data',
			hint: 'The name of the output binary field to put the file in',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'timeoutSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: timeoutSeconds,
			description: 'How long one item may take, from its first request to its image',
		},
	];
	if (provider.task !== undefined) {
		options.push({
			displayName: 'When Time Runs Out',
			name: 'timeoutAction',
			type: 'options',
			// Submit Task waits for nothing, so that its time cannot run out with a task left over.
			displayOptions: { hide: { '/operation': ['submitTask'] } },
			options: [
				{
					name: 'Output the Unfinished Task',
					value: 'output',
					description: 'The item goes on with the task ID and no image, ready for Get Task',
				},
				{
					name: 'Stop with an Error',
					value: 'error',
					description: 'The error names the task ID',
				},
			],
			default: 'error',
			description: 'What to do with a task that is not done in time; it goes on at the provider',
		});
	}
	if (operation === 'getTask') {
		options.push({
			displayName: 'Wait for Completion',
			name: 'waitForCompletion',
			type: 'boolean',
			default: false,
			description: 'Whether to wait until the task is done instead of reading its state once',
		});
	}
	return options;
}

function optionsProperty(provider: Provider, operation: 'sending' | 'getTask'): INodeProperties {
	const own =
		operation === 'sending'
			? Object.entries(provider.fields).map(([name, field]) => fieldProperty(name, field))
			: [];
	if (operation === 'sending' && provider.images.mask === true) own.push(maskOption);
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: {
			show: {
				provider: [provider.id],
				operation: operation === 'sending' ? sending : ['getTask'],
			},
		},
		options: [...own, ...commonOptions(provider, operation)].sort((one, other) =>
			one.displayName.localeCompare(other.displayName),
		),
	};
}

/** Every field of the panel, derived from the providers: nothing is shown that the chosen one ignores. */
export const properties: INodeProperties[] = [
	providerProperty,
	// First the one with all operations: the node picker lists the actions of the first it finds.
	operationProperty(withTasks),
	operationProperty(withoutTasks),
	promptProperty,
	imagesProperty,
	...providers.map(modelProperty),
	...withTasks.map(taskIdProperty),
	...providers.map((provider) => optionsProperty(provider, 'sending')),
	...withTasks.map((provider) => optionsProperty(provider, 'getTask')),
];
