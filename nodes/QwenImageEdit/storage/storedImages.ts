import type { Completed } from '../edit/outcome';
import type { StoredImage } from '../run/storedImage';
import { type ClaimSettings, imageKey } from './claim';
import { type ImageNote, noteText } from './record';
import type { Bucket } from './s3/bucket';

/** Brings images from n8n's storage into the bucket and back. */
export interface ImageCarrier {
	/** @throws EditFault */
	put(bucket: Bucket, key: string, image: StoredImage, note: string): Promise<void>;
	/** @throws EditFault */
	fetch(link: string, settings: ClaimSettings & { index: number }): Promise<StoredImage>;
}

/** A link by which the node itself reads. */
const ownLinkSeconds = 3600;

/**
 * The images of an edit out of the bucket.
 *
 * @throws EditFault when one of them cannot be read
 */
export async function fetchStored(
	bucket: Bucket,
	key: string,
	{ count }: ImageNote,
	carrier: ImageCarrier,
	settings: ClaimSettings,
): Promise<StoredImage[]> {
	const images: StoredImage[] = [];
	for (let index = 0; index < count; index += 1) {
		const link = await bucket.link(imageKey(key, index), ownLinkSeconds);
		const image = { ...(await carrier.fetch(link, { ...settings, index })) };
		// The link is nobody else's business.
		delete image.url;
		images.push(image);
	}
	return images;
}

/**
 * Puts the images of an edit into the bucket, each with a note of what it belongs to.
 *
 * @throws EditFault
 */
export async function storeImages(
	bucket: Bucket,
	key: string,
	paid: { payment: string; at: number; outcome: Completed },
	images: readonly StoredImage[],
	carrier: ImageCarrier,
): Promise<void> {
	const { payment, at } = paid;
	const { taskId, model, usage } = paid.outcome;
	const note = noteText({
		payment,
		at,
		count: images.length,
		...(taskId === undefined ? {} : { taskId }),
		...(model === undefined ? {} : { model }),
		...(usage === undefined ? {} : { usage }),
	});
	// The first comes last: whoever finds it finds all.
	for (const [index, image] of [...images.entries()].reverse()) {
		await carrier.put(bucket, imageKey(key, index), image, note);
	}
}
