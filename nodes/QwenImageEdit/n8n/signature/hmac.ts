import { createHmac } from 'crypto';

import type { HmacSignature } from '../../wire/callback';
import { equalBytes } from './equalBytes';
import { isFresh, type SignedCall } from './signedCall';

/** The most signatures that are looked at: a provider sends two while it changes its secret. */
const maximumSignatures = 10;

/**
 * Whether a call is signed with the secret, and not too long ago.
 *
 * @param secret as the provider gives it out, with `whsec_` in front or without
 * @param now milliseconds since the epoch
 */
export function hmacHolds(
	signature: HmacSignature,
	call: SignedCall,
	secret: string,
	now: number,
): boolean {
	const { headers, signs, encoding, version } = signature;
	const said = call.headers[headers.signature] ?? '';
	const timestamp = call.headers[headers.timestamp] ?? '';
	const id = headers.id === undefined ? '' : (call.headers[headers.id] ?? '');
	const key = keyOf(signature, secret);
	if (key.length === 0 || said === '' || (headers.id !== undefined && id === '')) return false;
	if (!isFresh(timestamp, now)) return false;
	const parts = { id, timestamp, taskId: call.taskId, body: call.body };
	const mac = createHmac('sha256', key);
	signs.forEach((name, index) => mac.update(index === 0 ? '' : '.').update(parts[name]));
	const expected = mac.digest(encoding);
	const candidates = version === undefined ? [said] : entriesOf(said, version);
	// All are compared, so that the time does not tell which one was right.
	return candidates
		.map((candidate) =>
			equalBytes(encoding === 'hex' ? candidate.toLowerCase() : candidate, expected),
		)
		.includes(true);
}

/** The signatures of one version in a header such as `v1,AbC= v1,XyZ= v2,...`. */
function entriesOf(header: string, version: string): string[] {
	return header
		.split(' ', maximumSignatures)
		.filter((entry) => entry.startsWith(`${version},`))
		.map((entry) => entry.slice(version.length + 1));
}

function keyOf({ secretIs }: HmacSignature, secret: string): Buffer {
	const text = secret.trim().replace(/^whsec_/, '');
	return Buffer.from(text, secretIs === 'base64' ? 'base64' : 'utf8');
}
