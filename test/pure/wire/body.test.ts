import { randomBytes } from 'node:crypto';
import fc from 'fast-check';

import {
	bodyBytes,
	bodyLength,
	formParts,
	jsonParts,
	type BodyPart,
} from '../../../nodes/QwenImageEdit/wire/body';
import { imageTypes } from '../../../nodes/QwenImageEdit/image/imageType';
import type { ImageFile } from '../../../nodes/QwenImageEdit/edit/request';
import { ImageContent, type WireValue } from '../../../nodes/QwenImageEdit/wire/wire';

/** A file that arrives in chunks of these sizes. */
function storedFile(
	content: Buffer,
	chunkSizes: readonly number[] = [],
	announced = content.length,
): ImageFile {
	return {
		kind: 'file',
		facts: { type: 'png', ...imageTypes.png },
		bytes: announced,
		fileName: 'photo.jpeg',
		identity: 'digest',
		open: async () => {
			await Promise.resolve();
			return (async function* () {
				let start = 0;
				for (const size of chunkSizes) {
					if (start >= content.length) return;
					yield content.subarray(start, start + size);
					start += size;
				}
				if (start < content.length) yield content.subarray(start);
			})();
		},
	};
}

async function written(parts: readonly BodyPart[]): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of bodyBytes(parts)) chunks.push(chunk);
	return Buffer.concat(chunks);
}

const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 });
const content = fc.uint8Array({ minLength: 0, maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe('a JSON body', () => {
	it('is the JSON of the wire, with images as base64, in the announced length', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.jsonValue(),
				content,
				chunkSizes,
				fc.constantFrom('dataUri' as const, 'base64' as const),
				async (value, bytes, sizes, form) => {
					const image = new ImageContent(storedFile(bytes, sizes), form);
					const wire: WireValue = {
						before: value as WireValue,
						list: ['a', image, image],
						'ü"\n': image,
					};
					const parts = jsonParts(wire);
					const body = await written(parts);
					expect(bodyLength(parts)).toBe(body.length);
					const text = `${form === 'dataUri' ? 'data:image/png;base64,' : ''}${bytes.toString('base64')}`;
					expect(JSON.parse(body.toString())).toEqual({
						before: JSON.parse(JSON.stringify(value)) as unknown,
						list: ['a', text, text],
						'ü"\n': text,
					});
				},
			),
		);
	});

	it('is one text where there is no image', () => {
		expect(jsonParts({ a: [1, null, true, { b: 'x' }], c: {}, d: [] })).toEqual([
			'{"a":[1,null,true,{"b":"x"}],"c":{},"d":[]}',
		]);
	});

	it.each([-1, 1])(
		'fails when the stored file has %d bytes more than announced',
		async (difference) => {
			const file = storedFile(randomBytes(100), [10], 100 - difference);
			await expect(written(jsonParts({ image: new ImageContent(file, 'base64') }))).rejects.toThrow(
				RangeError,
			);
		},
	);

	it('never holds more than a chunk', async () => {
		const file = storedFile(
			randomBytes(900_000),
			Array.from({ length: 90 }, () => 10_000),
		);
		const parts = jsonParts({ image: new ImageContent(file, 'dataUri') });
		for await (const chunk of bodyBytes(parts)) expect(chunk.length).toBeLessThan(20_000);
	});

	it('can be written again', async () => {
		const parts = jsonParts({
			image: new ImageContent(storedFile(randomBytes(1000), [7, 9]), 'dataUri'),
		});
		expect(await written(parts)).toEqual(await written(parts));
	});
});

describe('a multipart body', () => {
	it('is read back by another reader of multipart bodies', async () => {
		await fc.assert(
			fc.asyncProperty(
				content,
				chunkSizes,
				fc.string({ unit: 'grapheme', maxLength: 50 }),
				async (bytes, sizes, prompt) => {
					// A reader turns lone line ends of a text into CRLF, which is its affair.
					fc.pre(!/[\r\n]/.test(prompt));
					const file = storedFile(bytes, sizes);
					const boundary = 'a-boundary-that-occurs-nowhere-else';
					const parts = formParts(
						[
							{ name: 'prompt', value: prompt },
							{ name: 'image', value: file },
							{ name: 'image', value: file },
							{ name: 'n', value: '2' },
						],
						boundary,
					);
					const body = await written(parts);
					expect(bodyLength(parts)).toBe(body.length);
					const form = await new Response(new Uint8Array(body), {
						headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
					}).formData();
					expect(form.get('prompt')).toBe(prompt);
					expect(form.get('n')).toBe('2');
					const images = form.getAll('image') as File[];
					expect(images).toHaveLength(2);
					for (const image of images) {
						expect(image.name).toBe('photo.png');
						expect(image.type).toBe('image/png');
						expect(Buffer.from(await image.arrayBuffer())).toEqual(bytes);
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	it('lets no name break out of its quotes', () => {
		const file = { ...storedFile(Buffer.alloc(1)), fileName: 'a"\r\nX-Evil: 1\r\n\r\n.png' };
		const [text] = formParts([{ name: 'im"age\r\n', value: file }], 'b') as [string];
		expect(text.split('\r\n').filter((line) => line !== '')).toHaveLength(3);
		expect(text).toContain('name="im%22age%0D%0A"');
		expect(text).not.toMatch(/^X-Evil/m);
	});
});
