/**
 * What S3 does, as its reference says: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, API_GetObject.html, API_HeadObject.html,
 * API_DeleteObject.html, and https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { createHash } from 'node:crypto';

import { S3Error } from '../errors';
import { listObjects } from './listing';
import type { QueryParameters } from '../signing/signature';
import type { S3Object, S3Permission, S3Settings } from '../types';

/** A request whose sender is known. */
export interface S3Call {
	method: string;
	key: string;
	query: QueryParameters;
	headers: Record<string, string>;
	body: Buffer;
	/** By the server's clock. */
	now: Date;
}

export interface S3Answer {
	httpStatus: number;
	headers?: Record<string, string>;
	body?: Buffer | string;
}

const MAXIMUM_KEY_BYTES = 1024;
const MAXIMUM_METADATA_BYTES = 2048;

/** Sub-resources are other operations, none of which is here. */
const SUBRESOURCES =
	/^(?:accelerate|acl|analytics|attributes|cors|delete|encryption|inventory|legal-hold|lifecycle|location|logging|metrics|notification|object-lock|policy|replication|requestPayment|restore|retention|select|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website)$/;

/** Does what a request asks of a bucket, or throws what S3 refuses it with. */
export function carryOut(
	objects: Map<string, S3Object>,
	settings: S3Settings,
	call: S3Call,
): S3Answer {
	const copies = call.headers['x-amz-copy-source'] !== undefined;
	if (copies || call.query.some(([name]) => SUBRESOURCES.test(name))) {
		throw new S3Error('NotImplemented');
	}
	if (Buffer.byteLength(call.key) > MAXIMUM_KEY_BYTES) throw new S3Error('KeyTooLongError');
	const allow = (permission: S3Permission): void => {
		if (settings.denied.has(permission)) throw new S3Error('AccessDenied');
	};
	switch (`${call.method} ${call.key === '' ? 'bucket' : 'object'}`) {
		case 'HEAD bucket':
			allow('list');
			return { httpStatus: 200 };
		case 'GET bucket':
			allow('list');
			return listObjects(objects, call.query);
		case 'PUT object':
			allow('put');
			return put(objects, settings, call);
		case 'GET object':
		case 'HEAD object':
			allow('get');
			return get(objects, settings, call);
		case 'DELETE object':
			allow('delete');
			if (call.headers['if-match'] !== undefined) throw new S3Error('NotImplemented');
			objects.delete(call.key);
			return { httpStatus: 204 };
		default:
			throw new S3Error(call.method === 'POST' ? 'NotImplemented' : 'MethodNotAllowed');
	}
}

function put(objects: Map<string, S3Object>, settings: S3Settings, call: S3Call): S3Answer {
	const { key, headers, body } = call;
	if (headers['content-length'] === undefined) throw new S3Error('MissingContentLength');
	if (body.length > settings.maximumObjectBytes) throw new S3Error('EntityTooLarge');
	checkContentMd5(headers['content-md5'], body);
	const metadata = metadataIn(headers);
	checkWriteCondition(objects.get(key), settings, headers);
	checkQuota(objects, settings, key, body.length);
	const etag = `"${createHash('md5').update(body).digest('hex')}"`;
	const contentType = headers['content-type'] ?? 'binary/octet-stream';
	objects.set(key, { body, contentType, metadata, etag, lastModified: call.now });
	return { httpStatus: 200, headers: { etag } };
}

/** What is written over does not count. */
function checkQuota(
	objects: Map<string, S3Object>,
	{ quotaBytes }: S3Settings,
	key: string,
	bytes: number,
): void {
	if (quotaBytes === undefined) return;
	const others = [...objects].reduce(
		(sum, [name, object]) => sum + (name === key ? 0 : object.body.length),
		0,
	);
	if (others + bytes > quotaBytes) throw new S3Error('QuotaExceeded');
}

