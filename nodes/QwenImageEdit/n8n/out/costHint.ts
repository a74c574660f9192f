import type { INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

import { type Cost, roundedAmount } from '../../edit/cost';

/** "1 edit", "2 edits". */
const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/**
 * What the run came to, for the line above the output; nothing where no cost is known. Amounts of two currencies are
 * not added, and neither is what was reported to what is only listed.
 *
 * @param outputs what came of each item of the input
 */
export function costHint(
	outputs: ReadonlyArray<readonly INodeExecutionData[]>,
): NodeExecutionHint[] {
	const images = outputs.flat().filter(({ json }) => json.image !== undefined);
	const costs = images.flatMap(({ json }) => (json.cost === undefined ? [] : json.cost)) as Cost[];
	if (costs.length === 0) return [];
	const sums = new Map<string, number>();
	for (const { amount, currency, basis } of costs) {
		const name = `${currency}, ${basis === 'listed' ? 'by the price list' : 'as reported'}`;
		sums.set(name, (sums.get(name) ?? 0) + amount);
	}
	const edits = outputs.filter((output) => output.some(({ json }) => json.image !== undefined));
	const failed = outputs.filter((output) => output.some(({ json }) => json.error !== undefined));
	const unknown = images.length - costs.length;
	const parts = [
		counted(edits.length, 'edit'),
		counted(images.length, 'image'),
		...(failed.length === 0 ? [] : [`${failed.length} failed`]),
		...[...sums].map(([name, amount]) => `${roundedAmount(amount)} ${name}`),
		...(unknown === 0 ? [] : [`${counted(unknown, 'image')} of unknown cost`]),
	];
	return [{ type: 'info', message: `${parts.join('; ')}.`, location: 'outputPane' }];
}
