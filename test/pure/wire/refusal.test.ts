import fc from 'fast-check';

import { failureWords } from '../../../nodes/QwenImageEdit/wire/answer/failureWords';
import { readMalformed, readRefusal } from '../../../nodes/QwenImageEdit/wire/answer/refusal';
import { retryAfterSeconds } from '../../../nodes/QwenImageEdit/wire/answer/pause';
import type { Reply } from '../../../nodes/QwenImageEdit/wire/wire';

const now = Date.parse('2026-01-01T00:00:00Z');

function answer(json: unknown, more: Partial<Reply> = {}): Reply {
	return { httpStatus: 400, headers: {}, json, text: JSON.stringify(json) ?? '', ...more };
}

function page(text: string, more: Partial<Reply> = {}): Reply {
	return { httpStatus: 502, headers: {}, text, ...more };
}

describe('retryAfterSeconds', () => {
	it.each([
		['60', 60],
		['0', 0],
		[' 7 ', 7],
		['1.5', 1.5],
		['-3', 0],
		['Thu, 01 Jan 2026 00:01:00 GMT', 60],
		['Wed, 31 Dec 2025 23:59:00 GMT', 0],
		['2026-01-01T00:00:30Z', 30],
		['', undefined],
		['soon', undefined],
		['Infinity', undefined],
	])('reads the header %p', (header, seconds) => {
		expect(retryAfterSeconds(page('', { headers: { 'retry-after': header } }), now)).toBe(seconds);
	});

	it.each([
		[{ retry_after: 30 }, 30],
		[{ retry_after: 0 }, 0],
		[{ retry_after: '30' }, 30],
		[{ retryAfter: 12.5 }, 12.5],
		[{ error: { retry_after: 5 } }, 5],
		[{ error: { retryAfter: '5' } }, 5],
		[{ retry_after: -1 }, 0],
		[{ retry_after: null }, undefined],
		[{ retry_after: '' }, undefined],
		[{ retry_after: 'soon' }, undefined],
		[{ retry_after: [30] }, undefined],
		[{ retry_after: true }, undefined],
	])('reads the body %j', (json, seconds) => {
		expect(retryAfterSeconds(answer(json), now)).toBe(seconds);
	});

	it.each([
		['retry after 60 seconds', 60],
		['Retry after 1 second.', 1],
		['Rate limit exceeded. Please retry in 2.5s', 2.5],
		['Please try again in 20 seconds', 20],
		['try again in 3 minutes', 180],
		['Please wait 500ms', 0.5],
		['wait 1500 milliseconds before the next request', 1.5],
		['please wait 2 mins', 120],
		['Slow down and retry after at least 15 sec', 15],
		['Please try again in 1m30s.', 90],
		['Please try again in 1h2m3.5s', 3723.5],
		['Please wait 1 minute and 5 seconds', 65],
		['Try again in 2 hours', 7200],
		['Try again in 862ms', 0.862],
		['Please retry 3 more models', undefined],
		['try again later', undefined],
		['retry after 60', undefined],
		['retry. The image took 30 seconds', undefined],
		['You waited 60 seconds', undefined],
		['The upstream did not answer within 30 seconds', undefined],
		['60 seconds', undefined],
	])('reads the words %p', (message, seconds) => {
		expect(retryAfterSeconds(answer({ error: { message } }), now)).toBe(seconds);
		expect(
			retryAfterSeconds(answer({ error: { message: 'No', fallback_suggestion: message } }), now),
		).toBe(seconds);
	});

	it('prefers the header to the body, and the body to the words', () => {
		const json = { retry_after: 20, message: 'retry after 30 seconds' };
		expect(retryAfterSeconds(answer(json, { headers: { 'retry-after': '10' } }), now)).toBe(10);
		expect(retryAfterSeconds(answer(json), now)).toBe(20);
		expect(retryAfterSeconds(answer(json, { headers: { 'retry-after': 'soon' } }), now)).toBe(20);
	});

	it('does not read a suggestion and a message as one sentence', () => {
		const error = { fallback_suggestion: 'try again later', message: 'No answer in 30 seconds' };
		expect(retryAfterSeconds(answer({ error }), now)).toBeUndefined();
	});

	it('is never negative, endless or not a number', () => {
		const part = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constant(null));
		fc.assert(
			fc.property(fc.string(), part, fc.string(), (header, value, message) => {
				const seconds = retryAfterSeconds(
					answer({ retry_after: value, message }, { headers: { 'retry-after': header } }),
					now,
				);
				if (seconds !== undefined) {
					expect(Number.isFinite(seconds)).toBe(true);
					expect(seconds).toBeGreaterThanOrEqual(0);
				}
			}),
		);
	});
});

