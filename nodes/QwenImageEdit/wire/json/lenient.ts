import * as z from 'zod/v4';

import { isRecord } from './jsonValue';

/** Text that may be missing, null or of a wrong type: then it counts as missing. */
export const lenientText = z
	.string()
	.nullish()
	.transform((value) => (value === null || value === '' ? undefined : value))
	.catch(undefined);

/** A number, also when it arrives as text; anything else counts as missing. */
export const lenientNumber = z
	.union([
		z.number(),
		z
			.string()
			.regex(/^-?\d+(\.\d+)?$/)
			.transform(Number),
	])
	.nullish()
	.transform((value) =>
		value === null || value === undefined || !Number.isFinite(value) ? undefined : value,
	)
	.catch(undefined);

/** An object as the provider sent it, for `usage`; anything else counts as missing. */
export const lenientObject = z
	.custom<Record<string, unknown>>(isRecord)
	.optional()
	.catch(undefined);

/** Result texts, whether they come as a list, a single text, or an empty text. */
export const lenientTexts = z
	.union([z.array(z.unknown()), z.string()])
	.nullish()
	.transform((value) =>
		(Array.isArray(value) ? value : [value]).filter(
			(entry): entry is string => typeof entry === 'string' && entry !== '',
		),
	)
	.catch([]);
