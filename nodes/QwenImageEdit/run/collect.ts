import { EditFault, withPaidWork, type Fault } from '../edit/fault';
import type { Completed, ResultImage } from '../edit/outcome';
import { backOffSeconds, maximumTries, retryRule } from '../edit/retry';
import type { Job, World } from './editItem';
import { cancelledFault, type Budget } from './exchange';
import type { StoredImage } from './ports';

/** An image that is made gets at least this long to arrive, however little of the budget is left. */
const minimumDownloadSeconds = 60;

/** For an edit with very many images the time does not grow any more. */
const maximumImagesInTime = 10;

/** How often a link is read whose body is not the image. */
const maximumReadsOfWrongBody = 3;

/** How many links of the other images an error names. */
const maximumNamed = 20;

/** Brings every image of a finished edit into n8n's storage. */
export async function collect(
	job: Job,
	world: World,
	budget: Budget,
	outcome: Completed,
): Promise<StoredImage[]> {
	const known = job.operation === 'getTask' ? undefined : world.memory.recall();
	if (known?.state === 'stored') return known.images;
	const remember = (work: Parameters<World['memory']['remember']>[0]): void => {
		if (job.operation !== 'getTask') world.memory.remember(work);
	};
	const count = outcome.images.length;
	const seconds = minimumDownloadSeconds * Math.min(count, maximumImagesInTime);
	const deadline = Math.max(budget.deadline, world.clock.now() + seconds * 1000);
	const stored = known?.state === 'made' ? [...(known.images ?? [])] : [];
	while (stored.length < count) {
		const image = outcome.images[stored.length]!;
		budget.paid = { taskId: outcome.taskId, url: image.url };
		try {
			stored.push(await fetchImage(world, budget, deadline, image));
		} catch (error) {
			remember({ state: 'made', outcome, images: stored });
			throw withOthers(error, outcome, stored.length);
		}
	}
	remember({ state: 'stored', outcome, images: stored });
	return stored;
}

/**
 * Brings one image into n8n's storage, as often as the retry rule allows.
 *
 * @param deadline milliseconds since the epoch
 * @throws EditFault that names what was already paid for
 */
export async function fetchImage(
	world: Pick<World, 'clock' | 'images'>,
	budget: Pick<Budget, 'signal' | 'paid'>,
	deadline: number,
	image: ResultImage,
): Promise<StoredImage> {
	const { clock } = world;
	for (let tries = 1; ; tries += 1) {
		if (budget.signal.aborted) throw cancelledFault(budget.paid);
		const fetched = await world.images.fetch(image, {
			timeoutSeconds: Math.max(1, (deadline - clock.now()) / 1000),
			signal: budget.signal,
		});
		if (fetched.kind === 'stored') return fetched.image;
		if (fetched.kind === 'cancelled') throw cancelledFault(budget.paid);
		const fault: Fault = withPaidWork(fetched.fault, budget.paid);
		const pause = Math.max(1, fault.retryAfterSeconds ?? backOffSeconds(tries, clock.random()));
		if (
			retryRule.download[fetched.end] === 'fail' ||
			// A wrong body may be a link that is not ready yet, but seldom for long.
			tries >= (fetched.end === 'malformed' ? maximumReadsOfWrongBody : maximumTries) ||
			clock.now() + pause * 1000 > deadline
		) {
			throw new EditFault(fault);
		}
		await clock.sleep(pause * 1000, budget.signal);
	}
}

/** One image could not be had: the links of the others, and what is to be known of the bill. */
function withOthers(error: unknown, outcome: Completed, failed: number): Error {
	if (!(error instanceof EditFault)) {
		return error instanceof Error ? error : new Error(String(error));
	}
	const { fault } = error;
	const others = outcome.images.flatMap(({ url }, index) =>
		url === undefined || index === failed ? [] : [url],
	);
	const left = others.length - maximumNamed;
	const advice = [
		fault.advice,
		fault.taskId === undefined && fault.url === undefined
			? 'The edit was done and may have been billed; there is no link to fetch it again'
			: undefined,
		others.length === 0
			? undefined
			: `The other images of this edit: ${others.slice(0, maximumNamed).join(' ')}${left > 0 ? ` and ${left} more` : ''}`,
	].filter((part) => part !== undefined && part !== '');
	return advice.length === 0 ? error : new EditFault({ ...fault, advice: advice.join('. ') });
}
