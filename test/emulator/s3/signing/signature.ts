/**
 * AWS Signature Version 4 as AWS describes it for S3, and nothing of the node:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
import { createHash, createHmac } from 'node:crypto';

import { S3Error } from '../errors';

/** Decoded names and values, in the order in which they came. */
export type QueryParameters = Array<[name: string, value: string]>;

/** What is signed of a request. */
export interface SignedRequest {
	method: string;
	/** As it stands in the request line. */
	rawPath: string;
	/** Without the signature itself. */
	query: QueryParameters;
	/** Lower-case names; every value of a header that came several times. */
	headers: Record<string, string[]>;
	/** Lower-case, in alphabetical order. */
	signedHeaders: string[];
	/** Hex SHA-256 of the body, or UNSIGNED-PAYLOAD. */
	payloadHash: string;
}

/** What a signature is valid for. */
export interface SignatureScope {
	/** YYYYMMDD */
	date: string;
	region: string;
}

/** Percent-encodes everything but the unreserved characters of RFC 3986 section 2.3. */
export function uriEncode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** Decodes a path or a part of a query. S3 reads a bare `+` as a space, in paths too. */
export function uriDecode(raw: string): string {
	try {
		return decodeURIComponent(raw.replaceAll('+', ' '));
	} catch {
		// eslint-disable-next-line @n8n/community-nodes/require-node-api-error -- the server is no node
		throw new S3Error('InvalidURI');
	}
}

/** Takes a query apart. A name without `=` has an empty value. */
export function parametersOf(rawQuery: string): QueryParameters {
	return rawQuery
		.split('&')
		.filter((part) => part !== '')
		.map((part) => {
			const [name = '', ...value] = part.split('=');
			return [uriDecode(name), uriDecode(value.join('='))];
		});
}

/** The canonical form of a request. S3 neither removes dot segments nor merges slashes. */
export function canonicalRequest(request: SignedRequest): string {
	const path = uriDecode(request.rawPath).split('/').map(uriEncode).join('/');
	// By name and then by value: `a` goes before `a-b`, although `=` comes behind `-`.
	const query = request.query
		.map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
		.sort((one, other) => byCodeUnits(one[0], other[0]) || byCodeUnits(one[1], other[1]))
		.map((pair) => pair.join('='))
		.join('&');
	const headers = request.signedHeaders.map((name) => {
		const values = (request.headers[name] ?? []).map((value) => value.trim().replace(/ +/g, ' '));
		return `${name}:${values.join(',')}\n`;
	});
	return [
		request.method,
		path,
		query,
		headers.join(''),
		request.signedHeaders.join(';'),
		request.payloadHash,
	].join('\n');
}

/** What the key signs. `time` is YYYYMMDDTHHMMSSZ. */
export function stringToSign(canonical: string, time: string, scope: SignatureScope): string {
	const hash = createHash('sha256').update(canonical).digest('hex');
	return ['AWS4-HMAC-SHA256', time, scopeText(scope), hash].join('\n');
}

/** The signature in hex. */
export function signatureOf(
	text: string,
	secret: string,
	{ date, region }: SignatureScope,
): string {
	const key = [date, region, 's3', 'aws4_request'].reduce<Buffer | string>(
		(signing, part) => createHmac('sha256', signing).update(part).digest(),
		`AWS4${secret}`,
	);
	return createHmac('sha256', key).update(text).digest('hex');
}

function scopeText({ date, region }: SignatureScope): string {
	return `${date}/${region}/s3/aws4_request`;
}

/** Encoded text is ASCII, where the order of UTF-16 units is that of the bytes. */
function byCodeUnits(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
