import { AwsV4Signer } from 'aws4fetch';

/** Who signs. */
export interface AccessKey {
	accessKeyId: string;
	secretAccessKey: string;
	region: string;
}

/** The keys that signatures are made with, derived anew for each day: they cost more than all else about a request. */
const derivedKeys = new WeakMap<AccessKey, Map<string, ArrayBuffer>>();

/** The longest life of a presigned link, by AWS's rules: seven days. */
export const maximumLinkSeconds = 604_800;

/**
 * The headers of a request, with AWS Signature Version 4. The body is not part of the signature: it is streamed, and
 * the connection protects it.
 *
 * @param at milliseconds since the epoch
 */
export async function signedHeaders(
	{ method, url, headers }: { method: string; url: string; headers: Record<string, string> },
	key: AccessKey,
	at: number,
): Promise<Record<string, string>> {
	const signer = new AwsV4Signer({
		...key,
		method,
		url,
		headers,
		service: 's3',
		datetime: timestamp(at),
		cache: derivedKeysOf(key),
	});
	const signed = await signer.sign();
	return Object.fromEntries([...signed.headers]);
}

/**
 * A link that lets anybody read one object for some time.
 *
 * @param at milliseconds since the epoch
 */
export async function presignedLink(
	url: string,
	seconds: number,
	key: AccessKey,
	at: number,
): Promise<string> {
	const target = new URL(url);
	target.searchParams.set('X-Amz-Expires', String(Math.min(seconds, maximumLinkSeconds)));
	const signer = new AwsV4Signer({
		...key,
		method: 'GET',
		url: target.href,
		service: 's3',
		signQuery: true,
		datetime: timestamp(at),
		cache: derivedKeysOf(key),
	});
	return (await signer.sign()).url.href;
}

function derivedKeysOf(key: AccessKey): Map<string, ArrayBuffer> {
	const known = derivedKeys.get(key) ?? new Map<string, ArrayBuffer>();
	derivedKeys.set(key, known);
	return known;
}

/** `20130524T000000Z`. */
function timestamp(at: number): string {
	return new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, '');
}
