import type { ImageType } from './imageType';

/**
 * - `reached`: the image's own end lies within the bytes seen. Whatever follows is legal: cameras append videos.
 * - `open`: the type has an end, and it was not reached.
 * - `unknown`: the type has no end to find, or its structure could not be followed.
 */
export type EndState = 'reached' | 'open' | 'unknown';

/** What a walk through a file asks for next: some bytes, to pass over some, or to pass over all up to a value. */
type Step = { take: number } | { skip: number } | { until: number };

/** A walk through the structure of a file, as far as its end. */
type Walk = Generator<Step, 'reached' | 'unknown', Buffer>;

/** Markers, each with a segment; the end marker of a thumbnail lies inside a segment and does not count. */
function* walkJpeg(): Walk {
	yield { skip: 2 };
	for (;;) {
		yield { until: 0xff };
		let marker = 0xff;
		while (marker === 0xff) marker = (yield { take: 1 })[0]!;
		if (marker === 0xd9) return 'reached';
		// Stuffing and restart markers inside image data, and the few markers without a segment.
		if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
		const length = (yield { take: 2 }).readUInt16BE(0);
		if (length < 2) return 'unknown';
		yield { skip: length - 2 };
	}
}

/** A PNG whose chunk claims more than this was not written by an encoder. */
const largestChunkBytes = 2 ** 28;

function* walkPng(): Walk {
	yield { skip: 8 };
	for (;;) {
		const chunk = yield { take: 8 };
		if (chunk.toString('latin1', 4, 8) === 'IEND') return 'reached';
		const length = chunk.readUInt32BE(0);
		if (length > largestChunkBytes) return 'unknown';
		yield { skip: length + 4 };
	}
}

/** The bytes of a GIF colour table, by the flags that announce it. */
function colourTableBytes(flags: number): number {
	return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function* walkGif(): Walk {
	const screen = yield { take: 13 };
	yield { skip: colourTableBytes(screen[10]!) };
	for (;;) {
		const introducer = (yield { take: 1 })[0]!;
		if (introducer === 0x3b) return 'reached';
		// Encoders pad with zeros.
		if (introducer === 0) continue;
		if (introducer === 0x21) yield { skip: 1 };
		else if (introducer === 0x2c) {
			const image = yield { take: 9 };
			yield { skip: colourTableBytes(image[8]!) + 1 };
		} else return 'unknown';
		for (;;) {
			const length = (yield { take: 1 })[0]!;
			if (length === 0) break;
			yield { skip: length };
		}
	}
}

function* walkWebp(): Walk {
	const length = (yield { take: 12 }).readUInt32LE(4);
	if (length < 12) return 'unknown';
	// Some encoders count the padding byte at the end, and do not write it.
	yield { skip: length - 4 - (length % 2 === 0 ? 1 : 0) };
	return 'reached';
}

function* walkBmp(): Walk {
	const length = (yield { take: 14 }).readUInt32LE(2);
	// Some encoders leave it at 0.
	if (length < 26) return 'unknown';
	yield { skip: length - 14 };
	return 'reached';
}

/** Boxes; the image is there when its data and, for HEIF and AVIF, the box that describes it were passed. */
function* walkBoxes(): Walk {
	const seen = new Set<string>();
	for (;;) {
		const box = yield { take: 8 };
		const name = box.toString('latin1', 4, 8);
		const short = box.readUInt32BE(0);
		// 0: as far as the end of the file.
		if (short === 0) return 'unknown';
		const long = short === 1 ? Number((yield { take: 8 }).readBigUInt64BE(0)) - 16 : short - 8;
		if (long < 0) return 'unknown';
		// Parts of JPEG XL are numbered; the last one has the highest bit.
		const part = name === 'jxlp' && long >= 4 ? (yield { take: 4 }).readUInt32BE(0) : undefined;
		yield { skip: part === undefined ? long : long - 4 };
		seen.add(name);
		if (name === 'jxlc' || name === 'jp2c' || (part !== undefined && part >= 2 ** 31)) {
			return 'reached';
		}
		if (seen.has('meta') && seen.has('mdat')) return 'reached';
	}
}

/** A bare code stream of JPEG XL or JPEG 2000 begins with this byte; in a file there are boxes. */
const bareStream = 0xff;

const walks: Readonly<Record<ImageType, (() => Walk) | undefined>> = {
	png: walkPng,
	jpg: walkJpeg,
	webp: walkWebp,
	gif: walkGif,
	bmp: walkBmp,
	tiff: undefined,
	heif: walkBoxes,
	avif: walkBoxes,
	jxl: walkBoxes,
	jp2: walkBoxes,
};

/**
 * Finds the end of an image while it passes, in any chunks and in constant memory
 * (`docs/decisions/0016-the-end-of-an-image.md`). Never throws.
 */
export class ImageEnd {
	private walk: Walk | undefined;

	private wanted: Step | undefined;

	/** Bytes of the present `take` that arrived in earlier chunks. */
	private held: Buffer = Buffer.alloc(0);

	private left = 0;

	private hasBegun = false;

	private ended: EndState | undefined;

	constructor(private readonly type: ImageType) {}

	/** What is known from the bytes seen so far. */
	get state(): EndState {
		return this.ended ?? (walks[this.type] === undefined ? 'unknown' : 'open');
	}

	/** Takes the next bytes of the file. */
	push(chunk: Uint8Array): void {
		if (chunk.length === 0 || this.ended !== undefined) return;
		if (!this.hasBegun) this.begin(chunk[0]!);
		let rest: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
		while (rest.length > 0 && this.ended === undefined) rest = this.pass(rest);
	}

	private begin(first: number): void {
		this.hasBegun = true;
		this.walk = walks[this.type]?.();
		const isBare = first === bareStream && this.type !== 'jpg';
		if (this.walk === undefined || isBare) this.ended = 'unknown';
		else this.ask(Buffer.alloc(0));
	}

	/** Hands the walk what it asked for, and notes what it asks for next. */
	private ask(taken: Buffer): void {
		let answer = taken;
		for (;;) {
			const { value, done } = this.walk!.next(answer);
			if (done === true) {
				this.ended = value;
				return;
			}
			this.wanted = value;
			this.held = Buffer.alloc(0);
			this.left = 'skip' in value ? value.skip : 0;
			// Nothing to pass over: the walk goes on at once.
			if (!('skip' in value) || value.skip > 0) return;
			answer = Buffer.alloc(0);
		}
	}

	/** Passes as much as the walk asked for. Returns the rest. */
	private pass(bytes: Buffer): Buffer {
		const step = this.wanted!;
		if ('skip' in step) {
			const passed = Math.min(this.left, bytes.length);
			this.left -= passed;
			if (this.left === 0) this.ask(Buffer.alloc(0));
			return bytes.subarray(passed);
		}
		if ('until' in step) {
			const at = bytes.indexOf(step.until);
			if (at < 0) return bytes.subarray(bytes.length);
			this.ask(Buffer.alloc(0));
			return bytes.subarray(at + 1);
		}
		const needed = step.take - this.held.length;
		const taken = bytes.subarray(0, needed);
		this.held = Buffer.concat([this.held, taken]);
		if (this.held.length === step.take) this.ask(this.held);
		return bytes.subarray(taken.length);
	}
}
