import type { ImageFile } from '../edit/request';
import type { Bucket } from './s3/bucket';

/** One content of the run, however many items use it. */
interface Shared {
	users: number;
	/** Set by the first item that needs it there. */
	put?: Promise<void>;
	key?: string;
	/** A task that goes on after the run may not have read it yet. */
	isLeft: boolean;
}

/** A provider may begin with a task long after it was submitted. */
const reserveSeconds = 6 * 3600;

/**
 * Local images for providers that take links: each content is put into the bucket once a run, read through a presigned
 * link, and removed when no item needs it any more.
 */
export class InputFiles {
	private readonly shared = new Map<string, Shared>();

	private removals: Array<Promise<void>> = [];

	constructor(
		private readonly bucket: Bucket,
		private readonly run: string,
	) {}

	/** An item will need this content. */
	use(content: string): void {
		this.of(content).users += 1;
	}

	/**
	 * A link to the file that outlives a task of so many seconds.
	 *
	 * @throws EditFault when the bucket does not take it
	 */
	async link(file: ImageFile, content: string, timeoutSeconds: number): Promise<string> {
		const shared = this.of(content);
		const key = this.keyOf(file, content);
		shared.key = key;
		shared.put ??= this.bucket.put(key, file);
		try {
			await shared.put;
		} catch (error) {
			// The next item may try again.
			delete shared.put;
			throw error as Error;
		}
		return await this.bucket.link(key, timeoutSeconds + reserveSeconds);
	}

	/**
	 * An item is done with its contents.
	 *
	 * @param isLeft its task goes on, and its files stay for the lifecycle rule of the bucket
	 */
	release(contents: readonly string[], isLeft: boolean): void {
		for (const content of contents) {
			const shared = this.of(content);
			shared.users -= 1;
			shared.isLeft ||= isLeft;
			if (shared.users === 0) this.remove(shared);
		}
	}

	/** Removes what is left of items that were never begun, and waits until everything is gone. */
	async end(): Promise<void> {
		for (const shared of this.shared.values()) this.remove(shared);
		await Promise.all(this.removals);
	}

	private remove(shared: Shared): void {
		const { key, isLeft } = shared;
		if (isLeft || key === undefined) return;
		delete shared.key;
		delete shared.put;
		// What cannot be removed is cleared by the lifecycle rule.
		this.removals.push(this.bucket.remove(key).catch(() => undefined));
	}

	/** odkkk wants URLs that end in the extension of the image (seed 002). */
	private keyOf({ facts }: ImageFile, content: string): string {
		return `inputs/${this.run}/${content}.${facts.extension}`;
	}

	private of(content: string): Shared {
		const known = this.shared.get(content) ?? { users: 0, isLeft: false };
		this.shared.set(content, known);
		return known;
	}
}
