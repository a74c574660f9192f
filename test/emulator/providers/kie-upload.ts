import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import { decodeBase64Image } from '../images/input-images';
import { lookAtImage } from '../images/painted-image';
import { imageFile } from '../images/png';
import { sha256 } from '../images/results';
import { textOf } from '../server/received-form';
import { isObject } from '../server/request-fields';
import type { EmulatorState } from '../state';
import { SAYS, checkKey, refuse, uploadError } from './kie-errors';

// PROVIDERS M1: docs.kie.ai/file-upload-api. The real host is another one, kieai.redpandaai.co.

/** "Generated content URLs typically expire after 24 hours"; the head of the page on uploads has the same, its list of features 3 days. */
export const LINK_LIFETIME_SECONDS = 24 * 3600;

/** Keeps a file under its path. A name that is used again has the newer bytes behind the same link ("overwritten"). */
function keepFile(
	state: EmulatorState,
	folder: string,
	fileName: string,
	bytes: Buffer,
	mimeType: string,
): Answer {
	const filePath = `${folder}/${fileName}`;
	const links = state.remember('kie files', () => new Map<string, string>());
	const earlier = links.get(filePath);
	const stored = earlier && state.results.find(new URL(earlier).pathname);
	if (stored) {
		const file = imageFile(bytes, mimeType);
		stored.content = async () => file;
		stored.expiresAt = state.now() + LINK_LIFETIME_SECONDS * 1000;
	}
	const downloadUrl =
		earlier ?? state.results.host(bytes, fileName, mimeType, LINK_LIFETIME_SECONDS);
	links.set(filePath, downloadUrl);
	return json(200, {
		success: true,
		code: 200,
		msg: 'File uploaded successfully',
		data: {
			fileName,
			filePath,
			downloadUrl,
			fileSize: bytes.length,
			mimeType,
			uploadedAt: new Date(state.now()).toISOString(),
		},
	});
}

function refuseUpload(state: EmulatorState, code: number, msg: string): never {
	return refuse(msg, uploadError(state.settings, code, msg));
}

function missing(state: EmulatorState, name: string): never {
	return refuseUpload(state, 400, `Missing required parameter: ${name}`);
}

/** A file in a form. */
export function uploadStream(state: EmulatorState, call: ApiCall): Answer {
	checkKey(call, uploadError(state.settings, 401, SAYS.uploadKey));
	const { form } = call;
	const file = form?.files.find(({ name }) => name === 'file');
	if (!form || form.problem !== undefined || !file) return missing(state, 'file');
	const folder = textOf(form, 'uploadPath');
	if (!folder) return missing(state, 'uploadPath');
	const { content, contentType = 'application/octet-stream' } = file;
	// "If not provided, a random file name will be generated".
	const fileName = textOf(form, 'fileName') || randomUUID();
	return keepFile(state, folder, fileName, content, contentType);
}

/** A file as base64, with a `data:` prefix or without one. */
export async function uploadBase64(state: EmulatorState, call: ApiCall): Promise<Answer> {
	checkKey(call, uploadError(state.settings, 401, SAYS.uploadKey));
	const body = isObject(call.body) ? call.body : {};
	const { base64Data, uploadPath, fileName } = body;
	if (typeof base64Data !== 'string' || !base64Data) return missing(state, 'base64Data');
	if (typeof uploadPath !== 'string' || !uploadPath) return missing(state, 'uploadPath');
	const decoded = decodeBase64Image(base64Data);
	if (!decoded) return refuseUpload(state, 400, SAYS.notBase64);
	call.record.imageSha256.push(sha256(decoded.bytes));
	const facts = await lookAtImage(decoded.bytes);
	const mimeType =
		decoded.mimeType || (facts ? `image/${facts.format}` : 'application/octet-stream');
	const name = typeof fileName === 'string' && fileName ? fileName : randomUUID();
	return keepFile(state, uploadPath, name, decoded.bytes, mimeType);
}
