import { typeOf } from '../../image/imageType';
import { sieveJson } from '../../wire/json/jsonSieve';
import type { Readable } from './streams';

/** What is left of an answer when its images have flowed into storage. No provider needs more. */
const maximumTextBytes = 1024 * 1024;

/** So many bytes tell an image from text. */
const signatureBytes = 32;

/** Stores an image that is part of an answer, and returns the mark that replaces it. */
export type HoldImage = (
	bytes: AsyncIterable<Uint8Array>,
	form: 'base64' | 'raw',
	sample: Readable,
) => Promise<string>;

/** An answer as far as it arrived. */
export interface AnswerBody {
	/** The text, with marks where long base64 texts were. */
	text: string;
	/** The mark of the body, where the body itself is an image. */
	imageMark?: string;
	/** Why the body ended before its end; `text` holds what arrived until then. */
	failure?: unknown;
}

/** Reads an answer. Images in it, base64 texts or the body itself, flow into storage. */
export async function readAnswerBody(body: Readable, hold: HoldImage): Promise<AnswerBody> {
	const arriving = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
	const text = new TextCollector();
	try {
		const head = await readHead(arriving);
		if (typeOf(Buffer.concat(head)) !== undefined) {
			return { text: '', imageMark: await hold(goOn(head, arriving), 'raw', body) };
		}
		await collectText(sieveJson(goOn(head, arriving)), text, hold, body);
		if (text.isFull) body.destroy();
	} catch (failure) {
		return { text: text.text, failure };
	}
	return { text: text.text };
}

/** The first bytes, enough to know an image by them. */
async function readHead(arriving: AsyncIterator<Uint8Array>): Promise<Uint8Array[]> {
	const head: Uint8Array[] = [];
	let bytes = 0;
	while (bytes < signatureBytes) {
		const step = await arriving.next();
		if (step.done === true) break;
		head.push(step.value);
		bytes += step.value.length;
	}
	return head;
}

/** What was read already, and then the rest. */
async function* goOn(
	head: readonly Uint8Array[],
	rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	yield* head;
	for (;;) {
		const step = await rest.next();
		if (step.done === true) return;
		yield step.value;
	}
}

/** Holds the text of an answer up to a bound. */
class TextCollector {
	private readonly parts: Buffer[] = [];

	private bytes = 0;

	get isFull(): boolean {
		return this.bytes > maximumTextBytes;
	}

	get text(): string {
		return Buffer.concat(this.parts).toString('utf8');
	}

	add(bytes: Buffer): void {
		this.bytes += bytes.length;
		if (!this.isFull) this.parts.push(bytes);
	}
}

async function collectText(
	pieces: ReturnType<typeof sieveJson>,
	text: TextCollector,
	hold: HoldImage,
	sample: Readable,
): Promise<void> {
	for (;;) {
		const step = await pieces.next();
		if (step.done === true || text.isFull) return;
		const piece = step.value;
		if (piece.kind === 'text') text.add(piece.bytes);
		if (piece.kind !== 'long') continue;
		const long = new LongText(piece.bytes, pieces);
		const mark = await hold(long.read(), 'base64', sample);
		// An image that was refused half-way still has to be read to its end.
		await long.skip();
		text.add(Buffer.from(`${mark}"`));
	}
}

/** The rest of a long text in an answer, as far as its closing quote. */
class LongText {
	private isOpen = true;

	constructor(
		private readonly first: Buffer,
		private readonly pieces: ReturnType<typeof sieveJson>,
	) {}

	async *read(): AsyncGenerator<Buffer> {
		yield this.first;
		for (;;) {
			const bytes = await this.next();
			if (bytes === undefined) return;
			yield bytes;
		}
	}

	async skip(): Promise<void> {
		while ((await this.next()) !== undefined);
	}

	private async next(): Promise<Buffer | undefined> {
		if (!this.isOpen) return undefined;
		const step = await this.pieces.next();
		if (step.done !== true && step.value.kind === 'long') return step.value.bytes;
		this.isOpen = false;
		return undefined;
	}
}
