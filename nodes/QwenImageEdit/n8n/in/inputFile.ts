import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { inputFault } from '../../edit/fault';
import type { ImageFile } from '../../edit/request';
import { decodeBase64Stream, decodeBase64Text, NotBase64Error } from '../../image/base64';
import { imageHeadBytes, readImageHead } from '../../image/imageHead';
import { plainText } from '../../wire/text/plainText';
import { digest } from '../runtime/digest';
import { signedUrl } from './publicUrl';

/** Whole base64 triples, so that a chunk is encoded without a rest. */
const streamChunkBytes = 3 * 64 * 1024;

/** A file in n8n's binary storage as an image to send. */
export async function fileFromBinary(
	context: IExecuteFunctions,
	itemIndex: number,
	binary: IBinaryData,
	name: string,
	fileName: string,
): Promise<ImageFile> {
	const { id } = binary;
	if (id === undefined) {
		// Only n8n's memory mode has no id. There the bytes are in memory already.
		const read = async (): Promise<Buffer> =>
			await context.helpers.getBinaryDataBuffer(itemIndex, binary);
		return await fileFromBytes(await read(), name, fileName, async function* () {
			yield await read();
		});
	}
	const { fileSize } = await context.helpers.getBinaryMetadata(id);
	return await inspected(name, {
		bytes: fileSize,
		fileName,
		identity: id,
		open: async () => await context.helpers.getBinaryStream(id, streamChunkBytes),
		publicUrl: signedUrl(context, binary),
	});
}

/**
 * Base64 text or a data URI as an image to send, and its bytes for checks. The bytes are let go after them,
 * because all items are checked before the first is sent.
 */
export async function fileFromText(
	text: string,
	name: string,
): Promise<{ file: ImageFile; bytes: Buffer }> {
	const bytes = decoded(text, name);
	const file = await fileFromBytes(bytes, name, '', () => decodeBase64Stream(textChunks(text)));
	return { file, bytes };
}

function decoded(text: string, name: string): Buffer {
	try {
		return decodeBase64Text(text);
	} catch (error) {
		if (!(error instanceof NotBase64Error)) throw error as Error;
		throw inputFault(
			`${name} is not base64 text`,
			'Give the bytes of an image as base64 or as a data URI that starts with data:image/',
		);
	}
}

/** @param open makes the bytes again when they are sent */
async function fileFromBytes(
	bytes: Buffer,
	name: string,
	fileName: string,
	open: () => AsyncIterable<Uint8Array>,
): Promise<ImageFile> {
	return await inspected(name, {
		bytes: bytes.length,
		fileName,
		identity: digest(bytes),
		open: async () => open(),
	});
}

/** A long text in pieces, without its spaces and line breaks. */
async function* textChunks(text: string): AsyncGenerator<Buffer> {
	for (let start = 0; start < text.length; start += streamChunkBytes) {
		const piece = text.slice(start, start + streamChunkBytes).replace(/\s+/g, '');
		yield Buffer.from(piece, 'latin1');
	}
}

/**
 * The file with what its first bytes say about it.
 *
 * @throws EditFault of kind `input` when it is not an image
 */
async function inspected(
	name: string,
	file: Omit<ImageFile, 'kind' | 'facts'>,
): Promise<ImageFile> {
	const head = await readHead(file.open);
	const facts = readImageHead(head);
	if (facts !== undefined) return { kind: 'file', facts, ...file };
	const said = plainText(head.subarray(0, 60).toString('utf8'), 40);
	const label = file.fileName === '' ? '' : ` ('${plainText(file.fileName, 80)}')`;
	throw inputFault(
		`${name}${label} is not an image${head.length === 0 ? ', it is empty' : `, it starts with "${said}"`}`,
		'Check the output of the node before this one. PNG, JPEG, WebP, GIF, BMP, TIFF and AVIF are known',
	);
}

/** Reads enough of a file to know what it is. */
async function readHead(open: ImageFile['open']): Promise<Buffer> {
	const parts: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of await open()) {
		parts.push(Buffer.from(chunk));
		bytes += chunk.length;
		if (bytes >= imageHeadBytes) break;
	}
	return Buffer.concat(parts);
}
