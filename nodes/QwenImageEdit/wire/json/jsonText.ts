import { behindSomething, withoutSlips } from './wrappedJson';

/** A JSON text as far as it could be read. */
export interface JsonText {
	json: unknown;
	/** Further whole values in the same text: other events or lines. */
	others?: readonly unknown[];
	/** The text ends before the JSON does: `json` holds the values that are whole. */
	isCut: boolean;
	/** What is odd about the text, in words for the user. */
	oddities: readonly string[];
}

/** Deeper than any answer that makes sense. */
const maximumDepth = 1000;

/**
 * Integers that a JavaScript number cannot hold become strings, digit for digit: ModelsLab's task ids are numbers,
 * and a changed digit asks for another task. Texts are stepped over.
 */
function keepDigits(text: string): string {
	return text.replace(
		/"[^"\\]*(?:\\[\s\S][^"\\]*)*"?|(?<![\w.+-])-?\d{16,}(?![\w.+-])/g,
		(token) =>
			token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
	);
}

function parsed(text: string): { json: unknown } | undefined {
	try {
		return { json: JSON.parse(text) as unknown };
	} catch {
		return undefined;
	}
}

/** One whole token of JSON: a string, a sign, or a literal that something ends; `12`, `1.` and `1e+` may go on. */
const tokenForm =
	/\s*(?:("[^"\\]*(?:\\[\s\S][^"\\]*)*")|([{}[\],:])|(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,\]}]))/y;

/** Follows a JSON text token by token, as far as it goes, and closes what is open behind the last whole value. */
class JsonWalk {
	/** The closing signs of the open objects and lists. */
	private readonly closers: string[] = [];

	/** Where the last whole value ends. */
	private safeEnd = 0;

	/** The next string in the innermost object is the name of a value. */
	private isNameNext = false;

	constructor(private readonly text: string) {}

	/** @returns the first JSON value closed, and whether it ended by itself; undefined when there is none */
	run(): { closed: string; hasEnded: boolean; end: number } | undefined {
		const token = new RegExp(tokenForm);
		for (;;) {
			const found = token.exec(this.text);
			if (found === null || this.closers.length > maximumDepth) break;
			const [, string, sign] = found;
			if (sign === undefined) this.takeValue(string !== undefined, token.lastIndex);
			else if (!this.takeSign(sign, token.lastIndex)) break;
			if (this.closers.length === 0) {
				return { closed: this.text.slice(0, this.safeEnd), hasEnded: true, end: this.safeEnd };
			}
		}
		if (this.safeEnd === 0) return undefined;
		const closed = this.text.slice(0, this.safeEnd) + [...this.closers].reverse().join('');
		return { closed, hasEnded: false, end: this.safeEnd };
	}

	private takeSign(sign: string, end: number): boolean {
		if (sign === '{' || sign === '[') {
			this.closers.push(sign === '{' ? '}' : ']');
			this.safeEnd = end;
			this.isNameNext = sign === '{';
			return true;
		}
		if (sign === '}' || sign === ']') {
			if (this.closers.pop() !== sign) return false;
			this.safeEnd = end;
		}
		this.isNameNext = sign === ',' && this.closers.at(-1) === '}';
		return true;
	}

	private takeValue(isString: boolean, end: number): void {
		if (isString && this.isNameNext) this.isNameNext = false;
		else this.safeEnd = end;
	}
}

/** How many further values are kept. */
const maximumOthers = 50;

/** The whole JSON values among some texts. */
function wholeOf(texts: readonly string[]): unknown[] {
	return texts.slice(-maximumOthers).flatMap((text) => {
		const read = /^\s*[[{]/.test(text) ? parsed(keepDigits(text)) : undefined;
		return read === undefined ? [] : [read.json];
	});
}

const withOthers = (read: JsonText, others: readonly unknown[]): JsonText =>
	others.length === 0 ? read : { ...read, others };

/** The values of a JSON text that is cut, or that something follows. */
function readPart(text: string): JsonText | undefined {
	if (!/^[[{]/.test(text)) return undefined;
	const walked = new JsonWalk(text).run();
	const read = walked === undefined ? undefined : parsed(keepDigits(walked.closed));
	if (walked === undefined || read === undefined) return undefined;
	if (!walked.hasEnded) return { ...read, isCut: true, oddities: [] };
	const behind = text.slice(walked.end);
	return withOthers(
		{ ...read, isCut: false, oddities: ['text behind the JSON of the answer was left out'] },
		// One JSON a line: the first ones may report progress.
		wholeOf(behind.split('\n')),
	);
}

/** JSON with a slip in it, or with something in front of it. */
function readWrapped(text: string): JsonText | undefined {
	const slipped = parsed(keepDigits(withoutSlips(text)));
	if (slipped !== undefined) {
		return { ...slipped, isCut: false, oddities: ['the JSON of the answer was put right'] };
	}
	for (const part of behindSomething(text)) {
		const read = parsed(keepDigits(part)) ?? parsed(keepDigits(withoutSlips(part)));
		if (read === undefined) continue;
		const oddities = ['text before the JSON of the answer was left out'];
		return { ...read, isCut: false, oddities };
	}
	return undefined;
}

/** The data of server-sent events, each as one text. */
function eventsOf(text: string): string[] | undefined {
	if (!/^(?:(?:event|data|id|retry)?:)/.test(text)) return undefined;
	return text.split(/\r?\n\r?\n|\r\r/).flatMap((event) => {
		const lines = event.split(/\r\n|\r|\n/).flatMap((line) => {
			const data = /^data:\s?(.*)$/.exec(line);
			return data === null ? [] : [data[1]!];
		});
		return lines.length === 0 ? [] : [lines.join('\n')];
	});
}

/** The last event that holds JSON, a whole one before one that is cut: the earlier ones report progress. */
function readEvents(events: readonly string[]): JsonText | undefined {
	const latest = events.filter((event) => event !== '[DONE]').reverse();
	const oddities = ['the answer came as server-sent events'];
	for (const [index, event] of latest.entries()) {
		const whole = parsed(keepDigits(event));
		if (whole === undefined) continue;
		// The last one may only say that it is the last.
		return withOthers({ ...whole, isCut: false, oddities }, wholeOf(latest.slice(index + 1)));
	}
	const part = latest.map(readPart).find((read) => read !== undefined);
	return part === undefined ? undefined : { ...part, oddities };
}

/**
 * Reads the JSON of an answer, however it is wrapped: behind a byte-order mark or the spaces with which gateways
 * keep a connection alive, as server-sent events or lines, with text before or behind it, with slips that a parser
 * does not forgive, or cut off anywhere. Never throws.
 *
 * @returns undefined when the text holds no JSON
 */
export function readJsonText(text: string): JsonText | undefined {
	const body = text.replace(/^[\s\ufeff]+/, '').trimEnd();
	if (body === '') return undefined;
	const whole = parsed(keepDigits(body));
	if (whole !== undefined) return { ...whole, isCut: false, oddities: [] };
	const events = eventsOf(body) ?? [];
	return events.length > 0 ? readEvents(events) : (readPart(body) ?? readWrapped(body));
}
