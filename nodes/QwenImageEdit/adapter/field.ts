import * as z from 'zod/v4';

import type { WireValue } from '../wire/wire';

/** Operations of the node, as stored in workflows. */
export type OperationName = 'edit' | 'submitTask' | 'getTask' | 'cancelTask';

interface FieldBase {
	/** The provider's own name for it. */
	wire: string;
	/** Title Case, shown in the Options list. */
	label: string;
	/** One sentence without a full stop, or several with. */
	help: string;
	placeholder?: string;
	/** Turns the checked value into what the provider wants, where that is not the value itself. */
	toWire?: (value: string | number | boolean) => WireValue;
}

/** One optional value that a provider documents: its form in the panel, its check and its wire name. */
export type Field = FieldBase & {
	schema: z.ZodType<string | number | boolean>;
	/** A value that passes the check; the contract suite sets it and looks for it on the wire. */
	example: string | number | boolean;
} & (
		| { kind: 'text'; rows?: number; default: string }
		| { kind: 'integer' | 'decimal'; minimum: number; maximum: number; default: number }
		| { kind: 'json'; default: string }
		| { kind: 'flag'; default: boolean }
		| { kind: 'choice'; choices: readonly { value: string; label: string }[]; default: string }
	);

/** Where the provider documents no limit. Longer texts are pasted by mistake. */
export const maximumTextLength = 20_000;

/** Text; an empty text counts as not set. */
export function text(
	settings: FieldBase & {
		maxLength?: number;
		rows?: number;
		example: string;
		schema?: z.ZodType<string, string>;
	},
): Field {
	const { maxLength = maximumTextLength, ...field } = settings;
	const { label } = settings;
	const plain = z.string({ error: `'${label}' must be text` });
	// Characters as people count them: an emoji is one.
	const fits = (value: string): boolean => [...value].length <= maxLength;
	const schema =
		settings.schema === undefined
			? plain.refine(fits, {
					error: (issue) =>
						`'${label}' may have at most ${maxLength} characters, it has ${[...String(issue.input)].length}`,
				})
			: plain.pipe(settings.schema);
	return { kind: 'text', default: '', ...field, schema };
}

/** A number, or a text that is one; nothing else, since `Number([])` and `Number(true)` are numbers too. */
function numeric(message: string): z.ZodType<number> {
	return z.preprocess(
		(value) =>
			typeof value === 'string' && /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value,
		z.number({ error: message }),
	);
}

/** A whole number; 0 is a value. */
export function integer(
	settings: FieldBase & { minimum: number; maximum: number; default?: number; example: number },
): Field {
	const { label, minimum, maximum } = settings;
	const message = `'${label}' must be a whole number from ${minimum} to ${maximum}`;
	const schema = numeric(message).refine(
		(value) => Number.isSafeInteger(value) && value >= minimum && value <= maximum,
		message,
	);
	return { kind: 'integer', default: 0, ...settings, schema };
}

/** A number that may have a fraction; 0 is a value. */
export function decimal(
	settings: FieldBase & { minimum: number; maximum: number; default?: number; example: number },
): Field {
	const { label, minimum, maximum } = settings;
	const message = `'${label}' must be a number from ${minimum} to ${maximum}`;
	const schema = numeric(message).refine((value) => value >= minimum && value <= maximum, message);
	return { kind: 'decimal', default: 0, ...settings, schema };
}

/** A JSON object as text, for what a server takes beyond its documented fields. */
export function jsonObject(settings: FieldBase & { example: string }): Field {
	const message = `'${settings.label}' must be a JSON object such as {"name": 1}`;
	const schema = z
		.preprocess(
			(value) => (typeof value === 'object' ? JSON.stringify(value) : value),
			z.string({ error: message }),
		)
		.refine((value) => readJsonObject(value) !== undefined, message);
	return { kind: 'json', default: '{}', ...settings, schema };
}

/**
 * A JSON list as text, sent as a list.
 *
 * @param settings.entry what each entry must be
 */
export function jsonList(
	settings: FieldBase & { entry: z.ZodType; maximumEntries: number; example: string },
): Field {
	const { entry, maximumEntries, ...field } = settings;
	const { label, example } = field;
	const message = `'${label}' must be a JSON list of 1 to ${maximumEntries} entries such as ${example}`;
	const list = z.array(entry).min(1).max(maximumEntries);
	const schema = z
		.preprocess(
			(value) => (typeof value === 'object' ? JSON.stringify(value) : value),
			z.string({ error: message }),
		)
		.refine((value) => list.safeParse(readJson(value)).success, message);
	const toWire = (value: string | number | boolean): WireValue =>
		readJson(String(value)) as WireValue;
	return { kind: 'json', default: '[]', ...field, toWire, schema };
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** The object in a JSON text, else undefined. */
export function readJsonObject(text: string): Record<string, unknown> | undefined {
	const value = readJson(text);
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: undefined;
}

/** Yes or no; false is a value. */
export function flag(settings: FieldBase & { default?: boolean }): Field {
	const schema = z.boolean({ error: `'${settings.label}' must be true or false` });
	return {
		kind: 'flag',
		default: false,
		...settings,
		example: !(settings.default ?? false),
		schema,
	};
}

/** One of a documented list. */
export function choice(
	settings: FieldBase & {
		choices: readonly { value: string; label: string }[];
		default: string;
		example: string;
	},
): Field {
	const values = settings.choices.map(({ value }) => value);
	const message = `'${settings.label}' must be one of ${values.join(', ')}`;
	const schema = z.string({ error: message }).refine((value) => values.includes(value), message);
	return { kind: 'choice', ...settings, schema };
}

/** "1024 × 0768" as providers want it, 1024x768; a word such as auto stays one. */
export function writtenSize(text: string): string {
	return text
		.trim()
		.toLowerCase()
		.replace(/\s*[x×*]\s*(?=\d)/, 'x')
		.replace(/(^|x)0+(?=\d)/g, '$1');
}

/**
 * Reads "1024x1024", however the user writes the cross, within the provider's limits per side.
 *
 * @param settings.words what is taken instead of a size, such as `auto`
 */
export function pixelSize(
	settings: FieldBase & {
		minimumSide: number;
		maximumSide: number;
		words?: readonly string[];
		example: string;
	},
): Field {
	const { words = [], ...field } = settings;
	const { label, minimumSide, maximumSide } = field;
	const message = [
		`'${label}' must be width x height in pixels, such as 1024x1024, each from ${minimumSide} to ${maximumSide}`,
		...words,
	].join(', or ');
	const schema = z
		.string({ error: message })
		.transform(writtenSize)
		.refine((value) => {
			if (words.includes(value)) return true;
			const sides = /^(\d{1,5})x(\d{1,5})$/.exec(value);
			return (
				sides !== null &&
				[Number(sides[1]), Number(sides[2])].every(
					(side) => side >= minimumSide && side <= maximumSide,
				)
			);
		}, message);
	return text({ ...field, schema });
}
