import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { findModel } from '../../adapter/provider';
import { type Cost, costOf } from '../../edit/cost';
import { resultCount } from '../../edit/expectedCost';
import { expiryOf } from '../../edit/expiry';
import { priceIn } from '../../edit/price';
import { displayWarning } from '../../image/imageType';
import type { ItemPlan, ItemResult } from '../../run/item';
import type { StoredImage } from '../../run/storedImage';
import type { Redaction } from '../../wire/text/redaction';

/** The node's output for one input item: one item per image, or one for a task that is not finished. */
export function outputItems(
	plan: ItemPlan,
	result: ItemResult,
	settings: { itemIndex: number; redaction: Redaction; now: number },
): INodeExecutionData[] {
	const { itemIndex, redaction, now } = settings;
	const redacted = (json: IDataObject): IDataObject => redaction.value(json) as IDataObject;
	const head = headOf(plan, result);
	// A task that was asked to be cancelled may have been finished before; its image was not asked for.
	if (result.status !== 'completed' || plan.operation === 'cancelTask') {
		return [
			{
				json: redacted({ ...head, ...restOf(result, result.warnings) }),
				pairedItem: { item: itemIndex },
			},
		];
	}
	if (result.urls !== undefined) return linkItems(plan, result, result.urls, settings);
	return result.images.flatMap((image, index) => {
		if (image === undefined) return [];
		const display = displayWarning(image.facts.type);
		const warnings = [
			...result.warnings,
			...(image.warnings ?? []),
			...(display === undefined ? [] : [display]),
		];
		return {
			json: redacted({
				...head,
				image: describe(image, plan.provider.resultLifetimeSeconds, now),
				index,
				count: result.images.length,
				...restOf(result, warnings, costOfImage(plan, result, image)),
			}),
			binary: { [plan.output.binaryPropertyName]: image.stored as IBinaryData },
			pairedItem: { item: itemIndex },
		};
	});
}

/** What an item would be sent as. It has no status: there is no edit. */
export function checkedItem(
	{ provider, operation, model, request, expected }: ItemPlan,
	itemIndex: number,
): INodeExecutionData {
	return {
		json: {
			provider: provider.id,
			operation,
			...(model === '' ? {} : { model }),
			checked: true,
			inputImages: request!.images.length,
			count: resultCount(request!),
			...(expected === undefined ? {} : { cost: { ...expected, basis: 'listed' } }),
			warnings: [],
		},
		pairedItem: { item: itemIndex },
	};
}

/** One item per image that was left at the provider. */
function linkItems(
	plan: ItemPlan,
	result: ItemResult,
	urls: readonly string[],
	{ itemIndex, redaction, now }: { itemIndex: number; redaction: Redaction; now: number },
): INodeExecutionData[] {
	return urls.map((url, index) => ({
		json: redaction.value({
			...headOf(plan, result),
			image: addressOf(url, plan.provider.resultLifetimeSeconds, now),
			index,
			count: urls.length,
			...restOf(result, result.warnings),
		}) as IDataObject,
		pairedItem: { item: itemIndex },
	}));
}

/** Where an image lies, and how long it does. */
function addressOf(
	url: string | undefined,
	lifetimeSeconds: number | undefined,
	now: number,
): IDataObject {
	if (url === undefined) return {};
	const expiresAt = expiryOf(url, lifetimeSeconds, now);
	return { url, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function headOf(plan: ItemPlan, result: ItemResult): IDataObject {
	const { model, taskId, requestId, progress, queuePosition, etaSeconds } = result;
	return {
		provider: plan.provider.id,
		operation: plan.operation,
		...(model === undefined ? {} : { model }),
		status: result.status,
		...(result.isReused === true ? { reused: true } : {}),
		...(taskId === undefined ? {} : { taskId }),
		...(requestId === undefined ? {} : { requestId }),
		...(progress === undefined ? {} : { progress }),
		...(queuePosition === undefined ? {} : { queuePosition }),
		...(etaSeconds === undefined ? {} : { etaSeconds }),
	};
}

function costOfImage(
	{ provider, region }: ItemPlan,
	{ images, model = '', usage, isReused }: ItemResult,
	{ facts }: StoredImage,
): Cost | undefined {
	if (isReused === true) return undefined;
	const reported = usage === undefined ? undefined : provider.reportedCost?.(usage);
	const price = priceIn(findModel(provider, model)?.prices, region);
	return costOf(facts, images.length, { reported, price });
}

function restOf(
	{ usage, seconds, polls }: ItemResult,
	warnings: string[],
	cost?: Cost,
): IDataObject {
	return {
		...(usage === undefined ? {} : { usage: usage as IDataObject }),
		...(cost === undefined ? {} : { cost: { ...cost } }),
		warnings,
		timing: { seconds, polls },
	};
}

function describe(
	image: StoredImage,
	lifetimeSeconds: number | undefined,
	now: number,
): IDataObject {
	const { url, facts, bytes } = image;
	const { expiresAt, ...address } = addressOf(url, lifetimeSeconds, now);
	return {
		...address,
		mimeType: facts.mimeType,
		...(facts.width === undefined ? {} : { width: facts.width }),
		...(facts.height === undefined ? {} : { height: facts.height }),
		bytes,
		fileName: (image.stored as IBinaryData).fileName ?? `edited.${facts.extension}`,
		...(expiresAt === undefined ? {} : { expiresAt }),
	};
}
