import type { Clock, PaidWork, PaidWorkMemory } from './ports';

interface Entry {
	work: PaidWork;
	rememberedAt: number;
	/** The execution and node run it belongs to. */
	run: string;
}

/**
 * Paid work of this process, so that n8n's Retry On Fail, which runs a whole node again in the same process
 * and execution, attaches to it instead of paying twice. Bounded in count and time; holds addresses and
 * storage references, never pictures.
 */
export class PaidWorkStore {
	private readonly entries = new Map<string, Entry>();

	constructor(
		private readonly clock: Clock,
		private readonly limits = { entries: 5000, seconds: 3600 },
	) {}

	/**
	 * The memory of one item.
	 *
	 * @param run names execution, node and run; @param item names item and request
	 */
	of(run: string, item: string): PaidWorkMemory {
		const name = `${run} ${item}`;
		return {
			recall: () => {
				const entry = this.entries.get(name);
				if (entry === undefined) return undefined;
				if (this.clock.now() - entry.rememberedAt <= this.limits.seconds * 1000) return entry.work;
				this.entries.delete(name);
				return undefined;
			},
			remember: (work) => {
				// Deleting first moves a renewed entry to the end, so that the oldest stands in front.
				this.entries.delete(name);
				this.entries.set(name, { work, rememberedAt: this.clock.now(), run });
				this.trim();
			},
		};
	}

	/** The run has ended well: nothing of it will be run again. */
	forget(run: string): void {
		for (const [name, entry] of this.entries) {
			if (entry.run === run) this.entries.delete(name);
		}
	}

	/** How many items are remembered. */
	get size(): number {
		return this.entries.size;
	}

	private trim(): void {
		const oldest = this.clock.now() - this.limits.seconds * 1000;
		for (const [name, entry] of this.entries) {
			if (this.entries.size <= this.limits.entries && entry.rememberedAt >= oldest) return;
			this.entries.delete(name);
		}
	}
}
