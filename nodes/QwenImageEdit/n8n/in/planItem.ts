import type { IExecuteFunctions } from 'n8n-workflow';

import { checkFields } from '../../adapter/checkFields';
import { checkFile, checkImages } from '../../adapter/checkImages';
import { checkPrompt, checkTaskId } from '../../adapter/checkTexts';
import { findModel, type Provider } from '../../adapter/provider';
import { expectedCost } from '../../edit/expectedCost';
import { EditFault, inputFault } from '../../edit/fault';
import { priceIn } from '../../edit/price';
import type { EditRequest } from '../../edit/request';
import { editedName } from '../../image/fileName';
import type { ItemPlan, OutputPlan } from '../../run/item';
import { isRecord } from '../../wire/json/jsonValue';
import type { ReadCredential } from '../http/credential';
import { defaultBinaryPropertyName } from '../panel/nodeOptions';
import { withUrlSecret } from '../signature/urlSecret';
import type { Choice } from './choice';
import { ImageReader } from './imageReader';
import { canUpload } from './publicUrl';
import type { ImageRow } from './imageRows';
import { readFlag, readMaxCost, readNumber, readOptions, readText } from './options';

type Options = Readonly<Record<string, unknown>>;

/**
 * One item as a plan, with everything checked that can be checked without sending anything.
 *
 * @throws EditFault of kind `input`
 */
export async function planItem(
	context: IExecuteFunctions,
	choice: Choice,
	credential: ReadCredential,
	itemIndex: number,
): Promise<ItemPlan> {
	const { provider, operation } = choice;
	const options = readOptions(context, itemIndex);
	const plan: ItemPlan = {
		provider,
		operation,
		baseUrl: credential.baseUrl,
		canUpload: canUpload(provider, credential),
		model: '',
		...(credential.region === undefined ? {} : { region: credential.region }),
		isCheckOnly: readFlag(options, 'checkOnly', 'Check Only'),
		waitForCompletion: options.waitForCompletion === true,
		timeoutSeconds: readNumber(options, 'timeoutSeconds'),
		timeoutAction: options.timeoutAction === 'output' ? 'output' : 'error',
		// Only the trigger asks.
		downloadsImages: context.getNodeParameter('downloadImage', itemIndex, true) !== false,
		output: readOutput(options),
	};
	if (operation === 'getTask' || operation === 'cancelTask') {
		const taskId = checkTaskId(provider, context.getNodeParameter('taskId', itemIndex, ''));
		return { ...plan, taskId, output: named(plan.output, undefined) };
	}
	const request = await readRequest(
		context,
		{ ...plan, ...choice },
		{ options, credential },
		itemIndex,
	);
	const price = priceIn(findModel(provider, request.model)?.prices, plan.region);
	const expected = expectedCost(price, request);
	if (expected === undefined && readMaxCost(context) !== undefined) {
		throw noLimit(provider, request.model, price !== undefined);
	}
	return {
		...plan,
		request,
		...(expected === undefined ? {} : { expected }),
		model: request.model,
		output: named(plan.output, request),
	};
}

/** A limit that nobody can keep is refused before anything is sent. */
function noLimit({ title }: Provider, model: string, isPriced: boolean): EditFault {
	if (isPriced) {
		return inputFault(
			`'Max Cost' cannot be kept: ${title} bills the model ${model} by the megapixel, and the size of an image at a URL is not known`,
			"Set 'Size' in Options, or give the image as a file",
		);
	}
	return inputFault(
		`'Max Cost' cannot be kept: the price of ${model === '' ? `a model of ${title}` : `the model ${model} at ${title}`} is not known`,
		"Choose a model whose price stands in the list of 'Model', or remove 'Max Cost' from Options",
	);
}

/** The output side of the options. */
function readOutput(options: Options): OutputPlan {
	return {
		binaryPropertyName: readText(options, 'binaryPropertyName') || defaultBinaryPropertyName,
		fileName: readText(options, 'fileName'),
		maximumBytes: readNumber(options, 'maxImageMegabytes') * 1_000_000,
		allowPrivateNetwork: options.allowPrivateNetwork === true,
	};
}

/** The name of the output file, where the user gives none, comes from the first input image. */
function named(output: OutputPlan, request: EditRequest | undefined): OutputPlan {
	if (output.fileName !== '') return output;
	const first = request?.images[0];
	return { ...output, fileName: editedName(first?.kind === 'link' ? first.url : first?.fileName) };
}

async function readRequest(
	context: IExecuteFunctions,
	{ provider, baseUrl, canUpload, hasBucket }: ItemPlan & Choice,
	{ options, credential }: { options: Options; credential: ReadCredential },
	itemIndex: number,
): Promise<EditRequest> {
	const model = readModel(context, provider, itemIndex);
	const prompt = checkPrompt(provider, context.getNodeParameter('prompt', itemIndex, ''), model);
	const fields = checkFields(provider, withCallback(options, provider, model, credential), model);
	const stored = context.getNodeParameter('images.image', itemIndex, []) as unknown;
	const rows = (Array.isArray(stored) ? stored : [stored]).filter(isRecord) as ImageRow[];
	const hasUpload = canUpload || hasBucket;
	const reader = new ImageReader({ context, provider, baseUrl, hasUpload, itemIndex });
	const images = await reader.readAll(rows);
	checkImages(provider, images, baseUrl, model);
	if (provider.images.mask !== true) return { model, prompt, images, fields };
	const mask = await reader.readMask(options.maskBinaryPropertyName);
	if (mask === undefined) return { model, prompt, images, fields };
	checkFile(provider, 'The mask', mask, model);
	return { model, prompt, images, fields, mask };
}

/** The URL of a trigger gets the secret by which the trigger will know the call. Other URLs stay as they are. */
function withCallback(
	options: Options,
	{ task }: Provider,
	model: string,
	{ key }: ReadCredential,
): Options {
	const { callbackUrl } = options;
	if (task?.callback === undefined || typeof callbackUrl !== 'string') return options;
	const note = task.callback.noteOf?.(model) ?? '';
	return { ...options, callbackUrl: withUrlSecret(callbackUrl.trim(), note, key) };
}

/** The model as stored: the resource locator's object, or a plain id. */
function readModel(context: IExecuteFunctions, provider: Provider, itemIndex: number): string {
	const stored = context.getNodeParameter('model', itemIndex, '') as unknown;
	const id = isRecord(stored) ? stored.value : stored;
	// A server with one model of its own needs no id.
	if (provider.defaultModel === '' && (id === '' || id === undefined || id === null)) return '';
	if (typeof id !== 'string' || id.trim() === '') {
		throw inputFault("'Model' is empty", 'Choose one from the list or enter an id of the provider');
	}
	const typed = id.trim();
	// Pasted with slashes around it, it is still the model whose limits and field names are known.
	return findModel(provider, typed.replace(/^\/+|\/+$/g, ''))?.id ?? typed;
}
