import type { Reply } from '../wire';
import { failureWords } from './failureWords';
import { readField } from '../json/jsonValue';

/**
 * How long to wait, in seconds: `Retry-After` (seconds or a date), `retry_after` in the body, or a
 * text such as "retry after 60 seconds".
 *
 * @param nowMilliseconds for the date form
 */
export function retryAfterSeconds(reply: Reply, nowMilliseconds: number): number | undefined {
	const header = reply.headers['retry-after']?.trim();
	if (header !== undefined && header !== '') {
		const seconds = Number(header);
		if (Number.isFinite(seconds)) return Math.max(0, seconds);
		const date = Date.parse(header);
		const untilThen = (date - nowMilliseconds) / 1000;
		if (Number.isFinite(untilThen)) return Math.max(0, untilThen);
	}
	const error = readField(reply.json, 'error');
	for (const holder of [reply.json, error]) {
		const value = readField(holder, 'retry_after') ?? readField(holder, 'retryAfter');
		const seconds = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
		if (value !== '' && Number.isFinite(seconds)) return Math.max(0, seconds);
	}
	const { message, suggestion } = failureWords(reply);
	return hintedSeconds(suggestion) ?? hintedSeconds(message);
}

/** Seconds in each unit of time that providers write, by the letters that tell it from the others. */
const unitSeconds: ReadonlyArray<readonly [RegExp, number]> = [
	[/^(ms|mil)/i, 0.001],
	[/^s/i, 1],
	[/^m/i, 60],
	[/^h/i, 3600],
];

const oneTime =
	'(\\d{1,5}(?:\\.\\d{1,9})?)\\s*(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)(?![a-z])';

const everyTime = new RegExp(oneTime, 'gi');

const timeHint = new RegExp(
	`\\b(?:retry|try again|wait|resets? in)\\b[^.]*?\\b(${oneTime}(?:[\\s,]*(?:and\\s+)?${oneTime}){0,2})`,
	'i',
);

/** The time in "retry after 60 seconds" and its like, also "1m30s"; "no answer in 30 seconds" names none. */
function hintedSeconds(text: string): number | undefined {
	const hint = timeHint.exec(text);
	if (hint === null) return undefined;
	return [...hint[1]!.matchAll(everyTime)]
		.map(([, number, unit]) => {
			const [, seconds] = unitSeconds.find(([letters]) => letters.test(unit!))!;
			return Number(number) * seconds;
		})
		.reduce((sum, seconds) => sum + seconds, 0);
}
