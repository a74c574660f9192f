/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { drip, playAnswerFault, send, sendStream } from './answer-faults';
import type { Answer } from '../server/exchange';
import { html, text } from '../server/exchange';
import type { FaultRule } from './fault-kinds';
import type { FaultStrike } from './faults';
import type { ImageFile } from '../images/png';
import { plainPng } from '../images/png';
import { gatewayPage, retryAfterHeaders } from './refusal-faults';
import type { StoredResult } from '../images/results';
import type { EmulatorState } from '../state';

/** An object store's error. */
export function storeError(status: number, code: string, message: string): Answer {
	const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>${code}</Code>\n  <Message>${message}</Message>\n</Error>\n`;
	return text(status, body, 'application/xml');
}

/** What object stores show for a file that is not there (yet). */
export const notFoundPage = () => html(404, 'Error 404', 'Object not found');

const ANSWER_KINDS = [
	'acceptThenDrop',
	'acceptThenHang',
	'slowHeaders',
	'dripBody',
	'truncateBody',
	'emptyBody',
];

function redirectTarget(state: EmulatorState, stored: StoredResult, rule: FaultRule): string {
	if (rule.location !== undefined) return rule.location;
	if (rule.to === 'privateAddress') return 'http://10.0.0.1/latest/image.png';
	if (rule.to === 'loop') return stored.record.url;
	return `${state.elsewhereOrigin}/redirected/${stored.record.id}.png`;
}

async function endless(response: ServerResponse): Promise<void> {
	const noise = Buffer.alloc(64 * 1024, 0x5a);
	const start = plainPng(64, 48);
	const body = Readable.from(
		(function* () {
			yield start.subarray(0, start.length - 12);
			for (;;) yield noise;
		})(),
	);
	await sendStream(response, { 'content-type': 'image/png' }, body);
}

function wholeAnswer(file: ImageFile): Answer {
	return { status: 200, headers: { 'content-type': file.mimeType }, body: file.buffer() };
}

/** Plays a fault on a download. */
export async function playDownloadFault(
	state: EmulatorState,
	stored: StoredResult,
	strike: FaultStrike,
	file: ImageFile,
	response: ServerResponse,
): Promise<void> {
	const { rule } = strike;
	const pause = async (ms: number) => await state.pause(ms);
	switch (strike.kind) {
		case 'resultHtmlPage200':
			return send(
				response,
				html(200, 'Just a moment...', 'Checking your browser before accessing the image'),
			);
		case 'resultTinyFile':
			return send(response, {
				status: 200,
				headers: { 'content-type': 'image/png' },
				body: Buffer.from([0x89, 0x50, 0x4e, 0x47]),
			});
		case 'resultExpired403':
			return send(response, storeError(403, 'AccessDenied', 'Request has expired.'));
		case 'resultNotFound404Once':
			return send(response, notFoundPage());
		case 'resultWrongType':
			return send(response, {
				...wholeAnswer(file),
				headers: { 'content-type': rule.type ?? 'application/octet-stream' },
			});
		case 'resultTruncatedImage': {
			const body = file.buffer();
			return send(response, {
				...wholeAnswer(file),
				body: body.subarray(0, Math.floor(body.length * (rule.sentShare ?? 0.5))),
			});
		}
		case 'resultTrailingBytes': {
			const body = Buffer.concat([file.buffer(), Buffer.alloc(5000, ' ')]);
			return send(response, { ...wholeAnswer(file), body });
		}
		case 'resultEndless':
			return await endless(response);
		case 'resultSlow':
			return await drip(
				response,
				wholeAnswer(file),
				rule.chunkBytes ?? 64,
				rule.intervalMs ?? 100,
				pause,
			);
		case 'resultRedirect':
			response.writeHead(302, {
				location: redirectTarget(state, stored, rule),
				'content-length': 0,
			});
			response.end();
			return;
		case 'gatewayPage':
			return send(response, gatewayPage(rule.status ?? 502));
		case 'httpStatus':
			return send(
				response,
				storeError(
					rule.status ?? 500,
					'InternalError',
					rule.message ?? 'The store could not answer.',
				),
			);
		case 'rateLimit': {
			const answer = storeError(429, 'TooManyRequests', 'Please slow down.');
			return send(response, {
				...answer,
				headers: { ...answer.headers, ...retryAfterHeaders(rule, rule.seconds ?? 1, state.now()) },
			});
		}
		default:
			if (!ANSWER_KINDS.includes(strike.kind))
				throw new Error(`"${strike.kind}" is not for downloads`);
			return await playAnswerFault(response, wholeAnswer(file), rule, pause);
	}
}