/** If-None-Match takes only `*`; If-Match needs an object: 404 without one. */
function checkWriteCondition(
	present: S3Object | undefined,
	{ conditionalWrites }: S3Settings,
	headers: Record<string, string>,
): void {
	const { 'if-none-match': noneMatch, 'if-match': match } = headers;
	if (noneMatch === undefined && match === undefined) return;
	if (conditionalWrites === 'ignored') return;
	const understood = noneMatch === undefined || (noneMatch === '*' && match === undefined);
	if (conditionalWrites === 'refused' || !understood) throw new S3Error('NotImplemented');
	if (noneMatch !== undefined && present !== undefined) {
		throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-None-Match' });
	}
	if (match === undefined) return;
	if (present === undefined) throw new S3Error('NoSuchKey');
	if (!matches(match, present) || (conditionalWrites === 'unquoted' && match.startsWith('"'))) {
		throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' });
	}
}

function get(objects: Map<string, S3Object>, settings: S3Settings, call: S3Call): S3Answer {
	const object = objects.get(call.key);
	if (object === undefined) {
		// Who may not list is not told what is missing.
		if (settings.denied.has('list')) throw new S3Error('AccessDenied');
		throw new S3Error('NoSuchKey', undefined, { Key: call.key });
	}
	const { 'if-match': match, 'if-none-match': noneMatch, range } = call.headers;
	if (match !== undefined && !matches(match, object)) {
		throw new S3Error('PreconditionFailed', undefined, { Condition: 'If-Match' });
	}
	const headers: Record<string, string> = {
		etag: object.etag,
		'last-modified': object.lastModified.toUTCString(),
		'accept-ranges': 'bytes',
		'content-type': object.contentType,
	};
	for (const [name, value] of Object.entries(object.metadata))
		headers[`x-amz-meta-${name}`] = value;
	if (noneMatch !== undefined && matches(noneMatch, object)) return { httpStatus: 304, headers };
	// A signed request may have headers of the answer replaced.
	for (const [name, value] of call.query) {
		const replaced = /^response-(cache-control|content-[a-z]+|expires)$/.exec(name)?.[1];
		if (replaced !== undefined) headers[replaced] = value;
	}
	const part = range === undefined ? undefined : rangeIn(range, object.body.length);
	if (part === undefined) return { httpStatus: 200, headers, body: object.body };
	headers['content-range'] = `bytes ${part.first}-${part.last}/${object.body.length}`;
	return { httpStatus: 206, headers, body: object.body.subarray(part.first, part.last + 1) };
}

/** One range; `undefined` for a header that is none, which is passed over. */
function rangeIn(range: string, bytes: number): { first: number; last: number } | undefined {
	const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
	if (from === undefined || to === undefined || from + to === '') return undefined;
	const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
	const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
	if (first > last) throw new S3Error('InvalidRange');
	return { first, last };
}

/** Whether an If-Match or If-None-Match header names the object. Quotes may be left out. */
function matches(header: string, { etag }: S3Object): boolean {
	return header.split(',').some((given) => {
		const name = given.trim();
		return name === '*' || name === etag || `"${name}"` === etag;
	});
}

function metadataIn(headers: Record<string, string>): Record<string, string> {
	const metadata = Object.fromEntries(
		Object.entries(headers)
			.filter(([name]) => name.startsWith('x-amz-meta-'))
			.map(([name, value]) => [name.slice('x-amz-meta-'.length), value]),
	);
	const bytes = Buffer.byteLength(Object.entries(metadata).flat().join(''));
	if (bytes > MAXIMUM_METADATA_BYTES) throw new S3Error('MetadataTooLarge');
	return metadata;
}

function checkContentMd5(given: string | undefined, body: Buffer): void {
	if (given === undefined) return;
	if (!/^[A-Za-z0-9+/]{22}==$/.test(given)) throw new S3Error('InvalidDigest');
	if (createHash('md5').update(body).digest('base64') !== given) throw new S3Error('BadDigest');
}
