import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { asError } from '../runtime/asError';
import { type Readable, readableLike } from '../http/streams';
import type { RequestEnd } from '../../edit/retry';
import type { Fault } from '../../edit/fault';
import { NotBase64Error } from '../../image/base64';
import { imageFileName } from '../../image/fileName';
import { ImageEnd } from '../../image/structure/imageEnd';
import { type ImageFacts, imageHeadBytes, readImageHead } from '../../image/imageHead';
import type { Fetched } from '../../run/ports';
import type { StoredImage } from '../../run/storedImage';
import { htmlText, plainText } from '../../wire/text/plainText';

/** Of a body that is not an image, so much is quoted to show what it is. */
const excerptBytes = 2048;

/** Where an image comes from, as far as it matters to what is made of it. */
export interface ImageSource {
	/** Absent for an image that was inside an answer. */
	url?: string;
	contentType?: string;
	announcedBytes?: number;
	/** Of a body from a private address nothing is quoted. */
	isPrivate?: boolean;
}

/** How images are to be stored. */
export interface StorePlace {
	fileName: string;
	maximumBytes: number;
}

/** A failure to fetch an image. */
export function failedFetch(end: RequestEnd, fault: Fault): Extract<Fetched, { kind: 'failed' }> {
	return { kind: 'failed', end, fault };
}

/** What arrived is not an image. */
export function wrongBody(message: string, url?: string): Extract<Fetched, { kind: 'failed' }> {
	const advice = 'Open the URL in a browser to see what is there. The URL may have expired';
	return failedFetch('malformed', {
		kind: 'provider',
		message,
		...(url === undefined ? {} : { advice, url }),
	});
}

/** The result is larger than the user allows. */
export function tooLarge(place: StorePlace, url?: string): Extract<Fetched, { kind: 'failed' }> {
	return failedFetch('clientError', {
		kind: 'provider',
		message: `The result is larger than ${place.maximumBytes / 1_000_000} MB`,
		advice: "Raise 'Max Image Size' in Options if you expect such an image",
		...(url === undefined ? {} : { url }),
	});
}

/**
 * Brings an image into n8n's binary storage as a stream: known by its first bytes, counted against the cap, and
 * followed to its own end. Nothing is decoded.
 *
 * @param sample a stream of n8n's, of whose class the stream into storage is made; absent for bytes in memory
 */
export async function storeImage(
	context: IExecuteFunctions,
	place: StorePlace,
	chunks: AsyncIterable<Uint8Array>,
	sample: Readable | undefined,
	source: ImageSource,
): Promise<Fetched> {
	const flow = new ImageFlow(chunks, place.maximumBytes);
	try {
		await flow.readHead();
		const { facts } = flow;
		if (facts === undefined) {
			await flow.stop();
			return notAnImage(flow.head, source);
		}
		const content =
			flow.hasEnded || sample === undefined
				? await flow.whole()
				: readableLike(sample, flow.rest());
		const stored = await context.helpers.prepareBinaryData(
			content,
			imageFileName(place.fileName, facts.extension),
			facts.mimeType,
		);
		return judge(flow, facts, stored, source);
	} catch (error) {
		if (flow.isTooLarge) return tooLarge(place, source.url);
		if (error instanceof NotBase64Error) return wrongBody('The result is not base64', source.url);
		if (flow.isBroken) throw asError(error);
		return notStored(error, source.url);
	}
}

/** An image while it arrives. */
class ImageFlow {
	head: Buffer = Buffer.alloc(0);

	facts: ImageFacts | undefined;

	bytes = 0;

	hasEnded = false;

	isTooLarge = false;

	/** The bytes stopped coming. */
	isBroken = false;

	private end: ImageEnd | undefined;

	private readonly iterator: AsyncIterator<Uint8Array>;

	constructor(
		chunks: AsyncIterable<Uint8Array>,
		private readonly maximumBytes: number,
	) {
		this.iterator = chunks[Symbol.asyncIterator]();
	}

