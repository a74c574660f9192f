/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import fc from 'fast-check';

import { errorKinds, type Fault } from '../../../nodes/QwenImageEdit/edit/fault';
import type { Outcome } from '../../../nodes/QwenImageEdit/edit/outcome';
import type { Provider, TaskReference } from '../../../nodes/QwenImageEdit/adapter/provider';
import type { Reply } from '../../../nodes/QwenImageEdit/wire/wire';
import { providers } from '../../../nodes/QwenImageEdit/providers';
import { fixturesOf } from './fixture';
import { hostileReply, keptText } from './hostile-replies';
import { within } from './time-limit';
import { baseUrlOf, urlOf } from './wire-text';

/**
 * Generated answers per provider. The plain test run takes few, always the same ones, so that it gives the
 * same result twice; with FUZZ_RUNS set each run explores new ones, unless FUZZ_SEED repeats an old one.
 */
const runs = Number(process.env.FUZZ_RUNS ?? 500);
const seed =
	process.env.FUZZ_SEED ?? (process.env.FUZZ_RUNS === undefined ? '20260101' : undefined);
const settings = { numRuns: runs, ...(seed === undefined ? {} : { seed: Number(seed) }) };
const patience = 30_000 + runs * 40;

const asked: TaskReference = { taskId: '143526871', baseUrl: '' };

/** One line of text that fits a message. */
function checkText(text: unknown, longest: number): void {
	expect(typeof text).toBe('string');
	expect((text as string).length).toBeLessThanOrEqual(longest);
	expect(text).not.toMatch(/\p{Cc}|\u2028|\u2029|\u202e/u);
	expect(text).not.toBe('');
}

function checkOptional(value: unknown, check: (value: unknown) => void): void {
	if (value !== undefined) check(value);
}

const seconds = (value: unknown): void => {
	expect(typeof value).toBe('number');
	expect(Number.isFinite(value)).toBe(true);
	expect(value).toBeGreaterThanOrEqual(0);
};

function checkFault(fault: Fault, reply: Reply): void {
	expect(errorKinds).toContain(fault.kind);
	checkText(fault.message, 700);
	expect(fault.httpStatus).toBe(reply.httpStatus);
	checkOptional(fault.advice, (advice) => checkText(advice, 1000));
	checkOptional(fault.requestId, (id) => checkText(id, 700));
	checkOptional(fault.retryAfterSeconds, seconds);
	checkOptional(fault.taskId, (id) => expect(id).not.toBe(''));
	checkOptional(fault.taskStatus, (status) => expect(['failed', 'cancelled']).toContain(status));
}

function checkOutcome(outcome: Outcome, reply: Reply): void {
	switch (outcome.state) {
		case 'pending':
			expect(typeof outcome.taskId).toBe('string');
			expect(outcome.taskId).not.toBe('');
			expect(['pending', 'processing']).toContain(outcome.status);
			checkOptional(outcome.progress, (progress) => {
				seconds(progress);
				expect(progress).toBeLessThanOrEqual(100);
			});
			checkOptional(outcome.etaSeconds, seconds);
			checkOptional(outcome.readUrl, (url) => expect(typeof url).toBe('string'));
			break;
		case 'completed':
			expect(reply.httpStatus).toBeLessThan(400);
			expect(outcome.images.length).toBeGreaterThan(0);
			for (const { url, base64, urlHoldsBase64 } of outcome.images) {
				expect(url ?? base64).toEqual(expect.stringMatching(/[^]/));
				checkOptional(base64, (text) => expect(typeof text).toBe('string'));
				checkOptional(urlHoldsBase64, (holds) => expect(holds).toBe(true));
			}
			checkOptional(outcome.taskId, (id) => {
				expect(typeof id).toBe('string');
				expect(id).not.toBe('');
			});
			checkOptional(outcome.usage, (usage) => expect(typeof usage).toBe('object'));
			checkOptional(outcome.model, (model) => expect(typeof model).toBe('string'));
			break;
		case 'ready':
			expect(reply.httpStatus).toBeLessThan(400);
			expect(outcome.taskId).not.toBe('');
			break;
		case 'refused':
			checkFault(outcome.fault, reply);
			break;
		case 'malformed':
			checkText(outcome.message, 700);
			expect(outcome.httpStatus).toBe(reply.httpStatus);
			checkOptional(outcome.requestId, (id) => checkText(id, 700));
			checkOptional(outcome.taskId, (id) => expect(id).not.toBe(''));
			break;
		default:
			throw new Error(`unknown state ${JSON.stringify(outcome)}`);
	}
}

