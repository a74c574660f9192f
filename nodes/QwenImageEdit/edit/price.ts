/** What one edit costs by the provider's price list. A price that is not known is absent, never zero. */
export interface Price {
	amount: number;
	currency: 'CNY' | 'USD';
	/** `edit`: whatever comes of it; `image`: each result; `megapixel`: each million pixels of the results. */
	per: 'edit' | 'image' | 'megapixel';
	/**
	 * For `megapixel`: the most that one result has when no size in pixels is set. `input`: as many as the largest input
	 * image, which the result is made from.
	 */
	mostMegapixels?: number | 'input';
	/** The region of the credential in which it holds. Absent: in every one. */
	region?: string;
	/** The month in which it was read, as YYYY-MM. */
	asOf: string;
	source: string;
}

/** The price that holds in a region, where the provider has regions. */
export function priceIn(
	prices: readonly Price[] = [],
	region: string | undefined,
): Price | undefined {
	return prices.find((price) => price.region === undefined || price.region === region);
}

/** "0.03 USD an image". */
export function priceText({ amount, currency, per }: Price): string {
	return `${amount} ${currency} ${per === 'megapixel' ? 'a' : 'an'} ${per}`;
}
