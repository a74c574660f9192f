import type { ImageFile } from '../edit/request';
import type { Purpose } from '../edit/retry';

/** Marks the place of a file's bytes in a JSON body; they are streamed there when the body is sent. */
export class ImageContent {
	constructor(
		readonly image: ImageFile,
		/** `dataUri` writes `data:image/png;base64,` in front; `raw` is for multipart bodies. */
		readonly form: 'dataUri' | 'base64' | 'raw',
	) {}
}

/** One part of a multipart body: a text, or a file that is streamed there. */
export interface FormPart {
	name: string;
	value: string | ImageFile;
}

/** One part of a multipart body. */
export function formPart(name: string, value: string | ImageFile): FormPart {
	return { name, value };
}

export type WireValue =
	| string
	| number
	| boolean
	| null
	| ImageContent
	| readonly WireValue[]
	| { readonly [name: string]: WireValue };

/**
 * One request to a provider as data: no key, no socket. The key is added by the transport in the form
 * that the provider declares, and only for its own origin.
 */
export interface Wire {
	purpose: Exclude<Purpose, 'download'>;
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Behind the credential's base URL, with a leading slash; or a whole URL on the same origin. */
	path: string;
	/**
	 * `upload`: the path is behind the upload base URL of the credential, and the key goes there too. `foreign`: the path
	 * is a whole URL that the provider has signed; no key goes there.
	 */
	origin?: 'upload' | 'foreign';
	json?: { readonly [name: string]: WireValue };
	/** A multipart/form-data body instead of JSON. */
	form?: readonly FormPart[];
	/** The bytes of a file as the body. */
	file?: ImageFile;
	/** The answer is held back until the task has ended. */
	isHeld?: boolean;
}

/** A provider's answer, read whole and scrubbed of keys. */
export interface Reply {
	httpStatus: number;
	/** Lower-case names. */
	headers: Readonly<Record<string, string>>;
	/** The parsed body, when it is JSON. */
	json?: unknown;
	/** Further JSON values in the body: other events or lines. */
	otherJson?: readonly unknown[];
	/** The body as text, cut to a length that fits a message. */
	text: string;
	/** The body ended too early: `json` holds the values that arrived whole. */
	isCut?: boolean;
	/** What is odd about the body, in words for the user. */
	oddities?: readonly string[];
	/** The body itself is an image. It is in storage under this mark. */
	imageMark?: string;
}

/** A model id such as `owner/name` as steps of a path. */
export function pathOf(id: string): string {
	return stepsOf(id).map(pathSegment).join('/');
}

/** The steps of such an id, which may be pasted with slashes around it. */
export function stepsOf(id: string): string[] {
	return id.split('/').filter((step) => step !== '');
}

/**
 * A path segment that a provider's id can never break out of. "." and ".." are steps in a path however they
 * are written, so these two are put in brackets, which no provider knows as an id.
 */
export function pathSegment(id: string): string {
	// Half a character cannot be encoded; Buffer writes the replacement character for it.
	const whole = Buffer.from(id).toString();
	return encodeURIComponent(/^\.{1,2}$/.test(whole) ? `(${whole})` : whole);
}
