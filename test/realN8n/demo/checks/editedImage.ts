/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error -- tests never ship */
import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import sharp from 'sharp';

/** An image on disk that was shown to be an edit of another one. */
export interface EditedImage {
	file: string;
	format: ImageFormat;
	width: number;
	height: number;
	bytes: number;
	/** How far it is from the original: mean difference per colour channel, of 255. */
	difference: number;
}

type ImageFormat = 'png' | 'jpeg' | 'webp';

const EXTENSIONS: Readonly<Record<ImageFormat, string[]>> = {
	png: ['.png'],
	jpeg: ['.jpg', '.jpeg'],
	webp: ['.webp'],
};

/** Saving a photograph as JPEG once more moves it by about 1; an edit moves it further. */
const LEAST_DIFFERENCE = 3;
const COMPARED_SIDE_PIXELS = 64;

/** Throws unless the file is a whole image, named by its true type, that looks different from the original. */
export async function checkEditedImage(file: string, original: string): Promise<EditedImage> {
	if (!existsSync(file)) throw new Error(`${file} was not written`);
	const content = readFileSync(file);
	const format = formatOf(content);
	if (!format) {
		throw new Error(
			`${file} is not an image; it starts with ${content.subarray(0, 12).toString('hex')}`,
		);
	}
	if (!EXTENSIONS[format].includes(extname(file).toLowerCase())) {
		throw new Error(`${file} is a ${format} image by its bytes, not what its name says`);
	}
	// Decoding all of it, not its header alone, finds a file that was cut off.
	const difference = await differenceOf(content, original, file);
	if (difference < LEAST_DIFFERENCE) {
		throw new Error(`${file} looks like the original (mean difference ${difference} of 255)`);
	}
	const { width, height } = await sharp(content).metadata();
	return { file, format, width, height, bytes: content.length, difference };
}

/** How far an image is from another one or the one in a file: mean difference per colour channel, of 255. */
export async function differenceOf(
	content: Buffer,
	original: string | Buffer,
	name = 'the image',
): Promise<number> {
	const image = await thumbnail(content, name);
	const other = typeof original === 'string' ? readFileSync(original) : original;
	return meanDifference(image, await thumbnail(other, 'the original'));
}

function formatOf(content: Buffer): ImageFormat | undefined {
	if (content.subarray(0, 8).toString('hex') === '89504e470d0a1a0a') return 'png';
	if (content.subarray(0, 3).toString('hex') === 'ffd8ff') return 'jpeg';
	const container = content.toString('latin1', 0, 4) + content.toString('latin1', 8, 12);
	return container === 'RIFFWEBP' ? 'webp' : undefined;
}

async function thumbnail(content: Buffer, file: string): Promise<Buffer> {
	try {
		return await sharp(content, { failOn: 'error' })
			.flatten()
			.toColourspace('srgb')
			.resize(COMPARED_SIDE_PIXELS, COMPARED_SIDE_PIXELS, { fit: 'fill' })
			.raw()
			.toBuffer();
	} catch (cause) {
		throw new Error(`${file} cannot be decoded: ${String(cause)}`, { cause });
	}
}

function meanDifference(one: Buffer, other: Buffer): number {
	if (one.length !== other.length) throw new Error('The thumbnails differ in their channels');
	let sum = 0;
	for (let index = 0; index < one.length; index++) sum += Math.abs(one[index]! - other[index]!);
	return Math.round((sum / one.length) * 10) / 10;
}
