/**
 * The shortest time in which `width` workers can do work that takes these times, when each takes the next
 * piece in order as soon as it is free: what an ordered pool would need that costs nothing itself.
 */
export function idealMakespan(durations: readonly number[], width: number): number {
	const freeAt = new Array<number>(Math.max(1, width)).fill(0);
	for (const duration of durations) {
		let first = 0;
		for (let worker = 1; worker < freeAt.length; worker += 1) {
			if (freeAt[worker]! < freeAt[first]!) first = worker;
		}
		freeAt[first]! += duration;
	}
	return Math.max(...freeAt);
}
