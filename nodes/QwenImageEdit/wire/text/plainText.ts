/** The longest text of a provider that is shown; longer ones are cut. */
const maximumMessageLength = 600;

/** No more of a text is looked at: hostile ones are built to make searching slow. */
const maximumLookedAt = 4096;

/** A text that was cut by units may end in half a character; that half is taken off. */
export function withoutHalfCharacter(text: string): string {
	return text.replace(/[\ud800-\udbff]$/, '');
}

/** One line of plain text: no control characters, nothing invisible, not endless. */
export function plainText(text: string, maximumLength = maximumMessageLength): string {
	const plain = text
		.slice(0, maximumLookedAt)
		.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (plain.length <= maximumLength) return plain;
	return `${withoutHalfCharacter(plain.slice(0, maximumLength))}…`;
}

/** The readable part of an HTML page: its title, else its text; never any markup. */
export function htmlText(page: string): string {
	const html = page.slice(0, maximumLookedAt);
	const title = /<title\b[^>]*>([^<]*)<\/title>/i.exec(html)?.[1] ?? '';
	if (title.trim() !== '') return plainText(title, 200);
	const body = html
		.replace(/<(script|style|head|title)\b[^>]*>[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
		.replace(/<[^>]*(>|$)/g, ' ');
	return plainText(body, 200);
}

/** Whether a text is a page and not words. */
export function isHtml(text: string): boolean {
	return /<(!doctype|html|head|body|title|center|h1|div|p|span|br|script|\?xml)\b/i.test(
		text.slice(0, maximumLookedAt),
	);
}
