import fc from 'fast-check';

import { longStringBytes, sieveJson } from '../../../nodes/QwenImageEdit/wire/json/jsonSieve';

async function* inPieces(text: string, lengths: readonly number[]): AsyncGenerator<Buffer> {
	const bytes = Buffer.from(text);
	let start = 0;
	for (const length of lengths) {
		await Promise.resolve();
		if (start < bytes.length) yield bytes.subarray(start, start + length);
		start += length;
	}
	if (start < bytes.length) yield bytes.subarray(start);
}

/** The JSON that is left, with a mark for each long string, and the long strings. */
async function sieved(
	text: string,
	lengths: readonly number[],
): Promise<{ left: string; long: string[] }> {
	const left: Buffer[] = [];
	const long: Buffer[][] = [];
	let open = false;
	for await (const piece of sieveJson(inPieces(text, lengths))) {
		if (piece.kind === 'text') left.push(Buffer.from(piece.bytes));
		else if (piece.kind === 'long') {
			if (!open) long.push([]);
			open = true;
			long.at(-1)!.push(Buffer.from(piece.bytes));
		} else {
			open = false;
			left.push(Buffer.from(`#${long.length}"`));
		}
	}
	return {
		left: Buffer.concat(left).toString(),
		long: long.map((pieces) => Buffer.concat(pieces).toString('latin1')),
	};
}

const cuts = fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 12 });
const smallCuts = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 400 });

describe('sieveJson', () => {
	it('leaves ordinary JSON as it is, wherever it is cut', async () => {
		await fc.assert(
			fc.asyncProperty(fc.json(), smallCuts, async (text, lengths) => {
				const { left, long } = await sieved(text, lengths);
				expect(left).toBe(text);
				expect(long).toEqual([]);
			}),
		);
	});

	it('takes long strings out, unescaped, and leaves JSON', async () => {
		const longText = fc
			.integer({ min: longStringBytes + 1, max: longStringBytes * 2 })
			.map((length) => 'AbC/+9'.repeat(Math.ceil(length / 6)).slice(0, length));
		await fc.assert(
			fc.asyncProperty(longText, fc.boolean(), cuts, async (base64, escaped, lengths) => {
				const json = JSON.stringify({
					a: 'x"\\',
					data: [{ b64_json: base64 }, { b64_json: base64 }],
					z: 1,
				});
				const text = escaped ? json.replace(/\//g, '\\/') : json;
				const { left, long } = await sieved(text, lengths);
				expect(long).toEqual([base64, base64]);
				expect(JSON.parse(left)).toEqual({
					a: 'x"\\',
					data: [{ b64_json: '#1' }, { b64_json: '#2' }],
					z: 1,
				});
			}),
			{ numRuns: 40 },
		);
	});

	it('takes out line breaks that are escaped, also where a chunk ends between', async () => {
		const line = 'A'.repeat(76);
		const base64 = Array.from({ length: 1200 }, () => line);
		const text = JSON.stringify({ b64_json: base64.join('\n') });
		for (const first of [
			longStringBytes + 50,
			longStringBytes + 93,
			longStringBytes + 94,
			longStringBytes + 95,
		]) {
			expect((await sieved(text, [first])).long).toEqual([base64.join('')]);
		}
	});

	it.each([-2, -1, 0, 1, 2])('is right at the limit of %d', async (difference) => {
		const string = 'A'.repeat(longStringBytes + difference);
		const { left, long } = await sieved(JSON.stringify({ a: string, b: 'c' }), [1000, 64_000]);
		const parsed = JSON.parse(left) as { a: string; b: string };
		expect(parsed.b).toBe('c');
		expect(long.length === 0 ? parsed.a : long[0]).toBe(string);
	});

	it('hands on what is not JSON', async () => {
		const page = '<html><a href="x">y</a>"';
		expect((await sieved(page, [3, 5])).left).toBe(page);
		expect((await sieved('', [])).left).toBe('');
	});
});
