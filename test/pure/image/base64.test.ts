import fc from 'fast-check';

import {
	decodeBase64Stream,
	decodeBase64Text,
	NotBase64Error,
} from '../../../nodes/QwenImageEdit/image/base64';

/** The text in pieces of these lengths. */
async function* inPieces(text: string, lengths: readonly number[]): AsyncGenerator<Buffer> {
	let start = 0;
	for (const length of lengths) {
		await Promise.resolve();
		if (start < text.length) yield Buffer.from(text.slice(start, start + length), 'latin1');
		start += length;
	}
	if (start < text.length) yield Buffer.from(text.slice(start), 'latin1');
}

async function streamed(text: string, lengths: readonly number[] = []): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of decodeBase64Stream(inPieces(text, lengths))) chunks.push(chunk);
	return Buffer.concat(chunks);
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 1000 }).map((array) => Buffer.from(array));
const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 20 });
const head = fc.constantFrom(
	'',
	'data:image/png;base64,',
	'DATA:image/jpeg;charset=utf-8;BASE64,',
	// Some servers put a head in front of text that has one.
	'data:image/png;base64,data:image/png;base64,',
	'data:;base64,DATA:image/webp;name=a.webp;base64,data:image/png;base64,',
	' "data:image/png; base64,\n',
	'\xef\xbb\xbf',
);

/** The same content in the ways that hosts and users write it. */
function spelled(content: Buffer, prefix: string, way: number): string {
	const plain = content.toString('base64');
	const ways = [
		plain,
		plain.replace(/=+$/, ''),
		plain.replace(/(.{76})/g, '$1\r\n'),
		` ${plain}\n`,
		content.toString('base64url'),
		`"${plain}"\n`,
		plain.replace(/(.{10})/g, '$1\t "'),
		encodeURIComponent(plain),
		encodeURIComponent(plain.replace(/(.{64})/g, '$1\r\n')),
		plain.replace(/[+/=]/g, (sign) => encodeURIComponent(sign).toLowerCase()),
	];
	return prefix + ways[way % ways.length]!;
}

describe('decodeBase64Text', () => {
	it('reads base64 however it is written', () => {
		fc.assert(
			fc.property(bytes, head, fc.nat(8), (content, prefix, way) => {
				expect(decodeBase64Text(spelled(content, prefix, way))).toEqual(content);
			}),
		);
	});

	it.each([
		'',
		' ',
		'data:image/png;base64,',
		'data:image/png,abc',
		'https://example.com/a.png',
		'not base64!',
		'AAA=A',
		'====',
		'data:image/png;base64',
		'data:image/png;base64,data:image/png;base64,',
		'AAAA%3',
		'AAAA%41',
	])('refuses %j', (text) => {
		expect(() => decodeBase64Text(text)).toThrow(NotBase64Error);
	});
});

describe('decodeBase64Stream', () => {
	it('reads the same, wherever the pieces are cut', async () => {
		await fc.assert(
			fc.asyncProperty(bytes, head, fc.nat(8), lengths, async (content, prefix, way, cuts) => {
				expect(await streamed(spelled(content, prefix, way), cuts)).toEqual(content);
			}),
		);
	});

	it('reads a text in quotes', async () => {
		expect(await streamed('"AAEC"', [2])).toEqual(Buffer.from([0, 1, 2]));
	});

	it.each([
		'<html>expired</html>',
		'AAAA====AAAA',
		'AAAA!AAAA',
		'{"error":"x"}',
		'data:image/png,abc',
		`data:${'a'.repeat(500)}`,
	])('fails on %s', async (text) => {
		await expect(streamed(text)).rejects.toThrow(NotBase64Error);
	});

	it('gives nothing for nothing', async () => {
		expect(await streamed('')).toHaveLength(0);
	});
});
