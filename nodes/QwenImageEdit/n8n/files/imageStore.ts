import type { IExecuteFunctions } from 'n8n-workflow';

import type { ResultImage } from '../../edit/outcome';
import { decodeBase64Stream, decodeBase64Text, NotBase64Error } from '../../image/base64';
import type { Fetched, ImageStore } from '../../run/ports';
import { heldMark } from '../../wire/answer/resultImage';
import { plainText } from '../../wire/text/plainText';
import { sameOrigin } from '../../wire/webUrl';
import type { HoldImage } from '../http/answerBody';
import { downloadImage, type FetchSettings, type OpenUrl } from './downloadImage';
import { storeImage, wrongBody } from './storeImage';

/** Images inside one answer. A provider that sends more must not fill the storage of this n8n. */
const maximumHeld = 16;

/** What an image store needs. */
export interface ImageStoreSettings {
	context: IExecuteFunctions;
	baseUrl: string;
	/** Without extension. */
	fileName: string;
	maximumBytes: number;
	allowPrivateNetwork: boolean;
	/** Opens a URL of the provider itself with its key, for results given as relative URLs. */
	openWithKey: OpenUrl;
}

/** Images that flow into storage while an answer is read, by their marks. */
export class HeldImages {
	private readonly held = new Map<string, Fetched>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly place: { fileName: string; maximumBytes: number },
	) {}

	/** The image of a mark; undefined for a text that is not a mark. */
	find(mark: string): Fetched | undefined {
		return this.held.get(mark);
	}

	/** @inheritdoc */
	readonly hold: HoldImage = async (bytes, form, sample) => {
		const index = this.held.size;
		const mark = heldMark(index, Math.random());
		const chunks = form === 'raw' ? bytes : decodeBase64Stream(bytes);
		const place = { ...this.place, fileName: numbered(this.place.fileName, index) };
		this.held.set(
			mark,
			index < maximumHeld
				? await storeImage(this.context, place, chunks, sample, {})
				: wrongBody(`The provider sent more than ${maximumHeld} images in one answer`),
		);
		return mark;
	};
}

/** Brings result images into n8n's binary storage, from a URL, from text, or from the answer that they were in. */
export class N8nImageStore implements ImageStore {
	constructor(
		private readonly settings: ImageStoreSettings,
		private readonly held: HeldImages,
	) {}

	/** @inheritdoc */
	async fetch(image: ResultImage, settings: FetchSettings & { index: number }): Promise<Fetched> {
		const { url, base64 } = image;
		if (base64 !== undefined) {
			const fetched = this.held.find(base64) ?? (await this.storeText(base64, settings.index));
			if (fetched.kind === 'stored') {
				return url === undefined ? fetched : { kind: 'stored', image: { ...fetched.image, url } };
			}
			if (fetched.kind === 'cancelled') return fetched;
			// Text that was sent once does not get better by being read again.
			if (url === undefined) return { ...fetched, end: 'clientError' };
		}
		if (url === undefined) return wrongBody('The provider sent an image without content');
		return await this.download(image, url, settings);
	}

	private async download(
		{ urlHoldsBase64 = false }: ResultImage,
		url: string,
		settings: FetchSettings & { index: number },
	): Promise<Fetched> {
		const { context, baseUrl, openWithKey } = this.settings;
		const isAbsolute = /^https?:/i.test(url);
		const absolute = isAbsolute ? url : ownUrl(url, baseUrl);
		if (absolute === undefined) {
			return wrongBody(`The result URL '${plainText(url, 120)}' is not a URL of the provider`);
		}
		return await downloadImage(
			context,
			{
				...this.settings,
				fileName: numbered(this.settings.fileName, settings.index),
				url: absolute,
				holdsBase64: urlHoldsBase64,
				...(isAbsolute ? {} : { open: openWithKey }),
			},
			settings,
		);
	}

	private async storeText(text: string, index: number): Promise<Fetched> {
		let bytes: Buffer;
		try {
			bytes = decodeBase64Text(text);
		} catch (error) {
			if (!(error instanceof NotBase64Error)) throw error as Error;
			return wrongBody('The provider sent a result that is neither a URL nor base64');
		}
		async function* once(): AsyncGenerator<Buffer> {
			yield bytes;
		}
		const { context, fileName, maximumBytes } = this.settings;
		const place = { fileName: numbered(fileName, index), maximumBytes };
		return await storeImage(context, place, once(), undefined, {});
	}
}

/** Several images of one edit have different names: `coffee-edited`, `coffee-edited-2`. */
export function numbered(fileName: string, index: number): string {
	return index === 0 ? fileName : `${fileName || 'edited'}-${index + 1}`;
}

/** A relative result URL on the provider's own origin; undefined when it leads away from it. */
function ownUrl(url: string, baseUrl: string): string | undefined {
	if (!URL.canParse(url, `${baseUrl}/`)) return undefined;
	const own = new URL(url, `${baseUrl}/`).toString();
	return sameOrigin(own, baseUrl) ? own : undefined;
}
