/** One box of the container that HEIF, AVIF, JPEG XL and JPEG 2000 share. */
export interface Box {
	name: string;
	/** Where its content begins and ends, cut to the bytes that are there. */
	start: number;
	end: number;
}

/**
 * The boxes that lie one behind the other between two places. Every round moves on by at least eight bytes,
 * so that this ends on any input; it stops at the first box that cannot be one.
 */
export function* boxesIn(bytes: Buffer, from: number, to: number): Generator<Box> {
	const limit = Math.min(to, bytes.length);
	let at = from;
	while (at + 8 <= limit) {
		const name = bytes.toString('latin1', at + 4, at + 8);
		let size = bytes.readUInt32BE(at);
		let start = at + 8;
		if (size === 1) {
			if (at + 16 > limit) return;
			size = Number(bytes.readBigUInt64BE(at + 8));
			start = at + 16;
		} else if (size === 0) {
			size = limit - at;
		}
		if (at + size < start) return;
		yield { name, start, end: Math.min(at + size, limit) };
		at += size;
	}
}

/** The content of the first box of that name. */
export function findBox(bytes: Buffer, name: string, from: number, to: number): Box | undefined {
	for (const box of boxesIn(bytes, from, to)) if (box.name === name) return box;
	return undefined;
}
