import type { ImageFile } from '../edit/request';
import { ImageContent, type FormPart, type WireValue } from './wire';

/** A piece of a request body: text as it is, or an image to be written there. */
export type BodyPart = string | ImageContent;

function writeValue(value: WireValue, parts: BodyPart[]): void {
	if (value instanceof ImageContent) {
		parts.push('"', value, '"');
	} else if (Array.isArray(value)) {
		parts.push('[');
		value.forEach((entry: WireValue, index) => {
			if (index > 0) parts.push(',');
			writeValue(entry, parts);
		});
		parts.push(']');
	} else if (typeof value === 'object' && value !== null) {
		parts.push('{');
		Object.entries(value).forEach(([name, entry], index) => {
			parts.push(`${index > 0 ? ',' : ''}${JSON.stringify(name)}:`);
			writeValue(entry as WireValue, parts);
		});
		parts.push('}');
	} else {
		parts.push(JSON.stringify(value));
	}
}

/** A JSON body as text with gaps where images go; neighbouring texts are joined. */
export function jsonParts(value: WireValue): BodyPart[] {
	const written: BodyPart[] = [];
	writeValue(value, written);
	const parts: BodyPart[] = [];
	for (const part of written) {
		const last = parts.length - 1;
		if (typeof part === 'string' && typeof parts[last] === 'string') parts[last] += part;
		else parts.push(part);
	}
	return parts;
}

/** A quoted value of a part's head; what would end the quotes or the line is percent-encoded (RFC 7578). */
function quoted(text: string): string {
	return `"${text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22')}"`;
}

/**
 * A multipart/form-data body with gaps where files go.
 *
 * @param boundary must not occur in any part; a random one is safe
 */
export function formParts(form: readonly FormPart[], boundary: string): BodyPart[] {
	const parts: BodyPart[] = [];
	let text = '';
	for (const { name, value } of form) {
		text += `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}`;
		if (typeof value === 'string') {
			text += `\r\n\r\n${value}\r\n`;
		} else {
			const { extension, mimeType } = value.facts;
			// Servers judge a file by its extension, so it is made to fit the bytes.
			const fileName = `${value.fileName.replace(/\.[^.]*$/, '') || 'image'}.${extension}`;
			text += `; filename=${quoted(fileName)}\r\nContent-Type: ${mimeType}\r\n\r\n`;
			parts.push(text, new ImageContent(value, 'raw'));
			text = '\r\n';
		}
	}
	parts.push(`${text}--${boundary}--\r\n`);
	return parts;
}

/** How many bytes an image takes in a body. */
function dataLength(part: ImageContent): number {
	if (part.form === 'raw') return part.image.bytes;
	return prefixOf(part).length + 4 * Math.ceil(part.image.bytes / 3);
}

/** What stands before the base64 text of an image. */
function prefixOf({ image, form }: ImageContent): string {
	return form === 'dataUri' ? `data:${image.facts.mimeType};base64,` : '';
}

/** The exact length of a body in bytes, known before the first byte is read. */
export function bodyLength(parts: readonly BodyPart[]): number {
	return parts.reduce(
		(sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : dataLength(part)),
		0,
	);
}

/** The bytes of an image, exactly as many as were announced. */
async function* bytesOf(image: ImageFile): AsyncGenerator<Buffer> {
	let bytes = 0;
	for await (const chunk of await image.open()) {
		bytes += chunk.length;
		if (bytes > image.bytes) break;
		// The same memory, not a copy: the stream never writes into a chunk again.
		yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
	}
	if (bytes !== image.bytes) {
		// The announced length would be wrong, and the provider would wait for bytes that never come.
		throw new RangeError(`the stored file '${image.fileName}' changed while it was read`);
	}
}

/** The bytes of an image as base64, in steps of whole triples, so that nothing is held but one chunk. */
async function* base64Of(image: ImageFile): AsyncGenerator<Buffer> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const chunk of bytesOf(image)) {
		const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		const whole = joined.length - (joined.length % 3);
		if (whole > 0) yield Buffer.from(joined.toString('base64', 0, whole), 'latin1');
		rest = joined.subarray(whole);
	}
	if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1');
}

/** The body, piece by piece, read from the images as the receiver takes it. */
export async function* bodyBytes(parts: readonly BodyPart[]): AsyncGenerator<Buffer> {
	for (const part of parts) {
		if (typeof part === 'string') {
			yield Buffer.from(part);
		} else if (part.form === 'raw') {
			yield* bytesOf(part.image);
		} else {
			const prefix = prefixOf(part);
			if (prefix !== '') yield Buffer.from(prefix);
			yield* base64Of(part.image);
		}
	}
}
