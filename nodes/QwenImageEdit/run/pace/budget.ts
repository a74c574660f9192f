/** Amounts are added as whole millionths: sums of prices such as 0.1 are not exact in binary. */
const unit = 1e6;

/** Room for what binary fractions lose, so that 0.0221 does not become one millionth more. */
const slack = 1e-3;

interface Waiting {
	item: number;
	amount: number;
	decide(isGranted: boolean): void;
}

/**
 * Keeps what a run costs within a limit, whatever runs at once. An edit counts with the most that it can cost from before
 * it is sent until it is settled. Where there is no room, it waits as long as an edit under way may still turn out
 * cheaper; it is refused when none is left that could.
 */
export class Budget {
	private readonly limit: number;

	private readonly waiting: Waiting[] = [];

	private readonly underWay = new Set<number>();

	/**
	 * @param limit in the currency of the prices
	 * @param counted millionths by item, with what earlier tries of the run have spent; kept up to date here
	 */
	constructor(
		limit: number,
		private readonly counted: Map<number, number>,
	) {
		this.limit = Math.floor(limit * unit + slack);
	}

	/** What counts so far, edits under way included. */
	get spent(): number {
		return this.sum / unit;
	}

	/** An earlier try has sent it: what is paid for is fetched, not refused. False for an edit that nobody has sent. */
	resume(item: number): boolean {
		if (!this.counted.has(item)) return false;
		this.underWay.add(item);
		return true;
	}

	/**
	 * Waits for room, in the order of the calls.
	 *
	 * @param most what the edit costs at most
	 * @returns whether it may be sent; false, too, when the signal is aborted first
	 */
	async reserve(item: number, most: number, signal?: AbortSignal): Promise<boolean> {
		if (this.resume(item)) return true;
		return await new Promise<boolean>((resolve) => {
			const waiting: Waiting = {
				item,
				amount: Math.ceil(most * unit - slack),
				decide: (isGranted) => {
					signal?.removeEventListener('abort', leave);
					resolve(isGranted);
				},
			};
			const leave = (): void => {
				this.waiting.splice(this.waiting.indexOf(waiting), 1);
				waiting.decide(false);
				this.admit();
			};
			this.waiting.push(waiting);
			if (signal?.aborted === true) leave();
			else signal?.addEventListener('abort', leave);
			this.admit();
		});
	}

	/**
	 * The edit has ended.
	 *
	 * @param cost what it did cost: 0 gives everything back; absent: nobody knows, and what was reserved stays spent
	 */
	settle(item: number, cost?: number): void {
		this.underWay.delete(item);
		if (cost === 0) this.counted.delete(item);
		else if (cost !== undefined) this.counted.set(item, Math.ceil(cost * unit - slack));
		this.admit();
	}

	private get sum(): number {
		let sum = 0;
		for (const amount of this.counted.values()) sum += amount;
		return sum;
	}

	private admit(): void {
		for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
			const hasRoom = this.sum + first.amount <= this.limit;
			if (!hasRoom && this.underWay.size > 0) return;
			this.waiting.shift();
			if (hasRoom) {
				this.counted.set(first.item, first.amount);
				this.underWay.add(first.item);
			}
			first.decide(hasRoom);
		}
	}
}
