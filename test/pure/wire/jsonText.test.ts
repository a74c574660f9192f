import fc from 'fast-check';

import { readJsonText } from '../../../nodes/QwenImageEdit/wire/json/jsonText';
import { within } from '../contract/time-limit';

const plain = { id: 'task-1', list: [1, 'two', { three: null }], text: 'a "quoted" \\ text' };

describe('a whole JSON text', () => {
	it.each([
		['as it is', JSON.stringify(plain)],
		['with a byte-order mark', `\ufeff${JSON.stringify(plain)}`],
		['with two of them', `\ufeff\ufeff${JSON.stringify(plain)}`],
		[
			'behind spaces that keep a connection alive',
			`${' \r\n'.repeat(300)}${JSON.stringify(plain)}`,
		],
		['with spaces behind it', `${JSON.stringify(plain, null, '\t')}\n\n`],
	])('%s', (_name, text) => {
		expect(readJsonText(text)).toEqual({ json: plain, isCut: false, oddities: [] });
	});

	it('with text behind it, and says so', () => {
		const read = readJsonText(`${JSON.stringify(plain)}<!-- 12 ms -->`);
		expect(read).toMatchObject({ json: plain, isCut: false });
		expect(read?.oddities).toHaveLength(1);
	});

	it.each([
		['with one event', `data: ${JSON.stringify(plain)}\n\n`],
		[
			'with names, comments and an end',
			`: hello\n\nevent: x\nid: 7\ndata: ${JSON.stringify(plain)}\n\ndata: [DONE]\n\n`,
		],
		['with line ends of Windows', `event: x\r\ndata: ${JSON.stringify(plain)}\r\n\r\n`],
		[
			'with several lines of data',
			`data: ${JSON.stringify(plain, null, '\t').split('\n').join('\ndata: ')}\n\n`,
		],
		['of which the last counts', `data: {"progress":10}\n\ndata: ${JSON.stringify(plain)}\n\n`],
	])('as server-sent events %s', (_name, text) => {
		expect(readJsonText(text)).toMatchObject({ json: plain, isCut: false });
	});

	it.each([
		[
			'a warning of PHP',
			'<br />\n<b>Warning</b>: Undefined array key "x" on line <b>3</b><br />\n',
		],
		['a warning in plain text', 'Notice: list [a, "b"] and {c} in /srv/x.php\n'],
		['a guard against scripts', ")]}',\n"],
		['an endless loop against scripts', 'for (;;);'],
		['a comment of server-sent events', ': ping\n\n'],
	])('with %s in front of it, and says so', (_name, before) => {
		const read = readJsonText(before + JSON.stringify(plain));
		expect(read).toMatchObject({ json: plain, isCut: false });
		expect(read?.oddities).toHaveLength(1);
	});

	it.each([
		['in the call of JSONP', `callback(${JSON.stringify(plain)});`],
		['with a comma too many', JSON.stringify(plain).replace(/}$/, ',}').replace(/]/, ' , ]')],
	])('%s', (_name, text) => {
		expect(readJsonText(text)).toMatchObject({ json: plain, isCut: false });
	});

	it('with a line end inside a text', () => {
		expect(readJsonText('{"message":"two\nlines,]","id":1}')?.json).toEqual({
			message: 'two\nlines,]',
			id: 1,
		});
	});

	it.each([
		['lines', `{"progress":10}\n${JSON.stringify(plain)}\n`],
		['events', `data: ${JSON.stringify(plain)}\n\ndata: {"type":"done"}\n\n`],
	])('as %s, of which none is forgotten', (_name, text) => {
		const read = readJsonText(text)!;
		expect([read.json, ...read.others!]).toContainEqual(plain);
	});

	it.each([
		'',
		' ',
		'\ufeff',
		'OK',
		'<html>{}</html>',
		'<script>x = {"a":1};</script>',
		'data: [DONE]\n\n',
		'event: x\n\n',
	])('%j holds none', (text) => {
		expect(readJsonText(text)).toBeUndefined();
	});
});

describe('numbers', () => {
	it.each([
		['{"id":9007199254740993}', { id: '9007199254740993' }],
		[
			'{"id":-9007199254740993,"n":[123456789012345678901]}',
			{ id: '-9007199254740993', n: ['123456789012345678901'] },
		],
		['{"id":9007199254740991}', { id: 9007199254740991 }],
		['{"id":"9007199254740993"}', { id: '9007199254740993' }],
		[
			'{"text":"id: 9007199254740993, and \\"9007199254740993\\""}',
			{ text: 'id: 9007199254740993, and "9007199254740993"' },
		],
		['{"x":0.12345678901234567890}', { x: Number('0.12345678901234567890') }],
		['{"x":12345678901234567890.5}', { x: Number('12345678901234567890.5') }],
		['{"x":1e1234567890123456789}', { x: Infinity }],
	])('of %s keep their digits', (text, json) => {
		expect(readJsonText(text)?.json).toEqual(json);
	});

	it('change nothing else', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				// 2^53 and above become texts; fast-check makes such numbers now and then.
				const text = JSON.stringify(value);
				if (/\d{16}/.test(text)) return;
				expect(readJsonText(text)?.json).toEqual(JSON.parse(text));
			}),
		);
	});
});

describe('a JSON text that is cut', () => {
	/** Every value of the cut text stands in the whole one, at the same place. */
	function isPartOf(part: unknown, whole: unknown): boolean {
		if (typeof part !== 'object' || part === null) return Object.is(part, whole);
		if (typeof whole !== 'object' || whole === null) return false;
		return Object.entries(part).every(([name, value]) =>
			isPartOf(value, (whole as Record<string, unknown>)[name]),
		);
	}

	it('gives the values that are whole, wherever it is cut', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, place) => {
				const text = JSON.stringify({ first: 'id-1', ...value, last: 1 });
				if (/\d{16}/.test(text)) return;
				const read = readJsonText(text.slice(0, place % text.length));
				if (read === undefined) return;
				expect(read.isCut).toBe(true);
				expect(isPartOf(read.json, JSON.parse(text))).toBe(true);
			}),
			{ numRuns: 500 },
		);
	});

	it.each(['12', '1.', '1.5', '1e', '1e+', '1e+2', '-', 'tru'])(
		'leaves out %s at the end, which may go on',
		(end) => {
			expect(readJsonText(`{"id":"a","seconds":${end}`)?.json).toEqual({ id: 'a' });
		},
	);

	it('never takes half an id for an id', () => {
		const text = '{"status":"processing","id":143526871,"next":"task-unified-1"}';
		for (let length = 1; length < text.length; length += 1) {
			const json = readJsonText(text.slice(0, length))?.json as Record<string, unknown> | undefined;
			if (json?.id !== undefined) expect(json.id).toBe(143526871);
			if (json?.next !== undefined) expect(json.next).toBe('task-unified-1');
		}
	});

	it('ends soon on hostile texts', () => {
		for (const text of [
			'['.repeat(1e6),
			'{"a":'.repeat(2e5),
			'"'.repeat(1e6),
			`{"a":"${'\\'.repeat(1e6)}`,
			`[${'1,'.repeat(5e5)}`,
			`${'9'.repeat(1e6)}`,
		]) {
			within(3000, () => readJsonText(text));
		}
	});
});
