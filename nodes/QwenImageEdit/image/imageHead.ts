import { readPixels } from './imageSize';
import { imageTypes, typeOf, type ImageType } from './imageType';
import { isTurnedOnItsSide, readOrientation } from './orientation';

/**
 * How much of a file is read to know its type and pixel size. JPEG may hold several 64 kB blocks of
 * metadata before its size, so this is generous; a size that lies further in is left out.
 */
export const imageHeadBytes = 256 * 1024;

/** What the first bytes of a file say about it; what they do not hold is absent. */
export interface ImageFacts {
	type: ImageType;
	mimeType: string;
	extension: string;
	/** In pixels, as people see the image: turned by its orientation. */
	width?: number;
	height?: number;
	/** EXIF orientation, 1 to 8, where the image carries one. */
	orientation?: number;
}

/**
 * Reads type, pixel size and orientation from the head of a file; only headers are read, nothing is ever decoded.
 *
 * @returns undefined when the bytes are not an image.
 */
export function readImageHead(head: Uint8Array): ImageFacts | undefined {
	const type = typeOf(head);
	if (type === undefined) return undefined;
	const { mimeType, extension } = imageTypes[type];
	const stored = readPixels(type, head);
	const orientation = readOrientation(type, head);
	const seen =
		stored !== undefined && isTurnedOnItsSide(orientation)
			? { width: stored.height, height: stored.width }
			: stored;
	return {
		type,
		mimeType,
		extension,
		...seen,
		...(orientation === undefined ? {} : { orientation }),
	};
}
