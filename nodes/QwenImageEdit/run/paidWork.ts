import { type Fault, withPaidWork } from '../edit/fault';
import type { Clock, PaidWork, PaidWorkMemory } from './ports';

interface Entry {
	work: PaidWork;
	/** Roughly the memory that it takes. */
	bytes: number;
	run: string;
	itemIndex: number;
}

interface RunTime {
	/** How many tries of it are under way. */
	open: number;
	/** Milliseconds of the store's clock. */
	lastHeardAt: number;
	/** Its entries by item index. */
	items: Map<number, Entry>;
	/** What its items count for the limit of the run, in millionths of the currency. */
	counted: Map<number, number>;
}

/** The paid work of one item that a run is not done with, as an error names it. */
export interface NamedWork {
	item: number;
	taskId?: string;
	url?: string;
}

/** An entry of this size is never reduced: it holds an id and URLs, no image. */
const smallBytes = 4096;

/**
 * The paid work of this process. n8n's Retry On Fail runs a whole node again in the same process and execution,
 * and evaluates its expressions anew; so paid work belongs to a run (execution, node, run index) and an item
 * index, whatever the parameters evaluate to (`docs/decisions/0018-paid-work-belongs-to-the-item.md`).
 *
 * Bounded in time and bytes, and never silently: what has no room any more leaves a mark that stops the item from
 * being paid for again. The time counts from the end of a try, because a long batch must not forget its beginning.
 */
export class PaidWorkStore {
	/** The run heard of longest ago comes first. */
	private readonly runs = new Map<string, RunTime>();

	/** Entries that hold much, oldest first. */
	private readonly large = new Set<Entry>();

	private bytes = 0;

	constructor(
		/** Milliseconds of a clock that nobody sets: a jump of the time of day must not forget what was paid for. */
		private readonly clock: Pick<Clock, 'now'>,
		private readonly limits = { bytes: 64_000_000, seconds: 3600 },
	) {}

	/** A try begins: until it ends, nothing of its run is too old. */
	begin(run: string): void {
		this.forgetOld();
		this.hear(run).open += 1;
	}

	/** A try has ended, however it did. n8n may try again from now on. */
	end(run: string): void {
		const heard = this.hear(run);
		heard.open -= 1;
		if (heard.open === 0 && heard.items.size + heard.counted.size === 0) this.runs.delete(run);
	}

	/** The memory of one item. */
	of(run: string, itemIndex: number): PaidWorkMemory {
		return {
			recall: () => {
				this.forgetOld();
				return this.runs.get(run)?.items.get(itemIndex)?.work;
			},
			forget: () => this.remove(this.runs.get(run)?.items.get(itemIndex)),
			remember: (work) => {
				this.forgetOld();
				const { items } = this.hear(run);
				this.remove(items.get(itemIndex));
				const entry = { work, bytes: sizeOf(work), run, itemIndex };
				items.set(itemIndex, entry);
				this.bytes += entry.bytes;
				if (entry.bytes > smallBytes) this.large.add(entry);
				this.reduce(entry);
			},
		};
	}

	/** What the items of a run have cost so far, for its limit; lives as long as the run. */
	counted(run: string): Map<number, number> {
		return this.hear(run).counted;
	}

	/** A fault of an item, with what the run has paid for it: then nobody may call it unpaid. */
	told(run: string, itemIndex: number, fault: Fault): Fault {
		const work = this.runs.get(run)?.items.get(itemIndex)?.work;
		return work === undefined ? fault : withPaidWork(fault, { ...nameOf(work), isTaken: true });
	}

	/** What of a run is remembered, by item, as far as it has a name. */
	named(run: string): NamedWork[] {
		const items = this.runs.get(run)?.items ?? new Map<number, Entry>();
		return [...items]
			.sort(([one], [other]) => one - other)
			.map(([item, { work }]) => ({ item, ...nameOf(work) }));
	}