	/** Where the image's own structure ends, seen from the bytes that have arrived. */
	get endState(): ImageEnd['state'] {
		return this.end?.state ?? 'unknown';
	}

	async readHead(): Promise<void> {
		const parts: Buffer[] = [];
		let length = 0;
		while (length < imageHeadBytes) {
			const chunk = await this.next();
			if (chunk === undefined) break;
			parts.push(chunk);
			length += chunk.length;
		}
		this.head = Buffer.concat(parts);
		this.facts = readImageHead(this.head);
		if (this.facts !== undefined) this.end = new ImageEnd(this.facts.type);
	}

	async stop(): Promise<void> {
		await this.iterator.return?.();
	}

	/** All bytes in memory. */
	async whole(): Promise<Buffer> {
		const parts: Buffer[] = [];
		for await (const chunk of this.rest()) parts.push(chunk);
		return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
	}

	/** The head and what follows it, looked at as it passes. */
	async *rest(): AsyncGenerator<Buffer> {
		yield this.pass(this.head);
		for (;;) {
			const chunk = await this.next();
			if (chunk === undefined) return;
			yield this.pass(chunk);
		}
	}

	private async next(): Promise<Buffer | undefined> {
		if (this.hasEnded) return undefined;
		try {
			const step = await this.iterator.next();
			if (step.done !== true) return Buffer.from(step.value);
			this.hasEnded = true;
			return undefined;
		} catch (error) {
			this.isBroken = true;
			throw asError(error);
		}
	}

	private pass(chunk: Buffer): Buffer {
		this.bytes += chunk.length;
		if (this.bytes > this.maximumBytes) {
			this.isTooLarge = true;
			throw new RangeError('the result is larger than allowed');
		}
		this.end?.push(chunk);
		return chunk;
	}
}

/**
 * Whether the image is whole. Bytes behind its end are legal. Its own end counts most, because n8n unpacks a packed
 * body without saying so, and the announced length is then that of the packed body. An image whose end is missing is
 * read again, and in the end put out with a warning.
 */
function judge(
	flow: ImageFlow,
	facts: ImageFacts,
	stored: IBinaryData,
	{ url, announcedBytes }: ImageSource,
): Fetched {
	const image: StoredImage = {
		facts,
		bytes: flow.bytes,
		stored,
		...(url === undefined ? {} : { url }),
	};
	if (flow.endState === 'reached') return { kind: 'stored', image };
	if (announcedBytes !== undefined && flow.bytes < announcedBytes) {
		return failedFetch('connectionLost', {
			kind: 'network',
			message: `The image arrived cut off (${flow.bytes} of ${announcedBytes} bytes)`,
			...(url === undefined ? {} : { url }),
		});
	}
	if (flow.endState === 'unknown') return { kind: 'stored', image };
	const message = `The image may be incomplete: its data stops before the end of the ${facts.extension.toUpperCase()} file`;
	return {
		...wrongBody(message, url),
		doubtful: { ...image, warnings: [`${message}. Look at it before you use it`] },
	};
}

function notAnImage(head: Buffer, { url, contentType, isPrivate }: ImageSource): Fetched {
	const type = contentType === undefined || contentType === '' ? '' : ` (${contentType})`;
	const text = head.subarray(0, excerptBytes).toString('utf8');
	const said = isPrivate === true ? '' : plainText(htmlText(text) || text, 160);
	const quoted = head.length === 0 ? ': it is empty' : said === '' ? '' : `: ${said}`;
	return wrongBody(`The result is not an image${type}${quoted}`, url);
}

/** The image arrived, but this n8n could not keep it: a full disk, or a storage that cannot be reached. */
function notStored(error: unknown, url: string | undefined): Fetched {
	const said = plainText(error instanceof Error ? error.message : String(error), 160);
	return failedFetch('clientError', {
		kind: 'provider',
		message: `This n8n could not store the image: ${said}`,
		advice: 'Check the disk and the binary data storage of this n8n, then get the image again',
		...(url === undefined ? {} : { url }),
	});
}
