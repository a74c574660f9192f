import { costHint } from '../../../nodes/QwenImageEdit/n8n/out/costHint';
import { costOf, readAmount } from '../../../nodes/QwenImageEdit/edit/cost';
import type { Price } from '../../../nodes/QwenImageEdit/edit/price';
import { providers } from '../../../nodes/QwenImageEdit/providers';

const price = (per: Price['per'], amount = 0.03): Price => ({
	amount,
	currency: 'USD',
	per,
	asOf: '2026-10',
	source: 'a page',
});
const size = { width: 1184, height: 896 };

describe('the cost of one image', () => {
	it.each([
		['each image by the list', 4, price('image'), 0.03],
		['its share of the edit', 4, price('edit'), 0.0075],
		['its share of an edit that does not divide', 3, price('edit', 0.1), 0.033333],
		['by its size', 1, price('megapixel'), 0.031826],
	])('is %s', (_name, count, listed, amount) => {
		const cost = costOf(size, count, { price: listed });
		expect(cost).toEqual({ amount, currency: 'USD', basis: 'listed', asOf: '2026-10' });
	});

	it('is its share of what the provider reported, whatever the list says', () => {
		const reported = { amount: 0.0442, currency: 'USD' };
		expect(costOf(size, 2, { reported, price: price('image', 9) })).toEqual({
			amount: 0.0221,
			currency: 'USD',
			basis: 'reported',
		});
	});

	it('is nothing, never zero, where nothing is known', () => {
		expect(costOf(size, 1, {})).toBeUndefined();
		expect(costOf({}, 1, { price: price('megapixel') })).toBeUndefined();
	});

	it.each([-1, Number.NaN, Infinity, 1e6, '0.1', null, undefined, {}])(
		'a reported amount is not %p',
		(amount) => {
			expect(readAmount(amount, 'USD')).toBeUndefined();
		},
	);

	it('a reported zero is a cost: the provider says so', () => {
		expect(readAmount(0, 'USD')).toEqual({ amount: 0, currency: 'USD' });
	});
});

describe('the price lists', () => {
	const all = providers.flatMap(({ id, models }) =>
		models.flatMap(({ prices = [] }) => prices.map((price) => ({ id, ...price }))),
	);

	it('name an amount, a month and a source each', () => {
		expect(all.length).toBeGreaterThan(20);
		for (const { amount, asOf, source } of all) {
			expect(amount).toBeGreaterThan(0);
			expect(asOf).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
			expect(source).not.toBe('');
		}
	});
});

describe('the line about the cost of a run', () => {
	const image = (cost?: object): object => ({ json: { image: {}, cost } });
	const listed = (amount: number, currency: string): object =>
		image({ amount, currency, basis: 'listed' });
	const messages = (outputs: object[][]): string[] =>
		costHint(outputs as never).map(({ message }) => message);

	it('is not there where no cost is known', () => {
		expect(messages([[image()], [{ json: { error: 'no' } }]])).toEqual([]);
	});

	it('counts what was reused, and what failed and may be billed', () => {
		const reused = { json: { image: {}, reused: true } };
		expect(messages([[reused], [reused, reused]])).toEqual(['2 edits; 3 images; 2 reused.']);
		const outputs = [
			[listed(0.1, 'USD')],
			[reused],
			[{ json: { error: 'no', details: { billed: 'no' } } }],
			[{ json: { error: 'lost', details: { billed: 'unknown' } } }],
		];
		expect(messages(outputs)).toEqual([
			'2 edits; 2 images; 2 failed; 1 of them billed or perhaps billed; 1 reused; 0.1 USD, by the price list.',
		]);
	});

	it('does not add what cannot be added', () => {
		const reported = image({ amount: 0.01, currency: 'USD', basis: 'reported' });
		const outputs = [
			[listed(0.1, 'USD'), listed(0.2, 'USD')],
			[reported],
			[listed(0.3, 'CNY')],
			[image()],
			[{ json: { error: 'no' } }],
		];
		expect(messages(outputs)).toEqual([
			'4 edits; 5 images; 1 failed; 0.3 USD, by the price list; 0.01 USD, as reported; 0.3 CNY, by the price list; 1 image of unknown cost.',
		]);
	});
});
