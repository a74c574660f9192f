import type { ImageType } from '../../../nodes/QwenImageEdit/image/imageType';
import { imageTypes } from '../../../nodes/QwenImageEdit/image/imageType';
import type { EditRequest, Image, ImageFile } from '../../../nodes/QwenImageEdit/edit/request';
import { ImageContent, type Wire, type WireValue } from '../../../nodes/QwenImageEdit/wire/wire';
import type { Provider } from '../../../nodes/QwenImageEdit/adapter/provider';

/** An image given as bytes; adapters see its facts only. */
export function imageFile(
	type: ImageType,
	facts: { width?: number; height?: number; bytes?: number } = {},
): ImageFile {
	const { bytes = 1000, ...size } = facts;
	return {
		kind: 'file',
		facts: { type, ...imageTypes[type], ...size },
		bytes,
		fileName: `photo.${imageTypes[type].extension}`,
		identity: 'a digest',
		open: async () => await Promise.reject(new Error('an adapter never opens a file')),
	};
}

/** An image behind a URL. */
export function imageLink(url = 'https://example.com/photo.png'): Image {
	return { kind: 'link', url };
}

/** A request that every provider takes. */
export function plainRequest(provider: Provider, more: Partial<EditRequest> = {}): EditRequest {
	return {
		model: provider.defaultModel,
		prompt: 'Make it night',
		images: [provider.images.takes === 'file' ? imageFile('png') : imageLink()],
		fields: {},
		...more,
	};
}

function spelled(value: WireValue): unknown {
	if (value instanceof ImageContent) {
		const prefix = value.form === 'dataUri' ? `data:${value.image.facts.mimeType};base64,` : '';
		return `${prefix}{image_base64_string}`;
	}
	if (Array.isArray(value)) return value.map(spelled);
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(
			Object.entries(value).map(([name, inner]) => [name, spelled(inner as WireValue)]),
		);
	}
	return value;
}

/** A multipart body as the fixtures write it. */
export function formOf(wire: Wire): unknown[] | undefined {
	return wire.form?.map(({ name, value }) =>
		typeof value === 'string' ? { name, value } : { name, file: value.facts.mimeType },
	);
}

/** The JSON body of a wire, with the place of a file's base64 written as the documents write it. */
export function jsonOf(wire: Wire): Record<string, unknown> {
	return spelled(wire.json!) as Record<string, unknown>;
}

/**
 * What a wire says by names, in its body and in its query, with the place of a file's base64 written as the documents write it. Parts
 * of a multipart body that share a name become a list.
 */
export function bodyOf(wire: Wire): Record<string, unknown> | undefined {
	if (wire.json !== undefined) {
		// What goes into the query is a field like any other.
		const [, query = ''] = wire.path.split('?');
		const inQuery = Object.fromEntries(new URLSearchParams(query));
		return { ...jsonOf(wire), ...inQuery };
	}
	if (wire.form === undefined) return undefined;
	const body: Record<string, unknown> = {};
	for (const { name, value } of wire.form) {
		const text = typeof value === 'string' ? value : `{file of ${value.facts.mimeType}}`;
		body[name] = name in body ? [body[name], text].flat() : text;
	}
	return body;
}

/** A base URL to work with, also for a provider whose users bring their own. */
export function baseUrlOf(provider: Provider): string {
	const { defaultBaseUrl, regions } = provider.credential;
	return defaultBaseUrl || (regions?.[0]?.baseUrl ?? 'https://images.example.com/v1');
}

/** Where a wire goes, as the transport reads it: behind the base URL, unless it is whole. */
export function urlOf(wire: Wire, baseUrl: string, uploadBaseUrl = baseUrl): string {
	if (/^https?:\/\//i.test(wire.path)) return wire.path;
	return `${wire.origin === 'upload' ? uploadBaseUrl : baseUrl}${wire.path}`;
}
