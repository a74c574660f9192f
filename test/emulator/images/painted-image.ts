import sharp from 'sharp';
import { bmpToPng, readBmpHeader } from './bmp';

/** What a provider sees when it opens an image. */
export interface ImageFacts {
	format: string;
	width: number;
	height: number;
}

/** Opens an image by its bytes. `undefined` when it is none. */
export async function lookAtImage(bytes: Buffer): Promise<ImageFacts | undefined> {
	const bmp = readBmpHeader(bytes);
	if (bmp) return { format: 'bmp', width: bmp.width, height: bmp.height };
	try {
		const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
		return format && width && height ? { format, width, height } : undefined;
	} catch {
		return undefined;
	}
}

export interface EditOrder {
	inputs: Buffer[];
	prompt: string;
	providerName: string;
	/** Two orders with the same prompt and seed give the same image. */
	seed?: number;
	width?: number;
	height?: number;
	format: 'png' | 'jpeg' | 'webp';
}

/** For steps in between: size does not matter there, time does. */
const QUICK = { compressionLevel: 0 };

function hashOf(text: string): number {
	let hash = 2166136261;
	for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
	return hash;
}

function escaped(text: string): string {
	return text
		.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;');
}

function caption(width: number, height: number, order: EditOrder, hue: number): Buffer {
	const strip = Math.max(14, Math.round(height * 0.09));
	const size = Math.max(9, Math.round(strip * 0.5));
	const longest = Math.max(8, Math.floor(width / (size * 0.56)));
	const words = `${order.providerName}: ${order.prompt.replace(/\s+/g, ' ')}`;
	const line =
		[...words].length > longest ? `${[...words].slice(0, longest - 1).join('')}…` : words;
	return Buffer.from(
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
			`<rect width="${width}" height="${height}" fill="hsl(${hue},85%,50%)" fill-opacity="0.28"/>` +
			`<rect y="${height - strip}" width="${width}" height="${strip}" fill="#111" fill-opacity="0.82"/>` +
			`<text x="${Math.round(size * 0.6)}" y="${height - Math.round(strip * 0.3)}" ` +
			`font-family="DejaVu Sans, sans-serif" font-size="${size}" fill="#fff">${escaped(line)}</text></svg>`,
	);
}

/** Puts the images side by side, all as high as the first. */
async function sideBySide(inputs: Buffer[]): Promise<Buffer> {
	const first = await sharp(inputs[0]!).metadata();
	const height = first.height;
	const parts = await Promise.all(
		inputs.map(async (input) => {
			const { data, info } = await sharp(input)
				.resize({ height })
				.png(QUICK)
				.toBuffer({ resolveWithObject: true });
			return { data, width: info.width };
		}),
	);
	let left = 0;
	const layers = parts.map(({ data, width }) => {
		const layer = { input: data, left, top: 0 };
		left += width;
		return layer;
	});
	return await sharp({ create: { width: left, height, channels: 3, background: '#fff' } })
		.composite(layers)
		.png(QUICK)
		.toBuffer();
}

/**
 * Edits an image so that a person sees it: colours turned by a hash of the prompt, a tint, and a strip with the
 * provider's name and the prompt. Same pixel size as the input unless a size was asked for.
 */
export async function editImage(order: EditOrder): Promise<Buffer> {
	const hash = hashOf(`${order.seed ?? ''}|${order.prompt}`);
	const hue = hash % 360;
	const upright = await Promise.all(
		order.inputs.map(
			async (input) =>
				await sharp(readBmpHeader(input) ? await bmpToPng(input) : input)
					.autoOrient()
					.png(QUICK)
					.toBuffer(),
		),
	);
	const base = upright.length > 1 ? await sideBySide(upright) : upright[0]!;
	let image = sharp(base)
		.toColourspace('srgb')
		.modulate({ hue: 60 + (hue % 240), saturation: 1.25 });
	if (order.width && order.height) image = image.resize(order.width, order.height, { fit: 'fill' });
	const { data, info } = await image.png(QUICK).toBuffer({ resolveWithObject: true });
	const finished = sharp(data).composite([{ input: caption(info.width, info.height, order, hue) }]);
	return await finished.toFormat(order.format).toBuffer();
}