describe('failureWords', () => {
	it.each<[string, unknown]>([
		['OpenAI', { error: { message: 'It failed', type: 't', code: 'c', param: null } }],
		['error as text', { error: 'It failed' }],
		['flat', { message: 'It failed', statusCode: '400' }],
		['flat beside a title', { error: 'Bad Request', message: 'It failed', statusCode: 400 }],
		['the odd spelling', { status: 'error', messege: 'It failed' }],
		['detail as text', { detail: 'It failed' }],
		['detail as list', { detail: [{ loc: ['body', 'prompt'], msg: 'It failed', type: 'x' }] }],
		['detail beside a title', { title: 'Invalid', detail: 'It failed', status: 422 }],
		['msg', { code: 500, msg: 'It failed' }],
		['list of messages', { message: ['It failed', 'badly'] }],
		['empty error beside a message', { error: null, message: 'It failed' }],
		['empty message beside an error', { message: '', error: 'It failed' }],
	])('reads the %s form', (_name, json) => {
		expect(failureWords(answer(json)).message).toContain('It failed');
	});

	it.each<[string, unknown]>([
		['a list of messages beside a title', { error: 'Bad Request', message: ['It failed'] }],
		['a JSON text', 'It failed'],
		['a JSON list', ['It failed']],
		['a list of errors', { errors: [{ message: 'It failed' }] }],
		['an object of errors', { errors: { code: 500, message: 'It failed' } }],
		['errors by field', { message: { prompt: ['It failed'] } }],
		['an error with msg', { error: { msg: 'It failed' } }],
		['an error with detail', { error: { detail: 'It failed' } }],
		['a list in error', { error: [{ message: 'It failed' }] }],
		['an error inside an error', { error: { error: { message: 'It failed' } } }],
		['words inside data', { success: false, data: { message: 'It failed' } }],
		['words under a name of its own', { status: 'error', reason: 'It failed' }],
	])('keeps the words of %s', (_name, json) => {
		const { fault } = readRefusal(answer(json), { provider: 'Host' });
		expect(fault.message).toContain('It failed');
		expect(fault.message).not.toContain('[object');
	});

	it.each([
		'expected <string> but got <number>',
		'width must be a<b',
		'use <your key> instead of {{YOUR_API_KEY}}',
		'size & shape: 5 < 10 > 3',
	])('does not take %j for a page', (message) => {
		expect(failureWords(answer({ error: { message } })).message).toBe(message);
	});

	it('reads a page inside an answer', () => {
		const message = '<html><head><title>504 Gateway Time-out</title></head><body>x</body></html>';
		expect(failureWords(answer({ message })).message).toContain('504 Gateway Time-out');
	});

	it('keeps code, type, suggestion and request id', () => {
		const json = {
			error: { message: 'm', code: 429, type: 't', suggestion: 'Rest a while' },
			request_id: 'r-1',
		};
		expect(failureWords(answer(json))).toEqual({
			message: 'm',
			code: '429',
			type: 't',
			suggestion: 'Rest a while',
			requestId: 'r-1',
		});
		expect(failureWords(answer({ message: 'm', statusCode: '403', requestId: 7 }))).toMatchObject({
			code: '403',
			requestId: '7',
		});
	});

	it.each(['x-request-id', 'request-id', 'x-requestid', 'x-inference-id', 'cf-ray'])(
		'finds the request id in the header %s',
		(name) => {
			expect(failureWords(page('', { headers: { [name]: 'r-2' } })).requestId).toBe('r-2');
		},
	);

	it.each([
		['<html><head><title>502 Bad Gateway</title></head><body>x</body></html>', '502 Bad Gateway'],
		['<!doctype html><TITLE lang="en">\n Just  a moment… </TITLE>', 'Just a moment…'],
		['<html><body><h1>Bad</h1><p>gateway</p></body></html>', 'Bad gateway'],
		['<html><head><style>p{}</style></head><body><p>Down</p><script>x()</script></body>', 'Down'],
		['<html><title></title><body>Down</body></html>', 'Down'],
		['<html><body><header>Down</header><main>for a while</main></body></html>', 'Down for a while'],
		['upstream connect error', 'upstream connect error'],
		['', ''],
	])('reads the page %p', (text, message) => {
		expect(failureWords(page(text)).message).toBe(message);
	});

	it('never shows markup', () => {
		const tag = fc.constantFrom('<p>', '</p>', '<br/>', '<header>', '<h1 class="a">', '</div>');
		const parts = fc.array(fc.oneof(tag, fc.constant('word ')), { minLength: 1, maxLength: 30 });
		fc.assert(
			fc.property(parts, (pieces) => {
				const { message } = failureWords(page(`<html>${pieces.join('')}</html>`));
				expect(message).not.toMatch(/<\/?[a-z]/i);
			}),
		);
	});
});

