/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
/**
 * The worked examples of AWS's documents: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
import { readFileSync } from 'node:fs';

import {
	PRESIGNED_LINKS_FILE,
	type PresignedLinks,
} from '../../../thirdParty/presigned/presignedLinks';
import { authenticate, checkPayload, type UncheckedRequest } from '../signing/authentication';
import { canonicalRequest, parametersOf, stringToSign } from '../signing/signature';

const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const WELCOME_HASH = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
/** AWS's example account. */
const [accessKeyId, secret] = ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];
const account = { region: 'us-east-1', accessKeyId, secretAccessKey: secret };
const now = new Date('2013-05-24T00:00:00Z');
const scope = `${accessKeyId}/20130524/us-east-1/s3/aws4_request`;

function example(
	method: string,
	target: string,
	headers: Record<string, string>,
	signature: string,
): UncheckedRequest {
	const all: Record<string, string> = {
		host: 'examplebucket.s3.amazonaws.com',
		'x-amz-content-sha256': EMPTY_HASH,
		'x-amz-date': '20130524T000000Z',
		...headers,
	};
	const [rawPath = '', rawQuery = ''] = target.split('?');
	return {
		method,
		rawPath,
		query: parametersOf(rawQuery),
		headers: {
			...Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
			authorization: [
				`AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${Object.keys(all).sort().join(';')},Signature=${signature}`,
			],
		},
	};
}

const examples = {
	'GET Object': example(
		'GET',
		'/test.txt',
		{ range: 'bytes=0-9' },
		'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
	),
	'PUT Object': example(
		'PUT',
		'/test$file.text',
		{
			date: 'Fri, 24 May 2013 00:00:00 GMT',
			'x-amz-storage-class': 'REDUCED_REDUNDANCY',
			'x-amz-content-sha256': WELCOME_HASH,
		},
		'98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
	),
	'GET Bucket Lifecycle': example(
		'GET',
		'/?lifecycle',
		{},
		'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
	),
	'GET Bucket (List Objects)': example(
		'GET',
		'/?max-keys=2&prefix=J',
		{},
		'34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
	),
};

const presigned = (change: Record<string, string> = {}): UncheckedRequest => ({
	method: 'GET',
	rawPath: '/test.txt',
	query: Object.entries({
		'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
		'X-Amz-Credential': scope,
		'X-Amz-Date': '20130524T000000Z',
		'X-Amz-Expires': '86400',
		'X-Amz-SignedHeaders': 'host',
		'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
		...change,
	}),
	headers: { host: ['examplebucket.s3.amazonaws.com'] },
});

const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/** The error code of a request that is not let in. */
function refusal(request: UncheckedRequest, at = now): unknown {
	try {
		authenticate(request, account, at);
		return 'let in';
	} catch (error) {
		return (error as { code: string }).code;
	}
}

describe('signature in the header', () => {
	test.each(Object.entries(examples))('the example %s is let in', (_, request) => {
		expect(authenticate(request, account, now)).toBe(request.headers['x-amz-content-sha256']![0]);
	});

	test.each(Object.entries(examples))('and not with one thing changed: %s', (_, request) => {
		const other = (change: Partial<UncheckedRequest>) => refusal({ ...request, ...change });
		expect(other({ method: 'DELETE' })).toBe('SignatureDoesNotMatch');
		expect(other({ rawPath: `${request.rawPath}/` })).toBe('SignatureDoesNotMatch');
		expect(other({ query: [...request.query, ['a', '']] })).toBe('SignatureDoesNotMatch');
		for (const name of Object.keys(request.headers)) {
			if (/^(authorization|x-amz-(date|content-sha256))$/.test(name)) continue;
			const headers = { ...request.headers, [name]: ['other'] };
			expect(other({ headers })).toBe('SignatureDoesNotMatch');
		}
	});

	test('the canonical request and the string to sign are those of the document', () => {
		const headers = examples['GET Object'].headers;
		const canonical = canonicalRequest({
			...examples['GET Object'],
			signedHeaders: ['host', 'range', 'x-amz-content-sha256', 'x-amz-date'],
			payloadHash: EMPTY_HASH,
		});
		expect(canonical.split('\n')).toEqual([
			'GET',
			'/test.txt',
			'',
			`host:${headers.host![0]}`,
			'range:bytes=0-9',
			`x-amz-content-sha256:${EMPTY_HASH}`,
			'x-amz-date:20130524T000000Z',
			'',
			'host;range;x-amz-content-sha256;x-amz-date',
			EMPTY_HASH,
		]);
		const text = stringToSign(canonical, '20130524T000000Z', {
			date: '20130524',
			region: 'us-east-1',
		});
		expect(text.split('\n')).toEqual([
			'AWS4-HMAC-SHA256',
			'20130524T000000Z',
			'20130524/us-east-1/s3/aws4_request',
			'7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972',
		]);
	});

	test('a clock may be 15 minutes off, and not more', () => {
		const request = examples['GET Object'];
		expect(refusal(request, later(900))).toBe('let in');
		expect(refusal(request, later(-900))).toBe('let in');
		expect(refusal(request, later(901))).toBe('RequestTimeTooSkewed');
		expect(refusal(request, later(-901))).toBe('RequestTimeTooSkewed');
	});

	test('the body must be the one that was signed for', () => {
		expect(() => checkPayload(WELCOME_HASH, Buffer.from('Welcome to Amazon S3.'))).not.toThrow();
		expect(() => checkPayload(WELCOME_HASH, Buffer.from('Welcome'))).toThrow('does not match');
		expect(() => checkPayload('UNSIGNED-PAYLOAD', Buffer.from('any'))).not.toThrow();
	});

	test.each<[string, Record<string, string[]>, string]>([
		['no signature', { authorization: undefined! }, 'AccessDenied'],
		['another algorithm', { authorization: ['AWS AKIA:abc'] }, 'InvalidArgument'],
		['no payload hash', { 'x-amz-content-sha256': undefined! }, 'InvalidRequest'],
		['a payload hash that is none', { 'x-amz-content-sha256': ['abc'] }, 'InvalidArgument'],
		['a signed stream', { 'x-amz-content-sha256': ['STREAMING-X'] }, 'NotImplemented'],
		['an unsigned x-amz header', { 'x-amz-acl': ['private'] }, 'AccessDenied'],
		['a time that is none', { 'x-amz-date': ['2013-05-24'] }, 'AccessDenied'],
		['another day', { 'x-amz-date': ['20130525T000000Z'] }, 'AuthorizationHeaderMalformed'],
	])('%s', (_, change, code) => {
		const request = examples['GET Object'];
		const headers = Object.fromEntries(
			Object.entries({ ...request.headers, ...change }).filter(([, values]) => values),
		);
		expect(refusal({ ...request, headers })).toBe(code);
	});

	test.each([
		[accessKeyId, 'AKIAI44QH8DHBEXAMPLE', 'InvalidAccessKeyId'],
		['us-east-1', 'us-west-1', 'AuthorizationHeaderMalformed'],
		['/s3/', '/iam/', 'AuthorizationHeaderMalformed'],
		['aws4_request', 'aws4', 'AuthorizationHeaderMalformed'],
		['SignedHeaders=host;', 'SignedHeaders=', 'AccessDenied'],
	])('%s as %s', (right, wrong, code) => {
		const request = examples['GET Object'];
		const authorization = [request.headers.authorization![0]!.replace(right, wrong)];
		expect(refusal({ ...request, headers: { ...request.headers, authorization } })).toBe(code);
	});
});

