import type { IExecuteFunctions } from 'n8n-workflow';

import { checkFields, checkFile, checkImages, checkPrompt, checkTaskId } from '../../adapter/check';
import { inputFault } from '../../edit/fault';
import type { OperationName } from '../../adapter/field';
import { isRecord } from '../../wire/words';
import { operationsOf, type Provider } from '../../adapter/provider';
import type { EditRequest } from '../../edit/request';
import { findProvider, providers } from '../../providers';
import type { Job } from '../../run/editItem';
import type { ReadCredential } from '../http/credential';
import { defaults } from '../panel/defaults';
import { ImageReader, type ImageRow } from './imagesIn';

/** What is the same for all items: the two fields that take no expression. */
export interface Choice {
	provider: Provider;
	operation: OperationName;
}

/** Provider and operation; a combination that does not exist is refused with what does. */
export function readChoice(context: IExecuteFunctions): Choice {
	const id = context.getNodeParameter('provider', 0);
	const provider = findProvider(id);
	if (provider === undefined) {
		throw inputFault(
			`The provider '${String(id)}' is not known`,
			`Choose one of ${providers.map(({ title }) => title).join(', ')}`,
		);
	}
	const operation = context.getNodeParameter('operation', 0);
	const offered = operationsOf(provider);
	const found = offered.find((name) => name === operation);
	if (found === undefined) {
		throw inputFault(
			`The operation '${String(operation)}' is not offered for ${provider.title}`,
			offered.length === 1
				? `${provider.title} answers at once and has no tasks: choose 'Edit Image'`
				: "Choose 'Edit Image', 'Submit Task' or 'Get Task'",
		);
	}
	return { provider, operation: found };
}

/** The options of one item; a collection that was never opened is empty. */
export function readOptions(
	context: IExecuteFunctions,
	itemIndex: number,
): Record<string, unknown> {
	const options = context.getNodeParameter('options', itemIndex, {}) as unknown;
	return isRecord(options) ? options : {};
}

/** A positive number from the options, else the default. */
function positive(
	options: Record<string, unknown>,
	name: string,
	label: string,
	standard: number,
): number {
	const value = options[name];
	if (value === undefined || value === null || value === '') return standard;
	const number = Number(value);
	if (!Number.isFinite(number) || number <= 0) {
		throw inputFault(`'${label}' must be a number above 0`);
	}
	return number;
}

/** How many items of this run are worked on at once. */
export function readWidth(context: IExecuteFunctions, provider: Provider): number {
	return Math.max(
		1,
		Math.floor(
			positive(readOptions(context, 0), 'maxConcurrency', 'Max Concurrency', provider.concurrency),
		),
	);
}

/** Where and under which name the image goes. */
export interface OutputPlace {
	binaryPropertyName: string;
	fileName: string;
	maximumBytes: number;
}

/** The output side of the options. */
export function readOutputPlace(options: Record<string, unknown>): OutputPlace {
	const field = options.binaryPropertyName;
	const fileName = options.fileName;
	return {
		binaryPropertyName:
			typeof field === 'string' && field.trim() !== '' ? field.trim() : defaults.binaryPropertyName,
		fileName: typeof fileName === 'string' ? fileName : '',
		maximumBytes:
			positive(options, 'maxImageMegabytes', 'Max Image Size', defaults.maxImageMegabytes) *
			1_000_000,
	};
}

/** The model as stored: the resource locator's object, or a plain id. */
function readModel(context: IExecuteFunctions, provider: Provider, itemIndex: number): string {
	const stored = context.getNodeParameter('model', itemIndex, '') as unknown;
	const id = isRecord(stored) ? stored.value : stored;
	// A server with one model of its own needs no id.
	if (provider.defaultModel === '' && (id === '' || id === undefined || id === null)) return '';
	if (typeof id !== 'string' || id.trim() === '') {
		throw inputFault("'Model' is empty", 'Choose one from the list or type an id of the provider');
	}
	return id.trim();
}

async function readRequest(
	context: IExecuteFunctions,
	provider: Provider,
	credential: ReadCredential,
	itemIndex: number,
): Promise<EditRequest> {
	const prompt = checkPrompt(provider, context.getNodeParameter('prompt', itemIndex, ''));
	const model = readModel(context, provider, itemIndex);
	const options = readOptions(context, itemIndex);
	const fields = checkFields(provider, options, model);
	const stored = context.getNodeParameter('images.image', itemIndex, []) as unknown;
	const rows = (Array.isArray(stored) ? stored : [stored]).filter(isRecord) as ImageRow[];
	const reader = new ImageReader(context, provider, credential.baseUrl, itemIndex);
	const images = await reader.readAll(rows);
	checkImages(provider, images, credential.baseUrl, model);
	const mask =
		provider.images.mask === true
			? await reader.readMask(options.maskBinaryPropertyName)
			: undefined;
	if (mask !== undefined) checkFile(provider, 'The mask', mask);
	return { model, prompt, images, fields, ...(mask === undefined ? {} : { mask }) };
}

/**
 * One item as a job, with everything checked that can be checked without sending anything.
 *
 * @throws EditFault of kind `input`
 */
export async function readJob(
	context: IExecuteFunctions,
	{ provider, operation }: Choice,
	credential: ReadCredential,
	itemIndex: number,
): Promise<Job> {
	const options = readOptions(context, itemIndex);
	const common = {
		provider,
		operation,
		baseUrl: credential.baseUrl,
		waitForCompletion: options.waitForCompletion === true,
		timeoutSeconds: positive(options, 'timeoutSeconds', 'Timeout', defaults.timeoutSeconds),
		timeoutAction: options.timeoutAction === 'output' ? ('output' as const) : ('error' as const),
	};
	readOutputPlace(options);
	if (operation === 'getTask') {
		return {
			...common,
			taskId: checkTaskId(provider, context.getNodeParameter('taskId', itemIndex, '')),
		};
	}
	return { ...common, request: await readRequest(context, provider, credential, itemIndex) };
}
