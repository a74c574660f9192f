import type { ApiCall } from './exchange';
import { shortened } from './exchange';
import { decodeBase64Image, fetchImage, isWebUrl } from '../images/input-images';
import type { ImageFacts } from '../images/painted-image';
import { lookAtImage } from '../images/painted-image';
import { sha256 } from '../images/results';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';

/** What is wrong with the `Authorization` header, if anything. */
export function bearerProblem(
	call: ApiCall,
	scheme: 'Bearer' | 'Key' = 'Bearer',
): 'missing' | 'wrong' | undefined {
	const { authorization } = call.headers;
	if (!authorization) return 'missing';
	return authorization === `${scheme} ${call.expectedKey}` ? undefined : 'wrong';
}

/** Whether the body is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Notes the fields the document does not know, and returns a record of those it does. `key` is never kept. */
export function noteFields(
	call: ApiCall,
	body: JsonObject,
	documented: readonly string[],
): JsonObject {
	const names = Object.keys(body);
	call.record.unknownFields = names.filter((name) => !documented.includes(name));
	return shortened(
		Object.fromEntries(
			names
				.filter((name) => name !== 'key' && documented.includes(name))
				.map((name) => [name, body[name]!]),
		),
	) as JsonObject;
}

/** An input image a provider could open. */
export interface OpenedImage {
	bytes: Buffer;
	facts: ImageFacts;
	/** MIME type a data URI claimed. */
	claimedType?: string;
	form: 'url' | 'data';
}

export type ImageProblem = 'neither URL nor data' | 'unreachable' | 'not an image';

const UNSEEN: ImageFacts = { format: 'png', width: 1024, height: 1024 };

/** Opens one input image: fetches a URL for real, decodes a data URI or bare base64. */
export async function openImage(
	state: EmulatorState,
	call: ApiCall,
	text: string,
): Promise<OpenedImage | { problem: ImageProblem; detail: string }> {
	if (isWebUrl(text)) {
		if (!state.settings.fetchInputs) return { bytes: Buffer.alloc(0), facts: UNSEEN, form: 'url' };
		const fetched = await fetchImage(text, state.published);
		if ('failure' in fetched) return { problem: 'unreachable', detail: fetched.failure };
		return await look(call, { bytes: fetched.bytes, form: 'url' });
	}
	const decoded = decodeBase64Image(text);
	if (!decoded) return { problem: 'neither URL nor data', detail: 'not decodable' };
	return await look(call, {
		bytes: decoded.bytes,
		form: 'data',
		...(decoded.mimeType !== undefined && { claimedType: decoded.mimeType }),
	});
}

async function look(
	call: ApiCall,
	opened: Omit<OpenedImage, 'facts'>,
): Promise<OpenedImage | { problem: ImageProblem; detail: string }> {
	call.record.imageSha256.push(sha256(opened.bytes));
	const facts = await lookAtImage(opened.bytes);
	return facts
		? { ...opened, facts }
		: { problem: 'not an image', detail: `${opened.bytes.length} bytes` };
}
