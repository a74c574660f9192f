import type { Answer, ApiCall } from '../server/exchange';
import { html } from '../server/exchange';
import type { FaultRule } from './fault-kinds';
import { errorsOf } from '../providers/provider';
import type { ProviderEmulation, ProviderErrors } from '../providers/provider';
import type { EmulatorState } from '../state';

const GATEWAY_TITLES: Record<number, string> = {
	502: '502 Bad Gateway',
	503: '503 Service Temporarily Unavailable',
	504: '504 Gateway Time-out',
	524: '524: A timeout occurred',
};

/** A gateway's own page. */
export function gatewayPage(status: number): Answer {
	return html(status, GATEWAY_TITLES[status] ?? `${status} Error`);
}

/** Adds the wait to a busy answer, where the rule wants it. */
export function retryAfterHeaders(
	rule: FaultRule,
	seconds: number,
	now: number,
): Record<string, string> {
	if (rule.hint === 'headerSeconds') return { 'retry-after': String(seconds) };
	// A date has whole seconds: rounded up, or the window would be over too early.
	if (rule.hint === 'headerDate')
		return { 'retry-after': new Date(Math.ceil(now / 1000) * 1000 + seconds * 1000).toUTCString() };
	return {};
}

function busy(
	provider: ProviderEmulation,
	errors: ProviderErrors,
	status: 429 | 503,
	rule: FaultRule,
	now: number,
): Answer {
	const { ownHint } = provider;
	const hint = (rule.hint ?? 'own') === 'own' ? ownHint.kind : rule.hint;
	const seconds =
		rule.seconds ?? (status === 429 ? ownHint.rateLimitSeconds : ownHint.unavailableSeconds);
	const answer = errors.busy(status, {
		...(rule.code !== undefined && { code: rule.code }),
		...(hint === 'body' && { bodySeconds: seconds }),
		...(hint === 'text' && { textSeconds: seconds }),
	});
	return { ...answer, headers: { ...answer.headers, ...retryAfterHeaders(rule, seconds, now) } };
}

/** The key as this call carried it: in the header, or in the body at ModelsLab. */
function sentKey(call: ApiCall): string {
	const { body } = call;
	if (
		typeof body === 'object' &&
		body !== null &&
		!Array.isArray(body) &&
		typeof body.key === 'string'
	)
		return body.key;
	return (call.headers.authorization ?? '').replace(/^(Bearer|Key)\s+/i, '');
}

/** The answer of a provider that did not take a call. */
export function refusalFor(
	provider: ProviderEmulation,
	rule: FaultRule,
	call: ApiCall,
	state: EmulatorState,
): Answer {
	const errors = errorsOf(provider, state.settings);
	switch (rule.kind) {
		case 'httpStatus':
			return errors.status(rule.status ?? 500, rule.message, rule.code);
		case 'gatewayPage':
			return gatewayPage(rule.status ?? 502);
		case 'rateLimit':
			return busy(provider, errors, 429, rule, state.now());
		case 'serviceUnavailable':
			return busy(provider, errors, 503, rule, state.now());
		case 'insufficientCredit':
			return errors.credit();
		case 'contentRefused':
			return errors.content();
		case 'echoKey':
			return errors.auth(
				`${rule.message ?? 'Incorrect API key provided'}: ${sentKey(call)}. Check the key on your dashboard.`,
			);
		case 'errorInside200':
			return errors.inside200(rule.message ?? 'Something went wrong while generating the image');
		case 'unknownTask404':
			return errors.unknownTask(call.groups[0] ?? '');
		case 'redirect':
			return {
				status: rule.status ?? 307,
				headers: {
					location: rule.location ?? `${state.elsewhereOrigin}${provider.mount}${call.path}`,
				},
				body: '',
			};
		default:
			throw new Error(`"${rule.kind}" does not stand instead of an answer`);
	}
}
