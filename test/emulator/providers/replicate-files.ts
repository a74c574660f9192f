import { createHash } from 'node:crypto';
import type { Answer, ApiCall } from '../server/exchange';
import { json } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { Json, JsonObject } from '../types';
import { errors, problem, refuse } from './replicate-errors';

// The files API (PROVIDERS O3): recorded in replicate-python's test suite, 2024-08-22.
const LARGEST_FILE_BYTES = 100_000_000;
const LIFETIME_SECONDS = 24 * 3600;
const RESOURCE = /^\/replicate\/v1\/files\/([a-z0-9]+)$/;

interface KeptFile {
	/** Where the bytes lie. The resource's own address gives JSON, and only to those with a key. */
	url: string;
	sha256: string;
	resource: JsonObject;
	expiresAt: number;
}

function filesOf(state: EmulatorState): Map<string, KeptFile> {
	return state.remember('replicate files', () => new Map<string, KeptFile>());
}

/** An uploaded file, when the address is that of one that still exists. */
export function fileBehind(state: EmulatorState, address: string): KeptFile | undefined {
	if (!address.startsWith(`${state.apiOrigin}/`)) return undefined;
	const id = RESOURCE.exec(address.slice(state.apiOrigin.length))?.[1];
	return id === undefined ? undefined : find(state, id);
}

function find(state: EmulatorState, id: string): KeptFile | undefined {
	const file = filesOf(state).get(id);
	return file && file.expiresAt > state.now() ? file : undefined;
}

/** What the client sends along; as a text or, from replicate-javascript, as a part of its own. */
function metadataOf(call: ApiCall): JsonObject {
	const text =
		call.form?.texts.find(({ name }) => name === 'metadata')?.value ??
		call.form?.files.find(({ name }) => name === 'metadata')?.content.toString('utf8') ??
		'{}';
	try {
		return JSON.parse(text) as JsonObject;
	} catch {
		return refuse('metadata is not JSON', problem(400, 'metadata must be a JSON object'));
	}
}

/** Takes a file. The caller has looked at the key. */
export function createFile(state: EmulatorState, call: ApiCall, id: string): Answer {
	const { form } = call;
	if (!form || form.problem !== undefined) {
		refuse(
			form?.problem ?? 'no multipart body',
			problem(400, 'Failed to parse request body as multipart/form-data'),
		);
	}
	const content = form.files.find(({ name }) => name === 'content');
	if (!content) refuse('no content', problem(400, 'Missing form field: content'));
	if (content.bytes > LARGEST_FILE_BYTES) refuse('file too large', errors.status(413));
	const metadata = metadataOf(call);
	const { bytes, sha256, contentType = 'application/octet-stream' } = content;
	call.record.imageSha256 = [sha256];
	const now = state.now();
	const md5 = createHash('md5').update(content.content).digest('hex');
	const expiresAt = now + LIFETIME_SECONDS * 1000;
	const resource: JsonObject = {
		id,
		name: content.fileName,
		content_type: contentType,
		size: bytes,
		etag: md5,
		checksums: { sha256, md5 },
		metadata,
		created_at: new Date(now).toISOString(),
		expires_at: new Date(expiresAt).toISOString(),
		urls: { get: `${state.apiOrigin}/replicate/v1/files/${id}` },
	};
	const url = state.results.host(content.content, content.fileName, contentType, LIFETIME_SECONDS);
	filesOf(state).set(id, { url, sha256, resource, expiresAt });
	return json(201, resource);
}

/** Describes a file; its bytes are not given out here. */
export function getFile(state: EmulatorState, call: ApiCall): Answer {
	const file = find(state, call.groups[0]!);
	if (!file) refuse('unknown file', errors.unknownTask(''));
	return json(200, file.resource);
}

export function listFiles(state: EmulatorState): Answer {
	const results = [...filesOf(state).keys()].flatMap((id) => find(state, id)?.resource ?? []);
	return json(200, { next: null, previous: null, results: results as Json });
}

export function deleteFile(state: EmulatorState, call: ApiCall): Answer {
	if (!find(state, call.groups[0]!)) refuse('unknown file', errors.unknownTask(''));
	filesOf(state).delete(call.groups[0]!);
	return { status: 204, headers: {}, body: '' };
}
