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

/** True for a JSON object, so that its fields may be read. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field of a JSON object; inherited ones such as `constructor` are not there. */
export function field(value: unknown, name: string): unknown {
	return isRecord(value) && Object.prototype.hasOwnProperty.call(value, name)
		? value[name]
		: undefined;
}

/** A text or a number as words; anything else is none. */
export function words(value: unknown): string {
	if (typeof value === 'string') return plainText(value);
	return typeof value === 'number' ? String(value) : '';
}

/** Where hosts put the words of a failure, the most telling first. */
const messageNames = [
	'message',
	'messege',
	'msg',
	'detail',
	'reason',
	'errors',
	'error',
	'data',
	'title',
];

/** How far down and how broad words are looked for. */
const maximumDepth = 5;
const maximumEntries = 5;

function join(entries: readonly string[]): string {
	return plainText(entries.filter((entry) => entry !== '').join('; '));
}

/** How many values are looked at in all; what hosts send of a failure has a dozen. */
const maximumValues = 200;

/** The words of a failure in whatever shape a host puts them: text, list, object, error inside an error. */
export function failureText(value: unknown): string {
	return new FailureReader().read(value, 0);
}

class FailureReader {
	private values = 0;

	read(value: unknown, depth: number): string {
		this.values += 1;
		if (typeof value === 'string') return isHtml(value) ? htmlText(value) : plainText(value);
		if (depth > maximumDepth || this.values > maximumValues) return '';
		if (Array.isArray(value)) {
			return join(value.slice(0, maximumEntries).map((entry) => this.read(entry, depth + 1)));
		}
		if (!isRecord(value)) return '';
		return this.named(value, depth) || (depth === 0 ? '' : this.byField(value, depth));
	}

	/** The first of the usual names that holds words. */
	private named(value: Record<string, unknown>, depth: number): string {
		const inner = field(value, 'error');
		// An error object says more than the title beside it; an error text says less than the message.
		const names = typeof inner === 'object' ? ['error', ...messageNames] : messageNames;
		for (const name of names) {
			const text = this.read(field(value, name), depth + 1);
			if (text === '') continue;
			// FastAPI's form: {loc: ["body", "prompt"], msg: "field required"}.
			const place = field(value, 'loc');
			return Array.isArray(place) ? plainText(`${place.map(words).join('.')}: ${text}`) : text;
		}
		return '';
	}

	/** Errors by field: {prompt: ["is required"]}. */
	private byField(value: Record<string, unknown>, depth: number): string {
		return join(
			Object.entries(value)
				.filter(([name]) => name !== '__proto__')
				.slice(0, maximumEntries)
				.map(([name, entry]) => {
					const text = typeof entry === 'object' ? this.read(entry, depth + 1) : '';
					return text === '' ? '' : `${plainText(name, 40)}: ${text}`;
				}),
		);
	}
}
