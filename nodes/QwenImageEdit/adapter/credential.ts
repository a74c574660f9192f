import type { Reply, Wire } from '../wire/wire';

/** Where the provider wants its key: in a header, behind a word or not; or in the JSON body. */
export type KeyPlace =
	| { kind: 'header'; name: string; prefix: string }
	| { kind: 'body'; field: string };

/** `Authorization: Bearer <key>`. */
export const bearer: KeyPlace = { kind: 'header', name: 'Authorization', prefix: 'Bearer ' };

/**
 * A free request that proves the key at a provider that has no call for that: it is meant to fail, and how it
 * fails tells a wrong key from a right one.
 */
export interface KeyProbe {
	wire: Wire;
	/** Whether this answer can only be had with a right key. HTTP 401 and 403 mean a wrong one. */
	accepts(reply: Pick<Reply, 'httpStatus' | 'json'>): boolean;
}

/** The credential of a provider: its names, its addresses, and how its key is tested. */
export interface CredentialFacts {
	/** Type name of the credential. */
	type: string;
	/** Title of the credential, ending in "API". */
	title: string;
	/** Empty: the user must give one. */
	defaultBaseUrl: string;
	/**
	 * A further origin of the same provider, for uploads: its document names it. The key goes there only while the
	 * base URL is the provider's own, or to the address that the user gives instead.
	 */
	uploadBaseUrl?: string;
	/** Where the user gets a key. Absent: there is no such place. */
	keyUrl?: string;
	key: KeyPlace;
	/** Servers that may run without any key. */
	keyOptional?: boolean;
	/** Addresses to choose from; a base URL that was typed goes before. */
	regions?: ReadonlyArray<{ value: string; label: string; baseUrl: string }>;
	/** Added to a base URL that has no such step yet; users paste it with and without. */
	versionPath?: string;
	/** The secret that calls of the provider are signed with, where the user may paste it; in words for the field. */
	callbackSecret?: { help: string; placeholder: string };
	/** `request`: the credential class holds a free request that proves the key. */
	test: 'request' | KeyProbe;
}
