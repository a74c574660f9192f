/** Status and words of AWS's error codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const ERRORS = {
	AccessDenied: [403, 'Access Denied'],
	AuthorizationHeaderMalformed: [400, 'The authorization header is malformed.'],
	AuthorizationQueryParametersError: [400, 'The query parameters of the signature are wrong.'],
	BadDigest: [400, 'The Content-MD5 you specified did not match what we received.'],
	ConditionalRequestConflict: [409, 'A conflicting conditional operation is in progress.'],
	EntityTooLarge: [400, 'Your proposed upload exceeds the maximum allowed object size.'],
	InternalError: [500, 'We encountered an internal error. Please try again.'],
	InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
	InvalidArgument: [400, 'Invalid Argument'],
	InvalidDigest: [400, 'The Content-MD5 you specified is not valid.'],
	InvalidRange: [416, 'The requested range is not satisfiable'],
	InvalidRequest: [400, 'Invalid Request'],
	InvalidURI: [400, "Couldn't parse the specified URI."],
	KeyTooLongError: [400, 'Your key is too long.'],
	MetadataTooLarge: [400, 'Your metadata headers exceed the maximum allowed metadata size.'],
	MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
	MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
	NoSuchBucket: [404, 'The specified bucket does not exist'],
	NoSuchKey: [404, 'The specified key does not exist.'],
	NotImplemented: [501, 'A header you provided implies functionality that is not implemented.'],
	PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
	// Not of AWS, which has no quota; MinIO and Ceph answer so.
	QuotaExceeded: [403, 'The quota of the bucket is exceeded.'],
	RequestTimeTooSkewed: [
		403,
		'The difference between the request time and the current time is too large.',
	],
	SignatureDoesNotMatch: [
		403,
		'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
	],
	ServiceUnavailable: [503, 'Service is unable to handle request.'],
	SlowDown: [503, 'Please reduce your request rate.'],
	XAmzContentSHA256Mismatch: [
		400,
		"The provided 'x-amz-content-sha256' header does not match what was computed.",
	],
} satisfies Record<string, [number, string]>;

export type S3ErrorCode = keyof typeof ERRORS;

/** A refusal. */
export class S3Error extends Error {
	constructor(
		readonly code: S3ErrorCode,
		message: string = ERRORS[code][1],
		/** Further elements of the error document. */
		readonly details: Record<string, string> = {},
	) {
		super(message);
	}
}

/** The HTTP status of a code; 500 for one that AWS does not know. */
export function statusOf(code: string): number {
	return code in ERRORS ? ERRORS[code as S3ErrorCode][0] : 500;
}

/** What a code says. */
export function wordsOf(code: string): string {
	return code in ERRORS ? ERRORS[code as S3ErrorCode][1] : code;
}

/** An error document. */
export function errorDocument(elements: Record<string, string>): string {
	return `${XML_DECLARATION}<Error>${elementsOf(elements)}</Error>`;
}

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Elements with text, one after the other. */
export function elementsOf(elements: Record<string, string | number | boolean>): string {
	return Object.entries(elements)
		.map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
		.join('');
}

function escaped(text: string): string {
	return text.replace(/[<>&"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
