import type { Provider } from './provider';
import { ImageContent, type WireValue } from '../wire/wire';
import type { FieldValues, Image, ImageFile } from '../edit/request';

/** The user's own values under the provider's names. */
export function fieldsOnWire(
	fields: Provider['fields'],
	values: FieldValues,
): Record<string, WireValue> {
	const wire: Record<string, WireValue> = {};
	for (const [name, value] of Object.entries(values)) {
		const field = fields[name];
		if (field === undefined) continue;
		wire[field.wire] = field.toWire === undefined ? value : field.toWire(value);
	}
	return wire;
}

/** An image as a URL, else as a data URI written from its bytes. */
export function linkOrDataUri(image: Image): WireValue {
	return image.kind === 'link' ? image.url : new ImageContent(image, 'dataUri');
}

/** An image that by now must lie behind a URL: files were uploaded before. */
export function link(image: Image): WireValue {
	if (image.kind === 'link') return image.url;
	throw new TypeError('an image file reached a provider that takes links only');
}

/** An image as a file of a multipart body: links were downloaded before. */
export function file(image: Image): ImageFile {
	if (image.kind === 'file') return image;
	throw new TypeError('an image link reached a provider that takes files only');
}
