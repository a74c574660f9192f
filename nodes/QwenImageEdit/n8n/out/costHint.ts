import type { INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';

import { type Cost, roundedAmount } from '../../edit/cost';

/** What came of each item of the input. */
type Outputs = ReadonlyArray<readonly INodeExecutionData[]>;

/** "1 edit", "2 edits". */
const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const info = (message: string): NodeExecutionHint => ({
	type: 'info',
	message,
	location: 'outputPane',
});

/** Amounts of two currencies are not added, and neither is what was reported to what is only listed. */
function sums(costs: readonly Cost[], words: (cost: Cost) => string): string[] {
	const sum = new Map<string, number>();
	for (const cost of costs) sum.set(words(cost), (sum.get(words(cost)) ?? 0) + cost.amount);
	return [...sum].map(([name, amount]) => `${roundedAmount(amount)} ${name}`);
}

function costsOf(items: readonly INodeExecutionData[]): Cost[] {
	return items.flatMap(({ json }) => (json.cost === undefined ? [] : (json.cost as never)));
}

/**
 * What the run came to, or would come to, for the line above the output; nothing where no cost is known and nothing was
 * saved.
 */
export function costHint(outputs: Outputs): NodeExecutionHint[] {
	return [...runHint(outputs), ...checkHint(outputs.flat())];
}

function runHint(outputs: Outputs): NodeExecutionHint[] {
	const having = (holds: (item: INodeExecutionData) => boolean): number =>
		outputs.filter((output) => output.some(holds)).length;
	const images = outputs.flat().filter(({ json }) => json.image !== undefined);
	const costs = costsOf(images);
	const isReused = ({ json }: INodeExecutionData): boolean => json.reused === true;
	const reused = having(isReused);
	if (costs.length === 0 && reused === 0) return [];
	const failed = having(({ json }) => json.error !== undefined);
	const doubtful = having(({ json }) => {
		const { billed } = (json.details ?? {}) as { billed?: string };
		return billed !== undefined && billed !== 'no';
	});
	const unknown = images.filter((item) => item.json.cost === undefined && !isReused(item)).length;
	const parts = [
		counted(
			having(({ json }) => json.image !== undefined),
			'edit',
		),
		counted(images.length, 'image'),
		...(failed === 0 ? [] : [`${failed} failed`]),
		...(doubtful === 0 ? [] : [`${doubtful} of them billed or perhaps billed`]),
		...(reused === 0 ? [] : [`${reused} reused`]),
		...sums(
			costs,
			({ currency, basis }) =>
				`${currency}, ${basis === 'listed' ? 'by the price list' : 'as reported'}`,
		),
		...(unknown === 0 ? [] : [`${counted(unknown, 'image')} of unknown cost`]),
	];
	return [info(`${parts.join('; ')}.`)];
}

/** What the items that were only checked would cost. */
function checkHint(items: readonly INodeExecutionData[]): NodeExecutionHint[] {
	const checked = items.filter(({ json }) => json.checked === true);
	if (checked.length === 0) return [];
	const costs = costsOf(checked);
	const unknown = checked.length - costs.length;
	const would = sums(costs, ({ currency, asOf }) => `${currency} (listed ${asOf})`).join(' and ');
	const known =
		costs.length === 0 ? [] : [`${counted(costs.length, 'edit')} would cost about ${would}`];
	const rest =
		unknown === 0 ? [] : [`${counted(unknown, 'edit')} would be sent at a cost that is not known`];
	return [info(`${[...known, ...rest, 'Nothing was sent'].join('. ')}.`)];
}
