import { costOf } from '../../../nodes/QwenImageEdit/edit/cost';
import { expectedCost } from '../../../nodes/QwenImageEdit/edit/expectedCost';
import { priceIn, type Price } from '../../../nodes/QwenImageEdit/edit/price';
import type { FieldValues, Image } from '../../../nodes/QwenImageEdit/edit/request';
import { providers } from '../../../nodes/QwenImageEdit/providers';

const price = (per: Price['per'], more: Partial<Price> = {}): Price => ({
	amount: 0.03,
	currency: 'USD',
	per,
	asOf: '2026-10',
	source: 'a page',
	...more,
});
const file = (width?: number, height?: number): Image =>
	({ kind: 'file', facts: { width, height } }) as Image;
const link: Image = { kind: 'link', url: 'https://images.example/1.png' };
const most = (
	listed: Price | undefined,
	fields: FieldValues = {},
	images: Image[] = [link],
): number | undefined => expectedCost(listed, { fields, images })?.amount;

describe('what an edit costs at most', () => {
	const byInput = price('megapixel', { mostMegapixels: 'input' });

	it.each<[string, Price | undefined, FieldValues, Image[], number | undefined]>([
		['one image', price('image'), {}, [link], 0.03],
		['each of several', price('image'), { n: 4 }, [link], 0.12],
		['the edit, however many images come', price('edit'), { n: 4 }, [link], 0.03],
		['the size that is asked for', byInput, { size: '2048x2048' }, [link], 0.125829],
		['each of several of a size', byInput, { size: '1024x1024', n: 2 }, [link], 0.062915],
		['a size with a name', byInput, { size: 'square_hd' }, [link], 0.0315],
		['the largest input', byInput, {}, [file(400, 400), file(4000, 3000)], 0.36096],
		['a small input, of which more is made', byInput, {}, [file(400, 400)], 0.033],
		['an input that nobody has seen', byInput, {}, [file(400, 400), link], undefined],
		['an input of unknown size', byInput, {}, [file()], undefined],
		[
			'a provider of presets',
			price('megapixel', { mostMegapixels: 1.05 }),
			{ n: 2 },
			[link],
			0.063,
		],
		['a price that is not known', undefined, {}, [link], undefined],
	])('is that of %s', (_name, listed, fields, images, amount) => {
		expect(most(listed, fields, images)).toBe(amount);
	});

	it('is never less than what the result comes to', () => {
		for (const [width, height] of [
			[1024, 1024],
			[1033, 777],
			[4000, 3000],
		] as const) {
			const atMost = most(byInput, {}, [file(width, height)])!;
			// Providers round the sides of a result up.
			const rounded = { width: Math.ceil(width / 16) * 16, height: Math.ceil(height / 16) * 16 };
			expect(costOf(rounded, 1, { price: byInput })!.amount).toBeLessThanOrEqual(atMost);
		}
	});
});

describe('the price of a region', () => {
	const prices = [
		price('image', { region: 'singapore' }),
		price('image', { currency: 'CNY', region: 'beijing' }),
	];

	it('is its own, or that of all, never that of another', () => {
		expect(priceIn(prices, 'beijing')?.currency).toBe('CNY');
		expect(priceIn(prices, 'paris')).toBeUndefined();
		expect(priceIn(prices, undefined)).toBeUndefined();
		expect(priceIn([price('edit')], undefined)?.per).toBe('edit');
		expect(priceIn(undefined, 'beijing')).toBeUndefined();
	});

	it.each(providers.map(({ id, models, credential }) => ({ id, models, credential })))(
		'of $id is of a region that there is, and in one currency',
		({ models, credential: { regions = [] } }) => {
			const all = models.flatMap((model) => model.prices ?? []);
			for (const { region, per, mostMegapixels } of all) {
				expect([undefined, ...regions.map(({ value }) => value)]).toContain(region);
				expect(mostMegapixels !== undefined).toBe(per === 'megapixel');
			}
			for (const place of [undefined, ...regions.map(({ value }) => value)]) {
				const here = all.filter(({ region }) => region === place);
				expect(new Set(here.map(({ currency }) => currency)).size).toBeLessThan(2);
			}
		},
	);
});
