import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { isPrivateHost, readWebAddress } from '../../wire/address';
import { decodeBase64Stream, decodeBase64Text } from '../../image/base64';
import { EditFault, inputFault } from '../../edit/fault';
import { imageHeadBytes, readImageHead } from '../../image/imageType';
import { field, plainText } from '../../wire/words';
import type { Provider } from '../../adapter/provider';
import type { Image, ImageFile } from '../../edit/request';
import { fetchImage } from '../../run/collect';
import type { StoredImage } from '../../run/ports';
import { systemClock } from '../runtime/clock';
import { defaults } from '../panel/defaults';
import { faultOf } from '../out/errors';
import { fingerprint } from '../runtime/digest';
import { N8nImageStore } from '../files/imageStore';

/** One row of the Images list, as n8n hands it over. */
export interface ImageRow {
	source?: unknown;
	binaryPropertyName?: unknown;
	url?: unknown;
	base64?: unknown;
}

/** Whole base64 triples, so that a chunk is encoded without a rest. */
const streamChunkBytes = 3 * 64 * 1024;

/** How long a link to n8n's own storage works: the item may wait for its turn first. */
const signedUrlLifetime = '6 hours';

/** How long one input image may take to arrive. */
const inputDownloadSeconds = 120;

/** A single value, a comma or newline separated text, or an array from an expression. */
function listOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value.flatMap(listOf);
	if (typeof value !== 'string') return value === undefined || value === null ? [] : [value];
	return value
		.split(/[\n\r,]+/)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

/** URLs may hold commas themselves, so a comma parts them only before another URL. */
function urlsOf(value: unknown): string[] {
	if (Array.isArray(value)) return value.flatMap(urlsOf);
	if (typeof value !== 'string') return [];
	return value
		.split(/[\n\r]+|\s*,\s*(?=(?:https?|data):)/i)
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

/** A long text in pieces of some size, without its spaces and line breaks. */
async function* textChunks(text: string): AsyncGenerator<Buffer> {
	for (let start = 0; start < text.length; start += streamChunkBytes) {
		const piece = text.slice(start, start + streamChunkBytes).replace(/\s+/g, '');
		yield Buffer.from(piece, 'latin1');
	}
}

/** The fields that an item does have, for a message about one that it has not. */
function fieldsThere(context: IExecuteFunctions, itemIndex: number): string {
	const item = context.getInputData()[itemIndex];
	// With n8n's setting "combined" files lie in the JSON, under this name.
	const inJson = Object.keys(field(item?.json, '_files') ?? {}).map((name) => `_files.${name}`);
	const names = [...Object.keys(item?.binary ?? {}), ...inJson];
	return names.length === 0
		? 'This item has no binary fields; the node before this one must hand over the file, not only its name'
		: `This item has: ${names.join(', ')}`;
}

function isBinaryData(value: unknown): value is IBinaryData {
	return typeof value === 'object' && value !== null && 'mimeType' in value && 'data' in value;
}

/** Reads enough of a stored file to know what it is. */
async function readHead(open: ImageFile['open']): Promise<Buffer> {
	const parts: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of await open()) {
		parts.push(Buffer.from(chunk));
		bytes += chunk.length;
		if (bytes >= imageHeadBytes) break;
	}
	return Buffer.concat(parts);
}

/** Why n8n cannot hand out a link that the provider could open, and what to do. */
function noLinkFault(provider: Provider, name: string, reason: string): EditFault {
	return inputFault(
		`${name} is a file, but ${provider.title} takes URLs only, and ${reason}`,
		`Give the image as a URL, store it at a public address first (for example S3), make this n8n publicly reachable (WEBHOOK_URL), or choose a provider that takes files`,
	);
}

