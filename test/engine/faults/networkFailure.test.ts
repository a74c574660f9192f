import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import { EditFault } from '../../../nodes/QwenImageEdit/edit/fault';
import { readNetworkFailure } from '../../../nodes/QwenImageEdit/n8n/http/networkFailure';

const node = { name: 'Edit', type: 'edit', typeVersion: 1 } as INode;

/** An error as Node's sockets make it. */
function socketError(code: string, syscall?: string): Error {
	return Object.assign(new Error(`${syscall ?? ''} ${code}`), { code, syscall });
}

/** As n8n's HTTP client hands it on: the client's own error, with the first one as its cause. */
function wrapped(cause: Error & { code?: string }): Error {
	const client = Object.assign(new Error(cause.message, { cause }), {
		name: 'AxiosError',
		code: cause.code,
		config: { headers: { authorization: 'Bearer key-of-the-test' } },
	});
	return new NodeApiError(node, client as never, { message: 'The connection failed' });
}

/** What Node throws for a host with several addresses when none of them can be reached. */
function noneOf(code: string): Error {
	const errors = [socketError(code, 'connect'), socketError(code, 'connect')];
	return Object.assign(new AggregateError(errors, ''), { code });
}

describe('a request that certainly was not sent', () => {
	test.each([
		['refused', socketError('ECONNREFUSED', 'connect')],
		['no such host', socketError('ENOTFOUND', 'getaddrinfo')],
		['no answer to the connection', socketError('ETIMEDOUT', 'connect')],
		['none of several addresses refused', noneOf('ECONNREFUSED')],
		['none of several addresses answered', noneOf('ETIMEDOUT')],
		['a certificate that is not trusted', socketError('DEPTH_ZERO_SELF_SIGNED_CERT')],
		['a certificate of another host', socketError('ERR_TLS_CERT_ALTNAME_INVALID')],
	])('%s', (_name, error) => {
		for (const one of [error, wrapped(error)]) {
			expect(readNetworkFailure(one, 'host.example').end).toBe('neverSent');
		}
	});

	test.each([
		[
			'the restriction of a credential',
			new NodeOperationError(node, 'No allowed domains specified'),
		],
		['the guard of n8n', Object.assign(new Error('blocked'), { name: 'SsrfBlockedIpError' })],
	])('because of %s', (_name, error) => {
		const read = readNetworkFailure(error, 'host.example');
		expect(read).toEqual({
			end: 'neverSent',
			message: 'This n8n does not allow requests to host.example',
		});
	});
});

describe('a request of which nobody knows', () => {
	test.each([
		['the connection was reset', socketError('ECONNRESET', 'read'), 'connectionLost'],
		['it was reset while connecting', socketError('ECONNRESET', 'connect'), 'connectionLost'],
		['the socket hung up', socketError('ECONNRESET'), 'connectionLost'],
		['the pipe broke', socketError('EPIPE', 'write'), 'connectionLost'],
		['no answer in time', socketError('ECONNABORTED'), 'timedOut'],
		['silence on a connection', socketError('ETIMEDOUT', 'read'), 'timedOut'],
		['our own deadline', new EditFault({ kind: 'timeout', message: 'late' }), 'timedOut'],
		['anything else', new Error('something'), 'connectionLost'],
	])('%s', (_name, error, end) => {
		for (const one of [error, wrapped(error)]) {
			expect(readNetworkFailure(one, 'host.example').end).toBe(end);
		}
	});

	test('nothing of the error itself is told: it holds the key', () => {
		const told = JSON.stringify(readNetworkFailure(wrapped(socketError('EPIPE')), 'host.example'));
		expect(told).not.toContain('key-of-the-test');
	});

	test('a chain of causes that bites its tail ends', () => {
		const error = new Error('round') as Error & { cause?: unknown };
		error.cause = error;
		expect(readNetworkFailure(error, 'host.example').end).toBe('connectionLost');
	});
});
