import type { ImageType } from './imageType';

/** Width and height in pixels, as stored. */
export interface Pixels {
	width: number;
	height: number;
}

type Reader = (head: Buffer) => Pixels | undefined;

function readPng(head: Buffer): Pixels | undefined {
	if (head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
	return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function readGif(head: Buffer): Pixels | undefined {
	if (head.length < 10) return undefined;
	return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
}

function readBmp(head: Buffer): Pixels | undefined {
	if (head.length < 26) return undefined;
	// The oldest header form has 16-bit sides; in the others a negative height means "top row first".
	if (head.readUInt32LE(14) === 12) {
		return { width: head.readUInt16LE(18), height: head.readUInt16LE(20) };
	}
	return { width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
}

function readWebp(head: Buffer): Pixels | undefined {
	if (head.length < 30) return undefined;
	switch (head.toString('latin1', 12, 16)) {
		case 'VP8X':
			return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
		case 'VP8L': {
			const bits = head.readUInt32LE(21);
			return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
		}
		case 'VP8 ':
			return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
		default:
			return undefined;
	}
}

/** Frame headers; the numbers in between are tables and extensions. */
function isFrameHeader(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readJpeg(head: Buffer): Pixels | undefined {
	let position = 2;
	// Every round moves on by at least two bytes, so that this ends on any input.
	while (position + 9 <= head.length) {
		if (head[position] !== 0xff) return undefined;
		const marker = head[position + 1]!;
		if (marker === 0xff) {
			position += 1;
		} else if (isFrameHeader(marker)) {
			return { width: head.readUInt16BE(position + 7), height: head.readUInt16BE(position + 5) };
		} else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
			position += 2;
		} else {
			const length = head.readUInt16BE(position + 2);
			if (length < 2) return undefined;
			position += 2 + length;
		}
	}
	return undefined;
}

function readTiff(head: Buffer): Pixels | undefined {
	if (head.length < 8) return undefined;
	const little = head[0] === 0x49;
	const short = (at: number): number => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
	const long = (at: number): number => (little ? head.readUInt32LE(at) : head.readUInt32BE(at));
	const directory = long(4);
	if (directory + 2 > head.length) return undefined;
	let width: number | undefined;
	let height: number | undefined;
	for (let entry = 0; entry < short(directory); entry += 1) {
		const at = directory + 2 + entry * 12;
		if (at + 12 > head.length) break;
		const tag = short(at);
		// Type 3 is a 16-bit value, type 4 a 32-bit one.
		const value = short(at + 2) === 3 ? short(at + 8) : long(at + 8);
		if (tag === 256) width = value;
		if (tag === 257) height = value;
	}
	return width === undefined || height === undefined ? undefined : { width, height };
}

/** HEIF and AVIF keep the size in `ispe` boxes; the largest one is the image, others are previews. */
function readHeif(head: Buffer): Pixels | undefined {
	let largest: Pixels | undefined;
	let at = head.indexOf('ispe');
	while (at >= 0 && at + 16 <= head.length) {
		const found = { width: head.readUInt32BE(at + 8), height: head.readUInt32BE(at + 12) };
		if (largest === undefined || found.width * found.height > largest.width * largest.height) {
			largest = found;
		}
		at = head.indexOf('ispe', at + 4);
	}
	return largest;
}

/** JPEG 2000 keeps the size in the `ihdr` box, or in the SIZ segment of a bare code stream. */
function readJp2(head: Buffer): Pixels | undefined {
	if (head.length >= 24 && head.readUInt32BE(0) === 0xff4fff51) {
		return {
			width: head.readUInt32BE(8) - head.readUInt32BE(16),
			height: head.readUInt32BE(12) - head.readUInt32BE(20),
		};
	}
	const at = head.indexOf('ihdr');
	if (at < 0 || at + 12 > head.length) return undefined;
	return { width: head.readUInt32BE(at + 8), height: head.readUInt32BE(at + 4) };
}

const readers: Readonly<Record<ImageType, Reader>> = {
	png: readPng,
	jpg: readJpeg,
	webp: readWebp,
	gif: readGif,
	bmp: readBmp,
	tiff: readTiff,
	heif: readHeif,
	avif: readHeif,
	// The size of JPEG XL is packed bit by bit; nobody needs it.
	jxl: () => undefined,
	jp2: readJp2,
};

/**
 * Reads the pixel size from the head of an image whose type is known; nothing is decoded, every reader ends
 * after one pass over the head. A library was tried first and hung on hostile heads
 * (`docs/decisions/0011-own-reader-of-pixel-sizes.md`).
 *
 * @returns undefined when the head does not hold the size, or holds nonsense
 */
export function readSize(type: ImageType, head: Uint8Array): Pixels | undefined {
	const pixels = readers[type](Buffer.from(head.buffer, head.byteOffset, head.length));
	return pixels !== undefined && pixels.width > 0 && pixels.height > 0 ? pixels : undefined;
}
