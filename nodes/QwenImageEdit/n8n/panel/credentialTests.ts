import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INode,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import type { KeyProbe } from '../../adapter/credential';
import type { Provider } from '../../adapter/provider';
import { providers } from '../../providers';
import { failureText } from '../../wire/answer/failureWords';
import { plainText } from '../../wire/text/plainText';
import { Redaction } from '../../wire/text/redaction';
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

/** A function that n8n runs to test a credential. */
type CredentialTest = (
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
) => Promise<INodeCredentialTestResult>;

/** Proves a key with a request that is meant to fail, at a provider that has no call for that. */
function probeOf(provider: Provider, { wire, accepts }: KeyProbe): CredentialTest {
	return async function test(credential) {
		const data = credential.data ?? {};
		let read: ReadCredential;
		try {
			read = { data, ...readFields(provider, data) };
			const { defaultBaseUrl } = provider.credential;
			allowedDomains(read.baseUrl, { getNode: () => testNode }, defaultBaseUrl, data);
		} catch (error) {
			return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
		}
		const { baseUrl, key } = read;
		const place = provider.credential.key;
		// A credential test is given this function and no other by n8n.
		const { request } = this.helpers;
		try {
			const reply = (await request({
				method: wire.method,
				uri: `${baseUrl}${wire.path}`,
				headers: place.kind === 'header' ? { [place.name]: `${place.prefix}${key}` } : {},
				...(wire.json === undefined ? {} : { body: wire.json }),
				json: true,
				simple: false,
				resolveWithFullResponse: true,
				followRedirect: false,
				timeout: 15_000,
			})) as { statusCode: number; body: unknown };
			return judge(provider.title, reply.statusCode, reply.body, key, accepts);
		} catch {
			return {
				status: 'Error',
				message: `No connection to ${new URL(baseUrl).host} could be made`,
			};
		}
	};
}

/** What the answer says of the key. */
function judge(
	title: string,
	httpStatus: number,
	json: unknown,
	key: string,
	accepts: KeyProbe['accepts'],
): INodeCredentialTestResult {
	const text = failureText(json);
	const said = text === '' ? '' : `: ${plainText(new Redaction([key]).text(text), 200)}`;
	if (httpStatus === 401 || httpStatus === 403) {
		return { status: 'Error', message: `${title} refused the key (HTTP ${httpStatus})${said}` };
	}
	if (accepts({ httpStatus, json })) return { status: 'OK', message: 'The key was accepted' };
	return {
		status: 'Error',
		message: `${title} answered in a way that does not tell whether the key is right (HTTP ${httpStatus})${said}`,
	};
}

/** The tests of all providers that have a probe, by the names that `gulp providers` writes into the node. */
export const credentialTests: Record<string, CredentialTest> = Object.fromEntries(
	providers.flatMap((provider) => {
		const { test } = provider.credential;
		return test === 'request' ? [] : [[`${provider.id}CredentialTest`, probeOf(provider, test)]];
	}),
);
