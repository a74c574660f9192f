/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { get } from 'node:http';

const LONGEST_WAIT_MS = 10_000;
const MOST_REDIRECTS = 5;

/** Marks the emulator's own fetches, so that its servers do not take them for a client's. */
export const OWN_FETCH_HEADER = 'x-emulator-own-fetch';

/** An image behind a URL, or why it could not be had. */
export type FetchedImage = { bytes: Buffer } | { failure: string };

function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

async function fetchOnce(url: URL): Promise<{ status: number; location?: string; bytes: Buffer }> {
	return await new Promise((resolve, reject) => {
		const request = get(url, { agent: false, headers: { [OWN_FETCH_HEADER]: '1' } }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () =>
				resolve({
					status: response.statusCode ?? 0,
					location: response.headers.location,
					bytes: Buffer.concat(chunks),
				}),
			);
		});
		request.setTimeout(LONGEST_WAIT_MS, () => request.destroy(new Error('timed out')));
		request.on('error', reject);
	});
}

/**
 * Fetches an input image as a provider would. Loopback servers are really asked; any other URL must have been
 * published beforehand, because nothing may leave the machine.
 */
export async function fetchImage(
	url: string,
	published: ReadonlyMap<string, Buffer>,
): Promise<FetchedImage> {
	const known = published.get(url);
	if (known) return { bytes: known };
	let target: URL;
	try {
		target = new URL(url);
	} catch {
		return { failure: 'not a URL' };
	}
	for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
		if (target.protocol !== 'http:' || !isLoopback(target.hostname)) {
			return { failure: `${target.origin} cannot be reached` };
		}
		try {
			const { status, location, bytes } = await fetchOnce(target);
			if (status >= 300 && status < 400 && location) {
				target = new URL(location, target);
				continue;
			}
			return status === 200 ? { bytes } : { failure: `HTTP ${status}` };
		} catch (error) {
			return { failure: (error as Error).message };
		}
	}
	return { failure: 'too many redirects' };
}

const DATA_URI = /^data:([^;,]*)((?:;[^;,]*)*),/;

/** An image given as text. `mimeType` is absent for bare base64. */
export function decodeBase64Image(text: string): { bytes: Buffer; mimeType?: string } | undefined {
	const head = DATA_URI.exec(text.slice(0, 200));
	if (text.startsWith('data:') && (!head || !/;base64$/i.test(head[2] ?? ''))) return undefined;
	const encoded = head ? text.slice(head[0].length) : text;
	if (
		!encoded ||
		!/^[A-Za-z0-9+/_\-\s]+={0,2}\s*$/.test(encoded.length > 4096 ? encoded.slice(0, 4096) : encoded)
	) {
		return undefined;
	}
	const bytes = Buffer.from(encoded, 'base64');
	return bytes.length ? { bytes, mimeType: head?.[1] } : undefined;
}

/** Whether a text is an absolute http(s) URL. */
export function isWebUrl(text: string): boolean {
	if (!/^https?:\/\//i.test(text)) return false;
	try {
		return Boolean(new URL(text).hostname);
	} catch {
		return false;
	}
}
