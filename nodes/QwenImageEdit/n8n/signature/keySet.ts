import { createHash, createPublicKey, type KeyObject, verify } from 'crypto';

import type { KeySetSignature } from '../../wire/callback';
import { readField } from '../../wire/json/jsonValue';
import { isFresh, type SignedCall } from './signedCall';

/** The most keys of a set that are tried. */
const maximumKeys = 20;

/** The Ed25519 keys of a JSON Web Key Set; anything else in it is passed over. */
export function readKeySet(json: unknown): KeyObject[] {
	const keys = readField(json, 'keys');
	if (!Array.isArray(keys)) return [];
	return keys.slice(0, maximumKeys).flatMap((entry: unknown) => {
		const x = readField(entry, 'x');
		const isOther = [
			['kty', 'OKP'],
			['crv', 'Ed25519'],
		].some(([name, value]) => ![undefined, value].includes(readField(entry, name!) as string));
		if (typeof x !== 'string' || isOther) return [];
		// Written in either alphabet, with padding or without.
		const bytes = Buffer.from(x, 'base64url');
		if (bytes.length !== 32) return [];
		const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
		return [createPublicKey({ key: jwk, format: 'jwk' })];
	});
}

/**
 * Whether a call is signed with one of the keys, and not too long ago.
 *
 * @param now milliseconds since the epoch
 */
export function keySetHolds(
	{ headers }: KeySetSignature,
	call: SignedCall,
	keys: readonly KeyObject[],
	now: number,
): boolean {
	const of = (name: string): string => call.headers[name] ?? '';
	const [id, user, timestamp] = [of(headers.id), of(headers.user), of(headers.timestamp)];
	const said = of(headers.signature);
	if ([id, user].includes('') || !/^[0-9a-f]{128}$/i.test(said)) return false;
	if (!isFresh(timestamp, now)) return false;
	const digest = createHash('sha256').update(call.body).digest('hex');
	const message = Buffer.from([id, user, timestamp, digest].join('\n'), 'utf8');
	const signature = Buffer.from(said, 'hex');
	return keys.some((key) => verify(null, message, key, signature));
}
