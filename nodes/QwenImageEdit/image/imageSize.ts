import { findBox } from './structure/boxes';
import type { ImageType } from './imageType';
import { readJpegXlHeader } from './structure/jpegXlHeader';
import { readTiffTags } from './structure/tiffTags';

/** Width and height in pixels. */
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
	const tags = readTiffTags(head, [256, 257]);
	const width = tags.get(256);
	const height = tags.get(257);
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

function readJpegXl(head: Buffer): Pixels | undefined {
	const header = readJpegXlHeader(head);
	return header && { width: header.width, height: header.height };
}

/** JPEG 2000: the SIZ segment of a bare codestream, or the `ihdr` box of the container. */
function readJpeg2000(head: Buffer): Pixels | undefined {
	if (head[0] === 0xff) {
		if (head.length < 24) return undefined;
		return {
			width: head.readUInt32BE(8) - head.readUInt32BE(16),
			height: head.readUInt32BE(12) - head.readUInt32BE(20),
		};
	}
	const parent = findBox(head, 'jp2h', 0, head.length);
	const header = parent && findBox(head, 'ihdr', parent.start, parent.end);
	if (header === undefined || header.start + 8 > header.end) return undefined;
	return { width: head.readUInt32BE(header.start + 4), height: head.readUInt32BE(header.start) };
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
	jxl: readJpegXl,
	jp2: readJpeg2000,
};

/**
 * Reads the pixel size, as it is stored, from the head of an image whose type is known; nothing is decoded, every reader ends
 * after one pass over the head. A library was tried first and hung on hostile heads
 * (`docs/decisions/0011-own-reader-of-pixel-sizes.md`).
 *
 * @returns undefined when the head does not hold the size, or holds nonsense
 */
export function readPixels(type: ImageType, head: Uint8Array): Pixels | undefined {
	const pixels = readers[type](Buffer.from(head.buffer, head.byteOffset, head.length));
	return pixels !== undefined && pixels.width > 0 && pixels.height > 0 ? pixels : undefined;
}
