import type { Clock, PaidWork, PaidWorkMemory } from './ports';

interface Entry {
	work: PaidWork;
	bytes: number;
	/** The execution and node run it belongs to. */
	run: string;
}

interface RunTime {
	/** How many times it is under way. */
	open: number;
	/** How many of its items are remembered. */
	held: number;
	/** When it was last heard of, in milliseconds since the epoch. */
	lastHeardAt: number;
}

/**
 * Paid work of this process, so that n8n's Retry On Fail, which runs a whole node again in the same process
 * and execution, attaches to it instead of paying twice. Holds addresses and storage references; bounded in
 * count, bytes and time, since a short image as text, or n8n's memory mode, would hold the image itself.
 *
 * The time counts from the end of a try, never from its middle: a batch of a thousand takes longer than n8n takes to
 * try again, and what was paid for at its beginning is as dear as what was at its end.
 */
export class PaidWorkStore {
	private readonly entries = new Map<string, Entry>();

	/** The one heard of longest ago stands in front. */
	private readonly runs = new Map<string, RunTime>();

	private bytes = 0;

	constructor(
		private readonly clock: Clock,
		private readonly limits = { entries: 50_000, bytes: 64_000_000, seconds: 3600 },
	) {}

	/** A try begins: until it ends, nothing of its run is too old. */
	begin(run: string): void {
		this.forgetOld();
		this.hear(run, 1);
	}

	/** A try has ended, however it did; n8n may try again from now on. */
	end(run: string): void {
		this.hear(run, -1);
		this.dropIfEmpty(run);
	}

	/**
	 * The memory of one item.
	 *
	 * @param run names execution, node and run; @param item names item and request
	 */
	of(run: string, item: string): PaidWorkMemory {
		const name = `${run} ${item}`;
		return {
			recall: () => {
				this.forgetOld();
				return this.entries.get(name)?.work;
			},
			remember: (work) => {
				this.forgetOld();
				const heard = this.hear(run, 0);
				// Removing first moves a renewed entry to the end, so that the oldest stands in front.
				this.remove(name);
				const entry = { work, run, bytes: textLength(work) };
				this.entries.set(name, entry);
				heard.held += 1;
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
		this.dropIfEmpty(run);
	}

	/** How many items are remembered. */
	get size(): number {
		return this.entries.size;
	}

	/** How many runs are under way or have something remembered. */
	get runCount(): number {
		return this.runs.size;
	}

	private hear(run: string, opened: number): RunTime {
		const { open = 0, held = 0 } = this.runs.get(run) ?? {};
		const heard = { open: open + opened, held, lastHeardAt: this.clock.now() };
		// Deleting first moves the run to the end.
		this.runs.delete(run);
		this.runs.set(run, heard);
		return heard;
	}

	private dropIfEmpty(run: string): void {
		const known = this.runs.get(run);
		if (known?.open === 0 && known.held === 0) this.runs.delete(run);
	}

	private forgetOld(): void {
		const oldest = this.clock.now() - this.limits.seconds * 1000;
		for (const [run, { open, lastHeardAt }] of this.runs) {
			if (lastHeardAt >= oldest) return;
			if (open === 0) this.forget(run);
		}
	}

	private trim(): void {
		for (const name of this.entries.keys()) {
			if (this.entries.size <= this.limits.entries && this.bytes <= this.limits.bytes) return;
			// What was paid for a moment ago is worth its place, however large it is.
			if (this.entries.size === 1) return;
			this.remove(name);
		}
	}

	private remove(name: string): void {
		const entry = this.entries.get(name);
		if (entry === undefined) return;
		this.entries.delete(name);
		this.bytes -= entry.bytes;
		const heard = this.runs.get(entry.run);
		if (heard !== undefined) heard.held -= 1;
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
