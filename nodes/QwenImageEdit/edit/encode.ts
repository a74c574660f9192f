import type { Provider } from './provider';
import { PictureData, type WireValue } from './wire';
import type { FieldValues, Picture, PictureFile } from './request';

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

/** A picture as a URL, else as a data URI written from its bytes. */
export function linkOrDataUri(picture: Picture): WireValue {
	return picture.kind === 'link' ? picture.url : new PictureData(picture, 'dataUri');
}

/** A picture that by now must lie behind a URL: files were uploaded before. */
export function link(picture: Picture): WireValue {
	if (picture.kind === 'link') return picture.url;
	throw new TypeError('a picture file reached a provider that takes links only');
}

/** A picture as a file of a multipart body: links were downloaded before. */
export function file(picture: Picture): PictureFile {
	if (picture.kind === 'file') return picture;
	throw new TypeError('a picture link reached a provider that takes files only');
}
