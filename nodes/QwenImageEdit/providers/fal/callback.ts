import type { Callback } from '../../wire/callback';
import { readField, words } from '../../wire/json/jsonValue';
import { stepsOf } from '../../wire/wire';

/** How fal.ai calls back: research O2, docs model-apis/webhooks. */
export const callback: Callback = {
	taskIdOf(body, note) {
		const id = words(readField(body, 'request_id'));
		if (id === '') return undefined;
		return note === '' ? id : `${note}/requests/${id}`;
	},
	// A request is read under owner and app of its model, and a call names only the request.
	noteOf: (model) => stepsOf(model).slice(0, 2).join('/'),
	signature: {
		kind: 'keySet',
		headers: {
			id: 'x-fal-webhook-request-id',
			user: 'x-fal-webhook-user-id',
			timestamp: 'x-fal-webhook-timestamp',
			signature: 'x-fal-webhook-signature',
		},
		path: '/.well-known/jwks.json',
		lifetimeSeconds: 24 * 3600,
	},
	says: 'Signs request ID, user ID, time and a digest of the body by Ed25519; the keys lie at rest.fal.ai. Waits 15 seconds, and tries ten more times in two hours',
	source: 'research O2: docs model-apis/webhooks, and five public verifiers',
};
