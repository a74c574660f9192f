import type { Pending, ResultImage } from '../../edit/outcome';
import { isRecord, readField } from '../json/jsonValue';
import { readJsonText } from '../json/jsonText';
import { holdsImage, resultImage, webUrlOf } from './resultImage';

/** What was found in an answer whose form is not documented. */
export interface Found {
	images: ResultImage[];
	/** The field that held the images. */
	imagesAt?: string;
	taskId?: string;
	status?: Pending['status'] | 'completed' | 'failed' | 'cancelled';
}

/** How far and how broad an answer is searched. */
const maximumDepth = 8;
const maximumValues = 2000;
const maximumImages = 16;

/** Fields in which providers repeat the request: their images are the input. */
const echoes =
	/^(?:inputs?|request|params?|parameters?|payload|meta|metadata|args|arguments|options|init_images?|input_.*|source_.*|original_.*|reference_.*|mask(?:_.*)?|prompt|logs?|urls|previews?|thumbnails?)$/i;

/** Fields that hold results in the APIs of this family; the most telling first. */
const resultNames = [
	/^(?:outputs?|results?|output_images?|generated_images?|result_?(?:urls?|images?|data)|output_urls?|artifacts)$/i,
	/^(?:images|image_?urls?|b64_json|base64|b64|image_base64|base64_image|download_?url)$/i,
	/^(?:url|image|data|content|file|src|uri|href)$/i,
];

const idNames = ['task_id', 'taskId', 'prediction_id', 'job_id', 'jobId', 'id', 'uuid'];

/** Objects that may hold the id and the state of the task. */
const holderNames = ['data', 'task', 'result', 'output', 'response', 'job', 'prediction'];

const statusNames = ['status', 'state', 'task_status', 'taskStatus'];

/** Our word for each state that APIs of this family have. */
const statusForms: ReadonlyArray<readonly [NonNullable<Found['status']>, RegExp]> = [
	[
		'pending',
		/^(?:pending|queued|queuing|in_?queue|waiting|created|submitted|accepted|not_?start(?:ed)?|scheduled)$/,
	],
	[
		'processing',
		/^(?:processing|in_?progress|running|generating|starting|started|working|active)$/,
	],
	['completed', /^(?:completed?|success|succeeded|successful|done|finished|ready|ok)$/],
	['failed', /^(?:failed|fail|failure|error|errored|timed?_?out|expired|rejected)$/],
	['cancelled', /^(?:cancell?ed|aborted|terminated|revoked)$/],
];

function statusOf(value: unknown): Found['status'] {
	if (typeof value !== 'string') return undefined;
	const word = value
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, '_');
	return statusForms.find(([, form]) => form.test(word))?.[0];
}

/** Ids are short texts or whole numbers. */
function idOf(value: unknown): string | undefined {
	if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
	if (typeof value !== 'string') return undefined;
	const id = value.trim();
	return id !== '' && id.length <= 200 && !/\s/.test(id) && webUrlOf(id) === undefined
		? id
		: undefined;
}

/** The first value that counts, by name, in the answer itself and then in the objects that may hold it. */
function firstOf<Value>(
	json: unknown,
	names: readonly string[],
	read: (value: unknown) => Value | undefined,
): Value | undefined {
	const holders = [json, ...holderNames.map((name) => readField(json, name))];
	for (const holder of holders) {
		for (const name of names) {
			const value = read(readField(Array.isArray(holder) ? holder[0] : holder, name));
			if (value !== undefined) return value;
		}
	}
	return undefined;
}

interface Candidate {
	image: ResultImage;
	rank: number;
	path: string;
}

/** Looks for images below a value, with the name that it stands under. */
class ImageSearch {
	readonly candidates: Candidate[] = [];

	private values = 0;

	search(value: unknown, name: string, rank: number, path: string, depth = 0): void {
		this.values += 1;
		if (depth > maximumDepth || this.values > maximumValues) return;
		if (typeof value === 'string') this.searchText(value, rank, path, depth);
		else if (Array.isArray(value)) {
			for (const entry of value) this.search(entry, name, rank, path, depth + 1);
		} else if (isRecord(value)) {
			for (const [inner, entry] of Object.entries(value)) {
				if (echoes.test(inner)) continue;
				const own = resultNames.findIndex((form) => form.test(inner));
				// Inside a field of results, `url` counts as much as the field itself.
				const best = own < 0 ? -1 : rank < 0 ? own : Math.min(own, rank);
				this.search(entry, inner, best, path === '' ? inner : `${path}.${inner}`, depth + 1);
			}
		}
	}

	private searchText(text: string, rank: number, path: string, depth: number): void {
		// Kie.ai and others write their result as JSON inside a text.
		if (/^\s*[[{]/.test(text)) {
			const inner = readJsonText(text);
			if (inner !== undefined) this.search(inner.json, '', -1, path, depth + 1);
			return;
		}
		if (rank < 0 || (webUrlOf(text) === undefined && !holdsImage(text))) return;
		if (this.candidates.length < maximumImages * resultNames.length) {
			this.candidates.push({ image: resultImage(text), rank, path });
		}
	}
}

function imagesIn(json: unknown): { images: ResultImage[]; imagesAt?: string } {
	const search = new ImageSearch();
	// An answer that is nothing but a text may be the image.
	search.search(json, '', typeof json === 'string' ? 0 : -1, '');
	const best = Math.min(...search.candidates.map(({ rank }) => rank));
	const chosen = search.candidates.filter(({ rank }) => rank === best);
	const seen = new Set<string>();
	const images = chosen.flatMap(({ image }) => {
		const key = image.url ?? image.base64 ?? '';
		if (seen.has(key)) return [];
		seen.add(key);
		return [image];
	});
	return {
		images: images.slice(0, maximumImages),
		...(chosen[0] === undefined || chosen[0].path === '' ? {} : { imagesAt: chosen[0].path }),
	};
}

/**
 * Looks in an answer for images, a task id and a state, in every form that APIs of this family use. Only for
 * answers in which the documented form is absent. Bounded, and never throws.
 */
export function findInAnswer(json: unknown): Found {
	const status = firstOf(json, statusNames, statusOf);
	const taskId = firstOf(json, idNames, idOf);
	return {
		...imagesIn(json),
		...(taskId === undefined ? {} : { taskId }),
		...(status === undefined ? {} : { status }),
	};
}
