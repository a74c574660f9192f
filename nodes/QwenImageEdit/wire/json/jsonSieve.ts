/** A piece of a JSON text that is read as it arrives. */
export type SievePiece =
	/** Goes into the JSON as it is. */
	| { kind: 'text'; bytes: Buffer }
	/** The inside of a string that is too long to be held; pieces follow one another until `longEnd`. */
	| { kind: 'long'; bytes: Buffer }
	| { kind: 'longEnd' };

/** Strings up to this length are ordinary text: longer ones can only be an image in base64. */
export const longStringBytes = 64 * 1024;

const quote = 0x22;
const backslash = 0x5c;
const none = Buffer.alloc(0);

/** Base64 may arrive with escaped slashes and line breaks; a lone backslash at the end waits. */
function unescapeBase64(bytes: Buffer): { bytes: Buffer; rest: Buffer } {
	if (!bytes.includes(backslash)) return { bytes, rest: none };
	const waits = bytes[bytes.length - 1] === backslash;
	const text = (waits ? bytes.subarray(0, -1) : bytes)
		.toString('latin1')
		.replace(/\\[nrt]/g, '')
		.replace(/\\\//g, '/');
	return { bytes: Buffer.from(text, 'latin1'), rest: waits ? bytes.subarray(-1) : none };
}

/**
 * Splits a JSON text into what must be held and long strings that may flow on: a provider that answers with a
 * image of many megabytes in base64 costs no more memory than one chunk. The opening quote of a long string
 * belongs to the text before it; its closing quote is left out.
 */
export async function* sieveJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SievePiece> {
	let inString = false;
	let escaped = false;
	let long = false;
	/** The beginning of a string that an earlier chunk ended in. */
	let held: Buffer = none;
	/** A backslash at the end of a piece of a long string. */
	let waiting: Buffer = none;

	for await (const arrived of chunks) {
		const chunk = Buffer.from(arrived.buffer, arrived.byteOffset, arrived.length);
		/** Where the text begins that was not handed on yet. */
		let start = 0;
		/** Where the present string begins in this chunk; before it, the string began in `held`. */
		let stringStart = 0;
		let position = 0;
		while (position < chunk.length) {
			if (long) {
				const end = chunk.indexOf(quote, position);
				const piece = chunk.subarray(position, end < 0 ? chunk.length : end);
				const { bytes, rest } = unescapeBase64(Buffer.concat([waiting, piece]));
				waiting = rest;
				if (bytes.length > 0) yield { kind: 'long', bytes };
				position = end < 0 ? chunk.length : end + 1;
				start = position;
				if (end >= 0) {
					yield { kind: 'longEnd' };
					long = false;
					inString = false;
					waiting = none;
				}
				continue;
			}
			const byte = chunk[position]!;
			position += 1;
			if (!inString) {
				if (byte === quote) {
					inString = true;
					stringStart = position;
				}
				continue;
			}
			if (escaped) escaped = false;
			else if (byte === backslash) escaped = true;
			else if (byte === quote) {
				inString = false;
				if (held.length > 0) {
					yield { kind: 'text', bytes: Buffer.concat([held, chunk.subarray(start, position)]) };
					held = none;
					start = position;
				}
				continue;
			}
			if (!escaped && held.length + position - stringStart > longStringBytes) {
				if (start < stringStart) yield { kind: 'text', bytes: chunk.subarray(start, stringStart) };
				const begun = Buffer.concat([held, chunk.subarray(stringStart, position)]);
				held = none;
				start = position;
				long = true;
				const { bytes, rest } = unescapeBase64(begun);
				waiting = rest;
				yield { kind: 'long', bytes };
			}
		}
		if (long) continue;
		const textEnd = inString ? Math.max(start, stringStart) : chunk.length;
		if (start < textEnd) yield { kind: 'text', bytes: Buffer.from(chunk.subarray(start, textEnd)) };
		if (inString) held = Buffer.concat([held, chunk.subarray(textEnd)]);
	}
	if (held.length > 0) yield { kind: 'text', bytes: held };
}
