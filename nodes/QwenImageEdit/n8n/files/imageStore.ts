import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { resultAddress, sameOrigin } from '../../wire/address';
import { decodeBase64Stream, decodeBase64Text, NotBase64Error } from '../../image/base64';
import { EditFault, type Fault } from '../../edit/fault';
import type { ResultImage } from '../../edit/outcome';
import {
	endsWhole,
	imageFileName,
	imageHeadBytes,
	imageTailBytes,
	readImageHead,
} from '../../image/imageType';
import { retryAfterSeconds } from '../../wire/refusal';
import { plainText } from '../../wire/words';
import { endByStatus, type RequestEnd } from '../../edit/retry';
import type { Fetched, ImageStore } from '../../run/ports';
import { readNetworkFailure } from '../http/networkFailure';
import {
	isReadable,
	readableLike,
	readBeginning,
	withDeadline,
	type Readable,
} from '../http/streams';

/** Result links are followed so many times, each target checked like the first. */
const maximumRedirects = 5;

/** A host of files that has not begun to answer by then is asked again. */
const maximumHeaderSeconds = 30;

/** Images inside one answer; a host that sends more is not allowed to fill the storage of this n8n. */
const maximumHeld = 16;

/** Of a body that is no image, so much is read to show what it is. */
const excerptBytes = 2048;

interface FetchSettings {
	timeoutSeconds: number;
	signal: AbortSignal;
}

type Open = (url: string, settings: FetchSettings) => Promise<IN8nHttpFullResponse>;

function failed(end: RequestEnd, fault: Fault): Fetched {
	return { kind: 'failed', end, fault };
}

/** Images come from anywhere: any failure on the way is told as one of these two. */
function wrongBody(message: string, url?: string): Fetched {
	return failed('malformed', {
		kind: 'provider',
		message,
		...(url === undefined
			? {}
			: {
					advice: 'Open the URL in a browser to see what is there; the link may have expired',
					url,
				}),
	});
}

/**
 * Brings result images into n8n's binary storage as streams: checked by their first bytes, counted against
 * the cap, and never with a key.
 */
