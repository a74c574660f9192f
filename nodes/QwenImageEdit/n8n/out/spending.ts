import type { INodeExecutionData } from 'n8n-workflow';

import type { Cost } from '../../edit/cost';
import { EditFault } from '../../edit/fault';
import { billedOf } from '../../edit/retry';
import type { ItemPlan } from '../../run/item';
import { Budget } from '../../run/pace/budget';
import type { Settled } from '../../run/pace/pool';
import { cancelledFault } from '../../run/requests';

/** Holds the edits of a run within the option Max Cost. */
export class Spending {
	private readonly budget: Budget | undefined;

	/** Of the prices: all of one provider and region are in one. */
	private currency = '';

	/**
	 * @param limit absent: the run has none
	 * @param counted what earlier tries of the run have spent, by item
	 */
	constructor(
		private readonly limit: number | undefined,
		counted: Map<number, number>,
	) {
		this.budget = limit === undefined ? undefined : new Budget(limit, counted);
	}

	/**
	 * Does the work of an item, and then counts what it did cost.
	 *
	 * @param work is given what to await before the edit is sent, where the run has a limit: it throws an EditFault of kind
	 * `budget` when there is no room for what the edit costs at most
	 */
	async within(
		{ expected }: ItemPlan,
		item: number,
		signal: AbortSignal,
		work: (admit?: () => Promise<void>) => Promise<INodeExecutionData[]>,
	): Promise<INodeExecutionData[]> {
		const { budget } = this;
		if (budget === undefined || expected === undefined) return await work();
		this.currency = expected.currency;
		budget.resume(item);
		const admit = async (): Promise<void> => {
			if (await budget.reserve(item, expected.amount, signal)) return;
			if (signal.aborted) throw cancelledFault();
			const message = `There is no room for this edit, which costs up to ${this.money(expected.amount)}`;
			throw new EditFault({ kind: 'budget', message });
		};
		let cost: number | undefined;
		try {
			const output = await work(admit);
			cost = costOf(output);
			return output;
		} catch (error) {
			if (error instanceof EditFault && billedOf(error.fault) === 'no') cost = 0;
			throw error as Error;
		} finally {
			budget.settle(item, cost);
		}
	}

	/** The ends of all items; those that had no room say how the whole run stands. */
	told<Result>(worked: ReadonlyArray<Settled<Result>>): Array<Settled<Result>> {
		const isLeftOut = ({ state, ...end }: Settled<Result>): boolean =>
			state === 'skipped' || ('error' in end && isOverBudget(end.error));
		const leftOut = worked.filter(isLeftOut).length;
		return worked.map((end) => {
			if (end.state !== 'failed' || !isOverBudget(end.error)) return end;
			const { fault } = end.error;
			const error = new EditFault({
				...fault,
				message: `'Max Cost' of ${this.money(this.limit!)} is reached: ${this.money(this.budget!.spent)} spent, ${leftOut} ${leftOut === 1 ? 'item' : 'items'} not sent`,
				advice: `${fault.message}. Raise 'Max Cost' in Options, or run what was left out again`,
			});
			return { state: 'failed', error };
		});
	}

	private money(amount: number): string {
		return `${amount} ${this.currency}`;
	}
}

function isOverBudget(error: unknown): error is EditFault {
	return error instanceof EditFault && error.fault.kind === 'budget';
}

/** What an item came to; undefined where that is not known of all of it. Taken from storage, it costs nothing. */
function costOf(output: readonly INodeExecutionData[]): number | undefined {
	let sum = 0;
	for (const { json } of output) {
		if (json.reused === true) continue;
		if (json.cost === undefined || output.length !== json.count) return undefined;
		sum += (json.cost as unknown as Cost).amount;
	}
	return sum;
}
