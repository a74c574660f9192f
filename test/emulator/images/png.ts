/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PADDING_BYTES = 1024 * 1024;
const CHUNK_OVERHEAD = 12;
const END = pngChunk('IEND', Buffer.alloc(0));

/** One PNG chunk: length, type, data, checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
	const chunk = Buffer.alloc(data.length + CHUNK_OVERHEAD);
	chunk.writeUInt32BE(data.length, 0);
	chunk.write(type, 4, 'latin1');
	data.copy(chunk, 8);
	chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
	return chunk;
}

/** Who asked for an image and who made it, written into every PNG so that a test can tell results apart. */
export interface ImageNotes {
	provider: string;
	prompt: string;
	job: string;
	/** Which of several, from 1; absent when the job made one. */
	image?: string;
}

function noteChunk(keyword: string, note: string): Buffer {
	return pngChunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${note}`, 'utf8'));
}

/** Adds the notes to a PNG, before its end. */
export function withNotes(png: Buffer, notes: ImageNotes): Buffer {
	return Buffer.concat([
		png.subarray(0, png.length - END.length),
		noteChunk('Provider', notes.provider),
		noteChunk('Prompt', notes.prompt),
		noteChunk('Job', notes.job),
		...(notes.image === undefined ? [] : [noteChunk('Image', notes.image)]),
		END,
	]);
}

/** Reads the notes back, from a PNG the emulator made. */
export function readImageNotes(png: Buffer): ImageNotes | undefined {
	const found: Record<string, string> = {};
	if (!png.subarray(0, 8).equals(SIGNATURE)) return undefined;
	for (let at = 8; at + CHUNK_OVERHEAD <= png.length; ) {
		const length = png.readUInt32BE(at);
		if (png.toString('latin1', at + 4, at + 8) === 'iTXt') {
			const [keyword = '', ...rest] = png.toString('utf8', at + 8, at + 8 + length).split('\0');
			found[keyword] = rest.slice(4).join('\0');
		}
		at += length + CHUNK_OVERHEAD;
	}
	if (found.Job === undefined) return undefined;
	const { Provider: provider = '', Prompt: prompt = '', Job: job, Image: image } = found;
	return { provider, prompt, job, ...(image !== undefined && { image }) };
}

/** A small one-colour PNG made without any decoder. */
export function plainPng(
	width: number,
	height: number,
	[red, green, blue]: number[] = [90, 140, 200],
): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const row = Buffer.alloc(1 + width * 3);
	for (let x = 0; x < width; x++) row.set([red!, green!, blue!], 1 + x * 3);
	const rows = Buffer.concat(Array.from({ length: height }, () => row));
	return Buffer.concat([
		SIGNATURE,
		pngChunk('IHDR', header),
		pngChunk('IDAT', deflateSync(rows)),
		END,
	]);
}

/** Fixed bytes that do not compress, the same on every run. */
const noise = (() => {
	let made: Buffer | undefined;
	return () => {
		if (made) return made;
		const parts: Buffer[] = [];
		for (let index = 0; index < PADDING_BYTES / 64; index++) {
			parts.push(createHash('sha512').update(String(index)).digest());
		}
		made = Buffer.concat(parts);
		return made;
	};
})();

const fullPadding = (() => {
	let made: Buffer | undefined;
	return () => (made ??= pngChunk('prVt', noise()));
})();

/** The parts of a PNG padded to an exact number of bytes; never more than one megabyte is in hand at a time. */
export function* paddedPng(png: Buffer, bytes: number): Generator<Buffer> {
	yield png.subarray(0, png.length - END.length);
	let missing = bytes - png.length;
	const whole = PADDING_BYTES + CHUNK_OVERHEAD;
	while (missing >= whole + CHUNK_OVERHEAD) {
		yield fullPadding();
		missing -= whole;
	}
	// What is left is at most two chunks' worth, and never less than an empty chunk.
	if (missing >= CHUNK_OVERHEAD) {
		const half = missing > whole ? Math.floor(missing / 2) : 0;
		if (half) yield pngChunk('prVt', noise().subarray(0, half - CHUNK_OVERHEAD));
		yield pngChunk('prVt', noise().subarray(0, missing - half - CHUNK_OVERHEAD));
	}
	yield END;
}

/** Bytes as an image file holds them, streamed when padded. */
export interface ImageFile {
	mimeType: string;
	extension: string;
	bytes: number;
	stream(): Readable;
	buffer(): Buffer;
}

/** An image in memory as a file to serve, padded to `bytes` when it is a PNG and smaller. */
export function imageFile(content: Buffer, mimeType: string, padTo = 0): ImageFile {
	const extension = mimeType === 'image/jpeg' ? 'jpg' : mimeType.slice('image/'.length);
	// An empty chunk takes twelve bytes: nothing smaller can be added.
	const padded = mimeType === 'image/png' && padTo >= content.length + CHUNK_OVERHEAD;
	if (!padded) {
		return {
			mimeType,
			extension,
			bytes: content.length,
			stream: () => Readable.from([content]),
			buffer: () => content,
		};
	}
	return {
		mimeType,
		extension,
		bytes: padTo,
		stream: () => Readable.from(paddedPng(content, padTo)),
		buffer: () => Buffer.concat([...paddedPng(content, padTo)]),
	};
}
