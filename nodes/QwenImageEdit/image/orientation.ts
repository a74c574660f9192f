import { boxesIn, findBox } from './structure/boxes';
import type { ImageType } from './imageType';
import { readJpegXlHeader } from './structure/jpegXlHeader';
import { readTiffTags } from './structure/tiffTags';

type Reader = (head: Buffer) => number | undefined;

const exifSign = 'Exif\0\0';

function readTiff(tiff: Buffer): number | undefined {
	return readTiffTags(tiff, [274]).get(274);
}

/** EXIF with or without its sign in front: PNG and WebP go without, and some writers put it there all the same. */
function readExif(exif: Buffer): number | undefined {
	const isSigned = exif.toString('latin1', 0, exifSign.length) === exifSign;
	return readTiff(isSigned ? exif.subarray(exifSign.length) : exif);
}

/** In the first EXIF segment; all of them lie before the first scan. */
function readJpeg(head: Buffer): number | undefined {
	let at = 2;
	// Every round moves on by at least one byte, so that this ends on any input.
	while (at + 4 <= head.length && head[at] === 0xff) {
		const marker = head[at + 1]!;
		if (marker === 0xff) {
			at += 1;
		} else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
			at += 2;
		} else {
			const length = head.readUInt16BE(at + 2);
			if (length < 2 || marker === 0xda) return undefined;
			const segment = head.subarray(at + 4, at + 2 + length);
			if (marker === 0xe1 && segment.toString('latin1', 0, exifSign.length) === exifSign) {
				return readExif(segment);
			}
			at += 2 + length;
		}
	}
	return undefined;
}

function readPng(head: Buffer): number | undefined {
	let at = 8;
	while (at + 8 <= head.length) {
		const length = head.readUInt32BE(at);
		if (head.toString('latin1', at + 4, at + 8) === 'eXIf') {
			return readExif(head.subarray(at + 8, at + 8 + length));
		}
		at += 12 + length;
	}
	return undefined;
}

/** Behind the pixels, so that it is found in small files only: a head is all that is read. */
function readWebp(head: Buffer): number | undefined {
	let at = 12;
	while (at + 8 <= head.length) {
		const length = head.readUInt32LE(at + 4);
		if (head.toString('latin1', at, at + 4) === 'EXIF') {
			return readExif(head.subarray(at + 8, at + 8 + length));
		}
		at += 8 + length + (length % 2);
	}
	return undefined;
}

/** The most associations of items with properties that are read. */
const maximumAssociations = 4096;

/** The numbers of the properties of an item, counted from 1, out of an `ipma` box. */
function propertiesOf(item: number, head: Buffer, start: number, end: number): number[] {
	const hasLongItems = head[start]! > 0;
	const hasLongIndices = (head[start + 3]! & 1) === 1;
	const itemBytes = hasLongItems ? 4 : 2;
	const indexBytes = hasLongIndices ? 2 : 1;
	let at = start + 8;
	for (let entry = 0; entry < maximumAssociations && at + itemBytes + 1 <= end; entry += 1) {
		const id = head.readUIntBE(at, itemBytes);
		const count = head[at + itemBytes]!;
		at += itemBytes + 1;
		if (at + count * indexBytes > end) return [];
		if (id === item) {
			// The highest bit says that the property must be understood.
			return Array.from({ length: count }, (_, index) =>
				hasLongIndices ? head.readUInt16BE(at + index * 2) & 0x7fff : head[at + index]! & 0x7f,
			);
		}
		at += count * indexBytes;
	}
	return [];
}

/**
 * EXIF orientation by the turns of `irot`, counted anticlockwise, and then by the axis of `imir`: absent, 0 (top
 * and bottom change places), or 1 (left and right do). The order is that of MIAF, ISO/IEC 23000-22.
 */
const orientations = [
	[1, 4, 2],
	[8, 5, 7],
	[3, 2, 4],
	[6, 7, 5],
] as const;

/** HEIF and AVIF turn by properties of the primary item; decoders ignore EXIF there, and so does this. */
function readHeif(head: Buffer): number | undefined {
	const meta = findBox(head, 'meta', 0, head.length);
	if (meta === undefined) return undefined;
	const primary = findBox(head, 'pitm', meta.start + 4, meta.end);
	const properties = findBox(head, 'iprp', meta.start + 4, meta.end);
	if (primary === undefined || properties === undefined) return undefined;
	const idBytes = head[primary.start] === 0 ? 2 : 4;
	if (primary.start + 4 + idBytes > primary.end) return undefined;
	const item = head.readUIntBE(primary.start + 4, idBytes);
	const container = findBox(head, 'ipco', properties.start, properties.end);
	const associations = findBox(head, 'ipma', properties.start, properties.end);
	if (container === undefined || associations === undefined) return undefined;
	if (associations.start + 8 > associations.end) return undefined;
	const numbers = propertiesOf(item, head, associations.start, associations.end);
	let turns = 0;
	let mirror = 0;
	let number = 0;
	for (const { name, start, end } of boxesIn(head, container.start, container.end)) {
		number += 1;
		if (start >= end || !numbers.includes(number)) continue;
		if (name === 'irot') turns = head[start]! & 3;
		if (name === 'imir') mirror = (head[start]! & 1) + 1;
	}
	return orientations[turns]![mirror];
}

const readers: Readonly<Partial<Record<ImageType, Reader>>> = {
	jpg: readJpeg,
	png: readPng,
	webp: readWebp,
	tiff: readTiff,
	heif: readHeif,
	avif: readHeif,
	jxl: (head) => readJpegXlHeader(head)?.orientation,
};

/**
 * How an image is turned before people see it, as an EXIF orientation from 1 (as stored) to 8.
 *
 * @returns undefined when the head does not say it, or says nonsense
 */
export function readOrientation(type: ImageType, head: Uint8Array): number | undefined {
	const found = readers[type]?.(Buffer.from(head.buffer, head.byteOffset, head.length));
	return found !== undefined && found >= 1 && found <= 8 ? found : undefined;
}

/** Whether width and height change places when an image is turned as people see it. */
export function isTurnedOnItsSide(orientation: number | undefined): boolean {
	return orientation !== undefined && orientation >= 5;
}
