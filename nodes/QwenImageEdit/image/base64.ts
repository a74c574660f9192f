/** The text held something that is not base64. */
export class NotBase64Error extends Error {
	constructor() {
		super('the text is not base64');
		this.name = 'NotBase64Error';
	}
}

/** The longest `data:` head that is waited for. */
const maximumHeadLength = 256;

/** A text is decoded in pieces of this length. */
const pieceLength = 256 * 1024;

/** The characters that a form or a URL writes as percent and two digits. */
const escapes: Readonly<Record<string, string>> = { '%2b': '+', '%2f': '/', '%3d': '=' };

/** Spaces, line breaks and quotes, plain or percent-encoded: they carry nothing. */
const nothing = /[\s"']+|%(?:0[9ad]|2[027])/gi;

/** Decodes base64 piece by piece, with any number of `data:` heads in front, however it is written. */
class Base64Decoder {
	private text = '';
	private isHeadRead = false;
	/** How many `=` have come; nothing else may follow them. */
	private padding = 0;

	/** @throws NotBase64Error */
	decode(piece: string): Buffer {
		const text = this.text + piece;
		// An escape may be cut in two.
		const cut = /%[0-9a-f]?$/i.exec(text)?.index ?? text.length;
		this.text = text
			.slice(0, cut)
			.replace(nothing, '')
			.replace(/%(?:2[bf]|3d)/gi, (escape) => escapes[escape.toLowerCase()]!);
		const rest = text.slice(cut);
		const decoded = this.readHead(false) ? this.decodeBody(false) : Buffer.alloc(0);
		this.text += rest;
		return decoded;
	}

	/** What is left when no more text comes. @throws NotBase64Error */
	end(): Buffer {
		this.readHead(true);
		return this.decodeBody(true);
	}

	/** Takes the heads away: some servers put one in front of text that has one already. */
	private readHead(isEnd: boolean): boolean {
		// The byte-order mark of UTF-8, as its three bytes.
		if (!this.isHeadRead) this.text = this.text.replace(/^\xef\xbb\xbf/, '');
		while (!this.isHeadRead) {
			if (!/^data:/i.test(this.text)) {
				if (this.text.length < 'data:'.length && !isEnd) return false;
				this.isHeadRead = true;
				break;
			}
			const comma = this.text.indexOf(',');
			if (comma > maximumHeadLength) throw new NotBase64Error();
			if (comma < 0) {
				if (isEnd || this.text.length > maximumHeadLength) throw new NotBase64Error();
				return false;
			}
			if (!/;base64$/i.test(this.text.slice(0, comma))) throw new NotBase64Error();
			this.text = this.text.slice(comma + 1);
		}
		return true;
	}

	private decodeBody(isEnd: boolean): Buffer {
		const padStart = this.text.indexOf('=');
		const content = padStart < 0 ? this.text : this.text.slice(0, padStart);
		const pads = padStart < 0 ? '' : this.text.slice(padStart);
		if (!/^[A-Za-z0-9+/_-]*$/.test(content) || !/^=*$/.test(pads)) throw new NotBase64Error();
		if (this.padding > 0 && content !== '') throw new NotBase64Error();
		this.padding += pads.length;
		if (this.padding > 2) throw new NotBase64Error();
		const isLast = isEnd || this.padding > 0;
		const whole = isLast ? content.length : content.length - (content.length % 4);
		this.text = content.slice(whole);
		return Buffer.from(content.slice(0, whole), 'base64');
	}
}

/**
 * Decodes an image given as text: raw base64 or a data URI, even with its head written twice, with quotes, spaces and
 * line breaks anywhere, in the URL-safe alphabet, percent-encoded, or without padding.
 *
 * @throws NotBase64Error when it is not base64, or empty
 */
export function decodeBase64Text(text: string): Buffer {
	const decoder = new Base64Decoder();
	const parts: Buffer[] = [];
	for (let start = 0; start < text.length; start += pieceLength) {
		parts.push(decoder.decode(text.slice(start, start + pieceLength)));
	}
	parts.push(decoder.end());
	const bytes = Buffer.concat(parts);
	if (bytes.length === 0) throw new NotBase64Error();
	return bytes;
}

/**
 * Decodes base64 text as it arrives, in constant memory; reads what {@link decodeBase64Text} reads.
 *
 * @throws NotBase64Error
 */
export async function* decodeBase64Stream(
	chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
	const decoder = new Base64Decoder();
	for await (const chunk of chunks) {
		const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
		const decoded = decoder.decode(bytes.toString('latin1'));
		if (decoded.length > 0) yield decoded;
	}
	const last = decoder.end();
	if (last.length > 0) yield last;
}
