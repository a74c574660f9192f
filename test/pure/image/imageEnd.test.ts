import fc from 'fast-check';
import sharp from 'sharp';

import {
	ImageEnd,
	type ImageEndState,
} from '../../../nodes/QwenImageEdit/image/structure/imageEnd';
import { imageTypes, type ImageType } from '../../../nodes/QwenImageEdit/image/imageType';
import { within } from '../contract/time-limit';
import {
	bitmap,
	box,
	jpeg2000File,
	jpegXl,
	jpegXlFile,
	madeImages,
	photograph,
	withSegments,
	type MadeImage,
} from './imageFiles';

let images: MadeImage[] = [];
let jpeg: Buffer;
let png: Buffer;

function stateOf(type: ImageType, ...chunks: readonly Uint8Array[]): ImageEndState {
	const end = new ImageEnd(type);
	for (const chunk of chunks) end.push(chunk);
	return end.state;
}

/** How many bytes are needed until the end is reached; undefined when it never is. */
function lengthToEnd(type: ImageType, bytes: Buffer): number | undefined {
	const end = new ImageEnd(type);
	for (let at = 0; at < bytes.length; at += 1) {
		end.push(bytes.subarray(at, at + 1));
		if (end.state === 'reached') return at + 1;
	}
	return undefined;
}

/** Types whose structure tells where they end; the others are always unknown. */
const hasNoEnd = ({ type, name }: MadeImage): boolean =>
	type === 'tiff' || /^jpeg xl \d/.test(name);

/** A GIF or WebP of three frames. */
async function animation(type: 'gif' | 'webp'): Promise<Buffer> {
	const [width, height, frames] = [40, 30, 3];
	const pixels = Buffer.from(
		Array.from({ length: width * height * frames * 3 }, (_, index) => (index * index * 7) % 251),
	);
	const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
	const image = sharp(pixels, { raw });
	return await (type === 'gif' ? image.gif({ loop: 0 }) : image.webp({ loop: 0 })).toBuffer();
}

/** A JPEG with restart markers: sharp writes none, so they are put where its decoder expects them. */
function withRestartMarkers(): Buffer {
	// One 8 x 8 grey block per interval: DC category 0 ("00"), end of block ("1010"), filled up with ones.
	const tables = (kind: number, lengths: number[], symbols: number[]): Buffer => {
		const counts = Buffer.alloc(16);
		for (const length of lengths) counts[length - 1]! += 1;
		const content = Buffer.concat([Buffer.from([kind]), counts, Buffer.from(symbols)]);
		const head = Buffer.from([0xff, 0xc4, 0, content.length + 2]);
		return Buffer.concat([head, content]);
	};
	const blocks = 20;
	const data = Array.from({ length: blocks }, (_, block) => [
		0x2b,
		...(block === blocks - 1 ? [] : [0xff, 0xd0 + (block % 8)]),
	]).flat();
	return Buffer.concat([
		Buffer.from('ffd8ffdb004300', 'hex'),
		Buffer.alloc(64, 1),
		Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 8, 0, blocks * 8, 1, 1, 0x11, 0]),
		tables(0x00, [2, 2], [0, 1]),
		tables(0x10, [2, 2, 4], [1, 2, 0]),
		Buffer.from([0xff, 0xdd, 0, 4, 0, 1]),
		Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]),
		Buffer.from(data),
		Buffer.from([0xff, 0xd9]),
	]);
}

/** One chunk of a PNG; nothing here looks at the checksum. */
function chunk(name: string, content: Buffer): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(content.length, 0);
	head.write(name, 4, 'latin1');
	return Buffer.concat([head, content, Buffer.alloc(4)]);
}

