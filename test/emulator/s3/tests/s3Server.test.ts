/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { createHash, randomBytes } from 'node:crypto';

import { resolveLocalhostNames, startS3Server, type S3Server } from '../index';
import { ask, type Asked } from './signedRequest';

let server: S3Server;
beforeAll(async () => {
	server = await startS3Server({ buckets: ['images', 'second.bucket'] });
});
afterAll(async () => await server.stop());
beforeEach(() => server.reset());

const put = async (key: string, body: Buffer | string, asked: Asked = {}) =>
	await ask(server, 'PUT', { key, body, ...asked });
const get = async (key: string, asked: Asked = {}) => await ask(server, 'GET', { key, ...asked });

/** The keys of a page. */
const keysIn = (page: Buffer): string[] =>
	[...page.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);

test('an object comes back as it was put', async () => {
	const body = randomBytes(6_000_000);
	const etag = `"${createHash('md5').update(body).digest('hex')}"`;
	const headers = { 'content-type': 'image/png', 'x-amz-meta-run': 'one  two' };
	expect(await put('a/b.png', body, { headers })).toMatchObject({ status: 200, headers: { etag } });
	const got = await get('a/b.png');
	expect(got.body.equals(body)).toBe(true);
	const described = {
		etag,
		'content-type': 'image/png',
		'content-length': '6000000',
		'x-amz-meta-run': 'one  two',
	};
	expect(got).toMatchObject({ status: 200, headers: described });
	const head = await ask(server, 'HEAD', { key: 'a/b.png' });
	expect(head).toMatchObject({ status: 200, headers: described, body: Buffer.alloc(0) });
	expect(Math.abs(Date.parse(head.headers['last-modified']!) - Date.now())).toBeLessThan(60_000);
	const part = await get('a/b.png', { headers: { range: 'bytes=10-19' } });
	expect(part).toMatchObject({ status: 206, headers: { 'content-range': 'bytes 10-19/6000000' } });
	expect(part.body.equals(body.subarray(10, 20))).toBe(true);
	expect(server.objects.get('a/b.png')).toMatchObject({ etag, metadata: { run: 'one  two' } });
	expect((await ask(server, 'DELETE', { key: 'a/b.png' })).status).toBe(204);
	expect((await ask(server, 'DELETE', { key: 'a/b.png' })).status).toBe(204);
	expect(await get('a/b.png')).toMatchObject({ status: 404, code: 'NoSuchKey' });
	expect((await ask(server, 'HEAD', { key: 'a/b.png' })).body).toHaveLength(0);
	const [first, second] = server.requests;
	expect(first).toMatchObject({
		method: 'PUT',
		bucket: 'images',
		key: 'a/b.png',
		bytes: 6_000_000,
	});
	expect(second).toMatchObject({ method: 'GET', httpStatus: 200, presigned: false, bytes: 0 });
	expect(JSON.stringify(server.requests)).not.toContain('Signature=');
});

test.each([
	'a b',
	'ü/日本',
	'+a+',
	'//a//b/',
	"'()*!~",
	'100%',
	'%2F',
	'a=b&c#d?e',
	'../a/./b',
	'.',
])('the key "%s" in the path, in the host, presigned and in a list', async (key) => {
	for (const how of [{}, { virtualHost: true }, { expiresSeconds: 60 }]) {
		expect((await put(key, 'text', how)).status).toBe(200);
		expect([...server.objects.keys()]).toEqual([key]);
		expect((await get(key, how)).body.toString()).toBe('text');
		const list = await ask(server, 'GET', { query: 'list-type=2&encoding-type=url', ...how });
		expect(keysIn(list.body).map(decodeURIComponent)).toEqual([key]);
		await ask(server, 'DELETE', { key, ...how });
		expect(server.objects.size).toBe(0);
	}
});

