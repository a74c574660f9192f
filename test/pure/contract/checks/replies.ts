import type { Outcome, Stopped } from '../../../../nodes/QwenImageEdit/edit/outcome';
import type {
	Provider,
	TaskReference,
	Uploaded,
} from '../../../../nodes/QwenImageEdit/adapter/provider';
import type { Reply } from '../../../../nodes/QwenImageEdit/wire/wire';
import { baseUrlOf, imageFile } from '../wire-text';
import { replyOf, type ProviderFixtures, type ReplyFixture } from '../fixture';

const uploaded = imageFile('png');

type Read = Outcome | Stopped | Uploaded;

/** Reads a reply with what the node knows when it comes. */
export function readReply(provider: Provider, file: ReplyFixture, reply: Reply): Read {
	if (file.call === 'upload') return provider.upload!.decode(reply, uploaded);
	if (file.call === 'submit') return provider.submit.decode(reply);
	if (file.call === 'cancel') return provider.task!.cancel!.decode(reply);
	const exchange = file.call === 'result' ? provider.task!.result! : provider.task!;
	// The id that was asked for is handed on, for answers that do not repeat it.
	const decode: (reply: Reply, asked: TaskReference) => Outcome = exchange.decode;
	return decode(reply, {
		taskId: file.asked!,
		baseUrl: baseUrlOf(provider),
	});
}

const emptyWords = /\[object|undefined|\bNaN\b|: *\(HTTP/;

function checkWords(message: string, words: readonly string[], httpStatus: number): void {
	for (const word of words) expect(message).toContain(word);
	if (words.length > 0) expect(message).not.toContain('nothing more than the status');
	expect(message).not.toMatch(emptyWords);
	if (httpStatus >= 400) expect(message).toContain(String(httpStatus));
}

function checkRead(file: ReplyFixture, read: Read): void {
	const wanted = file.expect;
	if (!('state' in wanted)) {
		const { url, put } = read as Uploaded;
		expect({ url, put: put?.path }).toEqual({ url: wanted.url, put: wanted.put });
		// The key does not go to an address that the provider has signed.
		if (put !== undefined) expect(put.origin).toBe('foreign');
		return;
	}
	if (wanted.state === 'stopped') {
		const { warnings = [], ...rest } = read as Stopped;
		expect(rest).toEqual({ state: 'stopped', status: wanted.status });
		expect(warnings.length > 0).toBe(wanted.hasWarning);
		return;
	}
	if (wanted.state === 'pending' || wanted.state === 'completed' || wanted.state === 'ready') {
		expect(read).toEqual(wanted);
		return;
	}
	if (wanted.state === 'malformed') {
		if (!('state' in read) || read.state !== 'malformed') {
			expect(read).toMatchObject({ state: 'malformed' });
			return;
		}
		const { message, ...rest } = read;
		const { words, ...more } = wanted;
		expect(rest).toEqual({ ...more, httpStatus: file.httpStatus });
		checkWords(message, words, file.httpStatus);
		return;
	}
	if (!('state' in read) || read.state !== 'refused') {
		expect(read).toMatchObject({ state: 'refused' });
		return;
	}
	const { fault } = read;
	const { words, kind } = wanted;
	expect(Array.isArray(kind) ? kind : [kind]).toContain(fault.kind);
	expect(fault.httpStatus).toBe(file.httpStatus);
	expect({
		requestId: fault.requestId,
		retryAfterSeconds: fault.retryAfterSeconds,
		taskStatus: fault.taskStatus,
	}).toEqual({
		requestId: wanted.requestId,
		retryAfterSeconds: wanted.retryAfterSeconds,
		taskStatus: wanted.taskStatus,
	});
	// The runner knows the id it asked for, so an adapter may leave it out, but never make one up.
	expect([wanted.taskId, file.asked]).toContain(fault.taskId ?? wanted.taskId);
	if (wanted.taskId !== undefined) expect(fault.taskId).toBe(wanted.taskId);
	if (wanted.advice !== undefined) expect(fault.advice).toContain(wanted.advice);
	expect(fault.message).toMatch(/^\S.* (says: |reports success )/);
	checkWords(fault.message, words, file.httpStatus);
}

/** Replies of the document are read as what they mean, in the provider's words. */
export function describeReplies(provider: Provider, fixtures: ProviderFixtures): void {
	describe('a reply is read', () => {
		it.each(fixtures.replies.map((file) => [file.name, file] as const))('%s', (_name, file) => {
			checkRead(file, readReply(provider, file, replyOf(file)));
		});
	});

	it('there are replies of every state that the provider has', () => {
		const states = new Set(
			fixtures.replies.map((file) => ('state' in file.expect ? file.expect.state : 'link')),
		);
		expect([...states].sort()).toEqual(
			[
				'completed',
				'malformed',
				'refused',
				...(provider.task ? ['pending'] : []),
				...(provider.upload ? ['link'] : []),
				...(provider.task?.result ? ['ready'] : []),
				...(provider.task?.cancel ? ['stopped'] : []),
			].sort(),
		);
	});
}
