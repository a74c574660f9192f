import { plainText } from '../text/plainText';

/** True for a JSON object, so that its fields may be read. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field of a JSON object; inherited ones such as `constructor` are not there. */
export function readField(value: unknown, name: string): unknown {
	return isRecord(value) && Object.prototype.hasOwnProperty.call(value, name)
		? value[name]
		: undefined;
}

/** A text or a number as words; anything else is none. */
export function words(value: unknown): string {
	if (typeof value === 'string') return plainText(value);
	return typeof value === 'number' ? String(value) : '';
}
