/**
 * Numbers in the first directory of a TIFF, which is also the form of EXIF.
 *
 * @returns the first value of each wanted tag that holds 16 or 32-bit numbers
 */
export function readTiffTags(tiff: Buffer, wanted: readonly number[]): Map<number, number> {
	const values = new Map<number, number>();
	if (tiff.length < 8) return values;
	const order = tiff.toString('latin1', 0, 2);
	if (order !== 'II' && order !== 'MM') return values;
	const short = (at: number): number =>
		order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
	const long = (at: number): number =>
		order === 'II' ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at);
	const directory = long(4);
	if (directory + 2 > tiff.length) return values;
	const count = short(directory);
	for (let entry = 0; entry < count; entry += 1) {
		const at = directory + 2 + entry * 12;
		if (at + 12 > tiff.length) break;
		const tag = short(at);
		if (!wanted.includes(tag) || values.has(tag)) continue;
		// Type 3 is a 16-bit value, type 4 a 32-bit one.
		const type = short(at + 2);
		if (type === 3) values.set(tag, short(at + 8));
		else if (type === 4) values.set(tag, long(at + 8));
	}
	return values;
}
