import fc from 'fast-check';
import { z } from 'zod/v4';

import {
	choice,
	decimal,
	flag,
	integer,
	jsonObject,
	pixelSize,
	readJsonObject,
	text,
	type Field,
} from '../../../nodes/QwenImageEdit/adapter/field';

const named = { wire: 'w', label: 'The Label', help: 'What it does, in one sentence' };

function read(field: Field, value: unknown): unknown {
	const result = field.schema.safeParse(value);
	return result.success ? result.data : { refused: result.error.issues[0]?.message };
}

function expectRefusal(field: Field, value: unknown): void {
	expect(read(field, value)).toEqual({ refused: expect.stringContaining("'The Label'") });
}

describe('text', () => {
	const short = text({ ...named, maxLength: 5, example: 'a' });

	it('keeps texts as they are', () => {
		for (const value of ['a', ' a ', 'ab\ncd', '12345']) expect(read(short, value)).toBe(value);
	});

	it('says how long a text is that is too long', () => {
		expect(read(short, '123456')).toEqual({
			refused: "'The Label' may have at most 5 characters, it has 6",
		});
	});

	it('counts characters, as the prompt is counted', () => {
		expect(read(short, '🦆🦆🦆🦆🦆')).toBe('🦆🦆🦆🦆🦆');
		expectRefusal(short, '🦆🦆🦆🦆🦆🦆');
	});

	it.each([5, true, [], {}, ['a']])('refuses %j by name', (value) => {
		expectRefusal(short, value);
		expectRefusal(text({ ...named, example: 'a' }), value);
	});

	it('has an empty default, which counts as not set', () => {
		expect(short.default).toBe('');
		expect(short).not.toHaveProperty('maxLength');
	});

	it('uses a schema of its own', () => {
		const even = text({ ...named, example: 'ab', schema: z.string().regex(/^(..)*$/, 'odd') });
		expect(read(even, 'ab')).toBe('ab');
		expect(read(even, 'abc')).toEqual({ refused: 'odd' });
	});
});

describe('integer', () => {
	const field = integer({ ...named, minimum: -1, maximum: 10, example: 0 });

	it.each([
		[0, 0],
		[-1, -1],
		[10, 10],
		['7', 7],
		['-1', -1],
		[' 7 ', 7],
	])('reads %j', (value, number) => {
		expect(read(field, value)).toBe(number);
	});

	it.each([-2, 11, 1.5, '1.5', 'seven', NaN, Infinity, '1e400', undefined, {}])(
		'refuses %p by name and range',
		(value) => {
			expectRefusal(field, value);
			expect(JSON.stringify(read(field, value))).toContain('from -1 to 10');
		},
	);

	it.each([true, false, ' ', [], [7], new Date(7)])('refuses %p, which is no number', (value) => {
		expectRefusal(field, value);
	});

	it('takes no number that JavaScript cannot hold exactly, whatever its limits are', () => {
		const wide = integer({ ...named, minimum: -(2 ** 60), maximum: 2 ** 60, example: 0 });
		expect(read(wide, -5_000_000_000)).toBe(-5_000_000_000);
		expectRefusal(wide, 2 ** 60);
	});

	it('takes every whole number in range and no other', () => {
		fc.assert(
			fc.property(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double()), (value) => {
				const right = Number.isInteger(value) && value >= -1 && value <= 10;
				if (right) expect(read(field, value)).toBe(value);
				else expectRefusal(field, value);
			}),
		);
	});
});

describe('decimal', () => {
	const field = decimal({ ...named, minimum: 0, maximum: 4, example: 1.5 });

	it.each([
		[0, 0],
		[1.5, 1.5],
		[4, 4],
		['2.5', 2.5],
	])('reads %j', (value, number) => {
		expect(read(field, value)).toBe(number);
	});

	it.each([-0.1, 4.1, 'much', NaN, Infinity, {}, undefined])('refuses %p', (value) => {
		expectRefusal(field, value);
	});

	it.each([true, ' ', [], [1]])('refuses %p, which is no number', (value) => {
		expectRefusal(field, value);
	});
});

describe('flag', () => {
	const field = flag({ ...named, default: true });

	it('knows true and false only', () => {
		expect(read(field, true)).toBe(true);
		expect(read(field, false)).toBe(false);
		for (const value of ['true', 'false', 0, 1, 'yes', null, {}, []]) expectRefusal(field, value);
	});

	it('shows the other value as its example', () => {
		expect(field.example).toBe(false);
		expect(flag(named).example).toBe(true);
		expect(flag(named).default).toBe(false);
	});
});

describe('choice', () => {
	const field = choice({
		...named,
		choices: [
			{ value: 'png', label: 'PNG' },
			{ value: 'webp', label: 'WebP' },
		],
		default: 'png',
		example: 'webp',
	});

	it('knows its choices only', () => {
		expect(read(field, 'png')).toBe('png');
		for (const value of ['PNG', 'gif', '', 0, null, ['png'], 'constructor']) {
			expectRefusal(field, value);
		}
		expect(JSON.stringify(read(field, 'gif'))).toContain('png, webp');
	});
});

describe('jsonObject', () => {
	const field = jsonObject({ ...named, example: '{"a":1}' });

	it('takes an object, as text or as such', () => {
		expect(read(field, '{"a": 1}')).toBe('{"a": 1}');
		expect(read(field, { a: 1 })).toBe('{"a":1}');
	});

	it.each(['', 'a', '[1]', '1', 'null', '{"a":', [1], 5, true])('refuses %j', (value) => {
		expectRefusal(field, value);
	});

	it('reads what it took', () => {
		expect(readJsonObject('{"a": {"b": 1}}')).toEqual({ a: { b: 1 } });
		for (const wrong of ['', '[]', 'null', 'x']) expect(readJsonObject(wrong)).toBeUndefined();
		expect(readJsonObject('{"__proto__": {"polluted": 1}}')).toBeDefined();
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});
});

describe('pixelSize', () => {
	const field = pixelSize({ ...named, minimumSide: 256, maximumSide: 1536, example: '512x512' });

	it('reads every size in range, however the cross is written', () => {
		const side = fc.integer({ min: 256, max: 1536 });
		const cross = fc.constantFrom('x', 'X', '×', '*', ' x ', ' × ', '  *  ');
		fc.assert(
			fc.property(side, side, cross, (width, height, sign) => {
				expect(read(field, `${width}${sign}${height}`)).toBe(`${width}x${height}`);
				expect(read(field, ` ${width}${sign}${height}\n`)).toBe(`${width}x${height}`);
			}),
		);
	});

	it('refuses every size out of range', () => {
		const within = fc.integer({ min: 256, max: 1536 });
		const outside = fc.oneof(
			fc.integer({ min: 0, max: 255 }),
			fc.integer({ min: 1537, max: 99_999 }),
		);
		fc.assert(
			fc.property(within, outside, fc.boolean(), (right, wrong, first) => {
				expectRefusal(field, first ? `${wrong}x${right}` : `${right}x${wrong}`);
			}),
		);
	});

	it('sends no number that begins with a zero', () => {
		const read01024 = read(field, '01024x0768');
		if (typeof read01024 === 'string') expect(read01024).toBe('1024x768');
		else expectRefusal(field, '01024x0768');
	});
});
