/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { request, type OutgoingHttpHeaders } from 'node:http';

import {
	canonicalRequest,
	parametersOf,
	signatureOf,
	stringToSign,
	uriEncode,
	type SignedRequest,
} from '../signing/signature';
import type { S3Announced } from '../control';

/** Where it is sent, and the account that signs it. */
type Store = Omit<S3Announced, 'pid'>;

/** A request as a test wants it; what is left out is made right. */
export interface Asked {
	bucket?: string;
	key?: string;
	query?: string;
	headers?: Record<string, string>;
	body?: Buffer | string;
	/** Addresses the bucket by the host. */
	virtualHost?: boolean;
	/** Signed in the query, for so many seconds. */
	expiresSeconds?: number;
	/** When it is signed. */
	at?: Date;
	secret?: string;
	/** Sent without a length. */
	chunked?: boolean;
}

export interface Answered {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
	/** The code of an error document. */
	code: string | undefined;
}

/** Signs a request, sends it and reads the answer. Rejects when the connection ends without one. */
export async function ask(server: Store, method: string, asked: Asked = {}): Promise<Answered> {
	const { bucket = server.bucket, key, virtualHost = false, at = new Date() } = asked;
	const body = Buffer.from(asked.body ?? '');
	const { host, port } = new URL(server.origin);
	const path = `/${(key ?? '').split('/').map(uriEncode).join('/')}`;
	const rawPath = virtualHost ? path : `/${bucket}${key === undefined ? '' : path}`;
	const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
	const scope = { date: time.slice(0, 8), region: server.region };
	const headers: Record<string, string> = {
		host: virtualHost ? `${bucket}.localhost:${port}` : host,
		...asked.headers,
	};
	const credential = `${server.accessKeyId}/${scope.date}/${scope.region}/s3/aws4_request`;
	const sign = (payloadHash: string, query: string): string => {
		const signed: SignedRequest = {
			method,
			rawPath,
			query: parametersOf(query),
			headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
			signedHeaders: Object.keys(headers).sort(),
			payloadHash,
		};
		const text = stringToSign(canonicalRequest(signed), time, scope);
		return signatureOf(text, asked.secret ?? server.secretAccessKey, scope);
	};
	let query = asked.query ?? '';
	if (asked.expiresSeconds === undefined) {
		const hash = createHash('sha256').update(body).digest('hex');
		Object.assign(headers, { 'x-amz-date': time, 'x-amz-content-sha256': hash });
		const names = Object.keys(headers).sort().join(';');
		headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${sign(hash, query)}`;
	} else {
		query += `&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${uriEncode(credential)}&X-Amz-Date=${time}`;
		query += `&X-Amz-Expires=${asked.expiresSeconds}&X-Amz-SignedHeaders=${Object.keys(headers).sort().join('%3B')}`;
		query += `&X-Amz-Signature=${sign('UNSIGNED-PAYLOAD', query)}`;
	}
	const length = asked.chunked
		? { 'transfer-encoding': 'chunked' }
		: method === 'PUT' && { 'content-length': String(body.length) };
	return await send(server, method, `${rawPath}?${query}`, { ...headers, ...length }, body);
}

async function send(
	server: Store,
	method: string,
	path: string,
	headers: OutgoingHttpHeaders,
	body: Buffer,
): Promise<Answered> {
	const { hostname, port } = new URL(server.origin);
	return await new Promise((resolve, reject) => {
		const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const all = Buffer.concat(chunks);
				resolve({
					status: response.statusCode!,
					headers: response.headers as Record<string, string>,
					body: all,
					code: /<Code>(\w+)<\/Code>/.exec(all.toString())?.[1],
				});
			});
		});
		sent.on('error', reject);
		sent.end(body);
	});
}
