import type { PictureFile } from './request';
import { PictureData, type WireValue } from './wire';

/** A piece of a request body: text as it is, or a picture to be written as base64. */
export type BodyPart = string | PictureData;

function writeValue(value: WireValue, parts: BodyPart[]): void {
	if (value instanceof PictureData) {
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

/** A JSON body as text with gaps where pictures go; neighbouring texts are joined. */
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

/** What stands before the base64 text of a picture. */
function prefixOf({ picture, form }: PictureData): string {
	return form === 'dataUri' ? `data:${picture.facts.mimeType};base64,` : '';
}

/** The exact length of a body in bytes, known before the first byte is read. */
export function bodyLength(parts: readonly BodyPart[]): number {
	return parts.reduce(
		(sum, part) =>
			sum +
			(typeof part === 'string'
				? Buffer.byteLength(part)
				: prefixOf(part).length + 4 * Math.ceil(part.picture.bytes / 3)),
		0,
	);
}

/** The bytes of a picture as base64, in steps of whole triples, so that nothing is held but one chunk. */
async function* base64Of(picture: PictureFile): AsyncGenerator<Buffer> {
	let rest = Buffer.alloc(0);
	let bytes = 0;
	for await (const chunk of await picture.open()) {
		bytes += chunk.length;
		if (bytes > picture.bytes) break;
		const joined = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
		const whole = joined.length - (joined.length % 3);
		if (whole > 0) yield Buffer.from(joined.toString('base64', 0, whole), 'latin1');
		rest = joined.subarray(whole);
	}
	if (bytes !== picture.bytes) {
		// The announced length would be wrong, and the provider would wait for bytes that never come.
		throw new RangeError(`the stored file '${picture.fileName}' changed while it was read`);
	}
	if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1');
}

/** The body, piece by piece, read from the pictures as the receiver takes it. */
export async function* bodyBytes(parts: readonly BodyPart[]): AsyncGenerator<Buffer> {
	for (const part of parts) {
		if (typeof part === 'string') {
			yield Buffer.from(part);
		} else {
			const prefix = prefixOf(part);
			if (prefix !== '') yield Buffer.from(prefix);
			yield* base64Of(part.picture);
		}
	}
}