describe('readRefusal', () => {
	it.each([
		[400, 'input'],
		[401, 'credential'],
		[402, 'credit'],
		[403, 'credential'],
		[404, 'provider'],
		[409, 'input'],
		[413, 'input'],
		[422, 'input'],
		[429, 'rateLimit'],
		[500, 'provider'],
		[502, 'provider'],
		[503, 'provider'],
		[504, 'provider'],
		[524, 'provider'],
		[200, 'provider'],
	])('HTTP %d is of kind %s', (httpStatus, kind) => {
		const { fault } = readRefusal(answer({ message: 'No' }, { httpStatus }), { provider: 'Host' });
		expect(fault.kind).toBe(kind);
		expect(fault.message).toBe(`Host says: No${httpStatus >= 400 ? ` (HTTP ${httpStatus})` : ''}`);
	});

	it.each([408, 425])('HTTP %d is not the fault of the input', (httpStatus) => {
		const { fault } = readRefusal(answer({ message: 'No' }, { httpStatus }), { provider: 'Host' });
		expect(fault.kind).not.toBe('input');
	});

	it.each([
		[{ error: { code: 'insufficient_quota', message: 'No' } }, 'credit'],
		[{ error: { type: 'insufficient_balance', message: 'No' } }, 'credit'],
		[{ error: { code: 'insufficient_user_quota', message: 'No' } }, 'credit'],
		[{ code: 'Arrearage', message: 'No' }, 'credit'],
		[{ message: "You've run out of credits" }, 'credit'],
		[{ message: 'Insufficient credits' }, 'credit'],
		[{ message: 'not enough credit' }, 'credit'],
		[{ error: { code: 'content_policy_violation', message: 'No' } }, 'content'],
		[{ code: 'DataInspectionFailed', message: 'No' }, 'content'],
		[{ message: 'Blocked by our content policy' }, 'content'],
		[{ message: 'The prompt is wrong' }, 'input'],
	])('%j is told by its words', (json, kind) => {
		expect(readRefusal(answer(json), { provider: 'Host' }).fault.kind).toBe(kind);
	});

	it("lets the provider's own rules speak first", () => {
		const { fault } = readRefusal(answer({ error: { code: 'insufficient_quota' } }), {
			provider: 'Host',
			rules: [{ kind: 'rateLimit', when: ({ code }) => code === 'insufficient_quota' }],
		});
		expect(fault.kind).toBe('rateLimit');
	});

	it('keeps the suggestion of the provider, the task and the pause', () => {
		const json = { error: { message: 'Busy', fallback_suggestion: 'retry after 60 seconds' } };
		const { fault } = readRefusal(answer(json, { httpStatus: 429 }), {
			provider: 'Host',
			taskId: 't-1',
			now,
		});
		expect(fault).toMatchObject({ kind: 'rateLimit', taskId: 't-1', retryAfterSeconds: 60 });
		expect(fault.advice).toMatch(/^retry after 60 seconds\. /);
	});

	it('says so when the answer says nothing', () => {
		for (const reply of [page(''), answer(null), answer({}), answer([]), answer({ error: {} })]) {
			const { message } = readRefusal(reply, { provider: 'Host' }).fault;
			expect(message).toBe(`Host says: nothing more than the status (HTTP ${reply.httpStatus})`);
		}
	});

	it('does not go through the prototype', () => {
		const json = JSON.parse(
			'{"__proto__": {"message": "evil"}, "error": {"__proto__": {"message": "evil"}}}',
		) as unknown;
		expect(failureWords(answer(json)).message).not.toContain('evil');
		expect(failureWords(answer({})).message).toBe('');
	});
});

describe('readMalformed', () => {
	it('keeps an excerpt of what came instead', () => {
		const reply = page('<title>Login</title>', { httpStatus: 200, headers: { 'cf-ray': 'r' } });
		expect(readMalformed(reply, 'Host sent a page', 't-1')).toEqual({
			state: 'malformed',
			message: 'Host sent a page: Login (HTTP 200)',
			httpStatus: 200,
			requestId: 'r',
			taskId: 't-1',
		});
	});
});
