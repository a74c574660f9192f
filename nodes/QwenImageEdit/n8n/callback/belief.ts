import type { KeyObject } from 'crypto';

import type { Provider } from '../../adapter/provider';
import type { Requests } from '../../run/requests';
import { readMalformed, readRefusal } from '../../wire/answer/refusal';
import type { HmacSignature, KeySetSignature } from '../../wire/callback';
import type { Reply, Wire } from '../../wire/wire';
import type { ReadCredential } from '../http/credential';
import { systemClock, steadyClock } from '../runtime/clock';
import { digest } from '../runtime/digest';
import { hmacHolds } from '../signature/hmac';
import { keySetHolds, readKeySet } from '../signature/keySet';
import type { SignedCall } from '../signature/signedCall';
import { readUrlSecret } from '../signature/urlSecret';
import type { Call } from './call';
import { KeyCache } from './keyCache';

/** How long a shared secret may be kept, in seconds. A changed one is found sooner, since nothing holds any more. */
const secretLifetimeSeconds = 3600;

/** Shared by all triggers of this process. */
const secrets = new KeyCache<string>(steadyClock);
const keySets = new KeyCache<KeyObject[]>(steadyClock);

/** What a call is checked against. */
export interface BeliefSettings {
	provider: Provider;
	credential: ReadCredential;
	/** Asks the provider, within the time that a call may take. */
	requests: Requests;
}

/**
 * The task that a call is about, if the call can be believed: its signature holds; or the secret in the URL, where the
 * provider signs nothing. A wrong secret is never believed.
 *
 * @returns undefined for a call that is not believed; an empty text for one that names no task
 * @throws EditFault when the provider could not be asked for its keys
 */
export async function believedTask(
	call: Call,
	settings: BeliefSettings,
): Promise<string | undefined> {
	const { provider, credential } = settings;
	const callback = provider.task!.callback!;
	const urlSecret = readUrlSecret(call.urlSecret, call.webhookId, credential.key);
	if (urlSecret.state === 'wrong') return undefined;
	const taskId = callback.taskIdOf(call.json, urlSecret.note) ?? '';
	const isSigned = await signatureHolds(callback.signature, { ...call, taskId }, settings);
	if (isSigned === false) return undefined;
	return isSigned === undefined && urlSecret.state === 'absent' ? undefined : taskId;
}

/** Undefined where there is nothing to check: the provider signs nothing, or only with a secret that nobody has pasted. */
async function signatureHolds(
	signature: HmacSignature | KeySetSignature | undefined,
	call: SignedCall,
	settings: BeliefSettings,
): Promise<boolean | undefined> {
	if (signature === undefined) return undefined;
	if (signature.kind === 'keySet') return await isInKeySet(signature, call, settings);
	const { callbackSecret } = settings.credential.data;
	const pasted = typeof callbackSecret === 'string' ? callbackSecret.trim() : '';
	if (pasted !== '') return hmacHolds(signature, call, pasted, systemClock.now());
	const { told } = signature;
	if (told === undefined) return undefined;
	const { provider, credential, requests } = settings;
	return await secrets.holds(
		digest(`${provider.id} ${credential.baseUrl} ${credential.key}`),
		secretLifetimeSeconds,
		async () =>
			await ask(settings, requests, told.wire, (reply) => {
				const secret = told.secretIn(reply.json);
				return typeof secret === 'string' && secret.trim() !== '' ? secret : undefined;
			}),
		(secret) => hmacHolds(signature, call, secret, systemClock.now()),
	);
}

async function isInKeySet(
	signature: KeySetSignature,
	call: SignedCall,
	settings: BeliefSettings,
): Promise<boolean> {
	const { provider, credential, requests } = settings;
	// Public keys: where the uploads of a gateway go is unknown, those of the provider are the right ones all the same.
	const origin = credential.uploadBaseUrl ?? provider.credential.uploadBaseUrl!;
	const path = `${origin}${signature.path}`;
	const wire: Wire = { purpose: 'read', method: 'GET', origin: 'foreign', path };
	return await keySets.holds(
		path,
		signature.lifetimeSeconds,
		async () =>
			await ask(settings, requests, wire, ({ json }) => {
				const keys = readKeySet(json);
				return keys.length === 0 ? undefined : keys;
			}),
		(keys) => keySetHolds(signature, call, keys, systemClock.now()),
	);
}

async function ask<Value>(
	{ provider: { title } }: BeliefSettings,
	requests: Requests,
	wire: Wire,
	read: (reply: Reply) => Value | undefined,
): Promise<Value> {
	const answer = await requests.send(wire, (reply) => {
		if (reply.httpStatus >= 400) return readRefusal(reply, { provider: title });
		const value = reply.httpStatus >= 300 ? undefined : read(reply);
		if (value !== undefined) return { state: 'read' as const, value };
		return readMalformed(reply, `${title} did not tell what its calls are signed with`);
	});
	return answer.value;
}
