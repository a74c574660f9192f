/** The image types that can be told by their bytes. `isShownByBrowsers`: whether common browsers display them. */
export const imageTypes = {
	png: { title: 'PNG', mimeType: 'image/png', extension: 'png', isShownByBrowsers: true },
	jpg: { title: 'JPEG', mimeType: 'image/jpeg', extension: 'jpg', isShownByBrowsers: true },
	webp: { title: 'WebP', mimeType: 'image/webp', extension: 'webp', isShownByBrowsers: true },
	gif: { title: 'GIF', mimeType: 'image/gif', extension: 'gif', isShownByBrowsers: true },
	bmp: { title: 'BMP', mimeType: 'image/bmp', extension: 'bmp', isShownByBrowsers: true },
	tiff: { title: 'TIFF', mimeType: 'image/tiff', extension: 'tiff', isShownByBrowsers: false },
	heif: { title: 'HEIC', mimeType: 'image/heif', extension: 'heif', isShownByBrowsers: false },
	avif: { title: 'AVIF', mimeType: 'image/avif', extension: 'avif', isShownByBrowsers: true },
	jxl: { title: 'JPEG XL', mimeType: 'image/jxl', extension: 'jxl', isShownByBrowsers: false },
	jp2: { title: 'JPEG 2000', mimeType: 'image/jp2', extension: 'jp2', isShownByBrowsers: false },
} as const;

/** A type of {@link imageTypes}. */
export type ImageType = keyof typeof imageTypes;

/** What users should know about a result that their browser cannot show; undefined for other types. */
export function displayWarning(type: ImageType): string | undefined {
	const { title, isShownByBrowsers } = imageTypes[type];
	return isShownByBrowsers
		? undefined
		: `The image is a ${title} file, which n8n can store but most browsers cannot show`;
}

/** The bytes from `start` to `end` as characters, one for each byte. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
	return String.fromCharCode(...bytes.subarray(start, end));
}

/** The brands of an ISO media file (HEIF and its relatives): the major one and those it is compatible with. */
function brandsOf(bytes: Uint8Array): string[] {
	const size = Math.min(Buffer.from(bytes.subarray(0, 4)).readUInt32BE(0), 256, bytes.length);
	const brands = [ascii(bytes, 8, 12)];
	for (let at = 16; at + 4 <= size; at += 4) brands.push(ascii(bytes, at, at + 4));
	return brands;
}

function mediaTypeOf(bytes: Uint8Array): ImageType | undefined {
	const brands = brandsOf(bytes);
	// Encoders write mif1 as the major brand of either type, and name the type among the compatible ones.
	if (brands.some((brand) => /^avi[fs]$/.test(brand))) return 'avif';
	if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return 'heif';
	return undefined;
}

/** The type by its signature. A dozen bytes are enough; never throws. */
export function typeOf(bytes: Uint8Array): ImageType | undefined {
	if (bytes.length < 12) return undefined;
	if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
	if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpg';
	if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'webp';
	if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'gif';
	// "BM" alone are two letters that any text may start with: the four reserved bytes must be zero too.
	if (ascii(bytes, 0, 2) === 'BM' && bytes.subarray(6, 10).every((byte) => byte === 0))
		return 'bmp';
	if (/^(II\*\0|MM\0\*)$/.test(ascii(bytes, 0, 4))) return 'tiff';
	if (ascii(bytes, 4, 8) === 'ftyp') return mediaTypeOf(bytes);
	// A bare code stream, or one in a box file (ISO/IEC 18181-2; ISO/IEC 15444-1).
	if (bytes[0] === 0xff && bytes[1] === 0x0a) return 'jxl';
	if (ascii(bytes, 0, 12) === '\0\0\0\x0cJXL \r\n\x87\n') return 'jxl';
	if (ascii(bytes, 0, 12) === '\0\0\0\x0cjP  \r\n\x87\n') return 'jp2';
	if (ascii(bytes, 0, 4) === '\xff\x4f\xff\x51') return 'jp2';
	return undefined;
}