test('nobody gets in without a signature that holds', async () => {
	await put('a', 'text');
	const refused = async (asked: Asked) => (await get('a', asked)).code;
	expect((await fetch(`${server.origin}/images/a`)).status).toBe(403);
	expect(await refused({ secret: 'wrong' })).toBe('SignatureDoesNotMatch');
	expect(await refused({ secret: 'wrong', expiresSeconds: 60 })).toBe('SignatureDoesNotMatch');
	const past = new Date(Date.now() - 1000_000);
	expect(await refused({ at: past })).toBe('RequestTimeTooSkewed');
	expect(await refused({ at: past, expiresSeconds: 900 })).toBe('AccessDenied');
	expect(await refused({ at: past, expiresSeconds: 2000 })).toBeUndefined();
	server.settings.clockOffsetSeconds = 2000;
	expect(await refused({})).toBe('RequestTimeTooSkewed');
	expect(await refused({ at: past, expiresSeconds: 2000 })).toBe('AccessDenied');
	const { headers } = await get('a');
	expect(Date.parse(headers.date!) - Date.now()).toBeGreaterThan(1_990_000);
});

test('buckets are apart, and a missing one is said to be missing', async () => {
	await put('a', '1');
	await put('a', '22', { bucket: 'second.bucket', virtualHost: true });
	expect(server.objectsOf('second.bucket').get('a')!.body.toString()).toBe('22');
	expect((await get('a')).body.toString()).toBe('1');
	expect(await get('a', { bucket: 'third' })).toMatchObject({ status: 404, code: 'NoSuchBucket' });
	expect((await ask(server, 'HEAD', {})).status).toBe(200);
	expect((await ask(server, 'HEAD', { bucket: 'third' })).status).toBe(404);
});

describe('conditional writes', () => {
	const create = { headers: { 'if-none-match': '*' } };

	test('one of many that create the same key at once succeeds', async () => {
		server.settings.latencyMilliseconds = 20;
		const all = await Promise.all(
			[...'abcdefgh'].map(async (body) => await put('a', body, create)),
		);
		const codes = all.map(({ status, code }) => code ?? status).sort();
		expect(codes).toEqual([200, ...Array<string>(7).fill('PreconditionFailed')]);
		const winner = all.findIndex(({ status }) => status === 200);
		expect(server.objects.get('a')!.body.toString()).toBe('abcdefgh'[winner]);
		expect(server.maxInFlight).toBeGreaterThan(1);
	});

	test('If-Match writes over the object it names', async () => {
		const over = async (etag: string) => await put('a', 'new', { headers: { 'if-match': etag } });
		expect(await over('"x"')).toMatchObject({ status: 404, code: 'NoSuchKey' });
		const { headers } = await put('a', 'old');
		expect(await over('"x"')).toMatchObject({ status: 412, code: 'PreconditionFailed' });
		expect((await over(headers.etag!)).status).toBe(200);
		expect((await over(headers.etag!)).status).toBe(412);
	});

	test('a store may pass over them or refuse them', async () => {
		await put('a', 'old');
		server.settings.conditionalWrites = 'refused';
		expect(await put('a', 'new', create)).toMatchObject({ status: 501, code: 'NotImplemented' });
		expect(server.objects.get('a')!.body.toString()).toBe('old');
		server.settings.conditionalWrites = 'ignored';
		expect((await put('a', 'new', create)).status).toBe(200);
		expect(server.objects.get('a')!.body.toString()).toBe('new');
	});
});

test('what is forbidden is 403, and a missing key too when lists are', async () => {
	await put('a', 'text');
	const codes = async () =>
		await Promise.all([
			put('b', 'text').then(({ code }) => code),
			get('a').then(({ code }) => code),
			ask(server, 'HEAD', { key: 'a' }).then(({ status }) => status),
			ask(server, 'GET', { query: 'list-type=2' }).then(({ code }) => code),
		]);
	server.settings.denied = new Set(['put']);
	expect(await codes()).toEqual(['AccessDenied', undefined, 200, undefined]);
	server.settings.denied = new Set(['get']);
	expect(await codes()).toEqual([undefined, 'AccessDenied', 403, undefined]);
	server.settings.denied = new Set(['list']);
	expect(await codes()).toEqual([undefined, undefined, 200, 'AccessDenied']);
	expect(await get('missing')).toMatchObject({ status: 403, code: 'AccessDenied' });
	server.settings.denied = new Set(['delete']);
	expect(await ask(server, 'DELETE', { key: 'a' })).toMatchObject({ code: 'AccessDenied' });
	expect(server.objects.has('a')).toBe(true);
});

