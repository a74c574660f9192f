import { S3Error, XML_DECLARATION, elementsOf } from '../errors';
import type { S3Answer } from './operations';
import { uriEncode, type QueryParameters } from '../signing/signature';
import type { S3Object } from '../types';

const MAXIMUM_KEYS = 1000;

/** What a page is made of: an object, or what several keys begin with. */
type Entry = { key: string; object: S3Object } | { prefix: string };

/** ListObjectsV2: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjects(objects: Map<string, S3Object>, query: QueryParameters): S3Answer {
	const asked = Object.fromEntries(query) as Record<string, string | undefined>;
	// The first version of the operation is not here.
	if (asked['list-type'] !== '2') throw new S3Error('NotImplemented');
	const { prefix = '', delimiter = '' } = asked;
	const keyCount = Number(asked['max-keys'] ?? MAXIMUM_KEYS);
	if (!Number.isInteger(keyCount) || keyCount < 0) {
		throw new S3Error(
			'InvalidArgument',
			'Provided max-keys not an integer or within integer range',
		);
	}
	const token = asked['continuation-token'];
	const after = token === undefined ? asked['start-after'] : keyOf(token);
	const entries = entriesOf(objects, prefix, delimiter).filter(
		(entry) => after === undefined || compareBytes(nameOf(entry), after) > 0,
	);
	const page = entries.slice(0, Math.min(keyCount, MAXIMUM_KEYS));
	const isTruncated = page.length < entries.length && page.length > 0;
	const written = asked['encoding-type'] === 'url' ? encodedKey : (key: string) => key;
	const document = [
		elementsOf({
			Prefix: written(prefix),
			...(delimiter !== '' && { Delimiter: written(delimiter) }),
			KeyCount: page.length,
			MaxKeys: keyCount,
			IsTruncated: isTruncated,
			...(asked['encoding-type'] === 'url' && { EncodingType: 'url' }),
			...(isTruncated && { NextContinuationToken: tokenOf(nameOf(page.at(-1)!)) }),
		}),
		...page.map((entry) =>
			'object' in entry
				? `<Contents>${elementsOf({
						Key: written(entry.key),
						LastModified: entry.object.lastModified.toISOString(),
						ETag: entry.object.etag,
						Size: entry.object.body.length,
						StorageClass: 'STANDARD',
					})}</Contents>`
				: `<CommonPrefixes>${elementsOf({ Prefix: written(entry.prefix) })}</CommonPrefixes>`,
		),
	].join('');
	return {
		httpStatus: 200,
		headers: { 'content-type': 'application/xml' },
		body: `${XML_DECLARATION}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${document}</ListBucketResult>`,
	};
}

/** In the order of the keys' bytes, with keys that go on behind the delimiter folded into one. */
function entriesOf(objects: Map<string, S3Object>, prefix: string, delimiter: string): Entry[] {
	const entries = new Map<string, Entry>();
	for (const [key, object] of objects) {
		if (!key.startsWith(prefix)) continue;
		const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
		const entry: Entry =
			end < 0 ? { key, object } : { prefix: key.slice(0, end + delimiter.length) };
		entries.set(nameOf(entry), entry);
	}
	return [...entries.values()].sort((one, other) => compareBytes(nameOf(one), nameOf(other)));
}

function nameOf(entry: Entry): string {
	return 'key' in entry ? entry.key : entry.prefix;
}

function compareBytes(one: string, other: string): number {
	return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function encodedKey(key: string): string {
	return key.split('/').map(uriEncode).join('/');
}

/** Tokens mean nothing to clients. */
function tokenOf(key: string): string {
	return Buffer.from(key).toString('base64url');
}

function keyOf(token: string): string {
	return Buffer.from(token, 'base64url').toString();
}
