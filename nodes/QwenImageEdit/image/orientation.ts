import { ascii, type ImageType } from './imageType';

/** EXIF orientation: 1 is as stored, 5 to 8 are turned by a quarter. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The tag of the orientation in a TIFF directory. */
const orientationTag = 0x0112;

/** More entries than any camera writes. */
const maximumEntries = 512;

/** Reads the orientation from a TIFF structure, which EXIF is. */
function readTiff(tiff: Buffer): Orientation | undefined {
	if (tiff.length < 8) return undefined;
	const order = ascii(tiff, 0, 2);
	if (order !== 'II' && order !== 'MM') return undefined;
	const short = (at: number): number =>
		order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
	const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
	if (directory + 2 > tiff.length) return undefined;
	const count = Math.min(short(directory), maximumEntries);
	for (let entry = 0; entry < count; entry += 1) {
		const at = directory + 2 + entry * 12;
		if (at + 10 > tiff.length) return undefined;
		if (short(at) !== orientationTag) continue;
		const value = short(at + 8);
		return value >= 1 && value <= 8 ? (value as Orientation) : undefined;
	}
	return undefined;
}

/** The EXIF block of a JPEG: the APP1 segment that begins with "Exif". */
function exifOfJpeg(head: Buffer): Buffer | undefined {
	let at = 2;
	while (at + 4 <= head.length && head[at] === 0xff) {
		const marker = head[at + 1]!;
		// The image data begins: no EXIF comes behind it.
		if (marker === 0xda || marker === 0xd9) return undefined;
		if (marker === 0xff) {
			at += 1;
			continue;
		}
		const length = head.readUInt16BE(at + 2);
		if (length < 2) return undefined;
		if (marker === 0xe1 && ascii(head, at + 4, at + 10) === 'Exif\0\0') {
			return head.subarray(at + 10, at + 2 + length);
		}
		at += 2 + length;
	}
	return undefined;
}

/** The content of the first chunk with this name, as far as the head holds it. */
function chunkOf(
	head: Buffer,
	name: string,
	layout: { start: number; nameFirst: boolean; padded: boolean; trailer: number },
): Buffer | undefined {
	let at = layout.start;
	while (at + 8 <= head.length) {
		const sizeAt = layout.nameFirst ? at + 4 : at;
		const nameAt = layout.nameFirst ? at : at + 4;
		const size = layout.nameFirst ? head.readUInt32LE(sizeAt) : head.readUInt32BE(sizeAt);
		if (ascii(head, nameAt, nameAt + 4) === name) return head.subarray(at + 8, at + 8 + size);
		at += 8 + size + (layout.padded ? size % 2 : 0) + layout.trailer;
	}
	return undefined;
}

/** An EXIF block may begin with the "Exif" of JPEG although it is not one. */
function withoutPrefix(exif: Buffer | undefined): Buffer | undefined {
	return exif !== undefined && ascii(exif, 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
}

function exifOf(type: ImageType, head: Buffer): Buffer | undefined {
	switch (type) {
		case 'jpg':
			return exifOfJpeg(head);
		case 'png':
			return chunkOf(head, 'eXIf', { start: 8, nameFirst: false, padded: false, trailer: 4 });
		case 'webp':
			return withoutPrefix(
				chunkOf(head, 'EXIF', { start: 12, nameFirst: true, padded: true, trailer: 0 }),
			);
		case 'tiff':
			return head;
		default:
			return undefined;
	}
}

/**
 * How people see an image that is stored in another way: cameras store it as the sensor saw it and note the turn.
 *
 * @returns undefined when the head does not say
 */
export function readOrientation(type: ImageType, head: Uint8Array): Orientation | undefined {
	const exif = exifOf(type, Buffer.from(head.buffer, head.byteOffset, head.length));
	return exif === undefined ? undefined : readTiff(exif);
}
