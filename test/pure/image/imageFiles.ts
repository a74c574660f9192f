import sharp, { type Sharp } from 'sharp';

import type { ImageType } from '../../../nodes/QwenImageEdit/image/imageType';

/** A real file of a type, made for one test. */
export interface MadeImage {
	name: string;
	type: ImageType;
	width: number;
	height: number;
	bytes: Buffer;
}

/** Noise, so that files are as long as those of photographs. */
export function photograph(width: number, height: number, channels: 3 | 4 = 3): Sharp {
	const pixels = Buffer.alloc(width * height * channels);
	let state = width * 31 + height;
	for (let index = 0; index < pixels.length; index += 1) {
		state = (state * 1103515245 + 12345) % 2147483648;
		pixels[index] = state >> 16;
	}
	return sharp(pixels, { raw: { width, height, channels } });
}

/** An uncompressed Windows bitmap, which sharp does not write. */
export function bitmap(width: number, height: number): Buffer {
	const rowBytes = Math.ceil((width * 24) / 32) * 4;
	const file = Buffer.alloc(54 + rowBytes * height, 0x80);
	file.fill(0, 0, 54);
	file.write('BM', 0, 'latin1');
	file.writeUInt32LE(file.length, 2);
	file.writeUInt32LE(54, 10);
	file.writeUInt32LE(40, 14);
	file.writeInt32LE(width, 18);
	file.writeInt32LE(height, 22);
	file.writeUInt16LE(1, 26);
	file.writeUInt16LE(24, 28);
	return file;
}

/** One box of the container that HEIF and AVIF share; the size may be made wrong. */
export function box(name: string, content: Buffer, size = content.length + 8): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(size, 0);
	head.write(name, 4, 'latin1');
	return Buffer.concat([head, content]);
}

/** The head of a HEIF file up to its pixel size; `ispeSize` makes the size of that box wrong. */
export function heif(brand: string, width: number, height: number, ispeSize?: number): Buffer {
	const size = Buffer.alloc(12);
	size.writeUInt32BE(width, 4);
	size.writeUInt32BE(height, 8);
	const properties = box('iprp', box('ipco', box('ispe', size, ispeSize)));
	return Buffer.concat([
		box('ftyp', Buffer.from(`${brand}\0\0\0\0`, 'latin1')),
		box('meta', Buffer.concat([Buffer.alloc(4), properties])),
		box('mdat', Buffer.alloc(64)),
	]);
}

/** Numbers as bits, the lowest first, as a JPEG XL codestream holds them. */
function bits(...values: ReadonlyArray<readonly [value: number, count: number]>): Buffer {
	const all = values.flatMap(([value, count]) =>
		Array.from({ length: count }, (_, bit) => Math.floor(value / 2 ** bit) % 2),
	);
	const bytes = Buffer.alloc(Math.ceil(all.length / 8));
	all.forEach((bit, index) => (bytes[index >> 3]! |= bit << (index & 7)));
	return bytes;
}

/** The beginning of a JPEG XL codestream: its size header, its orientation, and something as its data. */
export function jpegXl(width: number, height: number, orientation = 1): Buffer {
	const side = (pixels: number) => [[2, 2] as const, [pixels - 1, 18] as const];
	const header = bits(
		...[[0, 1] as const, ...side(height), [0, 3] as const, ...side(width)],
		...[[0, 1] as const, [1, 1] as const, [orientation - 1, 3] as const],
	);
	return Buffer.concat([Buffer.from([0xff, 0x0a]), header, Buffer.alloc(60, 0x55)]);
}

/** A JPEG XL in its container, in one piece or in two. */
export function jpegXlFile(codestream: Buffer, isInPieces = false): Buffer {
	const half = codestream.length >> 1;
	const pieces = [
		box('jxlp', Buffer.concat([Buffer.from([0, 0, 0, 0]), codestream.subarray(0, half)])),
		box('jxlp', Buffer.concat([Buffer.from([0x80, 0, 0, 1]), codestream.subarray(half)])),
	];
	return Buffer.concat([
		box('JXL ', Buffer.from('\r\n\x87\n', 'latin1')),
		box('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1')),
		...(isInPieces ? pieces : [box('jxlc', codestream)]),
	]);
}