beforeAll(async () => {
	images = await madeImages();
	jpeg = images.find(({ name }) => name === 'jpeg 384x512')!.bytes;
	png = images.find(({ name }) => name === 'png 384x512')!.bytes;
	const add = (name: string, type: ImageType, bytes: Buffer): void => {
		images.push({ name, type, width: 0, height: 0, bytes });
	};
	const thumbnail = await photograph(80, 60).jpeg().toBuffer();
	add('jpeg with a thumbnail', 'jpg', withSegments(jpeg, [thumbnail.length + 40], thumbnail));
	add('jpeg of four inks', 'jpg', await photograph(64, 48).toColourspace('cmyk').jpeg().toBuffer());
	const progressive = photograph(64, 48).jpeg({ progressive: true, mozjpeg: true });
	add('jpeg with many scans', 'jpg', await progressive.toBuffer());
	add('jpeg with restart markers', 'jpg', withRestartMarkers());
	// Any marker may have further FF bytes in front of it.
	const filled = [jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)];
	add('jpeg with fill bytes', 'jpg', Buffer.concat(filled));
	add('gif animated', 'gif', await animation('gif'));
	add('webp animated', 'webp', await animation('webp'));
	const frames = [chunk('acTL', Buffer.alloc(8)), chunk('fcTL', Buffer.alloc(26))];
	const moving = [png.subarray(0, 33), ...frames, png.subarray(33, -12)];
	const more = [chunk('fcTL', Buffer.alloc(26)), chunk('fdAT', Buffer.alloc(999, 0x49))];
	add('png animated', 'png', Buffer.concat([...moving, ...more, png.subarray(-12)]));
	add('avif lossless', 'avif', await photograph(64, 48).avif({ lossless: true }).toBuffer());
	add('jpeg xl in pieces', 'jxl', jpegXlFile(jpegXl(20, 30), true));
	add('jpeg 2000 with an open box', 'jp2', jpeg2000File(20, 30, true));
}, 120_000);

