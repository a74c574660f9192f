import type { ImageFacts } from '../image/imageHead';
import type { Price } from './price';

/** What one image cost; part of the output contract. `listed`: by the provider's price list as of `asOf`, YYYY-MM. */
export interface Cost {
	amount: number;
	currency: string;
	basis: 'reported' | 'listed';
	asOf?: string;
}

/** What the provider itself says that an edit cost. */
export type Reported = Pick<Cost, 'amount' | 'currency'>;

/** Sums of prices such as 0.0221 are not exact in binary; a millionth is less than any price has. */
export function roundedAmount(amount: number): number {
	return Math.round(amount * 1e6) / 1e6;
}

/** A reported amount; undefined for what cannot be one. */
export function readAmount(amount: unknown, currency: string): Reported | undefined {
	return typeof amount === 'number' && amount >= 0 && amount < 1e6
		? { amount, currency }
		: undefined;
}

function listedAmount(
	{ amount, per }: Price,
	{ width, height }: Pick<ImageFacts, 'width' | 'height'>,
	count: number,
): number | undefined {
	if (per === 'image') return amount;
	if (per === 'edit') return amount / count;
	return width === undefined || height === undefined
		? undefined
		: (amount * width * height) / 1_000_000;
}

/**
 * The cost of one of the `count` images of an edit: its share of what the provider reported, else what the price list
 * says. Undefined where nothing is known, never zero.
 */
export function costOf(
	image: Pick<ImageFacts, 'width' | 'height'>,
	count: number,
	{ reported, price }: { reported?: Reported; price?: Price },
): Cost | undefined {
	if (reported !== undefined) {
		const { amount, currency } = reported;
		return { amount: roundedAmount(amount / count), currency, basis: 'reported' };
	}
	const amount = price === undefined ? undefined : listedAmount(price, image, count);
	if (price === undefined || amount === undefined) return undefined;
	const { currency, asOf } = price;
	return { amount: roundedAmount(amount), currency, basis: 'listed', asOf };
}