/** A JPEG 2000 codestream of one tile, whose data holds an end marker that does not count. */
export function jpeg2000(width: number, height: number): Buffer {
	const size = Buffer.alloc(51);
	size.writeUInt32BE(0xff4fff51, 0);
	size.writeUInt16BE(47, 4);
	size.writeUInt32BE(width + 3, 8);
	size.writeUInt32BE(height + 5, 12);
	size.writeUInt32BE(3, 16);
	size.writeUInt32BE(5, 20);
	const data = Buffer.from('ff93ffd9000102030405', 'hex');
	const part = Buffer.from('ff90000a0000000000000001', 'hex');
	part.writeUInt32BE(part.length + data.length, 6);
	return Buffer.concat([size, part, data, Buffer.from('ffd9', 'hex')]);
}

/** A JPEG 2000 in its container; `isOpen` leaves the size of the last box at 0, "up to the end of the file". */
export function jpeg2000File(width: number, height: number, isOpen = false): Buffer {
	const header = Buffer.alloc(14);
	header.writeUInt32BE(height, 0);
	header.writeUInt32BE(width, 4);
	return Buffer.concat([
		box('jP  ', Buffer.from('\r\n\x87\n', 'latin1')),
		box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
		box('jp2h', box('ihdr', header)),
		box('jp2c', jpeg2000(width, height), isOpen ? 0 : undefined),
	]);
}

/** Puts segments behind the start of a JPEG, as cameras do with EXIF, thumbnails and maker notes. */
export function withSegments(jpeg: Buffer, sizes: readonly number[], content?: Buffer): Buffer {
	const segments = sizes.map((size, index) => {
		const segment = Buffer.alloc(size + 2, 0x20);
		segment.writeUInt16BE(index === 0 ? 0xffe1 : 0xffe2, 0);
		segment.writeUInt16BE(size, 2);
		if (content !== undefined) content.copy(segment, 10);
		else segment.write('Exif\0\0', 4, 'latin1');
		return segment;
	});
	return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

const sizes = [
	[1, 1],
	[17, 5],
	[384, 512],
	[640, 3],
] as const;

/** Every type in several sizes and flavours. */
export async function madeImages(): Promise<MadeImage[]> {
	const made: MadeImage[] = [];
	for (const [width, height] of sizes) {
		const add = async (name: string, type: ImageType, image: Promise<Buffer> | Buffer) => {
			made.push({ name: `${name} ${width}x${height}`, type, width, height, bytes: await image });
		};
		const image = () => photograph(width, height);
		const transparent = () => photograph(width, height, 4);
		await add('png', 'png', image().png().toBuffer());
		await add('png with alpha', 'png', transparent().png().toBuffer());
		await add('png interlaced', 'png', image().png({ progressive: true }).toBuffer());
		await add('jpeg', 'jpg', image().jpeg().toBuffer());
		await add('jpeg progressive', 'jpg', image().jpeg({ progressive: true }).toBuffer());
		await add(
			'jpeg with exif',
			'jpg',
			image()
				.jpeg()
				.withExif({ IFD0: { Copyright: 'nobody' } })
				.toBuffer(),
		);
		await add('webp', 'webp', image().webp().toBuffer());
		await add('webp lossless', 'webp', image().webp({ lossless: true }).toBuffer());
		await add('webp with alpha', 'webp', transparent().webp().toBuffer());
		await add('gif', 'gif', image().gif().toBuffer());
		await add('tiff', 'tiff', image().tiff().toBuffer());
		await add('tiff deflated', 'tiff', image().tiff({ compression: 'deflate' }).toBuffer());
		await add('avif', 'avif', image().avif({ effort: 0 }).toBuffer());
		await add('bmp', 'bmp', bitmap(width, height));
		await add('heic', 'heif', heif('heic', width, height));
		await add('jpeg xl', 'jxl', jpegXl(width, height));
		await add('jpeg xl file', 'jxl', jpegXlFile(jpegXl(width, height)));
		await add('jpeg 2000', 'jp2', jpeg2000(width, height));
		await add('jpeg 2000 file', 'jp2', jpeg2000File(width, height));
	}
	return made;
}
