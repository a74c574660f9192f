import type { FaultRule } from '../../wire/answer/refusal';
import { words } from '../../wire/json/jsonValue';

/** Codes that mean the same as an HTTP status, in answers that come with HTTP 200. */
export const envelopeRules: readonly FaultRule[] = [
	{ kind: 'credential', when: ({ code }) => /^40[13]$/.test(code) },
	{ kind: 'credit', when: ({ code }) => code === '402' },
	{ kind: 'rateLimit', when: ({ code }) => code === '429' },
	{ kind: 'input', when: ({ code }) => /^(400|404|413|422)$/.test(code) },
];

/** Whether the `code` of an envelope says that the request was refused, whatever the HTTP status is. */
export function isRefusedByCode(json: Readonly<Record<string, unknown>>): boolean {
	const code = words(json.code);
	return code !== '' && code !== '200' && code !== '0';
}
