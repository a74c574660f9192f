import { EditFault, type Fault, withPaidWork } from '../edit/fault';
import type { Completed, ResultImage } from '../edit/outcome';
import { backOffSeconds, maximumTries, retryRule } from '../edit/retry';
import type { Clock, Fetched, ImageStore } from './ports';
import type { StoredImage } from './storedImage';
import { cancelledFault } from './requests';

/** What downloads need of the world around them. */
export interface DownloadPorts {
	clock: Clock;
	images: ImageStore;
	signal: AbortSignal;
}

/** Each image has at least this long to arrive, however little time the item has left. */
const minimumDownloadSeconds = 60;

/** From so many images on, the time does not grow any more. */
const maximumImagesInTime = 10;

/** How often a URL is read whose body is not the whole image. */
const maximumReadsOfWrongBody = 3;

/** How many URLs of other images an error names. */
const maximumNamed = 20;

/** The images of a finished edit, by their place in the answer, and what is to be said about those that are missing. */
export interface Collected {
	images: ReadonlyArray<StoredImage | undefined>;
	warnings: readonly string[];
}

/**
 * Brings every image of a finished edit into n8n's storage. This is the one place that decides what is put
 * out: each image that arrived is, with a warning for each that did not.
 *
 * @param deadline of the item, in milliseconds since the epoch
 * @param images those that an earlier try has stored; filled in as further ones arrive
 * @throws EditFault when no image could be had, or when the execution was cancelled
 */
export async function collectImages(
	ports: DownloadPorts,
	outcome: Completed,
	deadline: number,
	images: Array<StoredImage | undefined>,
): Promise<Collected> {
	const count = outcome.images.length;
	const seconds = minimumDownloadSeconds * Math.min(count, maximumImagesInTime);
	const latest = Math.max(deadline, ports.clock.now() + seconds * 1000);
	const faults: Array<{ index: number; fault: Fault }> = [];
	for (const [index, image] of outcome.images.entries()) {
		if (images[index] !== undefined) continue;
		const fetched = await fetchOrFault(ports, image, latest, index);
		if (!(fetched instanceof EditFault)) {
			images[index] = fetched;
			continue;
		}
		const fault = withPaidWork(fetched.fault, { taskId: outcome.taskId, url: image.url });
		if (fault.kind === 'cancelled') throw new EditFault(fault);
		faults.push({ index, fault });
	}
	const first = faults[0];
	if (first !== undefined && faults.length === count) {
		throw new EditFault(withOtherImages(first.fault, outcome, first.index));
	}
	return {
		images: outcome.images.map((_image, index) => images[index]),
		warnings: faults.map(({ index, fault }) => missingWarning(index, count, fault)),
	};
}

async function fetchOrFault(
	...order: Parameters<typeof fetchImage>
): Promise<StoredImage | EditFault> {
	try {
		return await fetchImage(...order);
	} catch (error) {
		if (error instanceof EditFault) return error;
		throw error as Error;
	}
}

/**
 * Brings one image into n8n's storage, as often as the retry rule allows.
 *
 * @param deadline milliseconds since the epoch
 * @throws EditFault with the reason of the last failure
 */
export async function fetchImage(
	{ clock, images, signal }: DownloadPorts,
	image: ResultImage,
	deadline: number,
	index = 0,
): Promise<StoredImage> {
	for (let tries = 1; ; tries += 1) {
		if (signal.aborted) throw cancelledFault();
		const fetched = await images.fetch(image, {
			index,
			timeoutSeconds: Math.max(1, (deadline - clock.now()) / 1000),
			signal,
		});
		if (fetched.kind === 'stored') return fetched.image;
		if (fetched.kind === 'cancelled') throw cancelledFault();
		const pause = Math.max(
			1,
			fetched.fault.retryAfterSeconds ?? backOffSeconds(tries, clock.random()),
		);
		if (!isReadAgain(fetched, tries) || clock.now() + pause * 1000 > deadline) {
			if (fetched.doubtful !== undefined) return fetched.doubtful;
			throw new EditFault(fetched.fault);
		}
		await clock.sleep(pause * 1000, signal);
	}
}

function isReadAgain({ end }: Extract<Fetched, { kind: 'failed' }>, tries: number): boolean {
	if (retryRule.download[end] === 'fail') return false;
	// A wrong body may be an image that is not ready yet, but seldom for long.
	return tries < (end === 'malformed' ? maximumReadsOfWrongBody : maximumTries);
}

function missingWarning(index: number, count: number, { message, url }: Fault): string {
	const where = url === undefined ? '' : `. Its URL: ${url}`;
	return `Image ${index + 1} of ${count} is missing: ${message}${where}`;
}

/** No image could be had: the URLs of the others, and what the user should know about the bill. */
function withOtherImages(fault: Fault, outcome: Completed, failed: number): Fault {
	const others = outcome.images.flatMap(({ url }, index) =>
		url === undefined || index === failed ? [] : [url],
	);
	const left = others.length - maximumNamed;
	const isLost = fault.taskId === undefined && fault.url === undefined;
	const advice = [
		fault.advice,
		isLost
			? 'The edit was finished and may have been billed. There is no URL to get the image again'
			: undefined,
		others.length === 0
			? undefined
			: `The other images of this edit: ${others.slice(0, maximumNamed).join(' ')}${left > 0 ? ` and ${left} more` : ''}`,
	].filter((part) => part !== undefined && part !== '');
	return {
		...fault,
		...(advice.length === 0 ? {} : { advice: advice.join('. ') }),
		...(isLost ? { isTaken: true } : {}),
	};
}
