import type { PictureFacts } from './picture';

/** A picture that lies in a URL; the provider fetches it. */
export interface PictureLink {
	kind: 'link';
	url: string;
}

/**
 * A picture whose bytes are ours to send. `open` gives a fresh stream each time, since a body that was
 * sent once cannot be sent again.
 */
export interface PictureFile {
	kind: 'file';
	facts: PictureFacts;
	bytes: number;
	fileName: string;
	open(): Promise<AsyncIterable<Uint8Array>>;
	/** A URL at which n8n itself would hand the file out, when this instance can make one. */
	publicUrl?(): string | undefined;
	/** Names the content for the request hash: a storage id or a digest, never the content. */
	identity: string;
}

export type Picture = PictureLink | PictureFile;

/** Values of the provider's own fields, checked; a field that was not set is not here. */
export type FieldValues = Readonly<Record<string, string | number | boolean>>;

/** One edit, independent of provider and of n8n. */
export interface EditRequest {
	model: string;
	prompt: string;
	pictures: readonly Picture[];
	/** Where the picture is to change, for providers that take a mask. */
	mask?: PictureFile;
	fields: FieldValues;
}
