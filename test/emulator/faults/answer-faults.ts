/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from '../server/exchange';
import { html } from '../server/exchange';
import type { FaultRule } from './fault-kinds';
import { GATEWAY_ANSWERS } from './gateway-answers';

type Pause = (ms: number) => Promise<void>;

/** Sends an answer as it should be sent. */
export function send(response: ServerResponse, answer: Answer): void {
	if (response.destroyed) return;
	response.writeHead(answer.status, {
		...answer.headers,
		'content-length': Buffer.byteLength(answer.body),
	});
	response.end(answer.body);
}

/** Sends a stream with a known length. A client that leaves is no error. */
export async function sendStream(
	response: ServerResponse,
	headers: Record<string, string | number>,
	body: Readable,
): Promise<void> {
	if (response.destroyed) return;
	response.writeHead(200, headers);
	await pipeline(body, response).catch(() => undefined);
}

/** Sends server-sent events as they come. A client that leaves is no error. */
export async function sendEvents(
	response: ServerResponse,
	events: AsyncIterable<string>,
): Promise<void> {
	if (response.destroyed) return;
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.flushHeaders();
	for await (const event of events) {
		if (response.destroyed) return;
		response.write(event);
	}
	response.end();
}

/** Sends a body bit by bit. */
export async function drip(
	response: ServerResponse,
	answer: Answer,
	chunkBytes: number,
	intervalMs: number,
	pause: Pause,
): Promise<void> {
	const body = Buffer.from(answer.body);
	response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
	response.flushHeaders();
	for (let at = 0; at < body.length && !response.destroyed; at += chunkBytes) {
		await pause(intervalMs);
		response.write(body.subarray(at, at + chunkBytes));
	}
	response.end();
}

/** Promises the whole and sends a part. */
function truncate(response: ServerResponse, answer: Answer, sentShare: number): void {
	const body = Buffer.from(answer.body);
	response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
	response.write(body.subarray(0, Math.floor(body.length * sentShare)), () =>
		response.socket?.destroy(),
	);
}

/** Spoils the answer to a call that was taken. */
export async function playAnswerFault(
	response: ServerResponse,
	answer: Answer,
	rule: FaultRule,
	pause: Pause,
): Promise<void> {
	switch (rule.kind) {
		case 'acceptThenDrop':
			response.socket?.destroy();
			return;
		case 'acceptThenHang':
			// The socket stays open until the client leaves or the emulator stops.
			return;
		case 'acceptThenGateway504':
			send(response, html(504, '504 Gateway Time-out'));
			return;
		case 'acceptThenGateway': {
			const gateway = GATEWAY_ANSWERS[rule.gateway ?? 'awsHttpApi']();
			const wait: Record<string, string> =
				rule.seconds === undefined ? {} : { 'retry-after': String(rule.seconds) };
			send(response, { ...gateway, headers: { ...gateway.headers, ...wait } });
			return;
		}
		case 'acceptThenSeeOther':
			send(response, { status: 303, headers: { location: '/status' }, body: '' });
			return;
		case 'slowHeaders':
			await pause(rule.ms ?? 1000);
			send(response, answer);
			return;
		case 'dripBody':
			await drip(response, answer, rule.chunkBytes ?? 1, rule.intervalMs ?? 50, pause);
			return;
		case 'truncateBody':
			truncate(response, answer, rule.sentShare ?? 0.5);
			return;
		case 'notJson':
			send(response, {
				status: rule.status ?? 200,
				headers: { 'content-type': rule.type ?? 'application/json' },
				body: rule.text ?? 'upstream said: OK (but not in JSON',
			});
			return;
		case 'emptyBody':
			send(response, {
				status: rule.status ?? 200,
				headers: { 'content-type': 'application/json' },
				body: '',
			});
			return;
		default:
			throw new Error(`"${rule.kind}" does not spoil an answer`);
	}
}
