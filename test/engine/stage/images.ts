import { createHash } from 'node:crypto';

import sharp from 'sharp';

export interface ImageOrder {
	width?: number;
	height?: number;
	/** Images of different colours have different hashes. */
	colour?: string;
	format?: 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff';
	/** Every pixel by chance: a file about as long as its pixels. */
	noise?: boolean;
}

/** A small image of one colour; every provider takes its size. */
export async function makeImage(order: ImageOrder = {}): Promise<Buffer> {
	const { width = 416, height = 384, colour = '#4a7', format = 'png' } = order;
	const grain = { noise: { type: 'gaussian', mean: 128, sigma: 60 } } as const;
	return await sharp({
		create: {
			width,
			height,
			channels: 3,
			background: colour,
			...(order.noise === true ? grain : {}),
		},
	})
		.toFormat(format)
		.toBuffer();
}

/** A Windows bitmap, which sharp cannot write. */
export function makeBitmap(width = 416, height = 384): Buffer {
	const rowBytes = Math.ceil((width * 3) / 4) * 4;
	const file = Buffer.alloc(54 + rowBytes * height, 0x66);
	file.fill(0, 0, 54);
	file.write('BM', 0, 'latin1');
	file.writeUInt32LE(file.length, 2);
	file.writeUInt32LE(54, 10);
	file.writeUInt32LE(40, 14);
	file.writeInt32LE(width, 18);
	file.writeInt32LE(height, 22);
	file.writeUInt16LE(1, 26);
	file.writeUInt16LE(24, 28);
	return file;
}

/** What a decoder finds in an image file. */
export async function lookAt(
	bytes: Buffer,
): Promise<{ format: string | undefined; width: number; height: number }> {
	const { format, width, height } = await sharp(bytes).metadata();
	return { format, width, height };
}

/** Tells files apart, in the form that the emulator's ledger has. */
export function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}
