import type { Walk } from './walk';

/** Walks the segments by their lengths, so that an end marker inside a thumbnail does not count. */
export function* walkJpeg(): Walk {
	if ((yield { read: 2 }).readUInt16BE(0) !== 0xffd8) return 'unknown';
	let isInScan = false;
	for (;;) {
		// In a scan the next marker is searched for: the length of entropy-coded data stands nowhere.
		if (isInScan) yield { find: 0xff };
		else if ((yield { read: 1 })[0] !== 0xff) return 'unknown';
		// Any number of further FF bytes may stand in front of a marker.
		const marker = (yield { passOver: 0xff })[0]!;
		if (marker === 0xd9) return 'reached';
		const isData = marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
		if (isInScan && isData) continue;
		if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8)) return 'unknown';
		const length = (yield { read: 2 }).readUInt16BE(0);
		if (length < 2) return 'unknown';
		yield { skip: length - 2 };
		if (marker === 0xda) isInScan = true;
	}
}

/** Walks the chunks to `IEND`. */
export function* walkPng(): Walk {
	yield { skip: 8 };
	for (;;) {
		const header = yield { read: 8 };
		const length = header.readUInt32BE(0);
		const name = header.toString('latin1', 4, 8);
		if (length > 0x7fffffff || !/^[A-Za-z]{4}$/.test(name)) return 'unknown';
		// A checksum of four bytes stands behind the content.
		yield { skip: length + 4 };
		if (name === 'IEND') return 'reached';
	}
}

/** The colours that a GIF keeps in a table of its own, in bytes. */
function gifTableBytes(flags: number): number {
	return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Walks the blocks to the trailer. */
export function* walkGif(): Walk {
	yield { skip: gifTableBytes((yield { read: 13 })[10]!) };
	for (;;) {
		// Some encoders leave zeros between two blocks.
		const kind = (yield { passOver: 0 })[0]!;
		if (kind === 0x3b) return 'reached';
		if (kind === 0x2c) yield { skip: gifTableBytes((yield { read: 9 })[8]!) + 1 };
		else if (kind === 0x21) yield { skip: 1 };
		else return 'unknown';
		for (let size = -1; size !== 0; ) {
			size = (yield { read: 1 })[0]!;
			yield { skip: size };
		}
	}
}

/** A file that is written while it is sent may announce 0 bytes, or as many as the number can hold. */
const maximumWebpBytes = 0xfffffffe;

/** Walks the chunks as far as the size that stands in front. */
export function* walkWebp(): Walk {
	const end = (yield { read: 12 }).readUInt32LE(4) + 8;
	if (end > maximumWebpBytes) return 'unknown';
	let at = 12;
	for (;;) {
		const size = (yield { read: 8 }).readUInt32LE(4);
		at += 8 + size;
		if (at > end + 1) return 'unknown';
		yield { skip: size };
		// Whether the byte that makes the last size even is counted, and written, differs between encoders.
		if (end - at < 8) return 'reached';
		yield { skip: size % 2 };
		at += size % 2;
	}
}

/** By the pixels where they are not packed: the file's own size field is often wrong. */
export function* walkBmp(): Walk {
	const file = yield { read: 18 };
	const pixelsStart = file.readUInt32LE(10);
	const headerSize = file.readUInt32LE(14);
	let read = 26;
	let pixelBytes: number;
	const rows = (width: number, height: number, bits: number): number =>
		Math.ceil((width * bits) / 32) * 4 * height;
	if (headerSize === 12) {
		const sides = yield { read: 8 };
		pixelBytes = rows(sides.readUInt16LE(0), sides.readUInt16LE(2), sides.readUInt16LE(6));
	} else {
		const header = yield { read: 20 };
		read = 38;
		const packing = header.readUInt32LE(12);
		// 0 and the two forms of bit fields are plain rows; the others say how long they are.
		pixelBytes = [0, 3, 6].includes(packing)
			? rows(header.readInt32LE(0), Math.abs(header.readInt32LE(4)), header.readUInt16LE(10))
			: header.readUInt32LE(16);
	}
	const end = pixelsStart + pixelBytes;
	if (pixelBytes <= 0 || pixelsStart < 14 + headerSize || end < read) return 'unknown';
	yield { skip: end - read };
	return 'reached';
}
