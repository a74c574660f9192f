import type { INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

/** One item of the input, and what came of it. */
export interface HintedItem {
	output: readonly INodeExecutionData[];
	/** Whether an image was waited for: then a task that is put out was left unfinished. */
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
	const warned = where(({ output }) =>
		output.some(({ json }) => Array.isArray(json.warnings) && json.warnings.length > 0),
	);
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
						message: `${share(unfinished.length, all)} ran out of time (${places(unfinished)}). The tasks go on: fetch the images later with the operation 'Get Task' and the 'taskId' of each.`,
					},
				]),
		...(warned.length === 0
			? []
			: [
					{
						type: 'info' as const,
						message: `The provider asked to slow down: ${share(warned.length, all)} had to wait (${places(warned)}). How long is in the 'warnings' of each. A lower 'Max Concurrency' may be faster.`,
					},
				]),
	].map((hint) => ({ ...hint, location: 'outputPane' as const }));
}
