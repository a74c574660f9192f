import type { OperationName } from '../adapter/field';
import type { EditRequest, ImageFile } from '../edit/request';

/** What makes two edits the same. */
export interface EditIdentity {
	provider: string;
	baseUrl: string;
	operation: OperationName;
	request: EditRequest;
	/** The digest of the bytes of a file. */
	contentOf(file: ImageFile): string;
}

/** Fields that change nothing about the image: a new address to call back does not make another edit of it. */
const besideTheImage: ReadonlySet<string> = new Set(['callbackUrl', 'trackId']);

/**
 * All that makes an edit what it is, as one text to be digested: provider, address, operation, model, prompt, fields
 * whatever their order, and the images in theirs. A file is known by its bytes, a link by its address.
 */
export function identityText(identity: EditIdentity): string {
	const { provider, baseUrl, operation, request, contentOf } = identity;
	const { model, prompt, fields, images, mask } = request;
	return JSON.stringify([
		provider,
		baseUrl,
		operation,
		model,
		prompt,
		Object.entries(fields)
			.filter(([name]) => !besideTheImage.has(name))
			.sort(([one], [other]) => (one < other ? -1 : 1)),
		images.map((image) => (image.kind === 'link' ? `link ${image.url}` : contentOf(image))),
		mask === undefined ? null : contentOf(mask),
	]);
}

/**
 * Gives each edit of a run its place among its equals: four items with the same image and prompt are four variants,
 * and each is paid. Item by item in their order, so that the same items have the same places in the next run.
 */
export class Places {
	private readonly taken = new Set<string>();

	/** An item of an earlier try of this run has kept its place. */
	keep(key: string): void {
		this.taken.add(key);
	}

	/** The key of the next edit with this digest. */
	next(digest: string): string {
		for (let place = 0; ; place += 1) {
			const key = `${digest}-${place}`;
			if (this.taken.has(key)) continue;
			this.taken.add(key);
			return key;
		}
	}
}
