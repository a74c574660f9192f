import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { sameOrigin } from '../../wire/address';
import { bodyBytes, bodyLength, formParts, jsonParts, type BodyPart } from '../../wire/body';
import { sieveJson } from '../../wire/jsonSieve';
import type { Provider } from '../../adapter/provider';
import { Redaction } from '../../wire/redaction';
import type { Reply, Wire } from '../../wire/wire';
import type { Answer, Transport } from '../../run/ports';
import type { ReadCredential } from './credential';
import { fingerprint } from '../runtime/digest';
import { keyedRequest } from './keyedRequest';
import { readNetworkFailure } from './networkFailure';
import type { N8nImageStore } from '../files/imageStore';
import { GeneratedBody, isReadable, withDeadline, type Readable } from './streams';

/** What is left of an answer when its images have flowed into storage; no host needs more. */
const maximumReplyBytes = 1024 * 1024;

/** How much of an answer that is not JSON is kept for messages. */
const maximumTextLength = 4096;

/**
 * Takes the key out of answers. Made once for a run: made for each item, its patterns cost the processor more
 * than the item's requests.
 */
export function redactionOfAnswers({ key }: ReadCredential): Redaction {
	// A short key is as good as a word, and taken out of a whole answer it could tear its JSON apart.
	return new Redaction([key], { minimumLength: 8 });
}

/**
 * Sends wires through n8n's authenticated HTTP helper: the key goes to the credential's own origin only,
 * redirects are not followed, bodies are streamed.
 */
export class N8nTransport implements Transport {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly provider: Provider,
		private readonly credential: ReadCredential,
		private readonly images: N8nImageStore,
		private readonly redaction = redactionOfAnswers(credential),
	) {}

	/** @inheritdoc */
	async send(
		wire: Wire,
		settings: { timeoutSeconds: number; signal: AbortSignal; idempotencyKey?: string },
	): Promise<Answer> {
		const url = this.addressOf(wire);
		const host = new URL(url).host;
		if (settings.signal.aborted) return { kind: 'cancelled' };
		try {
			const started = Date.now();
			// A fresh options object for each call: n8n writes the key into it.
			const response = await this.request(this.optionsOf(wire, url, settings), settings.signal);
			const body = response.body as unknown;
			const left = settings.timeoutSeconds - (Date.now() - started) / 1000;
			return {
				kind: 'reply',
				reply: isReadable(body)
					? await withDeadline(
							body,
							{ timeoutSeconds: Math.max(1, left), signal: settings.signal },
							async () => await this.read(response, body),
						)
					: this.replyOf(response, ''),
			};
		} catch (error) {
			if (settings.signal.aborted) return { kind: 'cancelled' };
			return { kind: 'failed', ...readNetworkFailure(error, host) };
		}
	}

	/**
	 * Opens a result that lies at the provider itself and may need the key; the address must be on the origin
	 * of the base URL.
	 */
	async open(
		url: string,
		settings: { timeoutSeconds: number; signal: AbortSignal },
	): Promise<IN8nHttpFullResponse> {
		const wire: Wire = { purpose: 'read', method: 'GET', path: url };
		const options = this.optionsOf(wire, this.addressOf(wire), settings);
		options.headers = { accept: 'image/*,*/*;q=0.8', 'accept-encoding': 'identity' };
		return await this.request(options, settings.signal);
	}

	/** Behind the base URL, or a whole URL that an adapter already found to be on the same origin. */
	private addressOf(wire: Wire): string {
		const { baseUrl } = this.credential;
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
		const { idempotencyHeader } = this.provider;
		const options: IHttpRequestOptions = {
			url,
			method: wire.method,
			encoding: 'stream',
			timeout: Math.ceil(settings.timeoutSeconds * 1000),
			headers: {
				accept: 'application/json',
				...(idempotencyHeader === undefined ||
				settings.idempotencyKey === undefined ||
				wire.purpose !== 'submit'
					? {}
					: { [idempotencyHeader]: settings.idempotencyKey }),
			},
		};
		const written = this.bodyOf(wire);
		if (written !== undefined) {
			const body = new GeneratedBody({
				bytes: bodyLength(written.parts),
				contentType: written.contentType,
				open: () => bodyBytes(written.parts),
			});
			options.headers!['content-type'] = written.contentType;
			options.body = body as unknown as IHttpRequestOptions['body'];
		}
		return options;
	}

	private async request(
		options: IHttpRequestOptions,
		signal: AbortSignal,
	): Promise<IN8nHttpFullResponse> {
		return await keyedRequest(this.context, this.provider, this.credential, options, signal);
	}

	private bodyOf(wire: Wire): { parts: BodyPart[]; contentType: string } | undefined {
		if (wire.form !== undefined) {
			const boundary = `image-${fingerprint(`${Date.now()} ${Math.random()}`)}`;
			return {
				parts: formParts(wire.form, boundary),
				contentType: `multipart/form-data; boundary=${boundary}`,
			};
		}
		if (wire.json === undefined) return undefined;
		const { key } = this.provider.credential;
		// n8n would write a body key as a property of the body object, which a streamed body loses.
		const json =
			key.kind === 'body' ? { [key.field]: this.credential.key, ...wire.json } : wire.json;
		return { parts: jsonParts(json), contentType: 'application/json' };
	}

	/** Reads an answer; long base64 texts in it flow into storage and leave a mark. */
	private async read(response: IN8nHttpFullResponse, body: Readable): Promise<Reply> {
		const parts: Buffer[] = [];
		let bytes = 0;
		const pieces = sieveJson(body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
		for (;;) {
			const step = await pieces.next();
			if (step.done === true) break;
			const piece = step.value;
			if (piece.kind === 'text') {
				bytes += piece.bytes.length;
				if (bytes > maximumReplyBytes) {
					body.destroy();
					break;
				}
				parts.push(piece.bytes);
			} else if (piece.kind === 'long') {
				const first = piece.bytes;
				let open = true;
				async function* text(): AsyncGenerator<Buffer> {
					yield first;
					while (open) {
						const next = await pieces.next();
						if (next.done === true || next.value.kind !== 'long') {
							open = false;
							return;
						}
						yield next.value.bytes;
					}
				}
				const mark = await this.images.hold(text(), body);
				// An image that was refused half-way still has to be read to its end.
				while (open) {
					const next = await pieces.next();
					if (next.done === true || next.value.kind !== 'long') open = false;
				}
				parts.push(Buffer.from(`${mark}"`));
			}
		}
		return this.replyOf(response, Buffer.concat(parts).toString('utf8'));
	}

	private replyOf(response: IN8nHttpFullResponse, said: string): Reply {
		// Before anything is cut to the length of a message: half a key would not be found any more.
		const text = this.redaction.text(said);
		const headers = Object.fromEntries(
			Object.entries(response.headers).map(([name, value]) => [
				name.toLowerCase(),
				this.redaction.text(String(value)),
			]),
		);
		const reply: Reply = {
			httpStatus: response.statusCode,
			headers,
			text: text.slice(0, maximumTextLength),
		};
		try {
			return { ...reply, json: JSON.parse(text) as unknown };
		} catch {
			return reply;
		}
	}
}
