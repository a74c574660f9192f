/** What stands where a key was. */
const mark = '[key removed]';

/**
 * Takes keys out of everything a user or a log may see, also as a provider might echo them: plain,
 * percent-encoded, in base64, or escaped in JSON.
 */
export class Redaction {
	private readonly forms: readonly string[];

	/** Keys shorter than four characters are not searched for: they would tear words apart. */
	constructor(keys: readonly string[]) {
		const forms = keys
			.filter((key) => key.length >= 4)
			.flatMap((key) => [
				key,
				encodeURIComponent(key),
				Buffer.from(key).toString('base64'),
				JSON.stringify(key).slice(1, -1),
			]);
		this.forms = [...new Set(forms)].sort((one, other) => other.length - one.length);
	}

	/** The text without any key. */
	text(value: string): string {
		return this.forms.reduce((text, form) => text.split(form).join(mark), value);
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
