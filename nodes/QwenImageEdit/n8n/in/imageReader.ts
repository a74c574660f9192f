import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { readField } from '../../wire/json/jsonValue';
import type { Provider } from '../../adapter/provider';
import { EditFault, inputFault } from '../../edit/fault';
import type { Image, ImageFile } from '../../edit/request';
import { lastStep } from '../../image/fileName';
import { fetchImage } from '../../run/collect';
import type { StoredImage } from '../../run/storedImage';
import { plainText } from '../../wire/text/plainText';
import { readFetchUrl } from '../../wire/webUrl';
import { downloadImage } from '../files/downloadImage';
import { numberOptions } from '../panel/nodeOptions';
import { systemClock } from '../runtime/clock';
import { fieldsOf, type ImageRow, urlsOf } from './imageRows';
import { fileFromBinary, fileFromText } from './inputFile';
import { checkPublicUrl, storedUrl } from './publicUrl';

/** How long one input image may take to arrive. */
const inputDownloadSeconds = 120;

/** An input image may be in the user's own network, as in n8n's HTTP Request node. Link-local addresses are never opened. */
const allowPrivateNetwork = true;

/** A longer text is not the name of a binary field. */
const maximumFieldNameLength = 200;

/** What reading the images of an item needs. */
export interface ImageReaderSettings {
	context: IExecuteFunctions;
	provider: Provider;
	baseUrl: string;
	/** Whether files get a URL by an upload: by the provider's own call, or into the user's bucket. */
	hasUpload: boolean;
	itemIndex: number;
}

/** Reads and inspects the images of one item. Nothing is sent to the provider. */
export class ImageReader {
	constructor(private readonly settings: ImageReaderSettings) {}

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
				const fields = fieldsOf(row.binaryPropertyName);
				if (fields.length === 0) {
					throw inputFault(`${name()} has no binary field name`, this.fieldsOfItem());
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
		if (this.settings.provider.images.takes !== 'file') return { kind: 'link', url };
		return await this.fromDownload(url, name);
	}

	/** A provider that takes files only gets the file behind the URL. */
	private async fromDownload(url: string, name: string): Promise<ImageFile> {
		const { context, itemIndex } = this.settings;
		const { baseUrl } = this.settings;
		const read = readFetchUrl(url, { baseUrl, allowPrivateNetwork });
		if ('reason' in read) throw inputFault(`${name} has a URL that ${read.reason}`, read.advice);
		const fileName = lastStep(read.url.href);
		const { stored } = await this.download(url, fileName, name);
		const binary = stored as IBinaryData;
		const file = await fileFromBinary(context, itemIndex, binary, name, fileName);
		// It is stored anew each time n8n tries again. What makes it the same edit is where it comes from.
		return { ...file, identity: url };
	}

	/** Costs nothing, so it is repeated like any read: one busy server must not stop a batch. */
	private async download(url: string, fileName: string, name: string): Promise<StoredImage> {
		const { context, baseUrl } = this.settings;
		const maximumBytes = numberOptions.maxImageMegabytes.default * 1_000_000;
		const place = { url, fileName, baseUrl, allowPrivateNetwork, maximumBytes };
		try {
			const image = await fetchImage(
				{
					clock: systemClock,
					signal: context.getExecutionCancelSignal() ?? new AbortController().signal,
					images: {
						fetch: async (_image, settings) => await downloadImage(context, place, settings),
					},
				},
				{ url },
				systemClock.now() + inputDownloadSeconds * 1000,
			);
			// Half an image would be billed like a whole one.
			if (image.warnings === undefined) return image;
			throw inputFault(`${name} could not be downloaded whole`, 'Check the URL in a browser');
		} catch (error) {
			if (!(error instanceof EditFault)) throw error as Error;
			if (error.fault.kind === 'input') throw error as Error;
			throw inputFault(
				`${name} could not be downloaded: ${error.fault.message}`,
				error.fault.advice ?? 'Check the URL in a browser',
			);
		}
	}

	private async fromField(field: unknown, name: string): Promise<ImageFile> {
		const { context, itemIndex } = this.settings;
		if (typeof field !== 'string' && !isBinaryData(field)) {
			throw inputFault(
				`${name} must name a binary field, got ${Array.isArray(field) ? 'a list' : typeof field}`,
				this.fieldsOfItem(),
			);
		}
		if (typeof field === 'string' && field.length > maximumFieldNameLength) {
			throw inputFault(
				`${name} names a binary field with ${field.length} characters`,
				"If this is the image itself as text, choose the source 'Base64 Text'",
			);
		}
		let binary: IBinaryData;
		try {
			binary = context.helpers.assertBinaryData(itemIndex, field);
		} catch {
			const missing = plainText(String(field), 60);
			throw inputFault(`${name}: there is no binary field '${missing}'`, this.fieldsOfItem());
		}
		const { fileName = '' } = binary;
		const file = await fileFromBinary(context, itemIndex, binary, name, fileName);
		return this.reachable(file, name);
	}

	private async fromText(text: string, name: string): Promise<ImageFile> {
		const { file, bytes } = await fileFromText(text, name);
		if (!this.needsUrl) return file;
		// Text has no place in n8n's storage yet, and so no URL.
		const publicUrl = await storedUrl(this.settings.context, bytes, name);
		return this.reachable({ ...file, publicUrl }, name);
	}

	/** The file, if a provider that takes URLs only can get it. */
	private reachable(file: ImageFile, name: string): ImageFile {
		const { provider, baseUrl } = this.settings;
		if (this.needsUrl) checkPublicUrl(provider, baseUrl, name, file);
		return file;
	}

	/** Whether the provider can be given nothing but a URL. */
	private get needsUrl(): boolean {
		const { provider, hasUpload } = this.settings;
		return provider.images.takes === 'link' && !hasUpload;
	}

	/** The binary fields that the item does have, for a message about one that it has not. */
	private fieldsOfItem(): string {
		const { context, itemIndex } = this.settings;
		const item = context.getInputData()[itemIndex];
		// With n8n's setting "combined", files are in the JSON under this name.
		const inJson = Object.keys(readField(item?.json, '_files') ?? {}).map(
			(name) => `_files.${name}`,
		);
		const names = [...Object.keys(item?.binary ?? {}), ...inJson];
		return names.length === 0
			? 'This item has no binary fields. The node before this one must output the file itself, not only its name'
			: `This item has: ${names.join(', ')}`;
	}
}

function isBinaryData(value: unknown): value is IBinaryData {
	return typeof value === 'object' && value !== null && 'mimeType' in value && 'data' in value;
}
