/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import fc from 'fast-check';
import sharp from 'sharp';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ImageEnd, type EndState } from '../../../nodes/QwenImageEdit/image/imageEnd';
import { imageTypes, typeOf, type ImageType } from '../../../nodes/QwenImageEdit/image/imageType';
import { within } from '../contract/time-limit';
import { heif, jpegXl, madeImages, withSegments, type MadeImage } from './imageFiles';

let images: MadeImage[] = [];

beforeAll(async () => {
	images = await madeImages();
}, 120_000);

function stateOf(type: ImageType, bytes: Buffer, pieceBytes = bytes.length): EndState {
	const end = new ImageEnd(type);
	for (let start = 0; start < bytes.length; start += Math.max(1, pieceBytes)) {
		end.push(bytes.subarray(start, start + Math.max(1, pieceBytes)));
	}
	return end.state;
}

/** The types whose end can be told. */
const endless: ImageType[] = ['tiff'];
const withEnd = (): MadeImage[] => images.filter(({ type }) => !endless.includes(type));

describe('the end of an image', () => {
	it('is found in every whole file', () => {
		for (const { name, type, bytes } of images) {
			const expected = endless.includes(type) ? 'unknown' : 'reached';
			expect([name, stateOf(type, bytes)]).toEqual([name, expected]);
		}
		expect(stateOf('jxl', jpegXl(1))).toBe('reached');
		expect(stateOf('jxl', jpegXl(2))).toBe('reached');
	});

	it('is found whatever the pieces are', () => {
		for (const { name, type, bytes } of withEnd().filter(({ width }) => width < 100)) {
			for (const pieceBytes of [1, 2, 3, 7, 64]) {
				expect([name, pieceBytes, stateOf(type, bytes, pieceBytes)]).toEqual([
					name,
					pieceBytes,
					'reached',
				]);
			}
		}
	});

	it('is found whatever stands behind it', () => {
		const jpeg = images.find(({ type }) => type === 'jpg')!.bytes;
		const behind: Record<string, Buffer> = {
			spaces: Buffer.alloc(100, ' '),
			zeros: Buffer.alloc(5000),
			'a video': Buffer.concat([Buffer.from('MotionPhoto_Data'), Buffer.alloc(20_000, 7)]),
			'another image': jpeg,
			'an archive': Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(3000, 1)]),
		};
		for (const { name, type, bytes } of withEnd()) {
			for (const [what, tail] of Object.entries(behind)) {
				const state = stateOf(type, Buffer.concat([bytes, tail]));
				expect([name, what, state]).toEqual([name, what, 'reached']);
			}
		}
	});

	it.each<ImageType>(['png', 'jpg', 'gif', 'webp', 'bmp', 'heif', 'avif', 'jp2'])(
		'is missed in a %s that was cut',
		(type) => {
			const unseen: string[] = [];
			for (const { name, bytes, width } of images.filter((image) => image.type === type)) {
				if (width < 100) continue;
				// The last four bytes of a PNG are a checksum behind the name of the last chunk; WebP may lack a padding byte.
				const shortest = type === 'png' ? 9 : type === 'webp' ? 2 : 1;
				for (let lost = shortest; lost < Math.min(bytes.length - 64, 1500); lost += 1) {
					const state = stateOf(type, bytes.subarray(0, bytes.length - lost));
					if (state === 'reached') unseen.push(`${name} without ${lost}`);
				}
			}
			expect(unseen).toEqual([]);
		},
	);

	it('is not that of a thumbnail inside a JPEG', async () => {
		const jpeg = images.find(({ name }) => name === 'jpeg 384x512')!.bytes;
		const thumbnail = await sharp(jpeg).resize(60, 80).jpeg().toBuffer();
		const photo = withSegments(jpeg, [30_000, 8000], thumbnail);
		expect(stateOf('jpg', photo)).toBe('reached');
		// Cut behind the thumbnail, whose own end marker is there.
		expect(stateOf('jpg', photo.subarray(0, 31_000))).toBe('open');
		expect(stateOf('jpg', photo.subarray(0, photo.length - 2))).toBe('open');
	});

	it('is found in a JPEG with restart markers, with several scans, in CMYK', async () => {
		const pixels = sharp({ create: { width: 64, height: 64, channels: 3, background: '#3af' } });
		const plain = await pixels.jpeg().toBuffer();
		// Restart markers and stuffed bytes inside the image data have no segment.
		const scan = plain.indexOf(Buffer.from([0xff, 0xda]));
		const data = scan + 2 + plain.readUInt16BE(scan + 2);
		const marked = Buffer.concat([
			plain.subarray(0, data),
			Buffer.from([0xff, 0x00, 0xff, 0xd0, 0xff, 0xd7, 0xff, 0xff, 0x00]),
			plain.subarray(data),
		]);
		const cmyk = await pixels.clone().toColourspace('cmyk').jpeg({ progressive: true }).toBuffer();
		for (const bytes of [marked, cmyk]) {
			expect(stateOf('jpg', bytes)).toBe('reached');
			expect(stateOf('jpg', bytes.subarray(0, -2))).toBe('open');
		}
	});

	it('is found in an animation', async () => {
		const frame = (value: number): Buffer => Buffer.alloc(32 * 32 * 3, value);
		const pages = Buffer.concat([frame(10), frame(120), frame(240)]);
		const animated = sharp(pages, {
			raw: { width: 32, height: 96, channels: 3, pageHeight: 32 },
		});
		const gif = await animated
			.clone()
			.gif({ delay: [90, 90, 90] })
			.toBuffer();
		const webp = await animated
			.clone()
			.webp({ delay: [90, 90, 90] })
			.toBuffer();
		expect([stateOf('gif', gif), stateOf('webp', webp)]).toEqual(['reached', 'reached']);
		expect(stateOf('gif', gif.subarray(0, gif.length >> 1))).toBe('open');
		expect(stateOf('webp', webp.subarray(0, webp.length >> 1))).toBe('open');
	});

	it.each([
		['trailing-spaces.jpg', 'jpg'],
		['motion-photo.jpg', 'jpg'],
		['trailing.png', 'png'],
		['rotated-by-exif.jpg', 'jpg'],
		['phone.heic', 'heif'],
	] as const)('is found in %s', (file, type) => {
		const bytes = readFileSync(join(__dirname, 'cases', file));
		expect(typeOf(bytes)).toBe(type);
		expect(stateOf(type, bytes)).toBe('reached');
		expect(stateOf(type, bytes.subarray(0, 400))).toBe('open');
	});

	it('is not known where the file does not say', () => {
		expect(stateOf('tiff', Buffer.alloc(100))).toBe('unknown');
		// A box of no size runs to the end of the file.
		const toTheEnd = heif('heic', 10, 20);
		toTheEnd.writeUInt32BE(0, toTheEnd.indexOf('mdat') - 4);
		expect(stateOf('heif', toTheEnd)).toBe('unknown');
		const bitmap = Buffer.from(images.find(({ type }) => type === 'bmp')!.bytes);
		bitmap.writeUInt32LE(0, 2);
		expect(stateOf('bmp', bitmap)).toBe('unknown');
		const bare = Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.alloc(20)]);
		expect(stateOf('jxl', bare)).toBe('unknown');
	});

	it('is open before anything has arrived', () => {
		for (const type of Object.keys(imageTypes) as ImageType[]) {
			expect(new ImageEnd(type).state).toBe(type === 'tiff' ? 'unknown' : 'open');
		}
	});

	it('never throws or hangs on hostile bytes, and does not depend on the pieces', () => {
		const type = fc.constantFrom(...(Object.keys(imageTypes) as ImageType[]));
		const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
		const places = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 });
		const broken = fc.tuple(fc.nat(), places).map(([index, changes]) => {
			const { type: own, bytes } = images[index % images.length]!;
			const copy = Buffer.from(bytes.subarray(0, 3000));
			for (const [place, value] of changes) if (place < copy.length) copy[place] = value;
			return [own, copy] as const;
		});
		fc.assert(
			fc.property(
				fc.oneof(fc.tuple(type, noise), broken),
				fc.integer({ min: 1, max: 50 }),
				([own, bytes], pieceBytes) => {
					const whole = within(1000, () => stateOf(own, bytes));
					expect(stateOf(own, bytes, pieceBytes)).toBe(whole);
				},
			),
			{ numRuns: 3000 },
		);
	}, 60_000);
});
