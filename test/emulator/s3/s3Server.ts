/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { listenOnLoopback } from '../../processes/loopbackServer';
import { authenticate, checkPayload, isPresigned } from './signing/authentication';
import { control } from './control';
import { S3Error, errorDocument, statusOf, wordsOf } from './errors';
import { carryOut, type S3Answer } from './store/operations';
import { parametersOf, uriDecode, type QueryParameters } from './signing/signature';
import { S3State, takeFault } from './store/state';
import type { S3Account, S3Fault, S3Object, S3Request, S3Settings } from './types';

/** An S3 store in memory, strict as AWS describes its own. */
export interface S3Server extends S3Account {
	/** Path-style: `{origin}/{bucket}/{key}`. */
	origin: string;
	/** Of the first bucket: `{virtualHostOrigin}/{key}`. See {@link resolveLocalhostNames}. */
	virtualHostOrigin: string;
	/** The first bucket. */
	bucket: string;
	/** What the first bucket holds. */
	objects: Map<string, S3Object>;
	/** What another bucket holds. */
	objectsOf(bucket: string): Map<string, S3Object>;
	/** Every request, in the order of arrival. */
	requests: S3Request[];
	settings: S3Settings;
	faults: S3Fault[];
	/** How many requests were under way at once, at most. */
	maxInFlight: number;
	/** What the first bucket holds under these keys becomes so much older. */
	age(key: RegExp, seconds: number): void;
	/** Empties everything, and sets the settings to what they are by default. */
	reset(): void;
	stop(): Promise<void>;
}

/** Starts a store on loopback, on a free port unless one is given. */
export async function startS3Server(
	options: { buckets?: string[]; port?: number } = {},
): Promise<S3Server> {
	const state = new S3State(options.buckets);
	const server = createServer((request, response) => {
		void serve(state, request, response);
	});
	// A client that keeps a connection must not meet its end by chance.
	server.keepAliveTimeout = 60_000;
	const { origin, port, stop } = await listenOnLoopback(server, options.port);
	return {
		...state.account,
		origin,
		virtualHostOrigin: `http://${state.bucket}.localhost:${port}`,
		bucket: state.bucket,
		objects: state.objectsOf(state.bucket)!,
		objectsOf: (bucket) => {
			const objects = state.objectsOf(bucket);
			if (objects === undefined) throw new TypeError(`There is no bucket "${bucket}"`);
			return objects;
		},
		requests: state.requests,
		settings: state.settings,
		faults: state.faults,
		get maxInFlight() {
			return state.maxInFlight;
		},
		age: (key, seconds) => state.age(key, seconds),
		reset: () => state.reset(),
		stop,
	};
}

/** What the request line and the headers say. */
interface Arrival {
	method: string;
	rawPath: string;
	bucket: string;
	key: string;
	query: QueryParameters;
	headers: Record<string, string[]>;
}

async function serve(
	state: S3State,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	if (request.url?.startsWith('/_emulator/')) return await control(state, request, response);
	const { record, arrival } = arrive(request);
	state.enter(record);
	response.once('close', () => state.leave());
	const fault = takeFault(state.faults, record);
	if (fault?.kind === 'dropBefore') {
		request.socket.destroy();
		return;
	}
	let body: Buffer;
	try {
		body = await readBody(request, record);
	} catch {
		// The client went away: nothing is kept of half an upload.
		return;
	}
	await state.pause();
	if (fault?.kind === 'hang') return;
	if (fault?.kind === 'late') await sleep(fault.milliseconds ?? 0);
	const answer =
		fault?.kind === 'status' ? faultAnswer(fault, record) : answerTo(state, record, arrival, body);
	if (fault?.kind === 'dropAfter') {
		request.socket.destroy();
		return;
	}
	if (fault?.kind === 'cut') sendHalf(record, response, answer);
	else send(state, record, response, answer);
}

