import type { Completed } from '../edit/outcome';
import type { StoredImage } from '../run/storedImage';
import { imageKey } from './claim';
import { type ImageNote, noteText } from './record';
import type { Bucket } from './s3/bucket';

/** An image that was in the bucket, with what is noted about it. */
export interface NotedImage {
	image: StoredImage;
	note: ImageNote;
}

/** Brings images from n8n's storage into the bucket and back. */
export interface ImageCarrier {
	/** @throws EditFault */
	put(bucket: Bucket, key: string, image: StoredImage, note: string): Promise<void>;
	/**
	 * @param settings.isWanted decides by the note, before the image is read
	 * @returns `none` where there is no image that is wanted, `unreadable` where what is there is no image
	 * @throws EditFault
	 */
	fetch(
		bucket: Bucket,
		key: string,
		settings: { index: number; seconds: number; isWanted(note: ImageNote): boolean },
	): Promise<NotedImage | 'none' | 'unreadable'>;
}

/** The images of an edit as they were in the bucket. */
export interface StoredEdit {
	note: ImageNote;
	images: readonly StoredImage[];
}

/**
 * The images of an edit out of the bucket, each with one request.
 *
 * @param settings.seconds for each image
 * @throws EditFault
 */
export async function fetchStored(
	{ bucket, carrier, key }: { bucket: Bucket; carrier: ImageCarrier; key: string },
	settings: { seconds: number; isWanted(note: ImageNote): boolean },
): Promise<StoredEdit | 'none' | 'unreadable'> {
	const first = await carrier.fetch(bucket, imageKey(key, 0), { ...settings, index: 0 });
	if (typeof first === 'string') return first;
	const { note } = first;
	const images = [first.image];
	for (let index = 1; index < note.count; index += 1) {
		const next = await carrier.fetch(bucket, imageKey(key, index), {
			...settings,
			index,
			isWanted: () => true,
		});
		if (typeof next === 'string') return 'unreadable';
		// Another run is writing the images of its own payment over them: they are to stay.
		if (next.note.payment !== note.payment) return 'none';
		images.push(next.image);
	}
	return { note, images };
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
