import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import type { StoreAnswer, StoreRequest, StoreTransport } from '../../storage/s3/bucket';
import { ImageContent } from '../../wire/wire';
import { allowedDomains } from '../http/allowedDomains';
import { readNetworkFailure } from '../http/networkFailure';
import { GeneratedBody } from '../http/requestBody';
import { isReadable, type Readable, readBeginning, withDeadline } from '../http/streams';
import type { StorageCredential } from './storageCredential';

/** More than any object of ours that is read as text, but for the mark of a run with many failed items. */
const maximumTextBytes = 8_000_000;

/** Sends signed requests through n8n's HTTP helper: proxy, SSRF protection and certificates as everywhere. */
export class N8nStoreTransport implements StoreTransport {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly credential: StorageCredential,
	) {}

	/** @inheritdoc */
	async send(
		request: StoreRequest,
		settings: { timeoutSeconds: number; bodySeconds: number; signal: AbortSignal },
	): Promise<StoreAnswer> {
		const { signal, bodySeconds } = settings;
		try {
			const response = await this.open(request, settings);
			const body = response.body as unknown;
			const headers = Object.fromEntries(
				Object.entries(response.headers).map(([name, value]) => [
					name.toLowerCase(),
					String(value),
				]),
			);
			const receive = response.statusCode === 200 ? request.receive : undefined;
			const read = async (stream: Readable): Promise<string> => {
				if (receive === undefined) {
					return (await readBeginning(stream, maximumTextBytes)).toString('utf8');
				}
				await receive(stream as AsyncIterable<Uint8Array>, headers);
				return '';
			};
			const text = isReadable(body)
				? await withDeadline(
						body,
						{ timeoutSeconds: bodySeconds, signal },
						async () => await read(body),
					)
				: '';
			return { kind: 'reply', reply: { httpStatus: response.statusCode, headers, text } };
		} catch (error) {
			if (signal.aborted) return { kind: 'cancelled' };
			const { message } = readNetworkFailure(error, new URL(request.url).host);
			return { kind: 'failed', message };
		}
	}

	private async open(
		{ method, url, headers, body }: StoreRequest,
		{ timeoutSeconds, signal }: { timeoutSeconds: number; signal: AbortSignal },
	): Promise<IN8nHttpFullResponse> {
		const domains = allowedDomains(url, this.context, '', this.credential.data);
		const sent =
			body === undefined || typeof body === 'string'
				? body
				: new GeneratedBody([new ImageContent(body, 'raw')], body.facts.mimeType);
		const options: IHttpRequestOptions & { allowedDomains?: string } = {
			url,
			method,
			// As it is stored: a proxy that packs it would change its ETag.
			headers: { ...headers, 'accept-encoding': 'identity' },
			encoding: 'stream',
			timeout: Math.ceil(timeoutSeconds * 1000),
			abortSignal: signal,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			...(domains === undefined ? {} : { allowedDomains: domains }),
			...(sent === undefined
				? {}
				: { body: sent as unknown as NonNullable<IHttpRequestOptions['body']> }),
		};
		return (await this.context.helpers.httpRequest(options)) as IN8nHttpFullResponse;
	}
}
