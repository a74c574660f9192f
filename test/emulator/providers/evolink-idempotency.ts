import type { Answer, ApiCall } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { ProviderId } from '../types';
import { refuse } from './evolink-checks';
import { odkkkError } from './odkkk-errors';

interface Replay {
	bodySha256: string | undefined;
	answer: Promise<Answer>;
}

/** `Idempotency-Key`: the same key and body bring the first answer again and cost nothing (EvoLink client; PROVIDERS S3). */
export async function onceByKey(
	state: EmulatorState,
	call: ApiCall,
	id: ProviderId,
	create: () => Promise<Answer>,
): Promise<Answer> {
	const idempotencyKey = call.headers['idempotency-key'];
	if (typeof idempotencyKey !== 'string') return await create();
	const replays = state.remember(`${id} replays`, () => new Map<string, Replay>());
	const earlier = replays.get(idempotencyKey);
	if (earlier) {
		if (earlier.bodySha256 !== call.record.bodySha256) {
			refuse(
				'idempotency key used with another body',
				odkkkError(409, {
					code: 'idempotency_conflict',
					message: 'Idempotency key was used with a different request',
					type: 'invalid_request_error',
				}),
			);
		}
		const answer = await earlier.answer;
		return { ...answer, headers: { ...answer.headers, 'idempotency-replayed': 'true' } };
	}
	const answer = create();
	replays.set(idempotencyKey, { bodySha256: call.record.bodySha256, answer });
	// A refusal took nothing: the key is free again.
	answer.catch(() => replays.delete(idempotencyKey));
	return await answer;
}