describe('ImageEnd', () => {
	it('reaches the end of every complete file', () => {
		const states = images.map((image) => [image.name, stateOf(image.type, image.bytes)]);
		expect(states).toEqual(
			images.map((image) => [image.name, hasNoEnd(image) ? 'unknown' : 'reached']),
		);
	});

	it('reaches it with the last byte, and not before', () => {
		const wrong = images.flatMap((image) => {
			if (hasNoEnd(image)) return [];
			const missing = image.bytes.length - (lengthToEnd(image.type, image.bytes) ?? 0);
			// The last byte of a WebP may be one that makes its size even.
			const allowed = image.type === 'webp' ? 1 : 0;
			return missing <= allowed ? [] : [[image.name, missing]];
		});
		expect(wrong).toEqual([]);
	});

	it('is open at every place where a file can be cut', () => {
		const wrong = images.flatMap((image) => {
			if (hasNoEnd(image)) return [];
			const end = new ImageEnd(image.type);
			const length = lengthToEnd(image.type, image.bytes)!;
			for (let at = 0; at < length; at += 1) {
				if (end.state !== 'open') return [[image.name, at, end.state]];
				end.push(image.bytes.subarray(at, at + 1));
			}
			return [];
		});
		expect(wrong).toEqual([]);
	});

	it('says the same, wherever the chunks are cut, and whatever follows', () => {
		fc.assert(
			fc.property(
				fc.nat(),
				fc.array(fc.nat(3000), { maxLength: 30 }),
				fc.nat(),
				fc.uint8Array({ maxLength: 50 }),
				(index, cuts, length, following) => {
					const { type, bytes } = images[index % images.length]!;
					const part = bytes.subarray(0, length % (bytes.length + 1));
					const file = part.length === bytes.length ? Buffer.concat([part, following]) : part;
					const chunks: Buffer[] = [];
					let at = 0;
					for (const cut of cuts) {
						chunks.push(file.subarray(at, at + cut));
						at += cut;
					}
					chunks.push(file.subarray(at));
					expect(stateOf(type, ...chunks)).toBe(stateOf(type, file));
				},
			),
			{ numRuns: 500 },
		);
	});

	it.each<[string, () => Buffer]>([
		['spaces', () => Buffer.alloc(100, 0x20)],
		['zeros', () => Buffer.alloc(1000)],
		[
			'the trailer of a Samsung phone',
			() => Buffer.from('\0\0\x01\x0aImage_UTC_Data1700000000000SEFH\x6b\0\0\0SEFT', 'latin1'),
		],
		['the gain map of an Ultra HDR photo', () => jpeg],
		[
			'the video of a motion photo',
			() =>
				Buffer.concat([box('ftyp', Buffer.from('mp42\0\0\0\0')), box('mdat', Buffer.alloc(3000))]),
		],
		['a ZIP', () => Buffer.from('504b0304140000000800', 'hex')],
		['a cut second image', () => png.subarray(0, 50)],
	])('stays reached when %s follow', (_name, following) => {
		const wrong = images.filter(
			(image) => !hasNoEnd(image) && stateOf(image.type, image.bytes, following()) !== 'reached',
		);
		expect(wrong.map(({ name }) => name)).toEqual([]);
	});

	it('does not take the end of a thumbnail for that of the photo', () => {
		const { bytes } = images.find(({ name }) => name === 'jpeg with a thumbnail')!;
		const thumbnailEnd = bytes.indexOf(Buffer.from([0xff, 0xd9])) + 2;
		expect(thumbnailEnd).toBeLessThan(bytes.length / 2);
		expect(stateOf('jpg', bytes.subarray(0, thumbnailEnd))).toBe('open');
		expect(stateOf('jpg', bytes.subarray(0, bytes.length >> 1))).toBe('open');
	});

	it('reads a JPEG with restart markers that a decoder reads too', async () => {
		const bytes = withRestartMarkers();
		const { info } = await sharp(bytes, { failOn: 'warning' })
			.raw()
			.toBuffer({ resolveWithObject: true });
		expect(info).toMatchObject({ width: 160, height: 8 });
	});

	it('knows no end of a TIFF', () => {
		expect(stateOf('tiff')).toBe('unknown');
		expect(stateOf('tiff', Buffer.from('II*\0\x08\0\0\0', 'latin1'))).toBe('unknown');
	});

	it.each([-1, 0, 1])(
		'takes a WebP whose size is off by %i, as encoders that pad it differently write it',
		async (off) => {
			for (const { name, type, bytes } of images) {
				if (type !== 'webp') continue;
				const odd = Buffer.from(bytes);
				odd.writeUInt32LE(odd.readUInt32LE(4) + off, 4);
				expect([name, stateOf('webp', odd)]).toEqual([name, 'reached']);
			}
		},
	);

	it.each([0, 0xffffffff])('follows a WebP whose size is %i as far as it can', (size) => {
		const bytes = Buffer.from(images.find(({ type }) => type === 'webp')!.bytes);
		bytes.writeUInt32LE(size, 4);
		expect(stateOf('webp', bytes)).toBe('unknown');
	});

	it.each([0, 30, 0xffffff])('measures a BMP by its pixels when its size field is %i', (size) => {
		const bytes = bitmap(17, 5);
		bytes.writeUInt32LE(size, 2);
		expect(stateOf('bmp', bytes)).toBe('reached');
		expect(stateOf('bmp', bytes.subarray(0, -1))).toBe('open');
	});

	it('does not know the end of a packed BMP without a length', () => {
		const bytes = bitmap(17, 5);
		bytes.writeUInt32LE(1, 30);
		expect(stateOf('bmp', bytes)).toBe('unknown');
		bytes.writeUInt32LE(bytes.length - 54, 34);
		expect(stateOf('bmp', bytes)).toBe('reached');
	});

	it.each<[string, ImageType, string]>([
		['a JPEG whose segment is shorter than its length', 'jpg', 'ffd8ffe00001'],
		['a JPEG with text between its segments', 'jpg', 'ffd8ffe00002aa'],
		['a PNG chunk without a name', 'png', '89504e470d0a1a0a0000000d00000000'],
		['a PNG chunk of 4 GB', 'png', '89504e470d0a1a0affffffff49444154'],
		['a GIF block of no kind', 'gif', '4749463839610100010000000099'],
		['a box that is smaller than its head', 'heif', '0000000766747970'],
		['a box without a size', 'avif', '000000086674797000000000 6d646174'.replace(' ', '')],
		[
			'a long box that is smaller than its head',
			'jxl',
			'0000000c4a584c200d0a870a000000016a786c630000000000000001',
		],
		['a JPEG 2000 tile of no length', 'jp2', 'ff4fff90000a0000000000000001'],
	])('does not know the end of %s', (_name, type, hex) => {
		expect(stateOf(type, Buffer.from(hex, 'hex'))).toBe('unknown');
	});

	it('follows a HEIF by the places of its items, not by the number of its boxes', () => {
		const location = (offset: number, length: number): Buffer => {
			const content = Buffer.alloc(8 + 14);
			content.writeUInt16BE(0x4400, 4);
			content.writeUInt16BE(1, 6);
			content.writeUInt16BE(1, 8);
			content.writeUInt16BE(1, 12);
			content.writeUInt32BE(offset, 14);
			content.writeUInt32BE(length, 18);
			return box('iloc', content);
		};
		const file = (offset: number): Buffer[] => [
			box('ftyp', Buffer.from('heic\0\0\0\0')),
			box('meta', Buffer.concat([Buffer.alloc(4), location(offset, 50)])),
			box('mdat', Buffer.alloc(100)),
			box('mdat', Buffer.alloc(100)),
		];
		const boxes = file(0);
		const second = boxes[0]!.length + boxes[1]!.length + boxes[2]!.length + 8;
		const states = (offset: number) =>
			[1, 2, 3, 4].map((count) => stateOf('heif', ...file(offset).slice(0, count)));
		expect(states(second)).toEqual(['open', 'open', 'open', 'reached']);
		expect(states(second - 108)).toEqual(['open', 'open', 'reached', 'reached']);
	});

	it('never throws or hangs on random bytes, of any type', () => {
		const types = Object.keys(imageTypes) as ImageType[];
		fc.assert(
			fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 400 }), (type, bytes) => {
				expect(['reached', 'open', 'unknown']).toContain(within(1000, () => stateOf(type, bytes)));
			}),
			{ numRuns: 3000 },
		);
	}, 60_000);

	it('never throws or hangs on real files with broken bytes', () => {
		const places = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(fc.nat(), places, (index, changes) => {
				const { type, bytes } = images[index % images.length]!;
				const broken = Buffer.from(bytes);
				for (const [place, value] of changes) if (place < broken.length) broken[place] = value;
				expect(['reached', 'open', 'unknown']).toContain(within(1000, () => stateOf(type, broken)));
			}),
			{ numRuns: 2000 },
		);
	}, 60_000);

	it.each<ImageType>(['jpg', 'gif', 'png', 'heif'])(
		'is done at once with 8 MB that lead a %s nowhere',
		(type) => {
			const { bytes } = images.find((image) => image.type === type)!;
			const head = bytes.subarray(0, type === 'jpg' ? bytes.length - 2 : 20);
			for (const fill of [0x00, 0xff, 0x01]) {
				within(3000, () => stateOf(type, head, Buffer.alloc(8_000_000, fill)));
			}
		},
	);

	it('gives up on a structure of millions of tiny parts', () => {
		const head = images.find(({ type }) => type === 'gif')!.bytes.subarray(0, 13);
		const tinyBlocks = Buffer.concat([head, Buffer.from([0x21, 0xfe]), Buffer.alloc(8_000_000, 1)]);
		expect(stateOf('gif', tinyBlocks)).toBe('unknown');
	});
});
