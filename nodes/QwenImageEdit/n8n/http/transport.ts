import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import type { Provider } from '../../adapter/provider';
import { EditFault } from '../../edit/fault';
import type { Answer, Transport } from '../../run/ports';
import { readJsonText } from '../../wire/json/jsonText';
import { Redaction } from '../../wire/text/redaction';
import type { Reply, Wire } from '../../wire/wire';
import { readFetchUrl, sameOrigin } from '../../wire/webUrl';
import { type AnswerBody, type HoldImage, readAnswerBody } from './answerBody';
import type { ReadCredential } from './credential';
import { keyedRequest, type RequestContext } from './keyedRequest';
import { readNetworkFailure } from './networkFailure';
import { requestBody } from './requestBody';
import { isReadable, withDeadline } from './streams';

/** How much of an answer that is not JSON is kept for messages. */
const maximumTextLength = 4096;

/**
 * Takes the key out of answers. Made once for a run, because making its patterns takes longer than the requests
 * of an item.
 */
export function redactionOfAnswers({ key }: ReadCredential): Redaction {
	// A short key may be a word. Taken out of a whole answer, it could break its JSON.
	return new Redaction([key], { minimumLength: 8 });
}

/** What a transport needs. */
export interface TransportSettings {
	context: RequestContext;
	provider: Provider;
	credential: ReadCredential;
	redaction: Redaction;
	hold: HoldImage;
}

/**
 * Sends wires through n8n's authenticated HTTP helper: the key goes to the credential's own origin only,
 * redirects are not followed, bodies are streamed.
 */
export class N8nTransport implements Transport {
	constructor(private readonly settings: TransportSettings) {}

	/** @inheritdoc */
	async send(
		wire: Wire,
		settings: { timeoutSeconds: number; signal: AbortSignal; idempotencyKey?: string },
	): Promise<Answer> {
		const { signal, timeoutSeconds } = settings;
		const url = this.urlOf(wire);
		const host = new URL(url).host;
		if (signal.aborted) return { kind: 'cancelled' };
		const failed = (error: unknown, arrived?: Reply): Answer =>
			signal.aborted
				? { kind: 'cancelled' }
				: {
						kind: 'failed',
						...readNetworkFailure(error, host),
						...(arrived === undefined ? {} : { arrived }),
					};
		try {
			const started = Date.now();
			// A fresh options object for each call: n8n writes the key into it.
			const options = this.optionsOf(wire, url, settings);
			const response = await (wire.origin === 'foreign'
				? this.foreignRequest(options, signal)
				: this.request(options, signal));
			const body = response.body as unknown;
			if (!isReadable(body)) return { kind: 'reply', reply: this.replyOf(response, { text: '' }) };
			const left = Math.max(1, timeoutSeconds - (Date.now() - started) / 1000);
			const read = await withDeadline(
				body,
				{ timeoutSeconds: left, signal },
				async () => await readAnswerBody(body, this.settings.hold),
			);
			const reply = this.replyOf(response, read);
			return read.failure === undefined
				? { kind: 'reply', reply }
				: failed(read.failure, { ...reply, isCut: true });
		} catch (error) {
			return failed(error);
		}
	}

	/** Opens a result on the provider's own origin, which may need the key. Its URL must be on the origin of the base URL. */
	async open(
		url: string,
		settings: { timeoutSeconds: number; signal: AbortSignal },
	): Promise<IN8nHttpFullResponse> {
		const wire: Wire = { purpose: 'read', method: 'GET', path: url };
		const options = this.optionsOf(wire, this.urlOf(wire), settings);
		options.headers = { accept: 'image/*,*/*;q=0.8', 'accept-encoding': 'identity' };
		return await this.request(options, settings.signal);
	}

	/**
	 * Below the base URL, or a whole URL that an adapter already found to be on the same origin.
	 *
	 * @throws EditFault when the provider gives a foreign address that the node must not open
	 */
	private urlOf(wire: Wire): string {
		const { baseUrl, uploadBaseUrl } = this.settings.credential;
		if (wire.origin === 'upload') return `${uploadBaseUrl ?? baseUrl}${wire.path}`;
		if (wire.origin === 'foreign') {
			const read = readFetchUrl(wire.path, { baseUrl, allowPrivateNetwork: false });
			if ('url' in read) return wire.path;
			const message = `The upload URL of ${this.settings.provider.title} ${read.reason}`;
			throw new EditFault({ kind: 'provider', message });
		}
		if (wire.path.startsWith('/')) return `${baseUrl}${wire.path}`;
		if (!sameOrigin(wire.path, baseUrl)) {
			throw new TypeError('a keyed request may only go to the origin of the base URL');
		}
		return wire.path;
	}

	private optionsOf(
		wire: Wire,
		url: string,
		settings: { timeoutSeconds: number; idempotencyKey?: string },
	): IHttpRequestOptions {
		const { provider, credential } = this.settings;
		const { idempotencyHeader } = provider;
		const isIdempotent =
			wire.purpose === 'submit' &&
			idempotencyHeader !== undefined &&
			settings.idempotencyKey !== undefined;
		const body = requestBody(wire, provider, credential);
		return {
			url,
			method: wire.method,
			encoding: 'stream',
			timeout: Math.ceil(settings.timeoutSeconds * 1000),
			headers: {
				accept: wire.isHeld === true ? 'text/event-stream, application/json' : 'application/json',
				...(isIdempotent ? { [idempotencyHeader]: settings.idempotencyKey } : {}),
				...(body === undefined ? {} : { 'content-type': body.type }),
			},
			...(body === undefined ? {} : { body: body as unknown as IHttpRequestOptions['body'] }),
		};
	}

	private async request(
		options: IHttpRequestOptions,
		signal: AbortSignal,
	): Promise<IN8nHttpFullResponse> {
		const { context, provider, credential } = this.settings;
		return await keyedRequest(context, provider, credential, options, signal);
	}

	/** To an address that the provider has signed: without the key. */
	private async foreignRequest(
		options: IHttpRequestOptions,
		abortSignal: AbortSignal,
	): Promise<IN8nHttpFullResponse> {
		return (await this.settings.context.helpers.httpRequest({
			...options,
			abortSignal,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		})) as IN8nHttpFullResponse;
	}

	private replyOf(response: IN8nHttpFullResponse, { text: said, imageMark }: AnswerBody): Reply {
		const { redaction } = this.settings;
		// Before anything is cut to the length of a message: half a key would not be found any more.
		const text = redaction.text(said);
		const headers = Object.fromEntries(
			Object.entries(response.headers).map(([name, value]) => [
				name.toLowerCase(),
				redaction.text(String(value)),
			]),
		);
		const read = readJsonText(text);
		return {
			httpStatus: response.statusCode,
			headers,
			text: text.slice(0, maximumTextLength),
			...(read === undefined ? {} : { json: read.json }),
			...(read?.others === undefined ? {} : { otherJson: read.others }),
			...(read === undefined || read.oddities.length === 0 ? {} : { oddities: read.oddities }),
			...(read?.isCut === true ? { isCut: true } : {}),
			...(imageMark === undefined ? {} : { imageMark }),
		};
	}
}
