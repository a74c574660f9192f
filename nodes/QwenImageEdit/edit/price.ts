/** What one edit costs by the provider's price list. A price that is not known is absent, never zero. */
export interface Price {
	amount: number;
	currency: 'CNY' | 'USD';
	/** `edit`: whatever comes of it; `image`: each result; `megapixel`: each million pixels of the results. */
	per: 'edit' | 'image' | 'megapixel';
	/** The month in which it was read, as YYYY-MM. */
	asOf: string;
	source: string;
}
