import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { readBaseUrl } from '../edit/address';
import { isRecord, plainText } from '../edit/words';
import { modelVerse } from '../providers/modelVerse';

/**
 * Proves a ModelVerse key without an edit. The host has no call for that: its list of models is open to
 * all. A request with an empty body is refused before anything is made, with 401 for a wrong key and 400
 * for a right one.
 *
 * Assumed: derived from the host's list of error codes (research S4), not seen live.
 */
export async function modelVerseCredentialTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const data = credential.data ?? {};
	const key = typeof data.apiKey === 'string' ? data.apiKey.trim().replace(/^bearer\s+/i, '') : '';
	const path = '/v1/images/generations';
	const read = readBaseUrl(
		typeof data.baseUrl === 'string' && data.baseUrl.trim() !== ''
			? data.baseUrl
			: modelVerse.credential.defaultBaseUrl,
		[path],
	);
	if (key === '') return { status: 'Error', message: 'The API key is empty' };
	if ('reason' in read) return { status: 'Error', message: `The base URL ${read.reason}` };
	// A credential test is given this function and no other by n8n.
	const { request } = this.helpers;
	try {
		const reply = (await request({
			method: 'POST',
			uri: `${read.baseUrl}${path}`,
			headers: { authorization: `Bearer ${key}` },
			body: {},
			json: true,
			simple: false,
			resolveWithFullResponse: true,
			followRedirect: false,
			timeout: 15_000,
		})) as { statusCode: number; body: unknown };
		return judge(reply.statusCode, reply.body, key);
	} catch {
		return {
			status: 'Error',
			message: `No connection to ${new URL(read.baseUrl).host} could be made`,
		};
	}
}

/** What the status says of the key. */
function judge(statusCode: number, body: unknown, key: string): INodeCredentialTestResult {
	if (statusCode === 400 || statusCode === 422) {
		return { status: 'OK', message: 'The key was accepted' };
	}
	const error = isRecord(body) && isRecord(body.error) ? body.error : {};
	const said =
		typeof error.message === 'string'
			? `: ${plainText(error.message, 200).split(key).join('…')}`
			: '';
	if (statusCode === 401 || statusCode === 403) {
		return { status: 'Error', message: `ModelVerse refused the key (HTTP ${statusCode})${said}` };
	}
	return {
		status: 'Error',
		message: `ModelVerse answered in a way that does not tell whether the key is right (HTTP ${statusCode})${said}`,
	};
}
