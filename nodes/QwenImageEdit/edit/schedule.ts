/** When a task was found done: not yet at the poll before, `undefined` where the first poll found it. */
export interface SeenEnd {
	afterSeconds?: number;
	bySeconds: number;
}

/** Where a task stands, as far as the next poll is concerned. Times in seconds since the submit. */
export interface TaskProgress {
	/** How long ago the task was submitted. */
	elapsedSeconds: number;
	/** How many times it was polled. */
	polls: number;
	/** When the provider says it will be done, since the submit. */
	etaSeconds?: number;
	/** When tasks of this provider and model are usually done, since the submit. */
	typicalSeconds: number;
	/** When the last tasks like this one were found done, oldest first. */
	seen?: readonly SeenEnd[];
	/** From 0 to 1; keeps a hundred tasks from asking in step. */
	random: number;
}

/** Never two polls at one task within this time. */
export const minimumGapSeconds = 1;

/** Never longer without a poll. */
const maximumGapSeconds = 15;

/** So many ends must have been seen before they count more than what the provider says. */
export const seenEndsNeeded = 5;

/** By so much a gap grows with the time elapsed, where nothing better is known. */
const growth = 0.09;

/** A first poll is spread over so much of its time, so that tasks submitted together part. */
const guessSpread = 0.1;

/** A gap is spread by so much of itself. */
const gapSpread = 0.05;

/** The first poll, in random places within `spread` seconds, then polls `gap` apart as far as `until`. */
interface PollPlan {
	first: number;
	spread: number;
	gap: number;
	until: number;
}

/** Begins well before a time that is only a guess; a poll too many costs less than waiting on. */
function guessed(seconds: number, share: number): PollPlan {
	const first = Math.max(minimumGapSeconds, seconds * share);
	return { first, spread: first * guessSpread, gap: minimumGapSeconds, until: 0 };
}

function quantile(sorted: readonly number[], share: number): number {
	const place = (sorted.length - 1) * share;
	const below = sorted[Math.floor(place)]!;
	return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

/** Polls that would have served the last tasks well. */
function learned(seen: readonly SeenEnd[]): PollPlan {
	const recent = seen.slice(-3);
	if (recent.every(({ afterSeconds }) => afterSeconds === undefined)) {
		// Found done at the first poll three times in a row: nobody knows how much earlier they were.
		return guessed(Math.min(...recent.map(({ bySeconds }) => bySeconds)), 0.6);
	}
	const ascending = (one: number, other: number): number => one - other;
	const by = seen.map(({ bySeconds }) => bySeconds).sort(ascending);
	const earliest = quantile(by, 0.1);
	const latest = Math.max(...seen.map(({ afterSeconds = 0 }) => afterSeconds));
	const gap = minimumGapSeconds;
	if (latest - earliest < 0.7) {
		// As good as always the same time: one poll before it, to notice a change, and one right behind it.
		const spread = 0.4;
		// The more ends were seen, the nearer the earliest of them is to the truth; a poll just before it would
		// have to wait a whole second for the next.
		const aim = Math.max(latest, by[0]! - (spread * seenEndsNeeded) / seen.length);
		return { first: aim - gap, spread, gap, until: aim + gap };
	}
	const middles = seen
		.map(({ afterSeconds, bySeconds }) =>
			afterSeconds === undefined ? bySeconds : (afterSeconds + bySeconds) / 2,
		)
		.sort(ascending);
	const start = earliest - 1.2;
	// Three polls up to the usual end: few for tasks that differ much, as near as allowed for others.
	const wide = Math.max(gap, (quantile(middles, 0.5) - start) / 3);
	return {
		first: start - wide / 2,
		spread: wide,
		gap: wide,
		until: latest + (latest - earliest) / 2,
	};
}

function planOf({ seen, etaSeconds, typicalSeconds }: TaskProgress): PollPlan {
	if (seen !== undefined && seen.length >= seenEndsNeeded) return learned(seen);
	if (etaSeconds !== undefined) return guessed(etaSeconds, 0.75);
	if (seen === undefined || seen.length === 0) return guessed(typicalSeconds, 0.65);
	return guessed(Math.min(...seen.map(({ bySeconds }) => bySeconds)), 0.6);
}

/**
 * Seconds from now until the next poll at a task.
 *
 * The first poll comes when the task can be ready: just before the earliest end of the last tasks like it,
 * else before the provider's own estimate or the usual time. From there polls come as near to one another
 * as the spread of those ends asks for; beyond it the gap grows with the time elapsed, so that a long task
 * is not asked for more often than it is worth.
 */
export function nextPollSeconds(task: TaskProgress): number {
	const { elapsedSeconds, polls, random } = task;
	const plan = planOf(task);
	if (polls === 0) {
		return Math.max(minimumGapSeconds, plan.first + plan.spread * random - elapsedSeconds);
	}
	const gap =
		elapsedSeconds < plan.until
			? plan.gap
			: Math.max(minimumGapSeconds, plan.gap, growth * elapsedSeconds);
	return Math.min(maximumGapSeconds, gap * (1 + gapSpread * random));
}
