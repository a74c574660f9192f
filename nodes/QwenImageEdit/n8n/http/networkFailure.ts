import { EditFault } from '../../edit/fault';
import type { RequestEnd } from '../../edit/retry';

/** Codes of connections that were never made, so that nothing can have been taken. */
const neverConnected = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'ERR_INVALID_URL',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** n8n's own guards, which refuse before anything is sent. */
const refusedHere = /ssrf|domain not allowed|not allowed to|is not permitted|restricted/i;

interface Link {
	code?: unknown;
	syscall?: unknown;
	name?: unknown;
	message?: unknown;
	cause?: unknown;
	/** Of an AggregateError: a host with several addresses, of which none could be reached. */
	errors?: unknown;
	fault?: unknown;
}

/** The error and what caused it, outermost first; a chain that bites its tail ends. */
function chainOf(error: unknown): Link[] {
	const chain: Link[] = [];
	let link = error;
	while (typeof link === 'object' && link !== null && chain.length < 8 && !chain.includes(link)) {
		chain.push(link as Link);
		const { cause, errors } = link as Link;
		link = cause ?? (Array.isArray(errors) ? (errors[0] as unknown) : undefined);
	}
	return chain;
}

/**
 * Reads how a request without an answer ended, in words of our own: the error of the HTTP client holds
 * headers and body, so nothing of it is passed on but a code.
 */
export function readNetworkFailure(
	error: unknown,
	host: string,
): { end: Extract<RequestEnd, 'neverSent' | 'connectionLost' | 'timedOut'>; message: string } {
	const chain = chainOf(error);
	const fault = chain.find((link) => link instanceof EditFault) as EditFault | undefined;
	const code = chain.map((link) => link.code).find((value) => typeof value === 'string') as
		| string
		| undefined;
	const connecting = chain.some(
		(link) => link.syscall === 'connect' || link.syscall === 'getaddrinfo',
	);
	const guard = chain.find(
		(link) =>
			/ssrf|UserError|NodeOperationError/i.test(String(link.name)) ||
			(code === undefined && refusedHere.test(String(link.message))),
	);
	if (guard !== undefined) {
		return { end: 'neverSent', message: `This n8n does not allow requests to ${host}` };
	}
	if (code !== undefined && (neverConnected.has(code) || (connecting && code !== 'ECONNRESET'))) {
		const reason = /CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code)
			? `The certificate of ${host} is not trusted`
			: code === 'ENOTFOUND' || code === 'EAI_AGAIN'
				? `The host ${host} was not found`
				: `No connection to ${host} could be made`;
		return { end: 'neverSent', message: reason };
	}
	if (fault?.fault.kind === 'timeout' || code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
		return { end: 'timedOut', message: `${host} did not answer in time` };
	}
	return {
		end: 'connectionLost',
		message: `The connection to ${host} was lost before the answer was complete`,
	};
}
