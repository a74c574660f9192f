import * as z from 'zod/v4';

import type { Outcome, ResultImage } from './outcome';
import { failureWords, readMalformed, readRefusal } from './refusal';
import { isRecord } from './words';
import type { FaultRule } from './provider';
import type { Reply } from './wire';

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

const imageEntry = z.object({ url: lenientText, b64_json: lenientText });

const imageList = z.object({
	data: z
		.array(imageEntry.catch({ url: undefined, b64_json: undefined }))
		.nullish()
		.catch(undefined),
	usage: lenientObject,
	meta: z.object({ usage: lenientObject }).nullish().catch(undefined),
	model: lenientText,
});

/**
 * Reads the answer that OpenAI-style hosts give at once: `{data: [{url, b64_json}], usage}`. Every field
 * may be null; either form of the image will do.
 */
export function readImageList(
	reply: Reply,
	settings: { provider: string; rules?: readonly FaultRule[]; requestId?: string },
): Outcome {
	const { json } = reply;
	if (reply.httpStatus >= 400) return readRefusal(reply, settings);
	if (reply.httpStatus >= 300 || !isRecord(json)) {
		return readMalformed(
			reply,
			`${settings.provider} answered with something that is not its JSON`,
		);
	}
	const read = imageList.safeParse(json);
	const images: ResultImage[] = (read.data?.data ?? [])
		.filter((entry) => entry.url !== undefined || entry.b64_json !== undefined)
		.map((entry) => ({
			...(entry.url === undefined ? {} : { url: entry.url }),
			...(entry.b64_json === undefined ? {} : { base64: entry.b64_json }),
		}));
	if (images.length > 0) {
		const usage = read.data?.usage ?? read.data?.meta?.usage;
		return {
			state: 'completed',
			images,
			...(usage === undefined ? {} : { usage }),
			...(read.data?.model === undefined ? {} : { model: read.data.model }),
		};
	}
	if (failureWords(reply).message !== '') return readRefusal(reply, settings);
	return noImage(reply, settings.provider);
}

/** A success that holds no image: final, and the user should look at the bill. */
export function noImage(reply: Reply, provider: string, taskId?: string): Outcome {
	const { fault } = readRefusal(reply, { provider, ...(taskId === undefined ? {} : { taskId }) });
	return {
		state: 'refused',
		fault: {
			...fault,
			kind: 'provider',
			message: `${provider} reports success but sent no image (HTTP ${reply.httpStatus})`,
			advice:
				'It may have been billed: look at the usage page of the provider before you run it again',
		},
	};
}

/** A result as a text: a web address, or the image itself in base64. */
export function resultImage(text: string): ResultImage {
	if (!/^https?:\/\//i.test(text)) return { base64: text };
	// ModelsLab with `base64: true` links to a text file whose name ends in ".base64" (PROVIDERS S2).
	const path = text.split(/[?#]/)[0]!;
	return path.toLowerCase().endsWith('.base64')
		? { url: text, urlHoldsBase64: true }
		: { url: text };
}

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
