import { type Step, type Walk } from './walk';

/** The head of a box: its name, the size of its head, and that of its content. */
interface BoxHead {
	name: string;
	headBytes: number;
	contentBytes: number;
}

/** Reads the head of a box; undefined when it cannot be one. A box without a size runs to the end of the file. */
function* readBoxHead(): Generator<Step, BoxHead | undefined, Buffer> {
	const header = yield { read: 8 };
	const name = header.toString('latin1', 4, 8);
	let size = header.readUInt32BE(0);
	let headBytes = 8;
	if (size === 0) return { name, headBytes, contentBytes: Number.POSITIVE_INFINITY };
	if (size === 1) {
		size = Number((yield { read: 8 }).readBigUInt64BE(0));
		headBytes = 16;
	}
	return size < headBytes ? undefined : { name, headBytes, contentBytes: size - headBytes };
}

/** Reads a number of 0, 4 or 8 bytes. */
function* readSized(bytes: number): Generator<Step, number, Buffer> {
	if (bytes === 0) return 0;
	const read = yield { read: bytes };
	return bytes === 8 ? Number(read.readBigUInt64BE(0)) : read.readUIntBE(0, bytes);
}

/**
 * Reads the list of where the items of a HEIF lie.
 *
 * @returns how many bytes were read, and the place in the file where the last item ends; undefined when the list
 * is in no known form or runs out of its box
 */
function* readLocations(
	contentBytes: number,
): Generator<Step, { read: number; end: number } | undefined, Buffer> {
	if (contentBytes < 8) return undefined;
	const header = yield { read: 6 };
	let read = 6;
	const version = header[0]!;
	if (version > 2) return undefined;
	const sizes = [
		header[4]! >> 4,
		header[4]! & 15,
		header[5]! >> 4,
		version === 0 ? 0 : header[5]! & 15,
	];
	if (sizes.some((size) => size !== 0 && size !== 4 && size !== 8)) return undefined;
	const [offsetBytes, lengthBytes, baseBytes, indexBytes] = sizes as [
		number,
		number,
		number,
		number,
	];
	const idBytes = version === 2 ? 4 : 2;
	if (read + idBytes > contentBytes) return undefined;
	const count = (yield { read: idBytes }).readUIntBE(0, idBytes);
	read += idBytes;
	let end = 0;
	for (let item = 0; item < count; item += 1) {
		const itemBytes = idBytes + (version === 0 ? 0 : 2) + 2 + baseBytes + 2;
		if (read + itemBytes > contentBytes) return undefined;
		yield { skip: idBytes };
		// 0: the place is counted from the start of the file; the other ways stay inside the metadata.
		const isInFile = version === 0 || ((yield { read: 2 })[1]! & 15) === 0;
		// Data in another file has a number here.
		const isHere = (yield { read: 2 }).readUInt16BE(0) === 0;
		const base = yield* readSized(baseBytes);
		const extents = (yield { read: 2 }).readUInt16BE(0);
		read += itemBytes;
		const extentBytes = indexBytes + offsetBytes + lengthBytes;
		if (read + extents * extentBytes > contentBytes) return undefined;
		for (let extent = 0; extent < extents && extentBytes > 0; extent += 1) {
			yield { skip: indexBytes };
			const offset = yield* readSized(offsetBytes);
			const length = yield* readSized(lengthBytes);
			if (isInFile && isHere) end = Math.max(end, base + offset + length);
		}
		read += extents * extentBytes;
	}
	return { read, end };
}

/** HEIF and AVIF: up to the end of the top-level box in which the last item ends. */
export function* walkHeif(): Walk {
	let at = 0;
	let hasMetadata = false;
	let hasData = false;
	let itemsEnd: number | undefined;
	for (;;) {
		const box = yield* readBoxHead();
		if (box === undefined || !Number.isFinite(box.contentBytes)) return 'unknown';
		const { name, headBytes, contentBytes } = box;
		at += headBytes + contentBytes;
		if (name === 'mdat') hasData = true;
		if (name === 'meta' || name === 'moov') hasMetadata = true;
		let left = contentBytes;
		if (name === 'meta' && left >= 4) {
			yield { skip: 4 };
			left -= 4;
			while (left >= 8) {
				const inner = yield* readBoxHead();
				if (inner === undefined || inner.headBytes + inner.contentBytes > left) return 'unknown';
				left -= inner.headBytes + inner.contentBytes;
				let innerLeft = inner.contentBytes;
				if (inner.name === 'iloc') {
					const locations = yield* readLocations(innerLeft);
					if (locations === undefined) return 'unknown';
					itemsEnd = locations.end;
					innerLeft -= locations.read;
				}
				yield { skip: innerLeft };
			}
		}
		yield { skip: left };
		if (hasMetadata && (itemsEnd === undefined ? hasData : at >= itemsEnd)) return 'reached';
	}
}

/** JPEG XL: a bare codestream does not tell its length, a container does. */
export function* walkJpegXl(): Walk {
	if ((yield { read: 12 })[0] === 0xff) return 'unknown';
	for (;;) {
		const box = yield* readBoxHead();
		if (box === undefined || !Number.isFinite(box.contentBytes)) return 'unknown';
		let left = box.contentBytes;
		let isLast = box.name === 'jxlc';
		if (box.name === 'jxlp' && left >= 4) {
			// The codestream in pieces: the highest bit of the number marks the last one.
			isLast = ((yield { read: 4 })[0]! & 0x80) !== 0;
			left -= 4;
		}
		yield { skip: left };
		if (isLast) return 'reached';
	}
}

/** The segments of a JPEG 2000 codestream behind its first marker. */
function* walkJpeg2000Codestream(): Walk {
	for (;;) {
		const marker = (yield { read: 2 }).readUInt16BE(0);
		if (marker === 0xffd9) return 'reached';
		if (marker < 0xff30) return 'unknown';
		const length = (yield { read: 2 }).readUInt16BE(0);
		if (length < 2) return 'unknown';
		if (marker === 0xff90) {
			// A part of a tile says how long it is, counted from its marker; 0 means "up to the end".
			if (length !== 10) return 'unknown';
			const partBytes = (yield { read: 8 }).readUInt32BE(2);
			if (partBytes < 12) return 'unknown';
			yield { skip: partBytes - 12 };
		} else {
			yield { skip: length - 2 };
		}
	}
}

/** JPEG 2000: a container or a bare codestream. */
export function* walkJpeg2000(): Walk {
	if ((yield { read: 2 }).readUInt16BE(0) === 0xff4f) return yield* walkJpeg2000Codestream();
	yield { skip: 10 };
	for (;;) {
		const box = yield* readBoxHead();
		if (box === undefined) return 'unknown';
		if (box.name === 'jp2c' && !Number.isFinite(box.contentBytes)) {
			if ((yield { read: 2 }).readUInt16BE(0) !== 0xff4f) return 'unknown';
			return yield* walkJpeg2000Codestream();
		}
		if (!Number.isFinite(box.contentBytes)) return 'unknown';
		yield { skip: box.contentBytes };
		if (box.name === 'jp2c') return 'reached';
	}
}
