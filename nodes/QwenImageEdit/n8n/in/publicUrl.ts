import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import type { Provider } from '../../adapter/provider';
import { inputFault, type EditFault } from '../../edit/fault';
import type { ImageFile } from '../../edit/request';
import { imageHeadBytes, readImageHead } from '../../image/imageHead';
import { isPrivateHost } from '../../wire/webUrl';
import type { ReadCredential } from '../http/credential';

/** How long a URL of n8n's own storage works: the item may have to wait for its turn first. */
const signedUrlLifetime = '6 hours';

/** Whether files can go through the provider's own upload call: its address is known, and the key may go there. */
export function canUpload(
	{ upload, credential }: Provider,
	{ uploadBaseUrl }: Pick<ReadCredential, 'uploadBaseUrl'>,
): boolean {
	if (upload === undefined) return false;
	return credential.uploadBaseUrl === undefined || uploadBaseUrl !== undefined;
}

/** Makes signed URLs to a file in n8n's storage. */
export function signedUrl(
	context: IExecuteFunctions,
	binary: IBinaryData,
): () => string | undefined {
	return () =>
		binary.id === undefined
			? undefined
			: context.helpers.createBinarySignedUrl(binary, signedUrlLifetime);
}

/** Puts bytes into n8n's storage, so that they get a URL there. */
export async function storedUrl(
	context: IExecuteFunctions,
	bytes: Buffer,
	name: string,
): Promise<() => string | undefined> {
	const facts = readImageHead(bytes.subarray(0, imageHeadBytes));
	if (facts === undefined) return () => undefined;
	const fileName = `${name.toLowerCase().replace(/\s+/g, '-')}.${facts.extension}`;
	return signedUrl(
		context,
		await context.helpers.prepareBinaryData(bytes, fileName, facts.mimeType),
	);
}

/**
 * Whether a provider without an upload of its own can get the file from this n8n.
 *
 * @throws EditFault that says why it cannot, and what to do
 */
export function checkPublicUrl(
	provider: Provider,
	baseUrl: string,
	name: string,
	image: ImageFile,
): void {
	let url: string | Promise<string> | undefined;
	try {
		url = image.publicUrl?.();
	} catch {
		url = undefined;
	}
	if (typeof url !== 'string') {
		throw noUrlFault(provider, name, 'this n8n keeps files in memory, where they have no URL');
	}
	const { hostname } = new URL(url);
	if (isPrivateHost(hostname) && !isPrivateHost(new URL(baseUrl).hostname)) {
		throw noUrlFault(provider, name, `this n8n (${hostname}) is not publicly reachable`);
	}
}

function noUrlFault(provider: Provider, name: string, reason: string): EditFault {
	const upload =
		provider.credential.uploadBaseUrl === undefined
			? ''
			: "Enter 'Upload Base URL' in the credential. Or: ";
	return inputFault(
		`${name} is a file, but ${provider.title} takes URLs only, and ${reason}`,
		`${upload}Set 'Storage' to 'S3-Compatible Bucket', give the image as a URL, make this n8n publicly reachable (WEBHOOK_URL), or choose a provider that takes files`,
	);
}
