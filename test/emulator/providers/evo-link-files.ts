import { randomUUID } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { Refusal, json } from '../server/exchange';
import { decodeBase64Image } from '../images/input-images';
import { lookAtImage } from '../images/painted-image';
import { sha256 } from '../images/results';
import { bearerProblem, isObject, noteFields } from '../server/request-fields';
import { textOf } from '../server/received-form';
import type { EmulatorState } from '../state';
import type { ProviderRoute } from './provider';

// docs.evolink.ai, file-series; the host is files-api.evolink.ai, which the first /files stands for.
const FORMATS = ['jpeg', 'png', 'gif', 'webp'];
const LARGEST_FILE_BYTES = 100 * 1024 * 1024;
const LIFETIME_SECONDS = 72 * 3600;
/** Files an account may keep; VIPs have 500. */
const MOST_FILES = 100;

/** Errors come in the envelope of the answers; the client reads them behind HTTP 200 too. */
function fileError(state: EmulatorState, code: number, msg: string): Answer {
	const isDocumented = state.settings.evoLink.uploadErrorStatus === 'documented';
	// Assumed: a code such as 40002 is a kind of 400.
	const status = code >= 10_000 ? Math.floor(code / 100) : code;
	return json(isDocumented ? status : 200, { success: false, code, msg });
}

function refuse(state: EmulatorState, code: number, msg: string): never {
	throw new Refusal(fileError(state, code, msg), msg);
}

function authenticate(state: EmulatorState, call: ApiCall): void {
	const problem = bearerProblem(call);
	if (problem)
		refuse(state, 401, problem === 'missing' ? 'API key is required' : 'Invalid API key');
}

interface SentFile {
	content: Buffer;
	bytes: number;
	originalName: string;
	/** The name asked for. */
	fileName?: string;
	uploadPath?: string;
}

async function keep(state: EmulatorState, file: SentFile): Promise<Answer> {
	if (file.bytes > LARGEST_FILE_BYTES) refuse(state, 40001, 'File size exceeds the limit of 100MB');
	const facts = await lookAtImage(file.content);
	if (!facts || !FORMATS.includes(facts.format)) {
		refuse(
			state,
			40002,
			`File type not allowed: ${facts?.format ?? 'not an image'}. Only jpeg, png, gif and webp are supported`,
		);
	}
	const now = state.now();
	const kept = state.remember('evoLink files', () => ({ until: [] as number[] }));
	kept.until = kept.until.filter((end) => end > now);
	if (kept.until.length >= MOST_FILES) refuse(state, 40003, 'File quota exceeded');
	const until = now + LIFETIME_SECONDS * 1000;
	kept.until.push(until);
	const extension = facts.format === 'jpeg' ? 'jpg' : facts.format;
	const fileId = `file_${randomUUID().replace(/-/g, '').slice(0, 12)}`;
	const fileName = file.fileName ?? `${fileId}.${extension}`;
	const mimeType = `image/${facts.format}`;
	const url = state.results.host(file.content, fileName, mimeType, LIFETIME_SECONDS);
	return json(200, {
		success: true,
		code: 200,
		msg: 'File uploaded successfully',
		data: {
			file_id: fileId,
			file_name: fileName,
			original_name: file.originalName,
			file_size: file.bytes,
			mime_type: mimeType,
			upload_path: file.uploadPath ?? '',
			file_url: url,
			download_url: url,
			upload_time: new Date(now).toISOString(),
			expires_at: new Date(until).toISOString(),
		},
	});
}

/** One file in the part `file`; the other names are taken in both spellings. */
async function uploadForm(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(state, call);
	const { form } = call;
	if (!form || form.problem !== undefined)
		return refuse(state, 400, `Invalid multipart form: ${form?.problem ?? 'no form'}`);
	const files = form.files.filter(({ name }) => name === 'file');
	const [file] = files;
	if (!file) return refuse(state, 400, 'file is required');
	if (files.length > 1) refuse(state, 400, 'Only one file per request is allowed');
	const known = ['file', 'file_name', 'fileName', 'upload_path', 'uploadPath'];
	call.record.unknownFields = form.parts
		.map(({ name }) => name)
		.filter((name) => !known.includes(name));
	const fileName = textOf(form, 'file_name') ?? textOf(form, 'fileName');
	const uploadPath = textOf(form, 'upload_path') ?? textOf(form, 'uploadPath');
	return await keep(state, {
		content: file.content,
		bytes: file.bytes,
		originalName: file.fileName,
		...(fileName && { fileName }),
		...(uploadPath !== undefined && { uploadPath }),
	});
}

/** The file as a data URI or as bare base64. */
async function uploadText(state: EmulatorState, call: ApiCall): Promise<Answer> {
	authenticate(state, call);
	const { body } = call;
	if (!isObject(body)) return refuse(state, 400, 'Invalid JSON body');
	noteFields(call, body, ['base64_data', 'upload_path', 'file_name']);
	const { base64_data: data, file_name: fileName, upload_path: uploadPath } = body;
	if (typeof data !== 'string' || data === '') return refuse(state, 400, 'base64_data is required');
	const decoded = decodeBase64Image(data);
	if (!decoded) return refuse(state, 400, 'base64_data is not valid base64');
	call.record.imageSha256.push(sha256(decoded.bytes));
	return await keep(state, {
		content: decoded.bytes,
		bytes: decoded.bytes.length,
		originalName: typeof fileName === 'string' ? fileName : '',
		...(typeof fileName === 'string' && fileName !== '' && { fileName }),
		...(typeof uploadPath === 'string' && { uploadPath }),
	});
}

/** EvoLink's files host. */
export const fileRoutes: ProviderRoute[] = [
	{
		method: 'POST',
		path: /^\/files\/api\/v1\/files\/upload\/stream$/,
		kind: 'upload',
		form: true,
		handle: uploadForm,
	},
	{
		method: 'POST',
		path: /^\/files\/api\/v1\/files\/upload\/base64$/,
		kind: 'upload',
		handle: uploadText,
	},
];
