/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { basename, resolve } from 'node:path';
import type { Emulator } from '../emulator/types';
import { secondsSince } from '../instance/command';
import { InstanceHome } from '../instance/home';
import { demoCredentials } from './credentials';
import { checkEditedPicture, type EditedPicture } from './editedPicture';
import { loadExamples, PHOTO_FILE, type Example } from './examples';
import { createWorkspace } from './workspace';

/** The example that is the demo: photo file, Qwen Image Edit, file on disk. */
const SHORTEST_EXAMPLE = 'edit-a-photo';

/**
 * Runs example workflows by n8n's command line and checks every picture they write.
 * Prints the pictures' paths; the last line is a path with the seconds the whole run took.
 */
export async function runHeadless(
	emulator: Emulator,
	options: { allExamples: boolean; startedAt: number },
): Promise<void> {
	const examples = loadExamples().filter(
		({ name }) => options.allExamples || name === SHORTEST_EXAMPLE,
	);
	if (examples.length === 0) throw new Error(`There is no examples/${SHORTEST_EXAMPLE}.json`);
	const workspace = createWorkspace('headless');
	const home = await InstanceHome.create({
		userFolder: workspace.userFolder,
		workingFolder: workspace.workingFolder,
		credentials: demoCredentials(emulator),
		workflows: examples.map(({ workflow }) => workflow),
	});

	const pictures: EditedPicture[] = [];
	for (const example of examples) pictures.push(...(await runExample(home, example)));
	if (emulator.ledger.length === 0)
		throw new Error('Pictures were written, but no provider was asked');
	console.log(
		`emulator: ${emulator.ledger.length} paid edit(s), ${emulator.requests.length} requests`,
	);

	const shortest = pictures.find(({ file }) => basename(file).startsWith('coffee-edited'));
	for (const { file } of pictures.filter((picture) => picture !== shortest)) console.log(file);
	console.log(`${(shortest ?? pictures[0]!).file} (${secondsSince(options.startedAt)} s)`);
}

async function runExample(home: InstanceHome, example: Example): Promise<EditedPicture[]> {
	const { status, itemsByNode, seconds } = await home.executeWorkflow(example.workflow.id);
	if (status !== 'success') throw new Error(`${example.name} ended as "${status}"`);
	console.log(`${example.name}: n8n execute took ${seconds} s`);
	const pictures: EditedPicture[] = [];
	for (const node of example.writingNodes) {
		const items = itemsByNode[node] ?? [];
		if (items.length === 0) throw new Error(`${example.name}: "${node}" wrote nothing`);
		for (const { json } of items) {
			const file = resolve(home.workingFolder, String(json.fileName));
			const picture = await checkEditedPicture(file, PHOTO_FILE);
			const { format, width, height, bytes, difference } = picture;
			console.log(
				`${example.name}: ${basename(file)} is a ${format} of ${width} x ${height} px, ` +
					`${Math.ceil(bytes / 1024)} kB, ${difference} of 255 away from the photo`,
			);
			pictures.push(picture);
		}
	}
	return pictures;
}
