import type { Json, JsonObject } from '../types';
import type { ErrorDetail } from './fal-errors';
import type { Range } from './fal-models';

/** Finds what is wrong with a body, field by field, in the words of the validation library that fal's apps use. */
export class BodyCheck {
	readonly details: ErrorDetail[] = [];

	constructor(private readonly body: JsonObject) {}

	/** `null` stands for a field that is not set. */
	value(name: string): Json | undefined {
		return this.body[name] ?? undefined;
	}

	add(
		path: Array<string | number>,
		type: string,
		msg: string,
		input: Json,
		ctx?: JsonObject,
	): void {
		this.details.push({ loc: ['body', ...path], msg, type, input, ...(ctx && { ctx }) });
	}

	missing(name: string): void {
		this.add([name], 'missing', 'Field required', this.body);
	}

	text(name: string, longest = Infinity): string | undefined {
		const value = this.value(name);
		if (value === undefined) return undefined;
		if (typeof value !== 'string') {
			this.add([name], 'string_type', 'Input should be a valid string', value);
			return undefined;
		}
		if ([...value].length > longest) {
			const msg = `String should have at most ${longest} characters`;
			this.add([name], 'string_too_long', msg, value, { max_length: longest });
		}
		return value;
	}

	flag(name: string): void {
		const value = this.value(name);
		if (value !== undefined && typeof value !== 'boolean')
			this.add([name], 'bool_type', 'Input should be a valid boolean', value);
	}

	oneOf(name: string, choices: readonly string[]): void {
		const value = this.value(name);
		if (value === undefined || choices.includes(value as string)) return;
		const expected = choices.map((choice) => `'${choice}'`).join(', ');
		this.add([name], 'literal_error', `Input should be ${expected}`, value, { expected });
	}

	number(
		path: string[],
		value: Json | undefined,
		kind: 'integer' | 'number',
		[least, most]: Range = [-Infinity, Infinity],
	): void {
		if (value === undefined) return;
		const isRight = kind === 'integer' ? Number.isSafeInteger(value) : typeof value === 'number';
		if (!isRight) {
			const type = kind === 'integer' ? 'int_type' : 'float_type';
			this.add(path, type, `Input should be a valid ${kind}`, value);
		} else if ((value as number) < least) {
			const msg = `Input should be greater than or equal to ${least}`;
			this.add(path, 'greater_than_equal', msg, value, { ge: least });
		} else if ((value as number) > most) {
			const msg = `Input should be less than or equal to ${most}`;
			this.add(path, 'less_than_equal', msg, value, { le: most });
		}
	}

	list(name: string, least: number, most: number): Json[] {
		const value = this.value(name);
		if (value === undefined) return [];
		if (!Array.isArray(value)) {
			this.add([name], 'list_type', 'Input should be a valid list', value);
			return [];
		}
		if (value.length < least) {
			const msg = `List should have at least ${least} item after validation, not ${value.length}`;
			this.add([name], 'too_short', msg, value, { min_length: least });
		}
		if (value.length > most) {
			const msg = `List should have at most ${most} items after validation, not ${value.length}`;
			this.add([name], 'too_long', msg, value, { max_length: most });
		}
		return value;
	}
}
