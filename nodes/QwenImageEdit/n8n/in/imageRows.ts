/** One row of the Images list, as n8n stores it. */
export interface ImageRow {
	source?: unknown;
	binaryPropertyName?: unknown;
	url?: unknown;
	base64?: unknown;
}

/** The binary fields of a row: a single name, a comma or newline separated text, or an array from an expression. */
export function fieldsOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value.flatMap(fieldsOf);
	if (typeof value !== 'string') return value === undefined || value === null ? [] : [value];
	return parts(value, /[\n\r,]+/);
}

/** The URLs of a row. A URL may hold commas itself, so a comma separates only before another URL. */
export function urlsOf(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(urlsOf);
	if (typeof value !== 'string') return [];
	return parts(value, /[\n\r]+|\s*,\s*(?=(?:https?|data):)/i);
}

function parts(text: string, separator: RegExp): string[] {
	return text
		.split(separator)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}
