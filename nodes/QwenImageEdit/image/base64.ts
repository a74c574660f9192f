import { inputFault } from '../edit/fault';

/** Splits `data:image/png;base64,AAAA` or raw base64 into its text; undefined when it is neither. */
function payloadOf(text: string): string | undefined {
	const trimmed = text.trim();
	if (!/^data:/i.test(trimmed)) return trimmed;
	const head = /^data:[^,]{0,200};base64,/i.exec(trimmed);
	return head === null ? undefined : trimmed.slice(head[0].length);
}

/**
 * Decodes an image given as text: raw base64 or a data URI, with line breaks and in the URL-safe alphabet
 * too.
 *
 * @param name how the message calls it, such as `Image 2`
 * @throws EditFault of kind `input` when it is not base64
 */
export function decodeBase64Text(text: string, name: string): Buffer {
	const payload = payloadOf(text)?.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/');
	if (payload === undefined || payload === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(payload)) {
		throw inputFault(
			`${name} is not base64 text`,
			'Give the bytes of an image as base64 or as a data URI that starts with data:image/',
		);
	}
	return Buffer.from(payload, 'base64');
}

/** The text of {@link decodeBase64Stream} held something that is not base64. */
export class NotBase64Error extends Error {
	constructor() {
		super('the text is not base64');
		this.name = 'NotBase64Error';
	}
}

/** The longest `data:` head that is waited for. */
const maximumHeadLength = 256;

/**
 * Decodes base64 text as it arrives: with or without a `data:` head, quotes around it, and line breaks.
 *
 * @throws NotBase64Error
 */
export async function* decodeBase64Stream(
	chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
	let text = '';
	let headRead = false;
	for await (const chunk of chunks) {
		text += Buffer.from(chunk)
			.toString('latin1')
			.replace(/[\s"]+/g, '');
		if (!headRead) {
			if (text.length < maximumHeadLength && !text.includes(',')) continue;
			text = withoutHead(text);
			headRead = true;
		}
		const whole = text.length - (text.length % 4);
		if (whole > 0) {
			yield decodeBlock(text.slice(0, whole));
			text = text.slice(whole);
		}
	}
	if (!headRead) text = withoutHead(text);
	if (text !== '') yield decodeBlock(text);
}

function withoutHead(text: string): string {
	return text.replace(/^data:[^,]{0,200},/i, '');
}

function decodeBlock(text: string): Buffer {
	if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw new NotBase64Error();
	return Buffer.from(text, 'base64');
}
