import { readSize } from './imageSize';
import { imageTypes, typeOf, type ImageType } from './imageType';
import { readOrientation, type Orientation } from './orientation';

/**
 * How much of a file is read to know its type and pixel size. JPEG may hold several 64 kB blocks of metadata
 * before its size; a size that lies further in is left out.
 */
export const imageHeadBytes = 256 * 1024;

/** What the first bytes of a file say about it. Absent: the head does not hold it. */
export interface ImageFacts {
	type: ImageType;
	mimeType: string;
	extension: string;
	/** Pixels, as people see the image. */
	width?: number;
	/** Pixels, as people see the image. */
	height?: number;
	/** Absent: as stored. */
	orientation?: Orientation;
}

/**
 * Reads type, pixel size and orientation from the head of a file. Only headers are read, nothing is decoded.
 *
 * @returns undefined when the bytes are not an image
 */
export function readImageHead(head: Uint8Array): ImageFacts | undefined {
	const type = typeOf(head);
	if (type === undefined) return undefined;
	const { mimeType, extension } = imageTypes[type];
	const size = readSize(type, head);
	const orientation = readOrientation(type, head);
	const isTurned = orientation !== undefined && orientation >= 5;
	return {
		type,
		mimeType,
		extension,
		...(size === undefined
			? {}
			: isTurned
				? { width: size.height, height: size.width }
				: { width: size.width, height: size.height }),
		...(orientation === undefined || orientation === 1 ? {} : { orientation }),
	};
}
