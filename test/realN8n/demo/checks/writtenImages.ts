/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { basename, resolve } from 'node:path';
import type { ExecutedWorkflow } from '../../instance/execution';
import { checkEditedImage } from './editedImage';
import { PHOTO_FILE, writingNodesOf } from '../examples';
import type { ExampleRun } from '../exampleRun';

/** Every node that writes to disk has written an image that is an edit of the photo. */
export async function checkWrittenImages(run: ExampleRun): Promise<void> {
	const executed = await run.execute();
	const nodes = writingNodesOf(run.example);
	if (nodes.length === 0) throw new Error('It writes no image to disk');
	for (const node of nodes) await checkFilesOf(run, executed, node);
	if (run.paid().length === 0) throw new Error('Images were written, but no provider was asked');
}

/** What this node has written are edits of the photo; returns the files. */
export async function checkFilesOf(
	run: ExampleRun,
	{ itemsByNode }: ExecutedWorkflow,
	node: string,
): Promise<string[]> {
	const items = itemsByNode[node] ?? [];
	if (items.length === 0) throw new Error(`"${node}" wrote nothing`);
	const files = items.map(({ json }) => resolve(run.workingFolder, String(json.fileName)));
	for (const file of files) await checkFile(run, file);
	return files;
}

/** A file is an edit of a photo, which is the usual one unless another is given. */
export async function checkFile(
	run: ExampleRun,
	file: string,
	original = PHOTO_FILE,
): Promise<void> {
	const { format, width, height, bytes, difference } = await checkEditedImage(file, original);
	run.say(
		`${basename(file)} is a ${format} of ${width} x ${height} px, ` +
			`${Math.ceil(bytes / 1024)} kB, ${difference} of 255 away from the photo`,
	);
	run.found(file);
}
