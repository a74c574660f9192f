import sharp from 'sharp';

interface BmpHeader {
	width: number;
	height: number;
	topDown: boolean;
	bitsPerPixel: number;
	dataOffset: number;
	compression: number;
}

/** Reads the header of a Windows bitmap, which sharp cannot open and odkkk's document allows (seed 002). */
export function readBmpHeader(bytes: Buffer): BmpHeader | undefined {
	if (bytes.length < 54 || bytes.toString('latin1', 0, 2) !== 'BM') return undefined;
	if (bytes.readUInt32LE(14) < 40) return undefined;
	const height = bytes.readInt32LE(22);
	return {
		width: bytes.readInt32LE(18),
		height: Math.abs(height),
		topDown: height < 0,
		bitsPerPixel: bytes.readUInt16LE(28),
		dataOffset: bytes.readUInt32LE(10),
		compression: bytes.readUInt32LE(30),
	};
}

/** Decodes an uncompressed 24 or 32 bit bitmap; any other becomes a grey image of the same size. */
export async function bmpToPng(bytes: Buffer): Promise<Buffer> {
	const header = readBmpHeader(bytes)!;
	const { width, height, bitsPerPixel, dataOffset } = header;
	const pixels = Buffer.alloc(width * height * 3, 0x80);
	const step = bitsPerPixel / 8;
	const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
	const readable = (step === 3 || step === 4) && bytes.length >= dataOffset + rowBytes * height;
	for (let y = 0; readable && y < height; y++) {
		const row = dataOffset + rowBytes * (header.topDown ? y : height - 1 - y);
		for (let x = 0; x < width; x++) {
			const from = row + x * step;
			pixels.set([bytes[from + 2]!, bytes[from + 1]!, bytes[from]!], (y * width + x) * 3);
		}
	}
	return await sharp(pixels, { raw: { width, height, channels: 3 } })
		.png()
		.toBuffer();
}