describe('signature in the query', () => {
	test('the example is let in until it expires', () => {
		expect(authenticate(presigned(), account, now)).toBe('UNSIGNED-PAYLOAD');
		expect(refusal(presigned(), later(86_400))).toBe('let in');
		expect(refusal(presigned(), later(86_401))).toBe('AccessDenied');
		expect(refusal(presigned(), later(-901))).toBe('AccessDenied');
	});

	test.each([
		['X-Amz-Expires', '86401', 'SignatureDoesNotMatch'],
		['X-Amz-Expires', '0', 'AuthorizationQueryParametersError'],
		['X-Amz-Expires', '604801', 'AuthorizationQueryParametersError'],
		['X-Amz-Expires', '-1', 'AuthorizationQueryParametersError'],
		['X-Amz-Expires', '', 'AuthorizationQueryParametersError'],
		['X-Amz-Date', '20130524T000001Z', 'SignatureDoesNotMatch'],
		['X-Amz-Date', 'now', 'AuthorizationQueryParametersError'],
		['X-Amz-Algorithm', 'AWS4', 'AuthorizationQueryParametersError'],
		['X-Amz-SignedHeaders', 'date', 'AccessDenied'],
		['X-Amz-Credential', accessKeyId, 'AuthorizationQueryParametersError'],
		['X-Amz-Credential', scope.replace('us-east-1', 'auto'), 'AuthorizationQueryParametersError'],
		['X-Amz-Signature', 'a'.repeat(64), 'SignatureDoesNotMatch'],
		['response-content-type', 'text/html', 'SignatureDoesNotMatch'],
	])('%s as "%s"', (name, value, code) => {
		expect(refusal(presigned({ [name]: value }))).toBe(code);
	});

	test('one signature is enough', () => {
		const { headers } = examples['GET Object'];
		expect(refusal({ ...presigned(), headers })).toBe('InvalidArgument');
	});
});

describe("links of AWS's own presigner", () => {
	const made = JSON.parse(readFileSync(PRESIGNED_LINKS_FILE, 'utf8')) as PresignedLinks;

	test.each(made.links)('$key at $endpoint', ({ url, region }) => {
		const [, host, rawPath, rawQuery] = /^https?:\/\/([^/]+)(\/[^?]*)\?(.*)$/.exec(url)!;
		const signer = { ...made, region };
		const request = {
			method: 'GET',
			rawPath: rawPath!,
			query: parametersOf(rawQuery!),
			headers: { host: [host!] },
		};
		const at = new Date(made.signedAt);
		expect(authenticate(request, signer, at)).toBe('UNSIGNED-PAYLOAD');
		const other = { ...request, rawPath: `${rawPath}a` };
		expect(() => authenticate(other, signer, at)).toThrow('does not match');
	});

	test("the first is the link of AWS's document", () => {
		expect(made.links[0]!.url).toContain(
			presigned().query.find(([name]) => name === 'X-Amz-Signature')![1],
		);
	});
});

test.each([
	["/a b/ü+'()*!~", '/a%20b/%C3%BC%20%27%28%29%2A%21~'],
	['/a%2Bb//c/../%2f', '/a%2Bb//c/..//'],
	['/%7E%41', '/~A'],
])('the path %s is signed as %s', (rawPath, canonical) => {
	const request = { method: 'GET', rawPath, query: [], headers: {} };
	const signed = { ...request, signedHeaders: [], payloadHash: '' };
	expect(canonicalRequest(signed).split('\n')[1]).toBe(canonical);
});

test('a query is signed in the order of its encoded names and values', () => {
	const query = parametersOf('b=1&a-b=0&a=%2F&a=+&A&%C3%BC=x=y');
	const signed = { method: 'GET', rawPath: '/', query, headers: {}, signedHeaders: [] };
	expect(canonicalRequest({ ...signed, payloadHash: '' }).split('\n')[2]).toBe(
		'%C3%BC=x%3Dy&A=&a=%20&a=%2F&a-b=0&b=1',
	);
});