/** Reads and inspects the images of one item; nothing is sent. */
export class ImageReader {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly provider: Provider,
		private readonly baseUrl: string,
		private readonly itemIndex: number,
	) {}

	/**
	 * All images of the Images list, in order.
	 *
	 * @throws EditFault of kind `input` that names the image
	 */
	async readAll(rows: readonly ImageRow[]): Promise<Image[]> {
		const images: Image[] = [];
		for (const row of rows) {
			const name = (): string => `Image ${images.length + 1}`;
			if (row.source === 'url') {
				const urls = urlsOf(row.url);
				if (urls.length === 0) throw inputFault(`${name()} has no URL`);
				for (const url of urls) images.push(await this.fromUrl(url, name()));
			} else if (row.source === 'base64') {
				if (typeof row.base64 !== 'string' || row.base64.trim() === '') {
					throw inputFault(`${name()} has no base64 text`);
				}
				images.push(await this.fromText(row.base64, name()));
			} else {
				const fields = listOf(row.binaryPropertyName);
				if (fields.length === 0) {
					throw inputFault(
						`${name()} has no binary field name`,
						fieldsThere(this.context, this.itemIndex),
					);
				}
				for (const field of fields) images.push(await this.fromField(field, name()));
			}
		}
		return images;
	}

	/**
	 * The mask of an edit, from a binary field of the item.
	 *
	 * @throws EditFault of kind `input`
	 */
	async readMask(field: unknown): Promise<ImageFile | undefined> {
		if (field === undefined || field === null || field === '') return undefined;
		return await this.fromField(field, 'The mask');
	}

	private async fromUrl(url: string, name: string): Promise<Image> {
		if (/^data:/i.test(url)) return await this.fromText(url, name);
		if (this.provider.images.takes !== 'file') return { kind: 'link', url };
		return await this.fromDownload(url, name);
	}

	/** A provider that takes files only is handed what lies behind the URL. */
	private async fromDownload(url: string, name: string): Promise<ImageFile> {
		const read = readWebAddress(url);
		if ('reason' in read) {
			throw inputFault(
				`${name} has a URL that ${read.reason}`,
				'Give a URL that starts with https:// and leads straight to the image',
			);
		}
		// The user typed this address, so their own network is allowed, as in the HTTP Request node.
		const store = new N8nImageStore(this.context, {
			baseUrl: read.url.origin,
			fileName: read.url.pathname.split('/').pop() ?? '',
			maximumBytes: defaults.maxImageMegabytes * 1_000_000,
		});
		const { stored, fileName } = await this.download(store, url, name);
		const image = await this.fromBinary(stored as IBinaryData, name, fileName);
		// It is stored anew each time n8n tries again; what makes it the same edit is where it comes from.
		return { ...image, identity: url };
	}

	/** Costs nothing, so it is repeated like any read: one busy host must not stop a batch. */
	private async download(store: N8nImageStore, url: string, name: string): Promise<StoredImage> {
		try {
			return await fetchImage(
				{ clock: systemClock, images: store },
				{
					signal: this.context.getExecutionCancelSignal() ?? new AbortController().signal,
					paid: {},
				},
				systemClock.now() + inputDownloadSeconds * 1000,
				{ url },
			);
		} catch (error) {
			throw inputFault(
				`${name} could not be downloaded: ${faultOf(error).message}`,
				'Check the URL in a browser',
			);
		}
	}

	private async fromField(field: unknown, name: string): Promise<ImageFile> {
		if (typeof field !== 'string' && !isBinaryData(field)) {
			throw inputFault(
				`${name} must name a binary field, got ${Array.isArray(field) ? 'a list' : typeof field}`,
				fieldsThere(this.context, this.itemIndex),
			);
		}
		if (typeof field === 'string' && field.length > 200) {
			throw inputFault(
				`${name} names a binary field with ${field.length} characters`,
				"If this is the image itself as text, choose the source 'Base64'",
			);
		}
		let binary: IBinaryData;
		try {
			binary = this.context.helpers.assertBinaryData(this.itemIndex, field);
		} catch {
			throw missingField(name, String(field), fieldsThere(this.context, this.itemIndex));
		}
		const label = binary.fileName ?? (typeof field === 'string' ? field : 'file');
		return await this.fromBinary(binary, name, label);
	}

	private async fromBinary(binary: IBinaryData, name: string, label: string): Promise<ImageFile> {
		if (binary.id === undefined) {
			// Only n8n's memory mode has no id; there the bytes are in memory already.
			const read = async (): Promise<Buffer> =>
				await this.context.helpers.getBinaryDataBuffer(this.itemIndex, binary);
			return await this.fromBytes(await read(), name, label, async function* () {
				yield await read();
			});
		}
		const { id } = binary;
		const { fileSize } = await this.context.helpers.getBinaryMetadata(id);
		return await this.inspect(name, {
			bytes: fileSize,
			fileName: label,
			identity: id,
			open: async () => await this.context.helpers.getBinaryStream(id, streamChunkBytes),
			publicUrl: () => this.context.helpers.createBinarySignedUrl(binary, signedUrlLifetime),
		});
	}

	private async fromText(text: string, name: string): Promise<ImageFile> {
		return await this.fromBytes(decodeBase64Text(text, name), name, 'image', () =>
			decodeBase64Stream(textChunks(text)),
		);
	}

	/**
	 * An image that lies in memory as text already.
	 *
	 * @param bytes for the checks; let go after them, since all items are checked before the first is sent
	 * @param open makes the bytes again when they are sent
	 */
	private async fromBytes(
		bytes: Buffer,
		name: string,
		fileName: string,
		open: () => AsyncIterable<Uint8Array>,
	): Promise<ImageFile> {
		return await this.inspect(name, {
			bytes: bytes.length,
			fileName,
			identity: fingerprint(bytes),
			open: async () => open(),
			// Text has no place in n8n's storage yet, and so no URL; it gets one when it is stored there.
			...(this.needsLink() ? { publicUrl: await this.storedUrl(bytes, name) } : {}),
		});
	}

	/** Whether this provider can be given nothing but a URL. */
	private needsLink(): boolean {
		return this.provider.images.takes === 'link' && this.provider.upload === undefined;
	}

	/** Puts bytes into n8n's storage, so that a link to them can be made. */
	private async storedUrl(bytes: Buffer, name: string): Promise<() => string | undefined> {
		const facts = readImageHead(bytes.subarray(0, imageHeadBytes));
		if (facts === undefined) return () => undefined;
		const binary = await this.context.helpers.prepareBinaryData(
			bytes,
			`${name.toLowerCase().replace(/\s+/g, '-')}.${facts.extension}`,
			facts.mimeType,
		);
		return () =>
			binary.id === undefined
				? undefined
				: this.context.helpers.createBinarySignedUrl(binary, signedUrlLifetime);
	}

	private async inspect(name: string, file: Omit<ImageFile, 'kind' | 'facts'>): Promise<ImageFile> {
		const head = await readHead(file.open);
		const facts = readImageHead(head);
		if (facts === undefined) {
			const said = plainText(head.subarray(0, 60).toString('utf8'), 40);
			throw inputFault(
				`${name} ('${file.fileName}') is not an image${head.length === 0 ? ', it is empty' : `, it starts with "${said}"`}`,
				'Check what the node before this one hands over; PNG, JPEG, WebP, GIF, BMP, TIFF and AVIF are known',
			);
		}
		const image: ImageFile = { kind: 'file', facts, ...file };
		if (this.needsLink()) this.checkLink(name, image);
		return image;
	}

	/** A provider without upload fetches the file from this n8n: can it? */
	private checkLink(name: string, image: ImageFile): void {
		let url: string | undefined;
		try {
			url = image.publicUrl?.();
		} catch {
			url = undefined;
		}
		if (url === undefined) {
			throw noLinkFault(
				this.provider,
				name,
				'this n8n keeps files in memory, where they have no URL',
			);
		}
		const { hostname } = new URL(url);
		if (isPrivateHost(hostname) && !isPrivateHost(new URL(this.baseUrl).hostname)) {
			throw noLinkFault(this.provider, name, `this n8n (${hostname}) is not publicly reachable`);
		}
	}
}

function missingField(name: string, field: string, there: string): EditFault {
	return inputFault(`${name}: there is no binary field '${plainText(field, 60)}'`, there);
}
