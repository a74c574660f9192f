import fc from 'fast-check';

import { failureText } from '../../../nodes/QwenImageEdit/wire/answer/failureWords';
import { htmlText, plainText } from '../../../nodes/QwenImageEdit/wire/text/plainText';
import { isRecord, readField, words } from '../../../nodes/QwenImageEdit/wire/json/jsonValue';
import { within } from '../contract/time-limit';

describe('plainText', () => {
	it.each([
		['a\u0000b', 'a b'],
		['  a \n\t b  ', 'a b'],
		['\u001b[31mred\u001b[0m', '[31mred [0m'],
		['\u202eevil', 'evil'],
		['\u200bzero\u200bwidth', 'zero width'],
		['', ''],
	])('makes %j plain', (text, plain) => {
		expect(plainText(text)).toBe(plain);
	});

	it('cuts what is too long, and says so', () => {
		expect(plainText('a'.repeat(600))).toHaveLength(600);
		expect(plainText('a'.repeat(601))).toBe(`${'a'.repeat(600)}…`);
		expect(plainText('abcdef', 3)).toBe('abc…');
	});

	it('does not cut a character in two', () => {
		expect(plainText(`${'a'.repeat(599)}🦆🦆`)).not.toMatch(/\p{Cs}/u);
	});

	it('is one short line whatever comes', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary', maxLength: 2000 }),
				fc.integer({ min: 1, max: 700 }),
				(text, longest) => {
					const plain = plainText(text, longest);
					expect(plain.length).toBeLessThanOrEqual(longest + 1);
					expect(plain).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
					expect(plain).toBe(plain.trim());
				},
			),
		);
	});
});

describe('failureText', () => {
	it('finds one sentence wherever it lies, and shows no object', () => {
		const names = fc.constantFrom('message', 'msg', 'detail', 'error', 'errors', 'data', 'reason');
		const step = fc.oneof(
			names.map((name) => (inner: unknown): unknown => ({ [name]: inner })),
			fc.constant((inner: unknown): unknown => [inner]),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
				const json = steps.reduce<unknown>((inner, wrap) => wrap(inner), 'It failed');
				const text = failureText(json);
				expect(text).toContain('It failed');
				expect(text).not.toContain('[object');
			}),
		);
	});

	it('ends soon on what is deep and broad', () => {
		const broad = (depth: number): unknown =>
			depth === 0
				? { a: 1 }
				: Object.fromEntries(
						[
							'message',
							'messege',
							'msg',
							'detail',
							'reason',
							'errors',
							'error',
							'data',
							'title',
						].map((name) => [name, broad(depth - 1)]),
					);
		const body = broad(5);
		within(2000, () => failureText(body));
		const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ error: inner }), 'x');
		within(1000, () => failureText(deep));
	});

	it('never throws on any JSON', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
				expect(failureText(json).length).toBeLessThanOrEqual(601);
			}),
		);
	});
});

describe('htmlText', () => {
	it.each([
		['<title', '<title'.repeat(11_000)],
		['<title>', '<title>'.repeat(9_000)],
		['<script', '<script>'.repeat(8_000)],
		['<', '<'.repeat(64_000)],
		['<a', '<a'.repeat(32_000)],
	])('does not get lost in a page of %s', (_name, html) => {
		within(1000, () => htmlText(html));
	});
});

describe('reading what may be anything', () => {
	it('a record is an object that is no list', () => {
		expect([{}, Object.create(null)].map(isRecord)).toEqual([true, true]);
		expect([null, undefined, [], 'a', 1, true].map(isRecord)).toEqual(Array(6).fill(false));
	});

	it('a field is an own one', () => {
		expect(readField({ a: 0 }, 'a')).toBe(0);
		expect(readField({}, 'constructor')).toBeUndefined();
		expect(readField(JSON.parse('{"__proto__": 1}'), '__proto__')).toBe(1);
		for (const value of [null, undefined, 'text', 5, ['a']])
			expect(readField(value, 'length')).toBeUndefined();
	});

	it('words are texts and numbers', () => {
		expect([' a\n', 0, 5.5].map(words)).toEqual(['a', '0', '5.5']);
		expect([null, undefined, {}, [], ['a']].map(words)).toEqual(Array(5).fill(''));
	});
});
