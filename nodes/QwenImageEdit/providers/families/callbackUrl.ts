import * as z from 'zod/v4';

import { type Field, text } from '../../adapter/field';
import { isPrivateHost, readWebUrl } from '../../wire/webUrl';

const maximumLength = 2048;

/**
 * The option with the URL that a provider calls when a task has ended: https, and no address in a private network,
 * which the provider could not reach.
 */
export function callbackUrl(wire: string, provider: string): Field {
	const label = 'Callback URL';
	return text({
		wire,
		label,
		help: `HTTPS address that ${provider} calls when the task has ended; no internal address, at most ${maximumLength} characters`,
		placeholder: 'e.g. https://example.com/webhook/edited',
		example: 'https://example.com/webhook/edited',
		schema: z
			.string()
			.max(maximumLength, `'${label}' may have at most ${maximumLength} characters`)
			.regex(/^https:\/\//i, `'${label}' must start with https://`)
			.refine((value) => {
				const read = readWebUrl(value);
				return 'url' in read && !isPrivateHost(read.url.hostname);
			}, `'${label}' must be a public address, ${provider} cannot reach internal ones`),
	});
}
