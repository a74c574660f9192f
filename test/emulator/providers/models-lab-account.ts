import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import { decodeBase64Image, isWebUrl } from '../images/input-images';
import { lookAtImage } from '../images/painted-image';
import { noteFields } from '../server/request-fields';
import { sha256 } from '../images/results';
import type { EmulatorState } from '../state';
import { authenticate, invalid } from './models-lab-request';

// Uploads, wallet and deletion: PROVIDERS S2.
/** Stated for the general route only (PROVIDERS S2). */
export const LARGEST_GENERAL_UPLOAD_BYTES = 5 * 1024 * 1024;
/** Stated for the enterprise page and for uploads; taken to hold here as well (PROVIDERS S2, medium). */
export const LINK_LIFETIME_SECONDS = 24 * 3600;
/** Where task ids begin. */
export const FIRST_ID = 172_000_001;

/** Takes an image as text and answers with a link to it. */
export async function upload(
	state: EmulatorState,
	call: ApiCall,
	field: 'init_image' | 'base64_string',
	mostBytes: number,
): Promise<Answer> {
	const body = authenticate(state, call);
	noteFields(call, body, ['key', field]);
	const value = body[field];
	if (typeof value !== 'string' || value === '')
		return invalid(state, field, `The ${field} field is required.`);
	const decoded = isWebUrl(value) ? undefined : decodeBase64Image(value);
	const facts = decoded && (await lookAtImage(decoded.bytes));
	if (!decoded || !facts) return invalid(state, field, 'Invalid base64 string.');
	if (decoded.bytes.length > mostBytes)
		return invalid(state, field, `The ${field} may not be greater than 5 MB.`);
	call.record.imageSha256.push(sha256(decoded.bytes));
	const mimeType = `image/${facts.format}`;
	const url = state.results.host(
		decoded.bytes,
		`upload.${facts.format}`,
		mimeType,
		LINK_LIFETIME_SECONDS,
	);
	return json(200, { status: 'success', id: FIRST_ID + state.taskNumber(), output: [url] });
}

/** The account's balance; costs nothing and proves the key. */
export function wallet(state: EmulatorState, call: ApiCall): Answer {
	authenticate(state, call);
	return json(200, { status: 'success', data: { balance: 43.6, currency: 'USD' } });
}

/** A real `messege` in the documents (PROVIDERS S2). */
export function deleteImage(state: EmulatorState, call: ApiCall): Answer {
	authenticate(state, call);
	return json(200, { status: 'success', messege: 'image deleted' });
}
