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
function photograph(width: number, height: number, channels: 3 | 4 = 3): Sharp {
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

/** A JPEG 2000 file as far as its readers go: signature, size, and a code stream of zeros. */
function jpeg2000(width: number, height: number): Buffer {
	const size = Buffer.alloc(14);
	size.writeUInt32BE(height, 0);
	size.writeUInt32BE(width, 4);
	return Buffer.concat([
		box('jP  ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
		box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
		box('jp2h', box('ihdr', size)),
		box('jp2c', Buffer.alloc(64)),
	]);
}

/** A JPEG XL file with one code stream, or with one in two parts. Its pixel size is not read. */
export function jpegXl(parts: 1 | 2 = 1): Buffer {
	const part = (index: number): Buffer => {
		const numbered = Buffer.alloc(40);
		numbered.writeUInt32BE(index >>> 0, 0);
		return box('jxlp', numbered);
	};
	return Buffer.concat([
		box('JXL ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
		box('ftyp', Buffer.from('jxl \0\0\0\0jxl ', 'latin1')),
		...(parts === 1 ? [box('jxlc', Buffer.alloc(64))] : [part(0), part(0x80000001)]),
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
		await add('heic of brand mif1', 'heif', heif('mif1', width, height));
		await add('jpeg 2000', 'jp2', jpeg2000(width, height));
	}
	return made;
}
