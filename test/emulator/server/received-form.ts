/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { shortened } from './exchange';
import { MalformedForm, MultipartParser } from './multipart';
import type { PartHead, PartSink } from './multipart';
import type { BodyWatch } from './request-log';
import type { RecordedPart } from '../types';

/** A file from a multipart body. */
export interface ReceivedFile {
	name: string;
	fileName: string;
	contentType?: string;
	bytes: number;
	/** Of all its bytes, exactly as they arrived. */
	sha256: string;
	/** The file, or its beginning where nobody needs more. */
	content: Buffer;
}

/** A multipart body, taken apart. */
export interface ReceivedForm {
	parts: RecordedPart[];
	texts: Array<{ name: string; value: string }>;
	files: ReceivedFile[];
	/** What was wrong with the body, if anything. */
	problem?: string;
}

const MOST_TEXT_BYTES = 4 * 1024 * 1024;

/** What is looked at when an image's format and size are wanted: heads, with room for camera notes. */
const HEAD_BYTES = 512 * 1024;

function openFile(form: ReceivedForm, head: PartHead, keepWhole: boolean): PartSink {
	const hash = createHash('sha256');
	const kept: Buffer[] = [];
	let bytes = 0;
	let keptBytes = 0;
	return {
		write: (chunk) => {
			hash.update(chunk);
			bytes += chunk.length;
			const room = keepWhole ? chunk.length : Math.max(0, HEAD_BYTES - keptBytes);
			if (room === 0) return;
			// A copy: the chunk is a window into a larger buffer, which would be kept alive by it.
			kept.push(Buffer.from(chunk.subarray(0, room)));
			keptBytes += Math.min(room, chunk.length);
		},
		end: () => {
			const { name, fileName = '', contentType } = head;
			const file = { name, fileName, ...(contentType !== undefined && { contentType }), bytes };
			const sha256 = hash.digest('hex');
			form.files.push({ ...file, sha256, content: Buffer.concat(kept) });
			form.parts.push({ ...file, sha256 });
		},
	};
}

function openText(form: ReceivedForm, head: PartHead): PartSink {
	const kept: Buffer[] = [];
	let bytes = 0;
	return {
		write: (chunk) => {
			bytes += chunk.length;
			if (bytes > MOST_TEXT_BYTES) throw new MalformedForm(`the field ${head.name} is too long`);
			kept.push(Buffer.from(chunk));
		},
		end: () => {
			const value = Buffer.concat(kept).toString('utf8');
			form.texts.push({ name: head.name, value });
			form.parts.push({ name: head.name, value: shortened(value) as string });
		},
	};
}

/**
 * Receives a multipart body without holding it: files are hashed as they arrive, and kept whole only when they
 * are to be edited.
 */
export async function receiveForm(
	request: IncomingMessage,
	boundary: string,
	watch: BodyWatch,
	keepWhole: boolean,
): Promise<ReceivedForm> {
	const form: ReceivedForm = { parts: [], texts: [], files: [] };
	let parser: MultipartParser | undefined;
	const attempt = (step: () => void) => {
		if (form.problem !== undefined) return;
		try {
			step();
		} catch (error) {
			// eslint-disable-next-line @n8n/community-nodes/require-node-api-error -- the emulator is no node
			if (!(error instanceof MalformedForm)) throw error;
			form.problem = error.message;
		}
	};
	attempt(() => {
		parser = new MultipartParser(boundary, (head) =>
			head.fileName === undefined ? openText(form, head) : openFile(form, head, keepWhole),
		);
	});
	// Read to the end in any case: a client that is still sending would see a broken connection, not the answer.
	for await (const chunk of request) {
		watch.chunk(chunk as Buffer);
		attempt(() => parser?.push(chunk as Buffer));
	}
	watch.end();
	attempt(() => parser?.end());
	return form;
}

/** The last text of a field, as servers take it that expect one; `undefined` when it was not sent. */
export function textOf(form: ReceivedForm, name: string): string | undefined {
	return form.texts.filter((text) => text.name === name).at(-1)?.value;
}
