import { createHash, createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { JsonObject, ProviderId } from '../types';

/** Whose secret a call is signed with: that of `key(provider)`, or of somebody else at the same provider. */
export type Account = 'own' | 'other';

/** A call as it goes over the line. */
export interface SignedCallback {
	headers: Record<string, string>;
	payload: string;
}

/** What a call is signed from. */
interface Unsigned {
	provider: ProviderId;
	body: JsonObject;
	/** When it is sent, in milliseconds since 1970. */
	at: number;
	account: Account;
	/** The Webhook HMAC Key of a Kie.ai account; empty: the account has none, and nothing is signed. */
	kieHmacKey: string;
}

/** The secret of a Replicate account: base64 of the key behind `whsec_` (docs topics/webhooks/verify-webhook). */
export function replicateSecret(account: Account): string {
	return `whsec_${Buffer.from(`emulated webhook secret of the ${account} account`).toString('base64')}`;
}

/** The secret of a WaveSpeedAI key: the text behind `whsec_` is the key itself (docs verify-webhooks). */
export function waveSpeedSecret(account: Account): string {
	return `whsec_${createHash('sha256').update(`webhook secret of ${account}`).digest('hex')}`;
}

const falKeys = generateKeyPairSync('ed25519');
const olderFalKeys = generateKeyPairSync('ed25519');

/** fal.ai's key set, with a key of before (docs model-apis/webhooks: several may be listed). */
export function falKeySet(): JsonObject {
	const keys = [olderFalKeys, falKeys].map(({ publicKey }, index) => ({
		...(publicKey.export({ format: 'jwk' }) as { kty: string; crv: string; x: string }),
		kid: `emulated-${index}`,
		use: 'sig',
		alg: 'EdDSA',
	}));
	return { keys };
}

const hmac = (key: string | Buffer, message: string, encoding: 'base64' | 'hex'): string =>
	createHmac('sha256', key).update(message).digest(encoding);

const secondsOf = (at: number): string => String(Math.floor(at / 1000));

function falHeaders({ body, at, account }: Unsigned, payload: string): Record<string, string> {
	const request = String(body.request_id);
	const user = account === 'own' ? 'emulated-user' : 'somebody-else';
	const digest = createHash('sha256').update(payload).digest('hex');
	const message = [request, user, secondsOf(at), digest].join('\n');
	return {
		'x-fal-webhook-request-id': request,
		'x-fal-webhook-user-id': user,
		'x-fal-webhook-timestamp': secondsOf(at),
		'x-fal-webhook-signature': sign(null, Buffer.from(message), falKeys.privateKey).toString('hex'),
	};
}

/** The headers of Standard Webhooks, which Replicate and WaveSpeedAI share. */
function standardHeaders(
	{ at }: Unsigned,
	payload: string,
	signature: (message: string) => string,
): Record<string, string> {
	const id = `msg_${randomUUID()}`;
	return {
		'webhook-id': id,
		'webhook-timestamp': secondsOf(at),
		'webhook-signature': signature(`${id}.${secondsOf(at)}.${payload}`),
	};
}

/** The task ID and the time are signed, the body is not (docs common-api/webhook-verification). */
function kieHeaders({ body, at, account, kieHmacKey }: Unsigned): Record<string, string> {
	if (kieHmacKey === '') return {};
	const { taskId } = body.data as { taskId: string };
	const key = account === 'own' ? kieHmacKey : `${kieHmacKey} of somebody else`;
	return {
		'x-webhook-timestamp': secondsOf(at),
		'x-webhook-signature': hmac(key, `${taskId}.${secondsOf(at)}`, 'base64'),
	};
}

/** Signs a call as the document of the provider says, from the secrets above and never with code of the node. */
export function signCallback(unsigned: Unsigned): SignedCallback {
	const { provider, body, account } = unsigned;
	const payload = JSON.stringify(body);
	switch (provider) {
		case 'fal':
			return { payload, headers: falHeaders(unsigned, payload) };
		case 'kie':
			return { payload, headers: kieHeaders(unsigned) };
		case 'replicate': {
			const key = Buffer.from(replicateSecret(account).slice('whsec_'.length), 'base64');
			const sent = (message: string): string => `v1,${hmac(key, message, 'base64')}`;
			return { payload, headers: standardHeaders(unsigned, payload, sent) };
		}
		case 'waveSpeed': {
			const key = waveSpeedSecret(account).slice('whsec_'.length);
			const sent = (message: string): string => `v3,${hmac(key, message, 'hex')}`;
			return { payload, headers: standardHeaders(unsigned, payload, sent) };
		}
		default:
			return { payload, headers: {} };
	}
}
