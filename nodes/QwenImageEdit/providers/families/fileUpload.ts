import type { Uploaded } from '../../adapter/provider';
import type { Malformed, Refused } from '../../edit/outcome';
import type { ImageFile } from '../../edit/request';
import { type FaultRule, readMalformed, readRefusal } from '../../wire/answer/refusal';
import { webUrlOf } from '../../wire/answer/resultImage';
import type { Reply } from '../../wire/wire';
import { isRecord } from '../../wire/json/jsonValue';
import { envelopeRules, isRefusedByCode } from './envelope';

/**
 * A name for a file that no other file has, at providers that replace a file of the same name. From the identity of
 * the content: its last letters, which name no folder of this n8n.
 */
export function uniqueFileName({ identity, facts }: ImageFile): string {
	const name = identity.replace(/[^a-z0-9]/gi, '').slice(-32);
	return `${name || 'image'}.${facts.extension}`;
}

/** The URL of an uploaded file, from the field in which the provider writes it. */
export function decodeUpload(
	reply: Reply,
	provider: string,
	urlIn: (json: unknown) => unknown,
	rules: readonly FaultRule[] = envelopeRules,
): Uploaded | Refused | Malformed {
	const settings = { provider, rules };
	if (reply.httpStatus >= 400) return readRefusal(reply, settings);
	const said = urlIn(reply.json);
	const url = typeof said === 'string' ? webUrlOf(said) : undefined;
	if (url !== undefined) return { url };
	const { json } = reply;
	if (isRecord(json) && (json.success === false || isRefusedByCode(json))) {
		return readRefusal(reply, settings);
	}
	return readMalformed(reply, `${provider} took the upload but sent no URL`);
}
