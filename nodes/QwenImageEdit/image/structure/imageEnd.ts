import type { ImageType } from '../imageType';
import { walkHeif, walkJpeg2000, walkJpegXl } from './boxWalks';
import { walkBmp, walkGif, walkJpeg, walkPng, walkWebp } from './plainWalks';
import { maximumRead, type Step, type Walk } from './walk';

/**
 * What the bytes seen so far say about the end of an image. `reached`: it lies within them, whatever follows.
 * `open`: the type has an end, and it has not come yet. `unknown`: the type has none, or its structure broke.
 */
export type ImageEndState = 'reached' | 'open' | 'unknown';

const walks: Readonly<Partial<Record<ImageType, () => Walk>>> = {
	jpg: walkJpeg,
	png: walkPng,
	gif: walkGif,
	webp: walkWebp,
	bmp: walkBmp,
	heif: walkHeif,
	avif: walkHeif,
	jxl: walkJpegXl,
	jp2: walkJpeg2000,
};

/** Real images need one step for each 100 bytes or more. With many more the structure is hostile, and costs time. */
const bytesOfStep = 16;
const freeSteps = 100_000;

/**
 * Finds the end of an image in a stream, by walking its structure: fed with all bytes in any pieces, in constant
 * memory. It never throws. Why, and why bytes behind the end are legal: `docs/decisions/0016-the-end-of-an-image.md`.
 */
export class ImageEnd {
	private readonly walk: Walk | undefined;
	private readonly seen = Buffer.alloc(maximumRead);
	private step: Step = { skip: 0 };
	/** Bytes of this step that have been read or passed over. */
	private done = 0;
	private found: ImageEndState;
	/** How many steps more the walk may take. */
	private stepsLeft = freeSteps;

	constructor(type: ImageType) {
		this.walk = walks[type]?.();
		this.found = this.walk === undefined ? 'unknown' : 'open';
		this.advance();
	}

	/** What all bytes so far say. */
	get state(): ImageEndState {
		return this.found;
	}

	/** The next bytes of the stream. */
	push(chunk: Uint8Array): void {
		this.stepsLeft += chunk.length / bytesOfStep;
		let at = 0;
		while (at < chunk.length && this.found === 'open') {
			const { step } = this;
			if ('find' in step) {
				const place = chunk.indexOf(step.find, at);
				if (place < 0) return;
				at = place + 1;
				this.advance();
				continue;
			}
			if ('passOver' in step) {
				while (at < chunk.length && chunk[at] === step.passOver) at += 1;
				if (at === chunk.length) return;
				this.seen[0] = chunk[at]!;
				at += 1;
				this.advance();
				continue;
			}
			const wanted = 'read' in step ? step.read : step.skip;
			const taken = Math.min(wanted - this.done, chunk.length - at);
			if ('read' in step) {
				// One by one: there are millions of reads of a single byte, which a copy of a range makes slow.
				for (let index = 0; index < taken; index += 1) {
					this.seen[this.done + index] = chunk[at + index]!;
				}
			}
			this.done += taken;
			at += taken;
			if (this.done === wanted) this.advance();
		}
	}

	/** Takes up the walk with the bytes that it asked for, until it asks for more. */
	private advance(): void {
		while (this.walk !== undefined && this.found === 'open') {
			const next = this.walk.next(this.seen);
			this.done = 0;
			this.stepsLeft -= 1;
			if (next.done === true) this.found = next.value;
			else if (this.stepsLeft < 0) this.found = 'unknown';
			else this.step = next.value;
			if (!('skip' in this.step) || this.step.skip > 0) return;
		}
	}
}
