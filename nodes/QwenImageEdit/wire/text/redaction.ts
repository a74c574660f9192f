/** What stands where a key was. */
const mark = '[key removed]';

/** Keys shorter than this are not searched for: they would tear words apart. */
const minimumKeyLength = 4;

const entityNames: Readonly<Record<string, string>> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};

/** A hexadecimal number in either case of its letters. */
function hexadecimal(code: number): string {
	const digits = code.toString(16).padStart(2, '0');
	return digits.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

// The signs of an HTML entity, which may be percent-encoded themselves where it stands in a URL.
const ampersand = '(?:&|%(?:25){0,3}26)(?:amp(?:;|%(?:25){0,3}3[bB])){0,3}';
const numberSign = '(?:#|%(?:25){0,3}23)';
const semicolon = '(?:;|%(?:25){0,3}3[bB])';

/** The bytes of a character, each percent-encoded once or several times over. */
function percentPattern(character: string): string {
	return [...Buffer.from(character)].map((byte) => `%(?:25){0,3}${hexadecimal(byte)}`).join('');
}

/** One character of a key in every way that it may be written: plain, percent, JSON, HTML, and these on top of one another. */
function characterPattern(character: string): string {
	const code = character.charCodeAt(0);
	const entity = entityNames[character];
	const forms = [
		character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
		percentPattern(character),
		`u${hexadecimal(code).padStart(hexadecimal(code).length + (code < 256 ? 2 : code < 4096 ? 1 : 0), '0')}`,
		`${ampersand}${numberSign}0{0,6}${code}${semicolon}`,
		`${ampersand}${numberSign}[xX]0{0,6}${hexadecimal(code)}${semicolon}`,
		...(entity === undefined ? [] : [`${ampersand}${entity}${semicolon}`]),
	];
	// Backslashes in front: JSON inside JSON inside JSON. Every repetition has an end, so that a hostile text
	// cannot make the search slow.
	return `\\\\{0,4}(?:${forms.join('|')})`;
}

/** So many characters are looked for first: to search for a whole key takes long to prepare, and is seldom needed. */
const headLength = 4;

/** A key in one form, and how this form begins. */
interface Form {
	head: RegExp;
	whole: RegExp;
}

/** The base64 text of the whole triples that a key fills when it begins at this place of a triple. */
function base64Forms(key: string): string[] {
	return [0, 1, 2].flatMap((offset) => {
		const bytes = Buffer.from(`${' '.repeat(offset)}${key}`);
		const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
		const inner = whole.slice(offset === 0 ? 0 : 4);
		return inner.length < 8 ? [] : [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')];
	});
}

function escapableForm(text: string): Form {
	const characters = [...text].map(characterPattern);
	return {
		head: new RegExp(characters.slice(0, headLength).join('')),
		whole: new RegExp(characters.join(''), 'g'),
	};
}

function hexadecimalForm(key: string): Form {
	const digits = Buffer.from(key).toString('hex');
	return {
		head: new RegExp(digits.slice(0, 2 * headLength), 'i'),
		whole: new RegExp(digits, 'gi'),
	};
}

/**
 * Takes keys out of everything a user or a log may see, however a provider may write them when it repeats
 * one: plain, percent-encoded, escaped for JSON or HTML, hexadecimal, or in base64 at any place.
 */
export class Redaction {
	private readonly forms: readonly Form[];

	constructor(keys: readonly string[], settings: { minimumLength?: number } = {}) {
		const { minimumLength = minimumKeyLength } = settings;
		this.forms = keys
			.filter((key) => key.length >= minimumLength)
			.flatMap((key) => {
				const texts = new Set([key, ...base64Forms(key)]);
				return [...[...texts].map(escapableForm), hexadecimalForm(key)];
			});
	}

	/** The text without any key. */
	text(value: string): string {
		return this.forms.reduce(
			(text, { head, whole }) => (head.test(text) ? text.replace(whole, mark) : text),
			value,
		);
	}

	/** A copy of a JSON value without any key, in names and values. Too deep a value is cut off. */
	value(value: unknown, depth = 0): unknown {
		if (typeof value === 'string') return this.text(value);
		if (typeof value !== 'object' || value === null) return value;
		if (depth >= 12) return '[too deep]';
		if (Array.isArray(value)) return value.map((entry) => this.value(entry, depth + 1));
		return Object.fromEntries(
			Object.entries(value).map(([name, entry]) => [this.text(name), this.value(entry, depth + 1)]),
		);
	}
}