	/** The run has ended well: nothing of it will be run again. */
	forget(run: string): void {
		const known = this.runs.get(run);
		if (known === undefined) return;
		for (const entry of known.items.values()) this.remove(entry);
		known.counted.clear();
		if (known.open === 0) this.runs.delete(run);
	}

	/** How many items are remembered. */
	get size(): number {
		return [...this.runs.values()].reduce((sum, { items }) => sum + items.size, 0);
	}

	/** How many runs are under way or have something remembered. */
	get runCount(): number {
		return this.runs.size;
	}

	private hear(run: string): RunTime {
		const heard = this.runs.get(run) ?? {
			open: 0,
			lastHeardAt: 0,
			items: new Map(),
			counted: new Map(),
		};
		heard.lastHeardAt = this.clock.now();
		// Deleting first moves the run to the end.
		this.runs.delete(run);
		this.runs.set(run, heard);
		return heard;
	}

	private forgetOld(): void {
		const oldest = this.clock.now() - this.limits.seconds * 1000;
		for (const [run, { open, lastHeardAt }] of this.runs) {
			if (lastHeardAt >= oldest) return;
			if (open === 0) this.forget(run);
		}
	}

	/** Makes room: of the oldest large entries only a mark is left. The one that was just added stays whole. */
	private reduce(added: Entry): void {
		for (const entry of this.large) {
			if (this.bytes <= this.limits.bytes) return;
			if (entry === added) continue;
			this.large.delete(entry);
			this.bytes -= entry.bytes;
			entry.work = markOf(entry.work);
			entry.bytes = sizeOf(entry.work);
			this.bytes += entry.bytes;
		}
	}

	private remove(entry: Entry | undefined): void {
		if (entry === undefined) return;
		this.runs.get(entry.run)?.items.delete(entry.itemIndex);
		this.large.delete(entry);
		this.bytes -= entry.bytes;
	}
}

/** Longer ids and URLs are not kept in a mark. */
const maximumNameLength = 2000;

function nameOf(work: PaidWork): { taskId?: string; url?: string } {
	const { taskId, url } = pathTo(work);
	return {
		...(taskId === undefined ? {} : { taskId }),
		...(url === undefined ? {} : { url }),
	};
}

/** By what the user can get the work. */
function pathTo(work: PaidWork): { taskId?: string; url?: string } {
	switch (work.state) {
		case 'task':
			return { taskId: work.outcome.taskId };
		case 'made':
			return { taskId: work.outcome.taskId, url: work.outcome.images[0]?.url };
		case 'done':
			return { taskId: work.taskId, url: work.url };
		case 'lost':
			return { taskId: work.fault.taskId, url: work.fault.url };
	}
}

/** What is left of work that has no room any more. */
function markOf(work: PaidWork): PaidWork {
	if (work.state === 'lost') return work;
	const names = Object.entries(nameOf(work)).filter(([, name]) => name.length <= maximumNameLength);
	return {
		state: 'lost',
		fault: {
			kind: 'provider',
			message: 'This item was paid for at an earlier try, and its result is no longer in memory',
			advice:
				names.length === 0
					? 'It was not sent again. Run fewer items in one execution, or keep binary data on disk instead of in memory (N8N_DEFAULT_BINARY_DATA_MODE=filesystem)'
					: 'It was not sent again. Get the image by its task ID or URL',
			isTaken: true,
			...Object.fromEntries(names),
		},
	};
}

/** Deeper than any answer that makes sense. A provider must not be able to exhaust the stack. */
const maximumDepth = 12;

/** Roughly the memory of a JSON-like value: the length of all texts in it. Adapters are shared and count nothing. */
function sizeOf(value: unknown, depth = 0): number {
	if (typeof value === 'string') return value.length;
	if (typeof value !== 'object' || value === null || depth > maximumDepth) return 8;
	return Object.entries(value).reduce(
		(sum, [name, entry]) =>
			name === 'provider' ? sum + 8 : sum + name.length + sizeOf(entry, depth + 1),
		0,
	);
}