/** Reads who is asked for what. A path that cannot be read is an error to answer later. */
function arrive(request: IncomingMessage): { record: S3Request; arrival: Arrival | S3Error } {
	const [rawPath = '/', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s);
	const headers = Object.fromEntries(
		Object.entries(request.headersDistinct).map(([name, values]) => [name, values ?? []]),
	);
	const method = request.method ?? '';
	const shown = Object.entries(headers).filter(([name]) => name !== 'authorization');
	const record: S3Request = {
		method,
		bucket: '',
		key: '',
		query: {},
		headers: Object.fromEntries(shown.map(([name, all]) => [name, all.join(',')])),
		httpStatus: 0,
		presigned: false,
		bytes: 0,
	};
	try {
		const query = parametersOf(rawQuery);
		const { bucket, key } = addressed(request.headers.host ?? '', uriDecode(rawPath));
		Object.assign(record, { bucket, key, query: Object.fromEntries(query) });
		record.presigned = isPresigned(query);
		return { record, arrival: { method, rawPath, bucket, key, query, headers } };
	} catch (error) {
		return { record, arrival: error as S3Error };
	}
}

/** Bucket and key, from the host (`bucket.localhost`) or from the path. */
function addressed(host: string, path: string): { bucket: string; key: string } {
	const inHost = /^(.+)\.localhost(?::\d+)?$/i.exec(host)?.[1];
	if (inHost !== undefined) return { bucket: inHost.toLowerCase(), key: path.slice(1) };
	const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
	return { bucket, key };
}

async function readBody(request: IncomingMessage, record: S3Request): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) {
		chunks.push(chunk as Buffer);
		record.bytes += (chunk as Buffer).length;
	}
	return Buffer.concat(chunks);
}

function answerTo(
	state: S3State,
	record: S3Request,
	arrival: Arrival | S3Error,
	body: Buffer,
): S3Answer {
	try {
		if (arrival instanceof S3Error) throw arrival;
		const now = state.now();
		const payloadHash = authenticate(arrival, state.account, now);
		checkPayload(payloadHash, body);
		if (arrival.bucket === '') throw new S3Error('NotImplemented');
		const objects = state.objectsOf(arrival.bucket);
		if (objects === undefined) {
			throw new S3Error('NoSuchBucket', undefined, { BucketName: arrival.bucket });
		}
		const { method, key, query } = arrival;
		const { headers } = record;
		return carryOut(objects, state.settings, { method, key, query, headers, body, now });
	} catch (error) {
		// eslint-disable-next-line @n8n/community-nodes/require-node-api-error -- the server is no node
		if (!(error instanceof S3Error)) throw error;
		record.code = error.code;
		return errorAnswer(error.code, error.message, record, error.details);
	}
}

function faultAnswer(
	{ code = 'SlowDown', httpStatus, headers }: S3Fault,
	record: S3Request,
): S3Answer {
	record.code = code;
	const answer = errorAnswer(code, wordsOf(code), record);
	return {
		...answer,
		httpStatus: httpStatus ?? answer.httpStatus,
		headers: { ...answer.headers, ...headers },
	};
}

function errorAnswer(
	code: string,
	message: string,
	{ bucket, key }: S3Request,
	details: Record<string, string> = {},
): S3Answer {
	return {
		httpStatus: statusOf(code),
		headers: { 'content-type': 'application/xml' },
		body: errorDocument({
			Code: code,
			Message: message,
			...details,
			Resource: `/${bucket}/${key}`,
			RequestId: randomUUID(),
		}),
	};
}

function sendHalf(
	record: S3Request,
	response: ServerResponse,
	{ httpStatus, headers, body = '' }: S3Answer,
): void {
	record.httpStatus = httpStatus;
	const whole = Buffer.from(body);
	response.writeHead(httpStatus, { 'content-length': whole.length, ...headers });
	response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
}

/** An answer to HEAD has the headers of the one to GET, and no body, also where it is an error. */
function send(
	state: S3State,
	record: S3Request,
	response: ServerResponse,
	{ httpStatus, headers, body = '' }: S3Answer,
): void {
	record.httpStatus = httpStatus;
	response.sendDate = false;
	const bodiless = httpStatus === 204 || httpStatus === 304;
	response.writeHead(httpStatus, {
		date: state.now().toUTCString(),
		server: 'AmazonS3',
		'x-amz-request-id': randomUUID(),
		...(!bodiless && { 'content-length': Buffer.byteLength(body) }),
		...headers,
	});
	response.end(bodiless || record.method === 'HEAD' ? undefined : body);
}
