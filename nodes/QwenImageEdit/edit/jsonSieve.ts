/** A piece of a JSON text that is read as it arrives. */
export type SievePiece =
	/** Goes into the JSON as it is. */
	| { kind: 'text'; bytes: Buffer }
	/** The inside of a string that is too long to be held; pieces follow one another until `longEnd`. */
	| { kind: 'long'; bytes: Buffer }
	| { kind: 'longEnd' };

/** Strings up to this length are ordinary text: longer ones can only be a picture in base64. */
export const longStringBytes = 64 * 1024;

const quote = 0x22;
const backslash = 0x5c;

/** Base64 may arrive with escaped slashes and line breaks; a lone backslash at the end waits. */
function unescapeBase64(bytes: Buffer): { bytes: Buffer; rest: Buffer } {
	if (!bytes.includes(backslash)) return { bytes, rest: Buffer.alloc(0) };
	const waits = bytes[bytes.length - 1] === backslash;
	const whole = waits ? bytes.subarray(0, -1) : bytes;
	const text = whole
		.toString('latin1')
		.replace(/\\[nrt]/g, '')
		.replace(/\\\//g, '/');
	return { bytes: Buffer.from(text, 'latin1'), rest: waits ? bytes.subarray(-1) : Buffer.alloc(0) };
}

/**
 * Splits a JSON text into what must be held and long strings that may flow on: a host that answers with a
 * picture of many megabytes in base64 costs no more memory than one chunk.
 */
export async function* sieveJson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SievePiece> {
	let inString = false;
	let escaped = false;
	let long = false;
	let stringBytes = 0;
	let held: Buffer = Buffer.alloc(0);
	let waiting: Buffer = Buffer.alloc(0);

	for await (const arrived of chunks) {
		const chunk = Buffer.from(arrived.buffer, arrived.byteOffset, arrived.length);
		let start = 0;
		let position = 0;
		while (position < chunk.length) {
			if (long) {
				const end = chunk.indexOf(quote, position);
				const piece = chunk.subarray(position, end < 0 ? chunk.length : end);
				const { bytes, rest } = unescapeBase64(Buffer.concat([waiting, piece]));
				waiting = rest;
				if (bytes.length > 0) yield { kind: 'long', bytes };
				if (end < 0) {
					position = chunk.length;
				} else {
					yield { kind: 'longEnd' };
					long = false;
					inString = false;
					waiting = Buffer.alloc(0);
					position = end + 1;
				}
				start = position;
				continue;
			}
			const byte = chunk[position]!;
			position += 1;
			if (!inString) {
				if (byte === quote) {
					// The opening quote belongs to the text; a long string leaves an empty one there.
					inString = true;
					stringBytes = 0;
					yield { kind: 'text', bytes: chunk.subarray(start, position) };
					start = position;
				}
				continue;
			}
			stringBytes += 1;
			if (escaped) escaped = false;
			else if (byte === backslash) escaped = true;
			else if (byte === quote) {
				inString = false;
				yield { kind: 'text', bytes: Buffer.concat([held, chunk.subarray(start, position)]) };
				held = Buffer.alloc(0);
				start = position;
				continue;
			}
			if (stringBytes > longStringBytes && !escaped) {
				const { bytes } = unescapeBase64(Buffer.concat([held, chunk.subarray(start, position)]));
				held = Buffer.alloc(0);
				long = true;
				start = position;
				yield { kind: 'long', bytes };
			}
		}
		if (start < chunk.length && !long) {
			const rest = Buffer.from(chunk.subarray(start));
			if (inString) held = held.length === 0 ? rest : Buffer.concat([held, rest]);
			else yield { kind: 'text', bytes: rest };
		}
	}
	if (held.length > 0) yield { kind: 'text', bytes: held };
}
