import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { readBaseUrl } from '../edit/address';
import { EditFault } from '../edit/fault';
import type { Provider } from '../edit/provider';

/** A credential as the node needs it. `key` is used where n8n cannot put it by itself, and to redact. */
export interface ReadCredential {
	key: string;
	baseUrl: string;
	data: ICredentialDataDecryptedObject;
}

function credentialFault(provider: Provider, message: string): EditFault {
	return new EditFault({
		kind: 'credential',
		message,
		advice: `Open the credential '${provider.credential.title}' of this node and put it right`,
	});
}

/** What users paste before a key; a credential's own expressions take it off the same way. */
function withoutScheme(key: string): string {
	return key.trim().replace(/^bearer\s+/i, '');
}

/** The paths that an adapter adds to a base URL, so that a pasted one is not added twice. */
function pathsOf(provider: Provider): string[] {
	const { path } = provider.submit.encode({
		model: '',
		prompt: '',
		pictures: [{ kind: 'link', url: '' }],
		fields: {},
	});
	return [path];
}

/**
 * Reads the provider's credential.
 *
 * @throws EditFault of kind `credential` that says which field is wrong
 */
export async function readCredential(
	context: IExecuteFunctions,
	provider: Provider,
	itemIndex: number,
): Promise<ReadCredential> {
	const data = await context.getCredentials(provider.credential.type, itemIndex);
	const key = typeof data.apiKey === 'string' ? withoutScheme(data.apiKey) : '';
	if (key === '')
		throw credentialFault(provider, `The credential of ${provider.title} has no API key`);
	// eslint-disable-next-line no-control-regex
	if (/[\u0000-\u001f\u007f\s]/.test(key)) {
		throw credentialFault(
			provider,
			`The API key of ${provider.title} holds a space or a line break`,
		);
	}
	const typed = typeof data.baseUrl === 'string' ? data.baseUrl.trim() : '';
	const read = readBaseUrl(
		typed === '' ? provider.credential.defaultBaseUrl : typed,
		pathsOf(provider),
	);
	if ('reason' in read) {
		throw credentialFault(provider, `The base URL of ${provider.title} ${read.reason}`);
	}
	return { key, baseUrl: read.baseUrl, data };
}
