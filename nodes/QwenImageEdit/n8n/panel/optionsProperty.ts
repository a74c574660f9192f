import type { INodeProperties } from 'n8n-workflow';

import type { Field } from '../../adapter/field';
import type { Provider } from '../../adapter/provider';
import { defaultBinaryPropertyName, numberOptions, type NumberOption } from './nodeOptions';
import { sendingOperations } from './operations';

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
					minValue: field.minimum,
					maxValue: field.maximum,
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
	hint: 'The name of the input binary field containing the mask: an image that marks where the first one is to change',
};

/** A number option of the node itself. */
function numberProperty(
	name: keyof typeof numberOptions,
	description: string,
	standard: number = numberOptions[name].default,
): INodeProperties {
	const { label, minimum, maximum, isWhole }: NumberOption = numberOptions[name];
	return {
		displayName: label,
		name,
		type: 'number',
		typeOptions: {
			minValue: minimum,
			maxValue: maximum,
			...(isWhole === true ? { numberPrecision: 0 } : {}),
		},
		default: standard,
		description: `${description}, from ${minimum} to ${maximum}`,
	};
}

const checkOnlyOption: INodeProperties = {
	displayName: 'Check Only',
	name: 'checkOnly',
	type: 'boolean',
	default: false,
	description:
		'Whether to only check all items and show what they would cost, without sending anything',
};

/** A limit on the cost, where the price of any model is known. */
function maxCostOption({ models, credential: { regions } }: Provider): INodeProperties[] {
	const prices = models.flatMap((model) => model.prices ?? []);
	if (prices.length === 0) return [];
	const currencies = new Map(prices.map(({ currency, region }) => [currency, region]));
	const named = [...currencies].map(([currency, region]) => {
		const label = regions?.find(({ value }) => value === region)?.label;
		return label === undefined || currencies.size === 1 ? currency : `${currency} (${label})`;
	});
	const description = `How much one run of this node may cost in ${named.join(' or ')} by the price list; items beyond it are not sent and fail`;
	return [numberProperty('maxCost', description)];
}

/**
 * Options about results, for every provider.
 *
 * @param displayOptions when those about files are shown; absent: always
 */
export function resultOptions(
	displayOptions?: INodeProperties['displayOptions'],
): INodeProperties[] {
	const files: INodeProperties[] = [
		{
			displayName: 'Allow Private Network',
			name: 'allowPrivateNetwork',
			type: 'boolean',
			default: false,
			description:
				'Whether the node may download results from addresses in a private network. Without it, only from the host of the base URL.',
		},
		{
			displayName: 'File Name',
			name: 'fileName',
			type: 'string',
			default: '',
			placeholder: 'e.g. product-front',
			description:
				'Name of the output file, by default the name of the input file with "-edited"; the extension is added to fit the content',
		},
		numberProperty('maxImageMegabytes', 'A larger result is refused instead of filling the disk'),
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			default: defaultBinaryPropertyName,
			placeholder: 'e.g. data',
			hint: 'The name of the output binary field to put the file in',
		},
	];
	return [
		...files.map((file) => (displayOptions === undefined ? file : { ...file, displayOptions })),
		numberProperty(
			'timeoutSeconds',
			'How long one item may take, from its first request to its image',
		),
	];
}

/** Options of the node itself, for every provider. */
function commonOptions(provider: Provider, operation: 'sending' | 'getTask'): INodeProperties[] {
	const options: INodeProperties[] = [
		...resultOptions(),
		numberProperty(
			'maxConcurrency',
			'How many items are processed at the same time; the order of the output is kept',
			provider.concurrency,
		),
	];
	if (operation === 'sending') options.push(checkOnlyOption, ...maxCostOption(provider));
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
					description: 'The item is output with the task ID and no image, ready for Get Task',
				},
				{
					name: 'Stop with an Error',
					value: 'error',
					description: 'The error names the task ID',
				},
			],
			default: 'error',
			description:
				'What to do with a task that is not finished in time; it continues at the provider',
		});
	}
	if (operation === 'sending') {
		options.push({
			...numberProperty(
				'reusePaidEdits',
				'How many days the result of the same edit is reused instead of paid for again, or 0 for never',
			),
			displayOptions: { show: { '/storage': ['s3'] } },
		});
	}
	if (operation === 'getTask') {
		options.push({
			displayName: 'Wait for Completion',
			name: 'waitForCompletion',
			type: 'boolean',
			default: false,
			description: 'Whether to wait until the task is finished instead of reading its state once',
		});
	}
	return options;
}

/** The Options collection of a provider: its own fields and those of the node. */
export function optionsProperty(
	provider: Provider,
	operation: 'sending' | 'getTask',
): INodeProperties {
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
				operation: operation === 'sending' ? sendingOperations : ['getTask'],
			},
		},
		options: [...own, ...commonOptions(provider, operation)].sort((one, other) =>
			one.displayName.localeCompare(other.displayName),
		),
	};
}

/** The Options collection of Cancel Task, which is the same for every provider. */
export function cancelOptions(list: readonly Provider[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: {
			show: { provider: list.map(({ id }) => id), operation: ['cancelTask'] },
		},
		options: [
			numberProperty('maxConcurrency', 'How many tasks are cancelled at the same time'),
			numberProperty('timeoutSeconds', 'How long the provider may take to answer'),
		],
	};
}
