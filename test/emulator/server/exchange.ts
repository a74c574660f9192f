/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { IncomingMessage } from 'node:http';
import type { ReceivedForm } from './received-form';
import type { Json, RecordedRequest } from '../types';

/** A whole HTTP answer, before a fault may spoil it. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer | string;
	/** The value behind a JSON body, so that faults can change it. */
	json?: Json;
}

/** Server-sent events, one after another as they come. */
export interface EventAnswer {
	events: AsyncIterable<string>;
}

/** A JSON answer. */
export function json(status: number, value: Json, headers: Record<string, string> = {}): Answer {
	return {
		status,
		headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
		body: JSON.stringify(value),
		json: value,
	};
}

/** An HTML page, as gateways and object stores send one. */
export function html(status: number, title: string, text = title): Answer {
	const body =
		`<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n` +
		`<center><h1>${text}</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>\n`;
	return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** Plain text of any type. */
export function text(
	status: number,
	body: string,
	contentType = 'text/plain; charset=utf-8',
): Answer {
	return { status, headers: { 'content-type': contentType }, body };
}

/** Thrown by a provider that does not take a call: the answer for the client, the reason for the record. */
export class Refusal extends Error {
	constructor(
		readonly answer: Answer,
		reason: string,
	) {
		super(reason);
	}
}

/** One call as a provider's handler sees it. */
export interface ApiCall {
	record: RecordedRequest;
	/** When it came, by the monotonic clock. */
	arrivedMs: number;
	method: string;
	/** Path below the provider's mount, without the query. */
	path: string;
	query: URLSearchParams;
	headers: IncomingMessage['headers'];
	/** Parsed body; `undefined` when there was none or it was not JSON. */
	body: Json | undefined;
	/** A multipart body, on routes that take one. */
	form?: ReceivedForm;
	/** What stood in the path where the route has a group. */
	groups: string[];
	/** The only key this provider takes. */
	expectedKey: string;
}

/** Reads a whole body. Rejects when the client goes away in the middle. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

const LONGEST_RECORDED_TEXT = 4096;

/** A copy fit for a record: base64 and other long texts are cut, everything else is kept. */
export function shortened(value: Json): Json {
	if (typeof value === 'string') {
		return value.length > LONGEST_RECORDED_TEXT
			? `${value.slice(0, 60)}… (${value.length} characters)`
			: value;
	}
	if (Array.isArray(value)) return value.map(shortened);
	if (value !== null && typeof value === 'object') {
		// No prototype: a body may well hold a "__proto__" field, and the record must show it.
		const copy: { [key: string]: Json } = Object.create(null) as { [key: string]: Json };
		for (const [name, field] of Object.entries(value)) copy[name] = shortened(field);
		return copy;
	}
	return value;
}
