/** A call as it came, with all that a signature may cover. */
export interface SignedCall {
	/** Lower-case names; a header that came twice is not there. */
	headers: Readonly<Record<string, string>>;
	/** The bytes of the body, as they came. */
	body: Uint8Array;
	/** The task that the body names. */
	taskId: string;
}

/** How old a call may be, and how far ahead of this clock, in seconds. */
export const maximumAgeSeconds = 300;

/**
 * Whether the time of a call, in seconds since the epoch, is now, as far as clocks agree.
 *
 * @param now milliseconds since the epoch
 */
export function isFresh(timestamp: string, now: number): boolean {
	if (!/^\d{1,12}$/.test(timestamp)) return false;
	return Math.abs(now / 1000 - Number(timestamp)) <= maximumAgeSeconds;
}
