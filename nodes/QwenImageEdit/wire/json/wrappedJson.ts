/** Begins of a JSON object or list that holds something, as APIs write them. */
const begin = /[{[]\s*["{[]/g;

/** How many places are tried: a page of HTML has many brackets. */
const maximumBegins = 20;

/** The end of a JSONP call, and spaces. */
const callEnd = /\)\s*;?\s*$/;

/** What holds in a text but is no JSON: control characters in strings, and a comma before a closing bracket. */
const slips = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|,(?=\s*[}\]])/g;

/** The text with the slips put right that hand-written servers make. */
export function withoutSlips(text: string): string {
	return text.replace(slips, (token) =>
		token === ','
			? ''
			: // eslint-disable-next-line no-control-regex -- these are what JSON forbids in a string
				token.replace(/[\u0000-\u001f]/g, (sign) => JSON.stringify(sign).slice(1, -1)),
	);
}

/**
 * Texts that may be the JSON of an answer with something in front of it: a warning of PHP, `)]}',` against scripts,
 * the call of JSONP. Each goes to the end of the text, so that a page of HTML with a script in it is none.
 */
export function behindSomething(text: string): string[] {
	const body = text.replace(callEnd, '');
	if (!/[}\]]$/.test(body)) return [];
	return [...body.matchAll(begin)]
		.slice(0, maximumBegins)
		.filter(({ index }) => index > 0)
		.map(({ index }) => body.slice(index));
}
