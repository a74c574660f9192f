import { type Cost, roundedAmount } from './cost';
import type { Price } from './price';
import type { EditRequest, Image } from './request';

/** What an edit costs at most by the price list, all its results together. */
export type ExpectedCost = Pick<Cost, 'amount' | 'currency' | 'asOf'>;

/** The largest result that a provider has a name for, such as `square_hd`: 1024 x 1024. */
const mostMegapixelsOfWord = 1.05;

/** Models that follow the input still make about 1024 x 1024 pixels of a small one, in steps of some pixels. */
const leastMegapixelsByInput = 1.1;

/** Providers round the sides of a result; none documents larger steps. */
const step = 32;

function megapixels(width: number, height: number): number {
	const up = (side: number): number => Math.ceil(side / step) * step;
	return (up(width) * up(height)) / 1_000_000;
}

/** The most that one result can have, from the size that was asked for, else from what the model makes without one. */
function mostMegapixels(
	most: Price['mostMegapixels'],
	{ fields, images }: Pick<EditRequest, 'fields' | 'images'>,
): number | undefined {
	const { size } = fields;
	const sides = /^(\d+)x(\d+)$/.exec(String(size ?? ''));
	if (sides !== null) return megapixels(Number(sides[1]), Number(sides[2]));
	if (size !== undefined) return mostMegapixelsOfWord;
	if (most !== 'input') return most;
	const inputs = images.map((image) => megapixelsOf(image));
	return inputs.includes(undefined)
		? undefined
		: Math.max(leastMegapixelsByInput, ...(inputs as number[]));
}

function megapixelsOf(image: Image): number | undefined {
	const { width, height } = image.kind === 'file' ? image.facts : {};
	return width === undefined || height === undefined ? undefined : megapixels(width, height);
}

/** How many results an edit asks for. */
export function resultCount({ fields }: Pick<EditRequest, 'fields'>): number {
	return Number(fields.n ?? 1);
}

/**
 * The most that an edit can cost by the price list. Undefined where no price is known, or where it is by the megapixel
 * and nobody can tell how large the result will be: an image at a URL has no size here.
 */
export function expectedCost(
	price: Price | undefined,
	request: Pick<EditRequest, 'fields' | 'images'>,
): ExpectedCost | undefined {
	if (price === undefined) return undefined;
	const { per, currency, asOf } = price;
	const units = per === 'megapixel' ? mostMegapixels(price.mostMegapixels, request) : 1;
	if (units === undefined) return undefined;
	const count = per === 'edit' ? 1 : resultCount(request);
	return { amount: roundedAmount(price.amount * units * count), currency, asOf };
}
