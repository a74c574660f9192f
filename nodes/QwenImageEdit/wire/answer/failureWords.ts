import { isRecord, readField, words } from '../json/jsonValue';
import { htmlText, isHtml, plainText } from '../text/plainText';
import type { Reply } from '../wire';

/** What an answer says of a failure, read from every shape that providers use. */
export interface FailureWords {
	message: string;
	code: string;
	type: string;
	suggestion: string;
	requestId?: string;
}

const requestIdHeaders = [
	'x-request-id',
	'request-id',
	'x-requestid',
	'x-inference-id',
	'x-fal-request-id',
	'x-siliconcloud-trace-id',
	'cf-ray',
];

/** Reads message, code, type, suggestion and request id, whatever the body looks like. */
export function failureWords(reply: Reply): FailureWords {
	const { json } = reply;
	const error = readField(json, 'error');
	const inner = isRecord(error) ? error : json;
	const text = json === undefined ? reply.text : '';
	const message = failureText(json) || (isHtml(text) ? htmlText(text) : plainText(text, 200));
	const requestId =
		words(readField(json, 'request_id')) ||
		words(readField(json, 'requestId')) ||
		requestIdHeaders
			.map((name) => plainText(reply.headers[name] ?? '', 120))
			.find((id) => id !== '');
	return {
		message,
		code:
			words(readField(inner, 'code')) ||
			words(readField(json, 'statusCode')) ||
			words(readField(json, 'error_type')),
		// FastAPI's form has a type for each entry: {detail: [{loc, msg, type}]}.
		type: words(readField(inner, 'type')) || words(readField(firstOf(inner), 'type')),
		suggestion:
			words(readField(inner, 'fallback_suggestion')) || words(readField(inner, 'suggestion')),
		...(requestId === undefined || requestId === '' ? {} : { requestId }),
	};
}

/** The first entry of a list of failures. */
function firstOf(holder: unknown): unknown {
	const detail = readField(holder, 'detail');
	return Array.isArray(detail) ? detail[0] : undefined;
}

/** Where providers put the words of a failure, the most telling first. */
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

/** The names that mean a failure even in an answer that reports a success. */
const failureNames = ['error', 'errors', 'message', 'messege', 'msg', 'detail', 'reason'];

/** Whether an answer has words of a failure, and not only data that could be read as words. */
export function hasFailureWords(json: unknown): boolean {
	return failureNames.some((name) => failureText({ [name]: readField(json, name) }) !== '');
}

/** How far down and how broad words are looked for. */
const maximumDepth = 5;
const maximumEntries = 5;

function join(entries: readonly string[]): string {
	return plainText(entries.filter((entry) => entry !== '').join('; '));
}

/** How many values are looked at in all; what providers send of a failure has a dozen. */
const maximumValues = 200;

/** The words of a failure in whatever shape a provider puts them: text, list, object, error inside an error. */
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
		const inner = readField(value, 'error');
		// An error object says more than the title beside it; an error text says less than the message.
		const names = typeof inner === 'object' ? ['error', ...messageNames] : messageNames;
		for (const name of names) {
			const text = this.read(readField(value, name), depth + 1);
			if (text === '') continue;
			// FastAPI's form: {loc: ["body", "prompt"], msg: "field required"}.
			const place = readField(value, 'loc');
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
