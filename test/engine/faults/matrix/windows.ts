import type { Emulator, FaultRule, ProviderId } from '../../../emulator';
import { PROVIDERS } from '../../../emulator/providers';
import type { FaultCase } from './faultTable';

const limits: readonly string[] = ['rateLimit', 'serviceUnavailable'];

/** Whether the answer of this fault names a time, and so opens a window in which nothing may be sent. */
function namesTime(provider: ProviderId, rule: Partial<FaultRule>): boolean {
	const own = PROVIDERS.find(({ id }) => id === provider)!.ownHint.kind;
	const hint = (rule.hint ?? 'own') === 'own' ? own : rule.hint;
	return hint !== 'none' && rule.seconds !== undefined;
}

/** Requests with a key that reached the provider while it had asked to be left alone. */
export function faultWindows(emulator: Emulator, provider: ProviderId, fault: FaultCase): string[] {
	const rule = fault.rules.find(({ kind }) => limits.includes(kind));
	if (rule === undefined || !namesTime(provider, rule)) return [];
	const requests = emulator.requests.filter(({ server }) => server === 'api');
	return requests
		.filter(({ fault: kind, route }) => limits.includes(kind ?? '') && route === fault.step)
		.flatMap(({ id, at }) => {
			// From the arrival on, which is earlier than the answer: a node that waits is never too early.
			const start = rule.hint === 'headerDate' ? Math.ceil(at / 1000) * 1000 : at;
			const end = start + rule.seconds! * 1000;
			return requests
				.filter((other) => other.id > id && other.at < end - 2)
				.map(
					(other) => `sent ${Math.round(end - other.at)} ms inside a pause of ${rule.seconds} s`,
				);
		});
}
