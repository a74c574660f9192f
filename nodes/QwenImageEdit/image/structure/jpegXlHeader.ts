import { boxesIn } from './boxes';

/** What the first bits of a JPEG XL codestream say. */
export interface JpegXlHeader {
	width: number;
	height: number;
	/** EXIF orientation; absent when the bits end before it. */
	orientation?: number;
}

/** Width by height, as the three bits "ratio" name it (ISO/IEC 18181-1, SizeHeader). */
const ratios = [undefined, [1, 1], [12, 10], [4, 3], [3, 2], [16, 9], [5, 4], [2, 1]] as const;

const longSideBits = [9, 13, 18, 30] as const;

/** No more bytes than these are needed: 1 + 2 + 30 + 3 + 2 + 30 + 1 + 1 + 3 bits. */
const headerBytes = 10;

/** Where the codestream begins: at once, or in the first box that holds a piece of it. */
function codestreamStart(head: Buffer): number | undefined {
	if (head[0] === 0xff) return 0;
	for (const { name, start } of boxesIn(head, 0, head.length)) {
		if (name === 'jxlc') return start;
		if (name === 'jxlp') return start + 4;
	}
	return undefined;
}

/** Reads size and orientation of a JPEG XL, both for the image as it is stored. */
export function readJpegXlHeader(head: Buffer): JpegXlHeader | undefined {
	const start = codestreamStart(head);
	if (start === undefined || head[start] !== 0xff || head[start + 1] !== 0x0a) return undefined;
	const bytes = head.subarray(start + 2, start + 2 + headerBytes);
	let at = 0;
	const read = (count: number): number => {
		let value = 0;
		// Multiplied, since a shift by 31 would turn the number negative.
		for (let bit = 0; bit < count; bit += 1, at += 1) {
			value += (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** bit;
		}
		return value;
	};
	const isSmall = read(1) === 1;
	const side = (): number => (isSmall ? (read(5) + 1) * 8 : read(longSideBits[read(2)]!) + 1);
	const height = side();
	const ratio = ratios[read(3)];
	const width = ratio === undefined ? side() : Math.floor((height * ratio[0]) / ratio[1]);
	if (at > bytes.length * 8) return undefined;
	const isDefault = read(1) === 1;
	const orientation = isDefault || read(1) === 0 ? 1 : read(3) + 1;
	return { width, height, ...(at > bytes.length * 8 ? {} : { orientation }) };
}