/** A key must not follow wherever an answer points. */
function checkNextLook(provider: Provider, outcome: Outcome): void {
	if (outcome.state !== 'pending' || provider.task === undefined) return;
	if (/\p{Cs}/u.test(outcome.taskId)) return;
	const baseUrl = baseUrlOf(provider);
	const task = { ...outcome, baseUrl };
	const { encode, result, watch, cancel } = provider.task;
	for (const wire of [encode(task), result?.encode(task), watch?.(task), cancel?.encode(task)]) {
		if (wire === undefined) continue;
		expect(new URL(urlOf(wire, baseUrl)).origin).toBe(new URL(baseUrl).origin);
	}
}

describe.each(providers.map((provider) => [provider.id, provider] as const))(
	'%s reads any answer',
	(id, provider) => {
		const { replies } = fixturesOf(id);
		const reply = hostileReply(replies);

		afterEach(() => {
			expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		});

		it(
			'to a submit',
			() => {
				fc.assert(
					fc.property(reply, (answer) => {
						const outcome = provider.submit.decode(answer);
						checkOutcome(outcome, answer);
						checkNextLook(provider, outcome);
					}),
					settings,
				);
			},
			patience,
		);

		if (provider.task !== undefined) {
			const decode: (reply: Reply, asked: TaskReference) => Outcome = provider.task.decode;
			it(
				'to a look at a task',
				() => {
					fc.assert(
						fc.property(reply, (answer) => {
							const outcome = decode(answer, {
								...asked,
								baseUrl: baseUrlOf(provider),
							});
							checkOutcome(outcome, answer);
							checkNextLook(provider, outcome);
						}),
						settings,
					);
				},
				patience,
			);
		}

		const { result, cancel } = provider.task ?? {};
		if (result !== undefined) {
			it(
				'to a request for a result',
				() => {
					fc.assert(
						fc.property(reply, (answer) => {
							checkOutcome(result.decode(answer, { ...asked, baseUrl: '' }), answer);
						}),
						settings,
					);
				},
				patience,
			);
		}

		if (cancel !== undefined) {
			it(
				'to a cancel call',
				() => {
					fc.assert(
						fc.property(reply, (answer) => {
							const outcome = cancel.decode(answer);
							if (outcome.state !== 'stopped') return checkOutcome(outcome, answer);
							for (const warning of outcome.warnings ?? []) checkText(warning, 700);
						}),
						settings,
					);
				},
				patience,
			);
		}

		if (provider.upload !== undefined) {
			it(
				'to an upload',
				() => {
					fc.assert(
						fc.property(reply, (answer) => {
							const outcome = provider.upload!.decode(answer);
							if ('url' in outcome) {
								expect(outcome.url).toMatch(/^https?:\/\//i);
								// Where the file is sent to is read by the transport, without a key.
								if (outcome.put !== undefined) expect(outcome.put.origin).toBe('foreign');
							} else checkOutcome(outcome, answer);
						}),
						settings,
					);
				},
				patience,
			);
		}
	},
);

describe('no answer takes long to read', () => {
	const size = 1_000_000;
	it.each([
		['<', '<'.repeat(size)],
		['<a', '<a'.repeat(size / 2)],
		['<title', '<title'.repeat(size / 6)],
		['<script>', '<script>'.repeat(size / 8)],
		['<style', '<style><head>'.repeat(size / 13)],
		['spaces', `x${' '.repeat(size)}x`],
		['control characters', '\u0000\n'.repeat(size / 2)],
		['retry', `retry ${'wait 1 '.repeat(size / 7)}`],
		['digits', `retry after ${'1'.repeat(size)}`],
	])('of %s', (_name, text) => {
		const page = { httpStatus: 502, headers: {}, text: text.slice(0, keptText) };
		const json = { message: text, type: text, code: text, fallback_suggestion: text };
		for (const provider of providers) {
			within(1000, () => provider.submit.decode(page));
			for (const body of [{ error: json }, { detail: [{ msg: text }] }, { error: text }, text]) {
				const headers = { 'retry-after': text.slice(0, 8000) };
				within(1000, () =>
					provider.submit.decode({ httpStatus: 429, headers, json: body, text: '' }),
				);
			}
		}
	});
});
