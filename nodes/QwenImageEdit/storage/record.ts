import type { Completed, Pending, ResultImage, Usage } from '../edit/outcome';
import { isRecord } from '../wire/json/jsonValue';

/**
 * What the bucket remembers of one edit. Holds neither key nor prompt nor image: an edit is known by the digest of
 * all that makes it what it is.
 */
export type EditRecord = {
	/** Who wrote it: one run of the node. */
	run: string;
	/** Tells the images of this payment from those of an earlier one. */
	payment: string;
	/** When it was claimed, in milliseconds since the epoch. */
	at: number;
} & (
	| { state: 'intent' }
	/** `isTold`: a run has said that it failed. */
	| { state: 'task'; taskId: string; readUrl?: string; isTold?: boolean }
	| { state: 'made'; outcome: Completed }
	/** It may have been taken, and nobody can know. */
	| { state: 'lost' }
);

/** What is kept in the headers of a stored image, of which S3 takes 2 kB. */
export interface ImageNote {
	payment: string;
	at: number;
	count: number;
	taskId?: string;
	model?: string;
	usage?: Usage;
}

/** What S3 allows for metadata is 2,048 bytes with the names; base64 makes three bytes four. */
const maximumNoteLength = 1_900;

/** A record as text. */
export function recordText(record: EditRecord): string {
	return JSON.stringify(record);
}

/** A record from text that anybody with access to the bucket may have written; undefined when it is none. */
export function readRecord(text: string): EditRecord | undefined {
	const value = parsed(text);
	if (!isRecord(value)) return undefined;
	const { run, payment, at, state } = value;
	if (typeof run !== 'string' || typeof payment !== 'string' || !isTime(at)) return undefined;
	const head = { run, payment, at };
	switch (state) {
		case 'intent':
		case 'lost':
			return { ...head, state };
		case 'task': {
			const { taskId, readUrl, isTold } = value;
			if (typeof taskId !== 'string' || taskId === '') return undefined;
			return {
				...head,
				state,
				taskId,
				...(typeof readUrl === 'string' ? { readUrl } : {}),
				...(isTold === true ? { isTold } : {}),
			};
		}
		case 'made': {
			const outcome = readOutcome(value.outcome);
			return outcome === undefined ? undefined : { ...head, state, outcome };
		}
		default:
			return undefined;
	}
}

/** What a record keeps of a task; how far it is does not matter any more when it is read. */
export function taskOf({ taskId, readUrl }: Pending): { taskId: string; readUrl?: string } {
	return { taskId, ...(readUrl === undefined ? {} : { readUrl }) };
}

/** What a record keeps of a finished edit: undefined when an image of it has no URL to get it again. */
export function madeOf(outcome: Completed): Completed | undefined {
	const { taskId, model, usage, requestId, warnings } = outcome;
	const images = outcome.images.map(
		({ url, urlHoldsBase64 }): ResultImage => ({
			...(url === undefined ? {} : { url }),
			...(urlHoldsBase64 === true ? { urlHoldsBase64 } : {}),
		}),
	);
	if (images.some(({ url }) => url === undefined || /^data:/i.test(url))) return undefined;
	return {
		state: 'completed',
		images,
		...(taskId === undefined ? {} : { taskId }),
		...(model === undefined ? {} : { model }),
		...(usage === undefined ? {} : { usage }),
		...(requestId === undefined ? {} : { requestId }),
		...(warnings === undefined ? {} : { warnings }),
	};
}

/** The note of an image as a header value. What does not fit is left out, the least needed first. */
export function noteText(note: ImageNote): string {
	for (const left of [
		note,
		{ ...note, usage: undefined },
		{ ...note, usage: undefined, model: undefined },
	]) {
		const text = Buffer.from(JSON.stringify(left)).toString('base64url');
		if (text.length <= maximumNoteLength) return text;
	}
	const { payment, at, count } = note;
	return Buffer.from(JSON.stringify({ payment, at, count })).toString('base64url');
}

/** The note from a header value; undefined when it is none. */
export function readNote(text: string | undefined): ImageNote | undefined {
	if (text === undefined) return undefined;
	const value = parsed(Buffer.from(text, 'base64url').toString('utf8'));
	if (!isRecord(value)) return undefined;
	const { payment, at, count, taskId, model, usage } = value;
	if (typeof payment !== 'string' || !isTime(at)) return undefined;
	if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > 100)
		return undefined;
	return {
		payment,
		at,
		count: count as number,
		...(typeof taskId === 'string' ? { taskId } : {}),
		...(typeof model === 'string' ? { model } : {}),
		...(isRecord(usage) ? { usage } : {}),
	};
}

function readOutcome(value: unknown): Completed | undefined {
	if (!isRecord(value) || !Array.isArray(value.images)) return undefined;
	const images = value.images.flatMap((image: unknown): ResultImage[] => {
		if (!isRecord(image) || typeof image.url !== 'string') return [];
		return [{ url: image.url, ...(image.urlHoldsBase64 === true ? { urlHoldsBase64: true } : {}) }];
	});
	if (images.length === 0 || images.length !== value.images.length) return undefined;
	const { taskId, model, usage, requestId, warnings } = value;
	return {
		state: 'completed',
		images,
		...(typeof taskId === 'string' ? { taskId } : {}),
		...(typeof model === 'string' ? { model } : {}),
		...(isRecord(usage) ? { usage } : {}),
		...(typeof requestId === 'string' ? { requestId } : {}),
		...(Array.isArray(warnings)
			? { warnings: warnings.filter((warning) => typeof warning === 'string') }
			: {}),
	};
}

function isTime(value: unknown): value is number {
	return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
