/** What is true of every image of one type. */
interface ImageTypeFacts {
	/** How messages call the type. */
	title: string;
	mimeType: string;
	extension: string;
	/** Further extensions that files of this type carry. */
	otherExtensions: readonly string[];
	/** Whether the current browsers show it without help; n8n's preview shows nothing where this is false. */
	isShownByBrowsers: boolean;
}

/** The image types that a provider documents, that a result may have, or that users try; named by their bytes. */
export const imageTypes = {
	png: {
		title: 'PNG',
		mimeType: 'image/png',
		extension: 'png',
		otherExtensions: ['apng'],
		isShownByBrowsers: true,
	},
	jpg: {
		title: 'JPEG',
		mimeType: 'image/jpeg',
		extension: 'jpg',
		otherExtensions: ['jpeg', 'jpe', 'jfif'],
		isShownByBrowsers: true,
	},
	webp: {
		title: 'WebP',
		mimeType: 'image/webp',
		extension: 'webp',
		otherExtensions: [],
		isShownByBrowsers: true,
	},
	gif: {
		title: 'GIF',
		mimeType: 'image/gif',
		extension: 'gif',
		otherExtensions: [],
		isShownByBrowsers: true,
	},
	bmp: {
		title: 'BMP',
		mimeType: 'image/bmp',
		extension: 'bmp',
		otherExtensions: ['dib'],
		isShownByBrowsers: true,
	},
	tiff: {
		title: 'TIFF',
		mimeType: 'image/tiff',
		extension: 'tiff',
		otherExtensions: ['tif'],
		isShownByBrowsers: false,
	},
	heif: {
		title: 'HEIC',
		mimeType: 'image/heif',
		extension: 'heif',
		otherExtensions: ['heic', 'heics', 'heifs', 'hif'],
		isShownByBrowsers: false,
	},
	avif: {
		title: 'AVIF',
		mimeType: 'image/avif',
		extension: 'avif',
		otherExtensions: ['avifs'],
		isShownByBrowsers: true,
	},
	jxl: {
		title: 'JPEG XL',
		mimeType: 'image/jxl',
		extension: 'jxl',
		otherExtensions: [],
		isShownByBrowsers: false,
	},
	jp2: {
		title: 'JPEG 2000',
		mimeType: 'image/jp2',
		extension: 'jp2',
		otherExtensions: ['j2k', 'j2c', 'jpc', 'jpf', 'jpx', 'jph'],
		isShownByBrowsers: false,
	},
} as const satisfies Record<string, ImageTypeFacts>;

export type ImageType = keyof typeof imageTypes;

/** What users should know about a result that their browser cannot show; undefined for other types. */
export function displayWarning(type: ImageType): string | undefined {
	const { title, isShownByBrowsers } = imageTypes[type];
	return isShownByBrowsers
		? undefined
		: `The image is a ${title} file, which n8n can store but most browsers cannot show`;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
	return String.fromCharCode(...bytes.subarray(start, end));
}

/** The most brands that a `ftyp` box is searched for. */
const maximumBrands = 32;

const avifBrands = new Set(['avif', 'avis', 'avio']);

const heifBrands = new Set([
	...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'],
	...['heif', 'mif1', 'mif2', 'msf1', 'miaf'],
]);

/** HEIF and AVIF share a container, and a general major brand leaves open which one it is. */
function typeOfBrands(bytes: Uint8Array): ImageType | undefined {
	const major = latin1(bytes, 8, 12);
	if (avifBrands.has(major)) return 'avif';
	if (!heifBrands.has(major)) return undefined;
	if (!/^(mif[12]|msf1|miaf|heif)$/.test(major)) return 'heif';
	const size = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
	const end = Math.min(size, bytes.length, 16 + maximumBrands * 4);
	for (let at = 16; at + 4 <= end; at += 4) {
		if (avifBrands.has(latin1(bytes, at, at + 4))) return 'avif';
	}
	return 'heif';
}

/** The type by the first bytes alone: a dozen is enough for all but some AVIF files, and it never throws. */
export function typeOf(bytes: Uint8Array): ImageType | undefined {
	if (bytes.length < 12) return undefined;
	const start = latin1(bytes, 0, 12);
	if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
	if (start.startsWith('\xff\xd8\xff')) return 'jpg';
	if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'webp';
	if (/^GIF8[79]a/.test(start)) return 'gif';
	// "BM" alone is two letters that any text may start with: the four reserved bytes must be zero too.
	if (start.startsWith('BM') && start.slice(6, 10) === '\0\0\0\0') return 'bmp';
	if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'tiff';
	if (start === '\0\0\0\x0cJXL \r\n\x87\n' || start.startsWith('\xff\x0a')) return 'jxl';
	if (start === '\0\0\0\x0cjP  \r\n\x87\n' || start.startsWith('\xff\x4f\xff\x51')) return 'jp2';
	return start.slice(4, 8) === 'ftyp' ? typeOfBrands(bytes) : undefined;
}
