import { imageTypes } from './imageType';

/** The longest name of a file, without its extension. */
const maximumNameLength = 120;

const extensions = Object.values(imageTypes).flatMap(({ extension, otherExtensions }) => [
	extension,
	...otherExtensions,
]);

const knownExtension = new RegExp(`\\.(${extensions.join('|')})$`, 'i');

/** A name without path, invisible characters, over-length and the extension of an image; empty where nothing is left. */
function baseName(name: string): string {
	const base = name
		.split(/[\\/]/)
		.pop()!
		// Also marks that turn the reading direction, which would hide the true extension.
		.replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '')
		.replace(knownExtension, '')
		.trim();
	// A name that is cut in the middle of a character loses that half.
	const short = base
		.slice(0, maximumNameLength)
		.replace(/[\ud800-\udbff]$/, '')
		.trim();
	return /^\.+$/.test(short) ? '' : short;
}

/** A safe file name that carries the extension of the bytes. */
export function imageFileName(wanted: string, extension: string): string {
	return `${baseName(wanted) || 'edited'}.${extension}`;
}

/** The last step of a URL's path, in readable form; other texts stay as they are. */
export function lastStep(text: string): string {
	if (!/^https?:/i.test(text) || !URL.canParse(text)) return text;
	const step = new URL(text).pathname.split('/').pop()!;
	try {
		return decodeURIComponent(step);
	} catch {
		return step;
	}
}

/**
 * The default name of an edited image, without extension: that of the input and `-edited`, so that each result has
 * its own name.
 *
 * @param input the file name or the URL of the first input image
 */
export function editedName(input: string | undefined): string {
	const name = input === undefined || /^data:/i.test(input) ? '' : lastStep(input);
	const base = knownExtension.test(name)
		? baseName(name)
		: // Another extension says nothing about the image: photo.php, download.aspx.
			baseName(name).replace(/\.[a-z0-9]{1,5}$/i, '');
	return base === '' ? 'edited' : `${base}-edited`;
}
