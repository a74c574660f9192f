import * as z from 'zod/v4';

import type { Outcome, ResultImage } from '../../edit/outcome';
import { hasFailureWords } from '../../wire/answer/failureWords';
import { type FaultRule, noImage, readMalformed, readRefusal } from '../../wire/answer/refusal';
import { resultUrl } from '../../wire/answer/resultImage';
import { isRecord } from '../../wire/json/jsonValue';
import type { Reply } from '../../wire/wire';
import { lenientObject, lenientText } from '../../wire/json/lenient';

const imageEntry = z.object({ url: lenientText, b64_json: lenientText });

const imageEntries = z
	.array(imageEntry.catch({ url: undefined, b64_json: undefined }))
	.nullish()
	.catch(undefined);

const imageList = z.object({
	data: imageEntries,
	// SiliconFlow's name for the same list.
	images: imageEntries,
	usage: lenientObject,
	meta: z.object({ usage: lenientObject }).nullish().catch(undefined),
	model: lenientText,
});

/**
 * Reads the answer that OpenAI-style providers give at once: `{data: [{url, b64_json}], usage}`. Every field
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
	const images: ResultImage[] = (read.data?.data ?? read.data?.images ?? [])
		.filter((entry) => entry.url !== undefined || entry.b64_json !== undefined)
		.map((entry) => ({
			...(entry.url === undefined ? {} : resultUrl(entry.url)),
			...(entry.b64_json === undefined ? {} : { base64: entry.b64_json }),
		}));
	if (images.length > 0) {
		const usage = read.data?.usage ?? read.data?.meta?.usage;
		return {
			state: 'completed',
			images,
			...(usage === undefined ? {} : { usage }),
			...(read.data?.model === undefined ? {} : { model: read.data.model }),
			...(settings.requestId === undefined ? {} : { requestId: settings.requestId }),
		};
	}
	if (hasFailureWords(json)) return readRefusal(reply, settings);
	return noImage(reply, settings.provider);
}