test('what is too large, too long or has no length is refused', async () => {
	server.settings.quotaBytes = 10;
	expect((await put('a', '12345678')).status).toBe(200);
	expect(await put('b', '12345')).toMatchObject({ status: 403, code: 'QuotaExceeded' });
	expect((await put('a', '1234567890')).status).toBe(200);
	server.settings.maximumObjectBytes = 4;
	expect(await put('a', '12345')).toMatchObject({ status: 400, code: 'EntityTooLarge' });
	expect(await put('a', '1', { chunked: true })).toMatchObject({ code: 'MissingContentLength' });
	expect(await put('ü'.repeat(513), '1')).toMatchObject({ code: 'KeyTooLongError' });
	const headers = { 'content-md5': createHash('md5').update('other').digest('base64') };
	expect(await put('a', '1', { headers })).toMatchObject({ status: 400, code: 'BadDigest' });
	expect(server.objects.get('a')!.body.toString()).toBe('1234567890');
});

test('lists are in the order of the bytes, and come in pages', async () => {
	for (const key of ['x', 'p/ü', 'p/a<&>', 'p/b/1', 'p/b/2', 'p/Z']) await put(key, 'text');
	const list = async (query: string) =>
		(await ask(server, 'GET', { query: `list-type=2&${query}` })).body;
	expect(keysIn(await list('prefix=p/'))).toEqual([
		'p/Z',
		'p/a&#60;&#38;&#62;',
		'p/b/1',
		'p/b/2',
		'p/ü',
	]);
	const page = await list('prefix=p/&max-keys=2&delimiter=/');
	expect(keysIn(page)).toEqual(['p/Z', 'p/a&#60;&#38;&#62;']);
	const token = /<NextContinuationToken>(.*)<\/N/.exec(page.toString())![1]!;
	const next = await list(`prefix=p/&delimiter=/&continuation-token=${token}`);
	expect(keysIn(next)).toEqual(['p/ü']);
	expect(next.toString()).toContain('<CommonPrefixes><Prefix>p/b/</Prefix></CommonPrefixes>');
	expect(next.toString()).toContain('<IsTruncated>false</IsTruncated>');
});

describe('faults', () => {
	test('an error, as often as wanted, for the keys that are meant', async () => {
		server.faults.push({ kind: 'status', key: /^a/, times: 2, headers: { 'retry-after': '3' } });
		expect((await put('b', 'text')).status).toBe(200);
		const refused = { status: 503, code: 'SlowDown', headers: { 'retry-after': '3' } };
		expect(await put('a', 'text')).toMatchObject(refused);
		expect(await get('a')).toMatchObject(refused);
		expect((await put('a', 'text')).status).toBe(200);
		expect(server.faults).toEqual([]);
		server.faults.push({ kind: 'status', method: 'PUT', code: 'ConditionalRequestConflict' });
		expect((await put('a', 'text')).status).toBe(409);
		server.faults[0] = { kind: 'status', httpStatus: 500, code: 'InternalError' };
		expect(await get('a')).toMatchObject({ status: 500, code: 'InternalError' });
	});

	test('a connection that ends before or after the write', async () => {
		server.faults.push({ kind: 'dropBefore', times: 1 });
		await expect(put('a', 'text')).rejects.toThrow();
		expect(server.objects.size).toBe(0);
		server.faults.push({ kind: 'dropAfter', times: 1 });
		await expect(put('a', 'text')).rejects.toThrow();
		expect([...server.objects.keys()]).toEqual(['a']);
		expect(server.requests.map(({ httpStatus }) => httpStatus)).toEqual([0, 0]);
	});

	test('no answer', async () => {
		server.faults.push({ kind: 'hang', times: 1 });
		const waiting = put('a', 'text').catch(() => 'ended');
		const first = await Promise.race([
			waiting,
			new Promise((resolve) => setTimeout(() => resolve('waiting'), 300)),
		]);
		expect(first).toBe('waiting');
		expect(server.objects.size).toBe(0);
	});
});

test('names under localhost lead here while they are told to', async () => {
	await put('a', 'text');
	const restore = resolveLocalhostNames();
	try {
		expect((await fetch(`${server.virtualHostOrigin}/a`)).status).toBe(403);
		expect(server.requests.at(-1)).toMatchObject({ bucket: 'images', key: 'a' });
	} finally {
		restore();
	}
});
