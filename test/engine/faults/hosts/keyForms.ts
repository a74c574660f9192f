/** Bytes of a key that, one after another, are as good as the key. */
const tellingBytes = 12;

/** How a key may be written by whoever hands it back. */
export const keyForms: Record<string, (key: string) => string> = {
	plain: (key) => key,
	'percent-encoded': (key) => encodeURIComponent(key),
	'percent-encoded in lower case': (key) =>
		encodeURIComponent(key).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
	'every byte percent-encoded': (key) => key.replace(/./g, (letter) => `%${hex(letter)}`),
	'as a form field': (key) => new URLSearchParams({ key }).toString(),
	'JSON in JSON': (key) => JSON.stringify(JSON.stringify(key)),
	'escaped for HTML': (key) =>
		key.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;'),
	base64: (key) => Buffer.from(key).toString('base64'),
	'base64 for URLs': (key) => Buffer.from(key).toString('base64url'),
	'base64 of the header': (key) => Buffer.from(`Bearer ${key}`).toString('base64'),
	'base64 of user and key': (key) => Buffer.from(`user:${key}`).toString('base64'),
	hexadecimal: (key) => Buffer.from(key).toString('hex'),
};

function hex(letter: string): string {
	return letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}

/** Base64 of the whole groups of three bytes that a key fills when it begins at this place of a group. */
function base64At(key: string, offset: number): string {
	const bytes = Buffer.from(' '.repeat(offset) + key);
	const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
	return whole.slice(offset === 0 ? 0 : 4);
}

function withoutEscapes(text: string): string {
	return text
		.replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
		.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
		.replace(
			/&(amp|lt|gt|quot);/g,
			(_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name]!,
		)
		.replace(/\\/g, '');
}

/** Telling parts of a text: each stretch of so many characters. */
function stretches(text: string, length: number): string[] {
	return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) =>
		text.slice(start, start + length),
	);
}

/**
 * Looks for a key in a text: whole or a telling part of it, as it is or in any of the forms above.
 *
 * @returns what was found
 */
export function keyIn(text: string, key: string): string | undefined {
	const bare = key.replace(/\\/g, '');
	const plain = stretches(bare, tellingBytes);
	const encoded = [0, 1, 2].flatMap((offset) =>
		stretches(base64At(key, offset), (tellingBytes * 4) / 3),
	);
	const hexadecimal = stretches(Buffer.from(key).toString('hex'), 2 * tellingBytes);
	const standard = text.replace(/-/g, '+').replace(/_/g, '/');
	const once = withoutEscapes(text);
	const twice = withoutEscapes(once);
	// The text itself too: a key may have a percent code of its own, which is gone from the others.
	const bared = text.replace(/\\/g, '');
	return (
		plain.find((part) => [bared, once, twice].some((one) => one.includes(part))) ??
		encoded.find((part) => standard.includes(part)) ??
		hexadecimal.find((part) => text.toLowerCase().includes(part))
	);
}
