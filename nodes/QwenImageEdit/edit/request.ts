import type { ImageFacts } from '../image/imageHead';

/** An image at a URL, which the provider downloads. */
export interface ImageLink {
	kind: 'link';
	url: string;
}

/**
 * An image whose bytes are ours to send. `open` gives a fresh stream each time, since a body that was
 * sent once cannot be sent again.
 */
export interface ImageFile {
	kind: 'file';
	facts: ImageFacts;
	bytes: number;
	fileName: string;
	open(): Promise<AsyncIterable<Uint8Array>>;
	/** A URL at which a provider can get the file: from n8n itself, when this instance can make one, or from a bucket. */
	publicUrl?(): string | undefined | Promise<string>;
	/** Names the content for the request hash: a storage id or a digest, never the content. */
	identity: string;
}

export type Image = ImageLink | ImageFile;

/** Values of the provider's own fields, checked; a field that was not set is not here. */
export type FieldValues = Readonly<Record<string, string | number | boolean>>;

/** One edit, independent of provider and of n8n. */
export interface EditRequest {
	model: string;
	prompt: string;
	images: readonly Image[];
	/** Where the image is to change, for providers that take a mask. */
	mask?: ImageFile;
	fields: FieldValues;
}
