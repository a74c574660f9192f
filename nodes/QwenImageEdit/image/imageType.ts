import { readPixels } from './imageSize';
import { withoutHalfCharacter } from '../wire/words';

/** The image types that a provider documents or that a result may have; named by their bytes. */
export const imageTypes = {
	png: { mimeType: 'image/png', extension: 'png' },
	jpg: { mimeType: 'image/jpeg', extension: 'jpg' },
	webp: { mimeType: 'image/webp', extension: 'webp' },
	gif: { mimeType: 'image/gif', extension: 'gif' },
	bmp: { mimeType: 'image/bmp', extension: 'bmp' },
	tiff: { mimeType: 'image/tiff', extension: 'tiff' },
	heif: { mimeType: 'image/heif', extension: 'heif' },
	avif: { mimeType: 'image/avif', extension: 'avif' },
} as const;

export type ImageType = keyof typeof imageTypes;

/**
 * How much of a file is read to know its type and pixel size. JPEG may hold several 64 kB blocks of
 * metadata before its size, so this is generous; a size that lies further in is left out.
 */
export const imageHeadBytes = 256 * 1024;

/** What the first bytes of a file say about it. Sizes in pixels; absent when the head does not hold them. */
export interface ImageFacts {
	type: ImageType;
	mimeType: string;
	extension: string;
	width?: number;
	height?: number;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
	return String.fromCharCode(...bytes.subarray(start, end));
}

/** The type by magic bytes alone: works on a dozen bytes and never throws. */
function typeOf(bytes: Uint8Array): ImageType | undefined {
	if (bytes.length < 12) return undefined;
	if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
	if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpg';
	if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
	if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
	// "BM" alone is two letters that any text may start with: the four reserved bytes must be zero too.
	if (ascii(bytes, 0, 2) === 'BM' && bytes.subarray(6, 10).every((byte) => byte === 0))
		return 'bmp';
	if (/^(II\*\0|MM\0\*)$/.test(ascii(bytes, 0, 4))) return 'tiff';
	if (ascii(bytes, 4, 8) === 'ftyp') {
		const brand = ascii(bytes, 8, 12);
		if (/^avi[fs]$/.test(brand)) return 'avif';
		if (/^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/.test(brand)) return 'heif';
	}
	return undefined;
}

/**
 * Reads type and pixel size from the head of a file; only headers are read, nothing is ever decoded.
 *
 * @returns undefined when the bytes are not an image.
 */
export function readImageHead(head: Uint8Array): ImageFacts | undefined {
	const type = typeOf(head);
	if (type === undefined) return undefined;
	return { type, ...imageTypes[type], ...readPixels(type, head) };
}

/** The trailer of a GIF, a semicolon, behind the empty block that ends the last image; encoders pad it with zeros. */
function endsAsGif(tail: Uint8Array): boolean {
	let last = tail.length - 1;
	while (last > 0 && tail[last] === 0) last -= 1;
	return tail[last] === 0x3b && tail[last - 1] === 0;
}

/** How many bytes at the end of an image {@link endsWhole} looks at. */
export const imageTailBytes = 64;

/**
 * Whether an image of this type is whole, judged by its trailer: catches a body that was cut off
 * behind a correct or absent Content-Length. Types without a trailer count as whole.
 */
export function endsWhole(
	type: ImageType,
	head: Uint8Array,
	tail: Uint8Array,
	totalBytes: number,
): boolean {
	const end = Buffer.from(tail);
	switch (type) {
		case 'png':
			return end.includes('IEND');
		case 'jpg':
			// Cameras and CDNs pad behind the end marker, so it is searched for, not only looked at.
			return end.includes(Buffer.from([0xff, 0xd9]));
		case 'gif':
			return endsAsGif(tail);
		case 'webp':
			return totalBytes >= Buffer.from(head).readUInt32LE(4) + 8;
		case 'bmp':
			return totalBytes >= Buffer.from(head).readUInt32LE(2);
		default:
			return true;
	}
}

/** The longest name of a file, without its extension. */
const maximumNameLength = 120;

/** A file name without path, invisible characters or over-length, carrying the extension of the bytes. */
export function imageFileName(wanted: string | undefined, extension: string): string {
	const name = (wanted ?? '')
		.split(/[\\/]/)
		.pop()!
		// Also marks that turn the reading direction, which would hide the true extension.
		.replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '')
		.replace(/\.(png|jpe?g|webp|gif|bmp|tiff?|heif|heic|avif)$/i, '')
		.trim()
		.slice(0, maximumNameLength);
	const base = withoutHalfCharacter(name);
	return `${base === '' || /^\.+$/.test(base) ? 'edited' : base}.${extension}`;
}
