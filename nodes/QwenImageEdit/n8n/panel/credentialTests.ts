import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INode,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { Redaction } from '../../wire/text/redaction';
import { isRecord } from '../../wire/json/jsonValue';
import { plainText } from '../../wire/text/plainText';
import { modelVerse } from '../../providers/modelVerse';
import { allowedDomains } from '../http/allowedDomains';
import { type ReadCredential, readFields } from '../http/credential';

/** n8n's check of domains names the node that asks; a test is asked by none. */
const testNode: INode = {
	id: 'credential-test',
	name: 'Credential Test',
	type: 'n8n-nodes-qwen-image-edit.qwenImageEdit',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

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
	let read: ReadCredential;
	try {
		read = { data, ...readFields(modelVerse, data) };
		allowedDomains(read.baseUrl, { getNode: () => testNode }, modelVerse, read);
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
	const { baseUrl, key } = read;
	// A credential test is given this function and no other by n8n.
	const { request } = this.helpers;
	try {
		const reply = (await request({
			method: 'POST',
			uri: `${baseUrl}${modelVerse.submitPath}`,
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
			message: `No connection to ${new URL(baseUrl).host} could be made`,
		};
	}
}

/** What the status says of the key. */
function judge(statusCode: number, body: unknown, key: string): INodeCredentialTestResult {
	const error = isRecord(body) && isRecord(body.error) ? body.error : undefined;
	// Anything may answer 400; the host does so in its own form (seed 003).
	if ((statusCode === 400 || statusCode === 422) && error !== undefined) {
		return { status: 'OK', message: 'The key was accepted' };
	}
	const said =
		typeof error?.message === 'string'
			? `: ${plainText(new Redaction([key]).text(error.message), 200)}`
			: '';
	if (statusCode === 401 || statusCode === 403) {
		return { status: 'Error', message: `ModelVerse refused the key (HTTP ${statusCode})${said}` };
	}
	return {
		status: 'Error',
		message: `ModelVerse answered in a way that does not tell whether the key is right (HTTP ${statusCode})${said}`,
	};
}
