/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { MalformedForm, MultipartParser, boundaryOf } from './multipart';
import { receiveForm } from './received-form';

interface Part {
	name: string;
	fileName?: string;
	contentType?: string;
	content: string;
}

/** Takes a body apart that comes in pieces of the given length, or as given. */
function parse(body: Buffer, boundary: string, pieces: number | number[] = body.length): Part[] {
	const parts: Part[] = [];
	const parser = new MultipartParser(boundary, (head) => {
		const kept: Buffer[] = [];
		return {
			write: (bytes) => kept.push(Buffer.from(bytes)),
			end: () => parts.push({ ...head, content: Buffer.concat(kept).toString('latin1') }),
		};
	});
	const lengths = typeof pieces === 'number' ? [pieces] : pieces;
	for (let at = 0, turn = 0; at < body.length; turn += 1) {
		const length = Math.max(1, lengths[turn % lengths.length]!);
		parser.push(body.subarray(at, at + length));
		at += length;
	}
	parser.end();
	return parts;
}

const simple = Buffer.from(
	[
		'--B',
		'Content-Disposition: form-data; name="prompt"',
		'',
		'Make it night',
		'--B',
		'content-type: image/png',
		'CONTENT-DISPOSITION: form-data; filename="a\\"b%22 %0D.png"; name=image[]',
		'',
		'\r\n--\r\n--B-\r\nnot the end',
		'--B  ',
		'Content-Disposition: form-data; name="empty"; filename=""',
		'',
		'',
		'--B--',
		'',
	].join('\r\n'),
	'latin1',
);

const simpleParts: Part[] = [
	{ name: 'prompt', content: 'Make it night' },
	{
		name: 'image[]',
		fileName: 'a"b" \r.png',
		contentType: 'image/png',
		content: '\r\n--\r\n--B-\r\nnot the end',
	},
	{ name: 'empty', fileName: '', content: '' },
];

describe('a multipart body', () => {
	// RFC 2046, 5.1.1: a line that begins with the boundary ends a part, so "--B-" above would; hence another boundary.
	const body = Buffer.from(
		simple.toString('latin1').replace(/--B(?!-\r)/g, '--Boundary'),
		'latin1',
	);

	test.each([1, 2, 3, 5, 7, 11, 64, 4096])('is taken apart in pieces of %i bytes', (pieces) => {
		expect(parse(body, 'Boundary', pieces)).toEqual(simpleParts);
	});

	test('may have text before its first and behind its last boundary', () => {
		const wrapped = Buffer.concat([Buffer.from('This is MIME\r\n'), body, Buffer.from('\r\nbye')]);
		expect(parse(wrapped, 'Boundary', 3)).toEqual(simpleParts);
	});

	test('comes out as it went in, whatever the content and the pieces', () => {
		const boundary = '----formdata-0123456789';
		const part = fc.record({
			name: fc.stringMatching(/^[a-z[\]_]{1,12}$/),
			fileName: fc.option(fc.stringMatching(/^[A-Za-z0-9 ._äß鹅-]{1,20}$/u), { nil: undefined }),
			content: fc.oneof(
				fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
				fc.constantFrom('', '\r\n', '--', '\r\n--', '\r\n------formdata', '\r\r\n\n--', '\r'),
			),
		});
		fc.assert(
			fc.property(
				fc.array(part, { maxLength: 5 }),
				fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
				(parts, pieces) => {
					const whole = Buffer.concat([
						...parts.flatMap(({ name, fileName, content }) => [
							Buffer.from(
								`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n\r\n`,
							),
							Buffer.from(content, 'latin1'),
							Buffer.from('\r\n'),
						]),
						Buffer.from(`--${boundary}--\r\n`),
					]);
					const read = parse(whole, boundary, pieces);
					expect(read).toEqual(
						parts.map(({ name, fileName, content }) => ({
							name,
							...(fileName !== undefined && { fileName }),
							content,
						})),
					);
				},
			),
			{ numRuns: 300, seed: 20260101 },
		);
	});

	test.each([
		['that never ends', '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'],
		['that is empty', ''],
		['without boundaries', 'a=1&b=2'],
		['with a part without a name', '--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--'],
		['with a part without a head', '--B\r\nContent-Type: text/plain\r\n\r\n1\r\n--B--'],
		['with an attachment', '--B\r\nContent-Disposition: attachment; name="a"\r\n\r\n1\r\n--B--'],
		['with text behind a boundary', '--B and more\r\n\r\n1\r\n--B--'],
		['with an endless head', `--B\r\nContent-Disposition: ${'x'.repeat(20_000)}`],
	])('%s is refused', (_what, text) => {
		expect(() => parse(Buffer.from(text), 'B')).toThrow(MalformedForm);
	});

	test('is known by its Content-Type', () => {
		expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc');
		expect(boundaryOf('Multipart/Form-Data;charset=utf-8; Boundary="a b\\"c"')).toBe('a b"c');
		expect(boundaryOf('multipart/form-data')).toBe('');
		expect(boundaryOf('application/json')).toBeUndefined();
		expect(boundaryOf('multipart/mixed; boundary=abc')).toBeUndefined();
		expect(boundaryOf(undefined)).toBeUndefined();
		expect(() => new MultipartParser('', () => ({ write: () => 0, end: () => 0 }))).toThrow(
			MalformedForm,
		);
	});
});

describe('receiving', () => {
	const megabyte = Buffer.alloc(1024 * 1024, 'image ');
	const head = '--B\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n';

	const large = function* (): Generator<Buffer> {
		yield Buffer.from(head);
		for (let turn = 0; turn < 64; turn += 1) yield megabyte;
		yield Buffer.from('\r\n--B--\r\n');
	};

	const watch = { chunk: () => undefined, end: () => undefined };

	test('hashes 64 MB and keeps only their beginning when nobody edits them', async () => {
		const request = Readable.from(large()) as unknown as IncomingMessage;
		const { files, parts, problem } = await receiveForm(request, 'B', watch, false);
		const hash = createHash('sha256');
		for (let turn = 0; turn < 64; turn += 1) hash.update(megabyte);
		expect(problem).toBeUndefined();
		expect(files[0]).toMatchObject({ bytes: 64 * 1024 * 1024, sha256: hash.digest('hex') });
		expect(files[0]!.content.length).toBeLessThanOrEqual(512 * 1024);
		expect(files[0]!.content.equals(megabyte.subarray(0, files[0]!.content.length))).toBe(true);
		expect(JSON.stringify(parts).length).toBeLessThan(300);
	});

	test('keeps a file whole that is to be edited', async () => {
		const request = Readable.from(large()) as unknown as IncomingMessage;
		const { files } = await receiveForm(request, 'B', watch, true);
		expect(files[0]!.content).toHaveLength(64 * 1024 * 1024);
	});

	test('reads a broken body to its end and says what is wrong', async () => {
		let chunks = 0;
		const counting = { chunk: () => void (chunks += 1), end: () => undefined };
		const request = Readable.from([
			Buffer.from('--B\r\nno colon here\r\n\r\n'),
			Buffer.from('more'),
			Buffer.from('more'),
		]) as unknown as IncomingMessage;
		const form = await receiveForm(request, 'B', counting, false);
		expect(form.problem).toContain('header without a name');
		expect(chunks).toBe(3);
	});
});
