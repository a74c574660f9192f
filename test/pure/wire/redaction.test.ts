import fc from 'fast-check';

import { Redaction } from '../../../nodes/QwenImageEdit/wire/text/redaction';

const key = 'sk-+/=ü"test key';

describe('Redaction', () => {
	const redaction = new Redaction([key]);

	it.each([
		['plain', key],
		['percent-encoded', encodeURIComponent(key)],
		['in base64', Buffer.from(key).toString('base64')],
		['escaped in JSON', JSON.stringify(key)],
		['twice', `${key} and ${key}`],
		['in a header', `Bearer ${key}`],
	])('takes a key out that is %s', (_name, text) => {
		const clean = redaction.text(`before ${text} after`);
		expect(clean).toContain('[key removed]');
		expect(clean).toMatch(/^before .* after$/);
		expect(clean).not.toContain(key);
		expect(clean).not.toContain(encodeURIComponent(key));
		expect(clean).not.toContain(Buffer.from(key).toString('base64'));
		expect(clean).not.toContain(JSON.stringify(key).slice(1, -1));
	});

	it('reaches names and values however deep, and leaves the original', () => {
		const value = { [key]: [{ deep: { text: `x${key}` } }], n: 1, no: null, yes: true };
		const before = structuredClone(value);
		expect(redaction.value(value)).toEqual({
			'[key removed]': [{ deep: { text: 'x[key removed]' } }],
			n: 1,
			no: null,
			yes: true,
		});
		expect(value).toEqual(before);
	});

	it('keeps every other text as it is', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				fc.pre(!text.includes('sk-'));
				expect(redaction.text(text)).toBe(text);
			}),
		);
		expect(new Redaction(['', 'a', 'abc']).text('abcabc')).toBe('abcabc');
	});

	it('takes a key out whose characters are written in different ways', () => {
		const ascii = ['sk', 'AbC', '0123456789', '+/='].join('-');
		const forms: Array<(code: number) => string> = [
			(code) => String.fromCharCode(code),
			(code) => `%${code.toString(16)}`,
			(code) => `%25${code.toString(16).toUpperCase()}`,
			(code) => `\\u${code.toString(16).padStart(4, '0')}`,
			(code) => `&#${code};`,
			(code) => `&amp;#x${code.toString(16)};`,
		];
		const text = [ascii, Buffer.from(ascii).toString('base64')];
		fc.assert(
			fc.property(fc.constantFrom(...text), fc.infiniteStream(fc.nat(5)), (form, choices) => {
				const written = [...form]
					.map((sign) => forms[choices.next().value!]!(sign.charCodeAt(0)))
					.join('');
				expect(new Redaction([ascii]).text(`<${written}>`)).toMatch(/^<\[key removed\].{0,30}>$/);
			}),
			{ numRuns: 200 },
		);
	});

	it('leaves no key, whatever is around it and however many there are', () => {
		const some = fc.string({ minLength: 4, maxLength: 20 });
		fc.assert(
			fc.property(
				fc.array(some, { minLength: 1, maxLength: 3 }),
				fc.string(),
				fc.string(),
				(keys, before, after) => {
					// A key that is a part of the mark itself cannot be told from it.
					fc.pre(keys.every((one) => !'[key removed]'.includes(one)));
					fc.pre(!keys.some((one) => before.includes(one) || after.includes(one)));
					const clean = new Redaction(keys).text(`${before}\n${keys.join('\n')}\n${after}`);
					for (const one of keys)
						if (!one.includes('\n')) expect(clean.split('\n')).not.toContain(one);
				},
			),
		);
	});

	it('cuts off what is too deep, and does not end on a hostile value', () => {
		const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => [inner], key);
		expect(JSON.stringify(redaction.value(deep))).toContain('too deep');
	});

	it('is not led astray by names of the prototype', () => {
		const value = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as unknown;
		const clean = redaction.value(value) as Record<string, unknown>;
		expect(Object.getPrototypeOf(clean)).toBe(Object.prototype);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});
});
