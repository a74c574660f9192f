import { createHash, timingSafeEqual } from 'node:crypto';

import { S3Error } from '../errors';
import {
	canonicalRequest,
	signatureOf,
	stringToSign,
	type QueryParameters,
	type SignedRequest,
} from './signature';
import type { S3Account } from '../types';

/** What of a request its signature can cover. */
export type UncheckedRequest = Omit<SignedRequest, 'signedHeaders' | 'payloadHash'>;

/** What is claimed about who sent a request. */
interface Claim {
	credential: string;
	signedHeaders: string[];
	signature: string;
	/** YYYYMMDDTHHMMSSZ */
	time: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const MAXIMUM_SKEW_MS = 15 * 60_000;
const MAXIMUM_EXPIRES_SECONDS = 604_800;

/** Whether the request carries its signature in the query. */
export function isPresigned(query: QueryParameters): boolean {
	return query.some(([name]) => name === 'X-Amz-Algorithm' || name === 'X-Amz-Signature');
}

/** Throws what AWS answers unless the account has signed the request, and returns the hash that its body must have. */
export function authenticate(request: UncheckedRequest, account: S3Account, now: Date): string {
	const header = request.headers.authorization?.join(',');
	if (!isPresigned(request.query)) {
		if (header === undefined) throw new S3Error('AccessDenied');
		return authenticateHeader(request, header, account, now);
	}
	if (header !== undefined) {
		throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed');
	}
	return authenticateQuery(request, account, now);
}

/** Throws unless the body is the one that was signed for. */
export function checkPayload(payloadHash: string, body: Buffer): void {
	if (payloadHash === UNSIGNED) return;
	if (createHash('sha256').update(body).digest('hex') !== payloadHash) {
		throw new S3Error('XAmzContentSHA256Mismatch');
	}
}

function authenticateHeader(
	request: UncheckedRequest,
	header: string,
	account: S3Account,
	now: Date,
): string {
	if (!header.startsWith(`${ALGORITHM} `)) {
		throw new S3Error('InvalidArgument', 'Unsupported Authorization Type');
	}
	const parts = new Map(
		header
			.slice(ALGORITHM.length + 1)
			.split(',')
			.map((part) => part.trim().split(/=(.*)/s) as [string, string]),
	);
	const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(
		(name) => {
			const value = parts.get(name);
			if (!value) throw malformed(`missing ${name}.`);
			return value;
		},
	) as [string, string, string];
	const time = request.headers['x-amz-date']?.[0] ?? isoBasic(request.headers.date?.[0]);
	if (time === undefined || momentOf(time) === undefined) {
		throw new S3Error(
			'AccessDenied',
			'AWS authentication requires a valid Date or x-amz-date header',
		);
	}
	const claim = { credential, signedHeaders: signedHeaders.split(';'), signature, time };
	const payloadHash = payloadHashIn(request.headers['x-amz-content-sha256']?.[0]);
	const moment = momentOf(time)!;
	checkCredential(claim, account, malformed);
	if (Math.abs(moment - now.getTime()) > MAXIMUM_SKEW_MS) {
		throw new S3Error('RequestTimeTooSkewed', undefined, {
			RequestTime: time,
			ServerTime: now.toISOString(),
			MaxAllowedSkewMilliseconds: String(MAXIMUM_SKEW_MS),
		});
	}
	checkSignature({ ...request, signedHeaders: claim.signedHeaders, payloadHash }, claim, account);
	return payloadHash;
}

function authenticateQuery(request: UncheckedRequest, account: S3Account, now: Date): string {
	const parameter = (name: string): string => {
		const value = request.query.find(([given]) => given === name)?.[1];
		if (value === undefined || value === '') {
			throw wrongQuery(
				'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
			);
		}
		return value;
	};
	if (parameter('X-Amz-Algorithm') !== ALGORITHM) {
		throw wrongQuery(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
	}
	const claim: Claim = {
		credential: parameter('X-Amz-Credential'),
		signedHeaders: parameter('X-Amz-SignedHeaders').split(';'),
		signature: parameter('X-Amz-Signature'),
		time: parameter('X-Amz-Date'),
	};
	const expires = parameter('X-Amz-Expires');
	if (!/^\d+$/.test(expires)) throw wrongQuery('X-Amz-Expires should be a number');
	const seconds = Number(expires);
	if (seconds < 1 || seconds > MAXIMUM_EXPIRES_SECONDS) {
		throw wrongQuery(
			`X-Amz-Expires must be at least 1 and less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAXIMUM_EXPIRES_SECONDS} seconds`,
		);
	}
	const moment = momentOf(claim.time);
	if (moment === undefined) {
		throw wrongQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
	}
	checkCredential(claim, account, wrongQuery);
	if (moment - now.getTime() > MAXIMUM_SKEW_MS) {
		throw new S3Error('AccessDenied', 'Request is not valid yet');
	}
	const end = moment + seconds * 1000;
	if (now.getTime() > end) {
		throw new S3Error('AccessDenied', 'Request has expired', {
			'X-Amz-Expires': expires,
			Expires: new Date(end).toISOString(),
			ServerTime: now.toISOString(),
		});
	}
	// The documents sign UNSIGNED-PAYLOAD; a client may name the hash that it signed instead.
	const named =
		request.headers['x-amz-content-sha256']?.[0] ??
		request.query.find(([name]) => name === 'X-Amz-Content-Sha256')?.[1];
	const payloadHash = payloadHashIn(named ?? UNSIGNED);
	const query = request.query.filter(([name]) => name !== 'X-Amz-Signature');
	checkSignature(
		{ ...request, query, signedHeaders: claim.signedHeaders, payloadHash },
		claim,
		account,
	);
	return payloadHash;
}

/** Checks `key/date/region/s3/aws4_request`. */
function checkCredential(
	{ credential, time }: Claim,
	account: S3Account,
	wrong: (message: string, details?: Record<string, string>) => S3Error,
): void {
	const [accessKeyId, date, region, service, end, ...rest] = credential.split('/');
	if (end === undefined || rest.length > 0) {
		throw wrong(
			'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
		);
	}
	if (accessKeyId !== account.accessKeyId) {
		throw new S3Error('InvalidAccessKeyId', undefined, { AWSAccessKeyId: accessKeyId! });
	}
	if (date !== time.slice(0, 8)) {
		throw wrong(
			`Invalid credential date "${date}". This date is not the same as X-Amz-Date: "${time.slice(0, 8)}".`,
		);
	}
	if (region !== account.region) {
		throw wrong(`the region '${region}' is wrong; expecting '${account.region}'`, {
			Region: account.region,
		});
	}
	if (service !== 's3')
		throw wrong(`incorrect service "${service}". This endpoint belongs to "s3".`);
	if (end !== 'aws4_request') {
		throw wrong(`incorrect terminal "${end}". This endpoint uses "aws4_request".`);
	}
}

/**
 * The host and every x-amz-* header that came must be signed. AWS's documents want Content-Type to be so too, but S3 takes requests where it is
 * not, and known signers leave it out.
 */
function checkSignature(request: SignedRequest, claim: Claim, account: S3Account): void {
	const ordered = [...request.signedHeaders].sort();
	const unsigned = Object.keys(request.headers).filter(
		(name) =>
			(name === 'host' || name.startsWith('x-amz-')) && !request.signedHeaders.includes(name),
	);
	if (unsigned.length > 0) {
		throw new S3Error(
			'AccessDenied',
			'There were headers present in the request which were not signed',
			{
				HeadersNotSigned: unsigned.join(', '),
			},
		);
	}
	const canonical = canonicalRequest({ ...request, signedHeaders: ordered });
	const scope = { date: claim.time.slice(0, 8), region: account.region };
	const text = stringToSign(canonical, claim.time, scope);
	const expected = signatureOf(text, account.secretAccessKey, scope);
	const [one, other] = [Buffer.from(expected), Buffer.from(claim.signature)];
	if (one.length === other.length && timingSafeEqual(one, other)) return;
	throw new S3Error('SignatureDoesNotMatch', undefined, {
		AWSAccessKeyId: account.accessKeyId,
		StringToSign: text,
		SignatureProvided: claim.signature,
		CanonicalRequest: canonical,
	});
}

function payloadHashIn(named: string | undefined): string {
	if (named === undefined) {
		throw new S3Error(
			'InvalidRequest',
			'Missing required header for this request: x-amz-content-sha256',
		);
	}
	if (named.startsWith('STREAMING-')) throw new S3Error('NotImplemented');
	if (named !== UNSIGNED && !/^[0-9a-f]{64}$/.test(named)) {
		throw new S3Error(
			'InvalidArgument',
			'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.',
		);
	}
	return named;
}

function malformed(message: string, details?: Record<string, string>): S3Error {
	return new S3Error(
		'AuthorizationHeaderMalformed',
		`The authorization header is malformed; ${message}`,
		details,
	);
}

function wrongQuery(message: string, details?: Record<string, string>): S3Error {
	return new S3Error('AuthorizationQueryParametersError', message, details);
}

/** An HTTP date as YYYYMMDDTHHMMSSZ. */
function isoBasic(date: string | undefined): string | undefined {
	const moment = Date.parse(date ?? '');
	if (Number.isNaN(moment)) return undefined;
	return new Date(moment).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Milliseconds since 1970; `undefined` for what is no time. */
function momentOf(time: string): number | undefined {
	const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time)?.slice(1);
	if (parts === undefined) return undefined;
	const [year, month, day, hour, minute, second] = parts;
	const moment = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
	return Number.isNaN(moment) ? undefined : moment;
}
