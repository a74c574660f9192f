import type { Wire } from './wire';

/** A signature by a secret that the provider and the account share: HMAC-SHA256. */
export interface HmacSignature {
	kind: 'hmac';
	/** Names of the headers, in lower case. */
	headers: { id?: string; timestamp: string; signature: string };
	/** What is signed, in this order, joined by full stops. */
	signs: ReadonlyArray<'id' | 'taskId' | 'timestamp' | 'body'>;
	/** Stands in front of each signature in the header, with a comma; absent: the header is the signature. */
	version?: string;
	encoding: 'base64' | 'hex';
	/** Whether what stands behind `whsec_` is base64 of the key, or the key itself. */
	secretIs: 'base64' | 'text';
	/** Where the provider tells the secret. Absent: it signs only for users who paste theirs into the credential. */
	told?: { wire: Wire; secretIn(json: unknown): unknown };
}

/** A signature by a key of the provider's own: Ed25519 over lines of which the last is a digest of the body. */
export interface KeySetSignature {
	kind: 'keySet';
	/** Names of the headers, in lower case, in the order in which they are signed. */
	headers: { id: string; user: string; timestamp: string; signature: string };
	/** Where the public keys lie, a JSON Web Key Set: behind the upload base URL of the credential. */
	path: string;
	/** How long the keys may be kept, in seconds. */
	lifetimeSeconds: number;
}

/** How a provider calls back when a task has ended, and by what a call is believed. */
export interface Callback {
	/** The task that a call is about; undefined: it names none. `note` is what the submit left in the URL. */
	taskIdOf(body: unknown, note: string): string | undefined;
	/** What a submit leaves in the URL because the task cannot be read by the ID alone. Absent: nothing. */
	noteOf?(model: string): string;
	/**
	 * What a read says of a task that the account does not know, where the HTTP status does not tell. It may also be said
	 * of a task for a moment after it was taken.
	 */
	saysUnknown?: RegExp;
	/** Absent: the provider signs nothing, and the secret in the URL is all there is. */
	signature?: HmacSignature | KeySetSignature;
	/** What is signed and how often the provider calls, in words for the docs. */
	says: string;
	/** Where `says` comes from. */
	source: string;
}
