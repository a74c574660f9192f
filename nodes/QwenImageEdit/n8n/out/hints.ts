import type { INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

/** One item of the input, and what came of it. */
export interface HintedItem {
	output: readonly INodeExecutionData[];
	/** Whether the node waited for an image: then a task in the output is unfinished. */
	waited: boolean;
}

/** "1 of 3 items", "2 of 3 items". */
const share = (count: number, all: number): string =>
	`${count} of ${all} ${all === 1 ? 'item' : 'items'}`;

/** Places in the input, as many as anybody reads. */
function places(indexes: readonly number[]): string {
	const named = indexes.slice(0, 5).join(', ');
	return indexes.length > 5
		? `items ${named} and more`
		: `${indexes.length === 1 ? 'item' : 'items'} ${named}`;
}

/**
 * What is said above the output of a run that went well and still needs a look. Only counts and places: n8n
 * shows a hint as HTML, so nothing that a provider has said may be in it.
 */
export function hintsOf(items: readonly HintedItem[]): NodeExecutionHint[] {
	const where = (holds: (item: HintedItem) => boolean): number[] =>
		items.flatMap((item, index) => (holds(item) ? [index] : []));
	const failed = where(({ output }) => output.some(({ json }) => json.error !== undefined));
	const unfinished = where(
		({ output, waited }) =>
			waited &&
			output.some(({ json }) => json.status === 'pending' || json.status === 'processing'),
	);
	const warns = (form: (warning: string) => boolean): number[] =>
		where(({ output }) =>
			output.some(({ json }) => Array.isArray(json.warnings) && json.warnings.some(form)),
		);
	// The only warning that every run may have; all others are about a single answer or image.
	const isWait = (warning: string): boolean => /^Waited \d+ s /.test(warning);
	const waited = warns(isWait);
	const odd = warns((warning) => !isWait(warning));
	const all = items.length;
	return [
		...(failed.length === 0
			? []
			: [
					{
						type: 'warning' as const,
						message: `${share(failed.length, all)} failed (${places(failed)}). The reason is in the 'error' of each.`,
					},
				]),
		...(unfinished.length === 0
			? []
			: [
					{
						type: 'warning' as const,
						message: `${share(unfinished.length, all)} ran out of time (${places(unfinished)}). The tasks continue: get the images later with the operation 'Get Task' and the 'taskId' of each.`,
					},
				]),
		...(odd.length === 0
			? []
			: [
					{
						type: 'warning' as const,
						message: `${share(odd.length, all)} came out with a warning (${places(odd)}). Read the 'warnings' of each before you use the image.`,
					},
				]),
		...(waited.length === 0
			? []
			: [
					{
						type: 'info' as const,
						message: `The provider asked to slow down: ${share(waited.length, all)} had to wait (${places(waited)}). How long is in the 'warnings' of each. A lower 'Max Concurrency' may be faster.`,
					},
				]),
	].map((hint) => ({ ...hint, location: 'outputPane' as const }));
}
