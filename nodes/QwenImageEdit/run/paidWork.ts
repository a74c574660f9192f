import type { Clock, PaidWork, PaidWorkMemory } from './ports';

interface Entry {
	work: PaidWork;
	rememberedAt: number;
	bytes: number;
	/** The execution and node run it belongs to. */
	run: string;
}

/**
 * Paid work of this process, so that n8n's Retry On Fail, which runs a whole node again in the same process
 * and execution, attaches to it instead of paying twice. Holds addresses and storage references; bounded in
 * count, bytes and time, since a short picture as text, or n8n's memory mode, would hold the picture itself.
 */
export class PaidWorkStore {
	private readonly entries = new Map<string, Entry>();

	private bytes = 0;

	constructor(
		private readonly clock: Clock,
		private readonly limits = { entries: 5000, bytes: 64_000_000, seconds: 3600 },
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
				this.remove(name);
				return undefined;
			},
			remember: (work) => {
				// Removing first moves a renewed entry to the end, so that the oldest stands in front.
				this.remove(name);
				const entry = { work, rememberedAt: this.clock.now(), run, bytes: textLength(work) };
				this.entries.set(name, entry);
				this.bytes += entry.bytes;
				this.trim();
			},
		};
	}

	/** The run has ended well: nothing of it will be run again. */
	forget(run: string): void {
		for (const [name, entry] of this.entries) {
			if (entry.run === run) this.remove(name);
		}
	}

	/** How many items are remembered. */
	get size(): number {
		return this.entries.size;
	}

	private trim(): void {
		const oldest = this.clock.now() - this.limits.seconds * 1000;
		for (const [name, entry] of this.entries) {
			const fits = this.entries.size <= this.limits.entries && this.bytes <= this.limits.bytes;
			if (fits && entry.rememberedAt >= oldest) return;
			// What was paid for a moment ago is worth its place, however large it is.
			if (this.entries.size === 1) return;
			this.remove(name);
		}
	}

	private remove(name: string): void {
		this.bytes -= this.entries.get(name)?.bytes ?? 0;
		this.entries.delete(name);
	}
}

/** Deeper than any answer that makes sense; a provider must not be able to exhaust the stack. */
const maximumDepth = 12;

/** Roughly the memory of a JSON-like value: the length of all texts in it. */
function textLength(value: unknown, depth = 0): number {
	if (typeof value === 'string') return value.length;
	if (typeof value !== 'object' || value === null || depth > maximumDepth) return 8;
	return Object.entries(value).reduce(
		(sum, [name, entry]) => sum + name.length + textLength(entry, depth + 1),
		0,
	);
}
