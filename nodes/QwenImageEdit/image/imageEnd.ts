import type { ImageType } from './imageType';

/**
 * What the bytes seen so far say about the end of an image. `reached`: it lies within them, whatever follows.
 * `open`: the type has an end, and it has not come yet. `unknown`: the type has none, or its structure broke.
 */
export type ImageEndState = 'reached' | 'open' | 'unknown';

/**
 * What a walk asks for next: some bytes to look at, bytes to pass over, the place behind a certain byte, or the first
 * byte that is another one.
 */
type Step = { read: number } | { skip: number } | { find: number } | { passOver: number };

/** Follows the structure of one type. It is handed the bytes that it asked to read, and returns at the end. */
type Walk = Generator<Step, 'reached' | 'unknown', Buffer>;

/** The most bytes that one step reads. */
const maximumRead = 32;

/** Walks the segments by their lengths, so that an end marker inside a thumbnail does not count. */
function* walkJpeg(): Walk {
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

function* walkPng(): Walk {
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

function* walkGif(): Walk {
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

function* walkWebp(): Walk {
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
function* walkBmp(): Walk {
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
function* walkHeif(): Walk {
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
function* walkJpegXl(): Walk {
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

function* walkJpeg2000(): Walk {
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

const walks: Readonly<Partial<Record<ImageType, () => Walk>>> = {
	jpg: walkJpeg,
	png: walkPng,
	gif: walkGif,
	webp: walkWebp,
	bmp: walkBmp,
	heif: walkHeif,
	avif: walkHeif,
	jxl: walkJpegXl,
	jp2: walkJpeg2000,
};

/**
 * Finds the end of an image in a stream, by walking its structure: fed with all bytes in any pieces, in constant
 * memory. It never throws. Why, and why bytes behind the end are legal: `docs/decisions/0016-the-end-of-an-image.md`.
 */
export class ImageEnd {
	private readonly walk: Walk | undefined;
	private readonly seen = Buffer.alloc(maximumRead);
	private step: Step = { skip: 0 };
	/** Bytes of this step that have been read or passed over. */
	private done = 0;
	private found: ImageEndState;

	constructor(type: ImageType) {
		this.walk = walks[type]?.();
		this.found = this.walk === undefined ? 'unknown' : 'open';
		this.advance();
	}

	/** What all bytes so far say. */
	get state(): ImageEndState {
		return this.found;
	}

	/** The next bytes of the stream. */
	push(chunk: Uint8Array): void {
		let at = 0;
		while (at < chunk.length && this.found === 'open') {
			const { step } = this;
			if ('find' in step) {
				const place = chunk.indexOf(step.find, at);
				if (place < 0) return;
				at = place + 1;
				this.advance();
				continue;
			}
			if ('passOver' in step) {
				while (at < chunk.length && chunk[at] === step.passOver) at += 1;
				if (at === chunk.length) return;
				this.seen[0] = chunk[at]!;
				at += 1;
				this.advance();
				continue;
			}
			const wanted = 'read' in step ? step.read : step.skip;
			const taken = Math.min(wanted - this.done, chunk.length - at);
			if ('read' in step) {
				// One by one: there are millions of reads of a single byte, which a copy of a range makes slow.
				for (let index = 0; index < taken; index += 1) {
					this.seen[this.done + index] = chunk[at + index]!;
				}
			}
			this.done += taken;
			at += taken;
			if (this.done === wanted) this.advance();
		}
	}

	/** Takes up the walk with the bytes that it asked for, until it asks for more. */
	private advance(): void {
		while (this.walk !== undefined && this.found === 'open') {
			const next = this.walk.next(this.seen);
			this.done = 0;
			if (next.done === true) this.found = next.value;
			else this.step = next.value;
			if (!('skip' in this.step) || this.step.skip > 0) return;
		}
	}
}
