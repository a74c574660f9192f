import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { endByStatus, type RequestEnd } from '../../edit/retry';
import { decodeBase64Stream } from '../../image/base64';
import type { Fetched } from '../../run/ports';
import { htmlText, plainText } from '../../wire/text/plainText';
import { retryAfterSeconds } from '../../wire/answer/pause';
import { isPrivateHost, readFetchUrl } from '../../wire/webUrl';
import { readNetworkFailure } from '../http/networkFailure';
import { isReadable, type Readable, readBeginning, withDeadline } from '../http/streams';
import { failedFetch, storeImage, type StorePlace, tooLarge, wrongBody } from './storeImage';

/** Redirects are followed so many times, each target checked like the first. */
const maximumRedirects = 5;

/** A server that has not begun to answer by then is asked again. */
const maximumHeaderSeconds = 30;

/** Of a refusal, so much is read to quote it. */
const excerptBytes = 2048;

/** How long a download may take, and what ends it. */
export interface FetchSettings {
	timeoutSeconds: number;
	signal: AbortSignal;
}

/** Opens a URL. */
export type OpenUrl = (url: string, settings: FetchSettings) => Promise<IN8nHttpFullResponse>;

/** What is downloaded, and from where it may come. */
export interface Download extends StorePlace {
	url: string;
	/** The base URL of the credential: its host may be in a private network. */
	baseUrl: string;
	allowPrivateNetwork: boolean;
	/** The file holds base64 text instead of the image itself. */
	holdsBase64?: boolean;
	/** Opens the first URL; by default without a key. */
	open?: OpenUrl;
}

/** Downloads an image into n8n's storage: one attempt, redirects included. Any failure on the way is returned, not thrown. */
export async function downloadImage(
	context: IExecuteFunctions,
	download: Download,
	settings: FetchSettings,
): Promise<Fetched> {
	const { url: first, baseUrl, allowPrivateNetwork } = download;
	let target = first;
	for (let hop = 0; hop <= maximumRedirects; hop += 1) {
		const read = readFetchUrl(target, { baseUrl, allowPrivateNetwork });
		if ('reason' in read) {
			return failedFetch('clientError', {
				kind: 'provider',
				message: `The URL ${read.reason} and was not opened`,
				advice: read.advice,
				url: first,
			});
		}
		const { host } = read.url;
		const failed = (error: unknown): Fetched => {
			if (settings.signal.aborted) return { kind: 'cancelled' };
			const { end, message } = readNetworkFailure(error, host);
			const kind = end === 'timedOut' ? 'timeout' : 'network';
			return failedFetch(end, { kind, message, url: first });
		};
		try {
			// A key goes to the first URL only: a redirect leads to a place that the provider chose.
			const open = hop === 0 ? download.open : undefined;
			const response = await (open ?? openWithoutKey(context))(target, settings);
			const body = response.body as unknown;
			if (!isReadable(body)) return wrongBody(`${host} sent nothing`, first);
			const redirect = redirectOf(response, target);
			if (redirect === undefined) {
				return await withDeadline(body, settings, async () =>
					response.statusCode === 200
						? await receive(context, download, response, body, isPrivateHost(read.url.hostname))
						: await readRefusal(response, body, read.url, first),
				);
			}
			body.destroy();
			if (redirect === null) {
				return wrongBody(`${host} redirects to something that is not a URL`, first);
			}
			target = redirect;
		} catch (error) {
			return failed(error);
		}
	}
	return failedFetch('clientError', {
		kind: 'provider',
		message: `The URL redirects more than ${maximumRedirects} times`,
		url: first,
	});
}

/** Opens a URL that a provider or a user chose: never with a key, and without following redirects. */
function openWithoutKey(context: IExecuteFunctions): OpenUrl {
	return async (url, { timeoutSeconds, signal }) => {
		const options: IHttpRequestOptions = {
			url,
			method: 'GET',
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: Math.ceil(Math.min(timeoutSeconds, maximumHeaderSeconds) * 1000),
			abortSignal: signal,
			// Images are compressed already. Packed once more, the announced length would not be that of the image.
			headers: { accept: 'image/*,*/*;q=0.8', 'accept-encoding': 'identity' },
		};
		return (await context.helpers.httpRequest(options)) as IN8nHttpFullResponse;
	};
}

/** Where an answer redirects to; undefined for no redirect, null for one that leads nowhere. */
function redirectOf(
	{ statusCode, headers }: IN8nHttpFullResponse,
	from: string,
): string | null | undefined {
	const { location } = headers;
	if (statusCode < 300 || statusCode >= 400 || typeof location !== 'string') return undefined;
	return URL.canParse(location, from) ? new URL(location, from).toString() : null;
}

async function receive(
	context: IExecuteFunctions,
	download: Download,
	response: IN8nHttpFullResponse,
	body: Readable,
	isPrivate: boolean,
): Promise<Fetched> {
	const { holdsBase64 = false, maximumBytes, url } = download;
	const announced = Number(response.headers['content-length'] ?? NaN);
	if (announced > maximumBytes * (holdsBase64 ? 1.5 : 1)) {
		body.destroy();
		return tooLarge(download, url);
	}
	const chunks = body as AsyncIterable<Uint8Array>;
	return await storeImage(
		context,
		download,
		holdsBase64 ? decodeBase64Stream(chunks) : chunks,
		body,
		{
			url,
			isPrivate,
			contentType: plainText(String(response.headers['content-type'] ?? ''), 80),
			...(!holdsBase64 && Number.isFinite(announced) ? { announcedBytes: announced } : {}),
		},
	);
}

/** A URL that answers with a status: expired, not ready yet, or gone. */
async function readRefusal(
	response: IN8nHttpFullResponse,
	body: Readable,
	{ host, hostname }: URL,
	first: string,
): Promise<Fetched> {
	const { statusCode } = response;
	const text = (await readBeginning(body, excerptBytes)).toString('utf8');
	const headers = Object.fromEntries(
		Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
	const wait = retryAfterSeconds({ httpStatus: statusCode, headers, text: '' }, Date.now());
	const isExpired = [401, 403, 404, 410].includes(statusCode);
	const said = isPrivateHost(hostname) ? '' : plainText(htmlText(text) || text, 160);
	// 404 may be a URL that is not ready yet (ModelsLab's future_links), so it is read again.
	const end: RequestEnd =
		statusCode === 404 ? 'malformed' : endByStatus(statusCode < 400 ? 500 : statusCode);
	return failedFetch(end, {
		kind: 'provider',
		message: `The URL at ${host} answers HTTP ${statusCode}${isExpired ? ': it has probably expired' : ''}${said === '' ? '' : ` (${said})`}`,
		advice: isExpired
			? 'Get results sooner after they are made, or ask the provider for the image again'
			: 'Try the URL again later',
		httpStatus: statusCode,
		url: first,
		...(wait === undefined ? {} : { retryAfterSeconds: wait }),
	});
}
