import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { readBaseUrl } from '../../wire/baseUrl';
import { EditFault } from '../../edit/fault';
import type { Provider } from '../../adapter/provider';

/** A credential as the node needs it. `key` is used where n8n cannot put it by itself, and to redact. */
export interface ReadCredential {
	key: string;
	baseUrl: string;
	/** Where files are uploaded, at a provider with a host of its own for that; absent where the key must not go there. */
	uploadBaseUrl?: string;
	/** Which of the provider's regions it is; absent where there are none. Prices differ by it. */
	region?: string;
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
	return key.trim().replace(/^(bearer|key|token)(\s+|$)/i, '');
}

/**
 * Reads the provider's credential.
 *
 * @throws EditFault of kind `credential` that says which field is wrong
 */
export async function readCredential(
	context: IExecuteFunctions | IWebhookFunctions,
	provider: Provider,
	itemIndex: number,
): Promise<ReadCredential> {
	const data = await decrypted(context, provider, itemIndex);
	return { data, ...readFields(provider, data) };
}

/** n8n's own words when the node has no credential, or may not use it. */
async function decrypted(
	context: IExecuteFunctions | IWebhookFunctions,
	provider: Provider,
	itemIndex: number,
): Promise<ICredentialDataDecryptedObject> {
	try {
		return await context.getCredentials(provider.credential.type, itemIndex);
	} catch (error) {
		throw credentialFault(provider, error instanceof Error ? error.message : String(error));
	}
}

/** Key and base URL from the fields of a credential, put right as far as that is safe. */
export function readFields(
	provider: Provider,
	data: Readonly<Record<string, unknown>>,
): Omit<ReadCredential, 'data'> {
	const { defaultBaseUrl, keyOptional, regions, versionPath } = provider.credential;
	const key = typeof data.apiKey === 'string' ? withoutScheme(data.apiKey) : '';
	if (key === '' && keyOptional !== true) {
		throw credentialFault(provider, `The credential of ${provider.title} has no API key`);
	}
	// Anything else could not be sent in a header: it fails inside the HTTP client, as if a request was lost.
	if (!/^[\x21-\x7e]*$/.test(key)) {
		throw credentialFault(
			provider,
			`The API key of ${provider.title} holds a space, a line break or an invisible or foreign character`,
		);
	}
	const region = regions?.find(({ value }) => value === data.region);
	const typed = typeof data.baseUrl === 'string' ? data.baseUrl.trim() : '';
	const address = typed || (region?.baseUrl ?? defaultBaseUrl);
	if (address === '') {
		throw credentialFault(provider, `The credential of ${provider.title} has no base URL`);
	}
	const read = readBaseUrl(address, [provider.submitPath], versionPath);
	if ('reason' in read) {
		throw credentialFault(provider, `The base URL of ${provider.title} ${read.reason}`);
	}
	const uploadBaseUrl = readUploadBaseUrl(provider, read.baseUrl, data.uploadBaseUrl);
	return {
		key,
		baseUrl: read.baseUrl,
		...(uploadBaseUrl === undefined ? {} : { uploadBaseUrl }),
		...regionOf(provider, read.baseUrl, region?.value),
	};
}

/** A region's own address tells, however it was given; behind any other, the region that was chosen or is usual. */
function regionOf(
	{ credential: { defaultBaseUrl, regions = [] } }: Provider,
	baseUrl: string,
	chosen: string | undefined,
): { region?: string } {
	const at = (address: string): string | undefined =>
		regions.find((region) => region.baseUrl === address)?.value;
	const region = at(baseUrl) ?? chosen ?? at(defaultBaseUrl);
	return region === undefined ? {} : { region };
}

/** What was typed; else the provider's own address, while the base URL is the provider's own too. */
function readUploadBaseUrl(
	provider: Provider,
	baseUrl: string,
	typed: unknown,
): string | undefined {
	const { uploadBaseUrl: standard, defaultBaseUrl } = provider.credential;
	const address = typeof typed === 'string' ? typed.trim() : '';
	if (standard === undefined) return undefined;
	if (address === '') return baseUrl === defaultBaseUrl ? standard : undefined;
	const read = readBaseUrl(address, []);
	if ('baseUrl' in read) return read.baseUrl;
	throw credentialFault(provider, `The upload base URL of ${provider.title} ${read.reason}`);
}
