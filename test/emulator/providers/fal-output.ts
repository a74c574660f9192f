import { lookAtImage } from '../images/painted-image';
import type { Job } from '../job';
import type { Answer } from '../server/exchange';
import { json } from '../server/exchange';
import type { EmulatorState } from '../state';
import type { JsonObject } from '../types';
import type { ErrorDetail } from './fal-errors';
import { CANCELLED, contentDetail, failedRun, modelError } from './fal-errors';

/** What a model answers, which the result call replays. */
async function outputOf(state: EmulatorState, job: Job): Promise<JsonObject> {
	const { isBare, isChecked, asDataUri, lifetimeSeconds, seed } = job.memo as {
		isBare: boolean;
		isChecked: boolean;
		asDataUri: boolean;
		lifetimeSeconds: number;
		seed: number;
	};
	const files = await Promise.all(job.images);
	if (!job.resultUrls.length) {
		job.resultUrls = files.map(({ extension }, index) =>
			state.results.add(job, {
				folder: 'fal/files/penguin',
				extension,
				style: 'plain',
				lifetimeSeconds,
				index,
			}),
		);
	}
	const images = await Promise.all(
		files.map(async (file, index): Promise<JsonObject> => {
			const link = job.resultUrls[index]!;
			const facts = isBare ? undefined : await lookAtImage(file.buffer());
			return {
				url: asDataUri
					? `data:${file.mimeType};base64,${file.buffer().toString('base64')}`
					: state.linkFor(job, link),
				content_type: file.mimeType,
				file_name: new URL(link).pathname.split('/').pop()!,
				file_size: file.bytes,
				...(facts && { width: facts.width, height: facts.height }),
			};
		}),
	);
	if (isBare) return { images, seed };
	const { flags } = state.settings.fal;
	const isFlagged = (index: number) => flags === 'all' || (flags === 'first' && index === 0);
	return {
		images,
		seed,
		prompt: job.entry.prompt,
		has_nsfw_concepts: images.map((_, index) => isChecked && isFlagged(index)),
		timings: { inference: job.taskSeconds ?? 0 },
	};
}

/** The answer of the run itself: its images, or its error. */
export async function runAnswer(state: EmulatorState, job: Job): Promise<Answer> {
	const { status, failure } = job.end();
	if (status === 'cancelled') return failedRun(CANCELLED.code, CANCELLED.message);
	if (!failure) return json(200, await outputOf(state, job));
	const details = job.memo.details as ErrorDetail[];
	if (details.some(({ type }) => type === failure.code)) return modelError(details);
	return failure.code === 'content_policy_violation'
		? modelError([contentDetail(job.entry.prompt, failure.message)])
		: failedRun(failure.code, failure.message);
}
