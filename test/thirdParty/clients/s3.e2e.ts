/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
/** @aws-sdk/client-s3 and @aws-sdk/s3-request-presigner against the emulated S3 store. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';

import { resolveLocalhostNames, startS3Server, type S3Server } from '../../emulator/s3';
import { openClientStage, type ClientStage } from '../clientStage';
import { makePresignedLinks, ODD_KEYS, PRESIGNED_LINKS_FILE } from '../presigned/presignedLinks';

type Command = new (input: object) => object;

interface Reply {
	ETag: string;
	Body: { transformToByteArray(): Promise<Uint8Array> };
	ContentType: string;
	ContentLength: number;
	Metadata: Record<string, string>;
	LastModified: Date;
	Contents?: Array<{ Key: string; Size: number; ETag: string }>;
	CommonPrefixes?: Array<{ Prefix: string }>;
	NextContinuationToken?: string;
}

interface Client {
	send(command: object): Promise<Reply>;
	destroy(): void;
}

interface ClientModule {
	S3Client: new (settings: object) => Client & {
		middlewareStack: { add(middleware: unknown, options: object): void };
	};
	PutObjectCommand: Command;
	GetObjectCommand: Command;
	HeadObjectCommand: Command;
	DeleteObjectCommand: Command;
	ListObjectsV2Command: Command;
	HeadBucketCommand: Command;
}

interface PresignerModule {
	getSignedUrl(client: unknown, command: unknown, options?: object): Promise<string>;
}

let stage: ClientStage;
let server: S3Server;
let aws: ClientModule;
let presigner: PresignerModule;
let restore: () => void;
const clients: Client[] = [];

const connect = (settings: object = {}): Client => {
	const client = new aws.S3Client({
		endpoint: server.origin,
		region: server.region,
		credentials: {
			accessKeyId: server.accessKeyId,
			secretAccessKey: server.secretAccessKey,
		},
		forcePathStyle: true,
		maxAttempts: 1,
		...settings,
	});
	clients.push(client);
	return client;
};
const virtualHost = () => ({
	endpoint: server.origin.replace('127.0.0.1', 'localhost'),
	forcePathStyle: false,
});
const at = (Key: string, more: object = {}) => ({ Bucket: server.bucket, Key, ...more });
const bytesOf = async ({ Body }: Reply) => Buffer.from(await Body.transformToByteArray());

beforeAll(async () => {
	stage = await openClientStage();
	server = await startS3Server();
	restore = resolveLocalhostNames();
	aws = stage.load('@aws-sdk/client-s3');
	presigner = stage.load('@aws-sdk/s3-request-presigner');
});
afterAll(async () => {
	for (const client of clients) client.destroy();
	restore();
	await server.stop();
	await stage.stop();
});
beforeEach(() => server.reset());

test.each([...ODD_KEYS].flatMap((key) => [[key, 'path'] as const, [key, 'host'] as const]))(
	'the key "%s" with the bucket in the %s: put, head, get, list, presigned, delete',
	async (key, style) => {
		const client = connect(style === 'host' ? virtualHost() : {});
		const body = randomBytes(1000);
		const put = await client.send(
			new aws.PutObjectCommand(
				at(key, { Body: body, ContentType: 'image/png', Metadata: { run: 'a b' } }),
			),
		);
		expect([...server.objects.keys()]).toEqual([key]);
		expect(await client.send(new aws.HeadObjectCommand(at(key)))).toMatchObject({
			ETag: put.ETag,
			ContentType: 'image/png',
			ContentLength: 1000,
			Metadata: { run: 'a b' },
			LastModified: expect.any(Date),
		});
		const got = await client.send(new aws.GetObjectCommand(at(key)));
		expect((await bytesOf(got)).equals(body)).toBe(true);
		const list = await client.send(
			new aws.ListObjectsV2Command({ Bucket: server.bucket, Prefix: key }),
		);
		expect(list.Contents).toMatchObject([{ Key: key, Size: 1000, ETag: put.ETag }]);
		// A URL object would take dots out of the path.
		if (!key.includes('../')) {
			const get = new aws.GetObjectCommand(at(key));
			const url = await presigner.getSignedUrl(client, get, { expiresIn: 60 });
			const response = await fetchAnywhere(url);
			expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
			const putUrl = await presigner.getSignedUrl(client, new aws.PutObjectCommand(at(key)));
			expect((await fetchAnywhere(putUrl, { method: 'PUT', body: 'new' })).status).toBe(200);
			expect(server.objects.get(key)!.body.toString()).toBe('new');
		}
		await client.send(new aws.DeleteObjectCommand(at(key)));
		expect(server.objects.size).toBe(0);
		expect(server.requests.filter(({ httpStatus }) => httpStatus >= 400)).toEqual([]);
	},
);

test('a stream with a known length', async () => {
	const body = randomBytes(8_000_000);
	const client = connect({ requestChecksumCalculation: 'WHEN_REQUIRED' });
	const Body = Readable.from([body.subarray(0, 100), body.subarray(100)]);
	await client.send(new aws.PutObjectCommand(at('big', { Body, ContentLength: body.length })));
	expect(server.objects.get('big')!.body.equals(body)).toBe(true);
	expect(server.requests[0]!.headers['x-amz-content-sha256']).toBe('UNSIGNED-PAYLOAD');
});

test('writes on a condition', async () => {
	const client = connect();
	const put = async (more: object) =>
		await client.send(new aws.PutObjectCommand(at('a', { Body: 'text', ...more })));
	const { ETag } = await put({ IfNoneMatch: '*' });
	await expect(put({ IfNoneMatch: '*' })).rejects.toMatchObject({
		name: 'PreconditionFailed',
		$metadata: { httpStatusCode: 412 },
	});
	await put({ IfMatch: ETag, Body: 'other' });
	await expect(put({ IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
	server.settings.conditionalWrites = 'refused';
	await expect(put({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'NotImplemented' });
	const winners = await Promise.allSettled(
		Array.from({ length: 8 }, async () => {
			server.settings.conditionalWrites = 'honoured';
			return await client.send(
				new aws.PutObjectCommand(at('race', { Body: 'text', IfNoneMatch: '*' })),
			);
		}),
	);
	expect(winners.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('what is refused has the name that AWS gives it', async () => {
	const name = async (client: Client, command: object) =>
		await client.send(command).then(
			() => 'done',
			(error: Error) => error.name,
		);
	const get = new aws.GetObjectCommand(at('a'));
	const account = { accessKeyId: server.accessKeyId, secretAccessKey: 'wrong' };
	expect(await name(connect(), get)).toBe('NoSuchKey');
	expect(await name(connect(), new aws.HeadObjectCommand(at('a')))).toBe('NotFound');
	const elsewhere = { Bucket: 'elsewhere', Key: 'a' };
	expect(await name(connect(), new aws.GetObjectCommand(elsewhere))).toBe('NoSuchBucket');
	expect(await name(connect({ credentials: account }), get)).toBe('SignatureDoesNotMatch');
	const stranger = { ...account, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
	expect(await name(connect({ credentials: stranger }), get)).toBe('InvalidAccessKeyId');
	expect(await name(connect({ region: 'us-east-1' }), get)).toBe('AuthorizationHeaderMalformed');
	expect(await name(connect({ systemClockOffset: -1_000_000 }), get)).toBe('RequestTimeTooSkewed');
	server.settings.denied.add('get');
	expect(await name(connect(), get)).toBe('AccessDenied');
	server.settings.quotaBytes = 3;
	const put = new aws.PutObjectCommand(at('a', { Body: 'text' }));
	expect(await name(connect(), put)).toBe('QuotaExceeded');
	await connect().send(new aws.HeadBucketCommand({ Bucket: server.bucket }));
});

test('the client tries again after SlowDown, a lost connection and a clock that is wrong', async () => {
	const client = connect({ maxAttempts: 3 });
	const put = async (key: string) =>
		await client.send(new aws.PutObjectCommand(at(key, { Body: 'text' })));
	server.faults.push({ kind: 'status', times: 1 });
	await put('a');
	server.faults.push({ kind: 'dropAfter', times: 1 });
	await put('b');
	server.settings.clockOffsetSeconds = 3600;
	await put('c');
	expect([...server.objects.keys()]).toEqual(['a', 'b', 'c']);
	expect(server.requests.map(({ code }) => code)).toEqual([
		'SlowDown',
		undefined,
		undefined,
		undefined,
		'RequestTimeTooSkewed',
		undefined,
	]);
});

test('pages of a list', async () => {
	const client = connect();
	for (const key of ['p/3', 'p/1', 'p/2/x', 'q'])
		await client.send(new aws.PutObjectCommand(at(key, { Body: 'text' })));
	const list = async (more: object) =>
		await client.send(new aws.ListObjectsV2Command({ Bucket: server.bucket, ...more }));
	const first = await list({ Prefix: 'p/', Delimiter: '/', MaxKeys: 2 });
	expect(first.Contents!.map(({ Key }) => Key)).toEqual(['p/1']);
	expect(first.CommonPrefixes).toEqual([{ Prefix: 'p/2/' }]);
	const ContinuationToken = first.NextContinuationToken;
	const second = await list({ Prefix: 'p/', Delimiter: '/', ContinuationToken });
	expect(second.Contents!.map(({ Key }) => Key)).toEqual(['p/3']);
	expect(second.NextContinuationToken).toBeUndefined();
});

test('the links that other tests compare with are those of this presigner', async () => {
	const { version } = stage.load<{ version: string }>('@aws-sdk/s3-request-presigner/package.json');
	const made = await makePresignedLinks({ client: aws, presigner, version });
	const text = `${JSON.stringify(made, null, '\t')}\n`;
	if (process.env.UPDATE_PRESIGNED_LINKS) writeFileSync(PRESIGNED_LINKS_FILE, text);
	expect(readFileSync(PRESIGNED_LINKS_FILE, 'utf8')).toBe(text);
});

/** The stage lets nothing leave the machine and knows one name of it; names under localhost stay here too. */
async function fetchAnywhere(url: string, init?: RequestInit): Promise<Response> {
	const local = new URL(url);
	expect(local.hostname).toMatch(/^127\.0\.0\.1$|localhost$/);
	return await stage.liveFetch(url, init);
}
