/** The text is not base64. */
export class NotBase64Error extends Error {
	constructor() {
		super('the text is not base64');
		this.name = 'NotBase64Error';
	}
}

/** The longest `data:` head that is waited for. Two in a row fit (open-webui#27649 has seen them). */
const maximumHeadLength = 512;

/** A `data:` head; several in a row are taken for one. */
const dataHead = /^(?:data:[^,]{0,200},)+/i;

/** Plain signs from the URL-safe alphabet, from percent-encoding, and from text with spaces and quotes in it. */
function plain(text: string): string {
	return text
		.replace(/%2b/gi, '+')
		.replace(/%2f/gi, '/')
		.replace(/%3d/gi, '=')
		.replace(/[\s"'\ufeff]+/g, '')
		.replace(/-/g, '+')
		.replace(/_/g, '/');
}

/** Spaces and quotes stand in the way of the head too. */
function withoutHead(text: string): string {
	return text.replace(dataHead, '');
}

/** @throws NotBase64Error */
function decodeBlock(text: string): Buffer {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new NotBase64Error();
	return Buffer.from(text, 'base64');
}

/**
 * Decodes an image given as text: raw base64 or a data URI, with line breaks and in the URL-safe alphabet too.
 *
 * @throws NotBase64Error also for an empty text
 */
export function decodeBase64Text(text: string): Buffer {
	const compact = text.replace(/[\s"'\ufeff]+/g, '');
	// The head is looked for before anything is replaced: its media type may hold a hyphen.
	if (
		/^data:/i.test(compact) &&
		!/^(?:data:[^,]{0,200},)*data:[^,]{0,200};base64,/i.test(compact)
	) {
		throw new NotBase64Error();
	}
	const payload = plain(withoutHead(compact));
	if (payload === '') throw new NotBase64Error();
	return decodeBlock(payload);
}

/**
 * Decodes base64 text as it arrives: with or without `data:` heads, quotes around it, and line breaks. Holds no
 * more than one chunk.
 *
 * @throws NotBase64Error
 */
export async function* decodeBase64Stream(
	chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
	let text = '';
	let isHeadRead = false;
	for await (const chunk of chunks) {
		text += Buffer.from(chunk)
			.toString('latin1')
			.replace(/[\s"']+/g, '');
		if (!isHeadRead) {
			if (text.length < maximumHeadLength) continue;
			text = withoutHead(text);
			isHeadRead = true;
		}
		// A percent-encoded sign may be cut by the end of the chunk: its beginning waits.
		const cut = /%[0-9a-f]?$/i.exec(text)?.[0] ?? '';
		const ready = plain(text.slice(0, text.length - cut.length));
		const whole = ready.length - (ready.length % 4);
		if (whole > 0) yield decodeBlock(ready.slice(0, whole));
		text = ready.slice(whole) + cut;
	}
	if (!isHeadRead) text = withoutHead(text);
	const rest = plain(text);
	if (rest !== '') yield decodeBlock(rest);
}
