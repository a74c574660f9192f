import { readBaseUrl } from '../../wire/baseUrl';

/** Where a bucket is, and how its URLs are written. */
export interface BucketAddress {
	/** Scheme and host, and a path where the server is behind one; without a slash at its end. */
	endpoint: string;
	region: string;
	bucket: string;
	/** `https://host/bucket/key` instead of `https://bucket.host/key`. */
	forcePathStyle: boolean;
	/** In front of every key; with a slash at its end unless it is empty. */
	prefix: string;
}

/** Names of buckets by AWS's rules, and the older ones that other servers still take. */
const bucketName = /^[a-z0-9A-Z][a-z0-9A-Z._-]{1,61}[a-z0-9A-Z]$/;

/**
 * An address from what a person typed.
 *
 * @returns what is wrong with it, in words that follow the name of the credential
 */
export function readBucketAddress(
	typed: Readonly<Record<string, unknown>>,
): { address: BucketAddress } | { reason: string } {
	const text = (name: string): string => {
		const value = typed[name];
		return typeof value === 'string' ? value.trim() : '';
	};
	const endpoint = text('endpoint');
	if (endpoint === '') return { reason: 'has no endpoint' };
	const read = readBaseUrl(/^[a-z]+:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`, []);
	if ('reason' in read) return { reason: `has an endpoint that ${read.reason}` };
	const bucket = text('bucket');
	if (!bucketName.test(bucket)) {
		return { reason: bucket === '' ? 'has no bucket' : `has a bucket name that cannot be one` };
	}
	const steps = text('prefix').split('/');
	// A URL with such a step is another URL: the signature would not fit.
	if (steps.some((step) => step === '.' || step === '..')) {
		return { reason: "has a prefix with '.' or '..' between slashes" };
	}
	const prefix = steps.join('/').replace(/^\/+|\/+$/g, '');
	const forcePathStyle = typed.forcePathStyle !== false;
	return {
		address: {
			endpoint: withoutBucket(read.baseUrl, bucket, forcePathStyle),
			region: text('region') || 'us-east-1',
			bucket,
			forcePathStyle,
			prefix: prefix === '' ? '' : `${prefix}/`,
		},
	};
}

/** Consoles show the endpoint with the bucket in it, in front of the host or behind it. */
function withoutBucket(endpoint: string, bucket: string, forcePathStyle: boolean): string {
	const url = new URL(endpoint);
	if (url.pathname === `/${bucket}`) url.pathname = '/';
	if (
		url.hostname.startsWith(`${bucket}.`) &&
		(forcePathStyle || url.hostname.split('.').length > 3)
	) {
		url.hostname = url.hostname.slice(bucket.length + 1);
	}
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Everything but unreserved characters is encoded, as the signature wants it (RFC 3986). */
function encoded(step: string): string {
	return encodeURIComponent(step).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** The URL of an object. */
export function objectUrl(address: BucketAddress, key: string): string {
	const { bucket, forcePathStyle, prefix } = address;
	const path = `${prefix}${key}`.split('/').map(encoded).join('/');
	const url = new URL(address.endpoint);
	const base = url.pathname.replace(/\/+$/, '');
	return forcePathStyle
		? `${url.origin}${base}/${encoded(bucket)}/${path}`
		: `${url.protocol}//${bucket}.${url.host}${base}/${path}`;
}