export class N8nImageStore implements ImageStore {
	/** Images that flowed into storage while the provider's answer was read, by their mark. */
	private readonly held = new Map<string, Fetched>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly settings: {
			baseUrl: string;
			fileName: string;
			maximumBytes: number;
			/** Opens an address of the provider itself with its key, for results given as relative URLs. */
			openWithKey?: Open;
		},
	) {}

	/** @inheritdoc */
	async fetch(image: ResultImage, settings: FetchSettings): Promise<Fetched> {
		if (image.base64 !== undefined) {
			const fetched = this.held.get(image.base64) ?? (await this.storeText(image.base64));
			if (fetched.kind === 'stored') {
				return image.url === undefined
					? fetched
					: { kind: 'stored', image: { ...fetched.image, url: image.url } };
			}
			if (fetched.kind === 'cancelled') return fetched;
			// Text that was sent once does not get better by being read again.
			if (image.url === undefined) return { ...fetched, end: 'clientError' };
		}
		if (image.url === undefined) return wrongBody('The provider sent an image without content');
		const { openWithKey } = this.settings;
		if (/^https?:/i.test(image.url) || openWithKey === undefined) {
			return await this.download(image.url, image.urlHoldsBase64 === true, settings, this.get);
		}
		const own = ownAddress(image.url, this.settings.baseUrl);
		if (own === undefined)
			return wrongBody(`The result URL '${plainText(image.url, 120)}' leads nowhere`);
		return await this.download(own, image.urlHoldsBase64 === true, settings, openWithKey);
	}

	/**
	 * Stores base64 text that flows by inside a longer answer.
	 *
	 * @returns a mark that stands for the image in {@link ResultImage.base64}
	 */
	async hold(text: AsyncIterable<Uint8Array>, sample: Readable): Promise<string> {
		const mark = `held-${this.held.size}-${Math.random().toString(36).slice(2)}`;
		this.held.set(
			mark,
			this.held.size < maximumHeld
				? await this.store(decodeBase64Stream(text), sample, {})
				: wrongBody(`The provider sent more than ${maximumHeld} images in one answer`),
		);
		return mark;
	}

	private async storeText(text: string): Promise<Fetched> {
		let bytes: Buffer;
		try {
			bytes = decodeBase64Text(text, 'The result');
		} catch {
			return wrongBody('The provider sent a result that is neither a link nor base64');
		}
		async function* once(): AsyncGenerator<Buffer> {
			yield bytes;
		}
		return await this.store(once(), undefined, {});
	}

	/** One attempt, redirects included. */
	private async download(
		first: string,
		holdsBase64: boolean,
		settings: FetchSettings,
		open: Open,
	): Promise<Fetched> {
		let target = first;
		for (let hop = 0; hop <= maximumRedirects; hop += 1) {
			const address = resultAddress(target, this.settings.baseUrl);
			if ('reason' in address) {
				return failed('clientError', {
					kind: 'provider',
					message: `The result URL ${address.reason} and was not opened`,
					advice: 'Tell the provider; this node opens public web addresses only',
					url: first,
				});
			}
			const host = address.url.host;
			let response: IN8nHttpFullResponse;
			try {
				// A key goes to the first address only: a redirect leads to a place that the provider chose.
				response = await (hop === 0 ? open : this.get)(target, settings);
			} catch (error) {
				if (settings.signal.aborted) return { kind: 'cancelled' };
				const { end, message } = readNetworkFailure(error, host);
				return failed(end, {
					kind: end === 'timedOut' ? 'timeout' : 'network',
					message,
					url: first,
				});
			}
			const body = response.body as unknown;
			if (!isReadable(body)) return wrongBody(`${host} sent nothing`, first);
			const location = response.headers.location;
			if (response.statusCode >= 300 && response.statusCode < 400 && typeof location === 'string') {
				body.destroy();
				try {
					target = new URL(location, target).toString();
				} catch {
					return wrongBody(`${host} redirects to something that is not a URL`, first);
				}
				continue;
			}
			try {
				return await withDeadline(body, settings, async () =>
					response.statusCode === 200
						? await this.receive(response, body, holdsBase64, first)
						: await this.readRefusal(response, body, host, first),
				);
			} catch (error) {
				if (settings.signal.aborted) return { kind: 'cancelled' };
				const { end, message } = readNetworkFailure(error, host);
				return failed(end, {
					kind: end === 'timedOut' ? 'timeout' : 'network',
					message,
					url: first,
				});
			}
		}
		return failed('clientError', {
			kind: 'provider',
			message: `The result URL redirects more than ${maximumRedirects} times`,
			url: first,
		});
	}

	/** Without credentials: this is the only place that opens addresses a provider chose. */
	private readonly get: Open = async (url, settings) => {
		const options: IHttpRequestOptions = {
			url,
			method: 'GET',
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: Math.ceil(Math.min(settings.timeoutSeconds, maximumHeaderSeconds) * 1000),
			abortSignal: settings.signal,
			// Images are packed already. Packed once more, the announced length would not be that of the image.
			headers: { accept: 'image/*,*/*;q=0.8', 'accept-encoding': 'identity' },
		};
		return (await this.context.helpers.httpRequest(options)) as IN8nHttpFullResponse;
	};

	private async receive(
		response: IN8nHttpFullResponse,
		body: Readable,
		holdsBase64: boolean,
		url: string,
	): Promise<Fetched> {
		const announced = Number(response.headers['content-length'] ?? NaN);
		if (
			Number.isFinite(announced) &&
			announced > this.settings.maximumBytes * (holdsBase64 ? 1.5 : 1)
		) {
			body.destroy();
			return this.tooLarge(url);
		}
		const type = plainText(String(response.headers['content-type'] ?? ''), 80);
		const chunks = body as AsyncIterable<Uint8Array>;
		return await this.store(holdsBase64 ? decodeBase64Stream(chunks) : chunks, body, {
			url,
			type,
			...(!holdsBase64 && Number.isFinite(announced) ? { announcedBytes: announced } : {}),
		});
	}

	/** A link that answers with a status: expired, not ready yet, or gone. */
	private async readRefusal(
		response: IN8nHttpFullResponse,
		body: Readable,
		host: string,
		url: string,
	): Promise<Fetched> {
		const { statusCode } = response;
		const text = (await readBeginning(body, excerptBytes)).toString('utf8');
		const headers = Object.fromEntries(
			Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
		);
		const wait = retryAfterSeconds({ httpStatus: statusCode, headers, text: '' }, Date.now());
		const expired = [401, 403, 404, 410].includes(statusCode);
		const said = plainText(text.replace(/<[^>]*>/g, ' '), 160);
		// 404 may be a link that is not ready yet (ModelsLab's future_links), so it is read again.
		const end: RequestEnd =
			statusCode === 404 ? 'malformed' : endByStatus(statusCode < 400 ? 500 : statusCode, false);
		return failed(end, {
			kind: 'provider',
			message: `The result URL at ${host} answers HTTP ${statusCode}${expired ? ': the link has probably expired' : ''}${said === '' ? '' : ` (${said})`}`,
			advice: expired
				? 'Fetch results sooner after they are made, or ask the provider for the image again'
				: 'Try again later with the URL',
			httpStatus: statusCode,
			url,
			...(wait === undefined ? {} : { retryAfterSeconds: wait }),
		});
	}

	private tooLarge(url: string | undefined): Fetched {
		return failed('clientError', {
			kind: 'provider',
			message: `The result is larger than ${Math.round(this.settings.maximumBytes / 1_000_000)} MB`,
			advice: "Raise 'Max Image Size' in Options if you expect such an image",
			...(url === undefined ? {} : { url }),
		});
	}

	/** Looks at the first bytes, then lets the rest flow into storage. */
	private async store(
		chunks: AsyncIterable<Uint8Array>,
		sample: Readable | undefined,
		source: { url?: string; type?: string; announcedBytes?: number },
	): Promise<Fetched> {
		const { maximumBytes } = this.settings;
		const iterator = chunks[Symbol.asyncIterator]();
		const parts: Buffer[] = [];
		let headBytes = 0;
		let ended = false;
		try {
			while (headBytes < imageHeadBytes && !ended) {
				const step = await iterator.next();
				if (step.done === true) {
					ended = true;
				} else {
					parts.push(Buffer.from(step.value));
					headBytes += step.value.length;
				}
			}
		} catch (error) {
			if (error instanceof NotBase64Error)
				return wrongBody('The result is not base64 text', source.url);
			throw asError(error);
		}
		const head = Buffer.concat(parts);
		const facts = readImageHead(head);
		if (facts === undefined) {
			await iterator.return?.();
			const said = plainText(
				head
					.subarray(0, excerptBytes)
					.toString('utf8')
					.replace(/<[^>]*>/g, ' '),
				160,
			);
			const type = source.type === undefined || source.type === '' ? '' : ` (${source.type})`;
			return wrongBody(
				`The result is not an image${type}${head.length === 0 ? ': it is empty' : said === '' ? '' : `: ${said}`}`,
				source.url,
			);
		}

		const state = {
			bytes: 0,
			tail: Buffer.alloc(0) as Buffer,
			over: false,
			cut: false,
			lost: false,
		};
		const arrive = async (): Promise<IteratorResult<Uint8Array>> => {
			try {
				return await iterator.next();
			} catch (error) {
				state.lost = true;
				throw asError(error);
			}
		};
		const count = (chunk: Buffer): void => {
			state.bytes += chunk.length;
			state.tail =
				chunk.length >= imageTailBytes
					? Buffer.from(chunk.subarray(-imageTailBytes))
					: Buffer.concat([state.tail, chunk]).subarray(-imageTailBytes);
			if (state.bytes > maximumBytes) {
				state.over = true;
				throw new RangeError('the result is larger than allowed');
			}
		};
		const finish = (): void => {
			state.cut =
				// More than announced: a host packed it all the same, and n8n unpacked it without a word.
				(source.announcedBytes !== undefined && state.bytes < source.announcedBytes) ||
				!endsWhole(facts.type, head, state.tail, state.bytes);
			if (state.cut) throw new RangeError('the result is cut off');
		};
		async function* whole(): AsyncGenerator<Buffer> {
			count(head);
			yield head;
			while (!ended) {
				const step = await arrive();
				if (step.done === true) break;
				const chunk = Buffer.from(step.value);
				count(chunk);
				yield chunk;
			}
			finish();
		}

		const fileName = imageFileName(this.settings.fileName, facts.extension);
		try {
			let content: Buffer | Readable = head;
			if (ended || sample === undefined) {
				count(head);
				finish();
			} else {
				content = readableLike(sample, whole());
			}
			const stored = await this.context.helpers.prepareBinaryData(
				content,
				fileName,
				facts.mimeType,
			);
			return {
				kind: 'stored',
				image: {
					facts,
					bytes: state.bytes,
					fileName,
					stored,
					...(source.url === undefined ? {} : { url: source.url }),
				},
			};
		} catch (error) {
			if (state.over) return this.tooLarge(source.url);
			if (state.cut) {
				return failed('connectionLost', {
					kind: 'network',
					message: 'The image arrived cut off',
					...(source.url === undefined ? {} : { url: source.url }),
				});
			}
			if (error instanceof NotBase64Error)
				return wrongBody('The result is not base64 text', source.url);
			if (state.lost) throw asError(error);
			return this.notStored(error, source.url);
		}
	}

	/** The image arrived, but this n8n could not keep it: a full disk, or a storage that is away. */
	private notStored(error: unknown, url: string | undefined): Fetched {
		const said = plainText(error instanceof Error ? error.message : String(error), 160);
		return failed('clientError', {
			kind: 'provider',
			message: `This n8n could not store the image: ${said}`,
			advice: 'Check the disk and the binary data storage of this n8n, then fetch the image again',
			...(url === undefined ? {} : { url }),
		});
	}
}

/** A relative result URL on the provider's own origin; undefined when it leads away from it. */
function ownAddress(url: string, baseUrl: string): string | undefined {
	try {
		const own = new URL(url, `${baseUrl}/`).toString();
		return sameOrigin(own, baseUrl) ? own : undefined;
	} catch {
		return undefined;
	}
}

/** n8n's lint wants no raw re-throw; this keeps the error as it is. */
function asError(error: unknown): Error {
	return error instanceof Error
		? error
		: new EditFault({ kind: 'network', message: String(error) });
}
