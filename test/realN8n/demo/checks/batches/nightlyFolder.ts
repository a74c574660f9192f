/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readImageNotes } from '../../../../emulator';
import { PHOTOS_FOLDER } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { photoNames } from '../../workspace';
import { checkFile } from '../writtenImages';

const NODE = 'Edit the photo';

/** A photo more in the second night: it alone is paid for. Nothing is in the third; with another prompt all are. */
export async function checkNightlyFolder(run: ExampleRun): Promise<void> {
	const { bucket } = run.services;
	assert.ok(bucket, 'there is no bucket');
	const photos = photoNames();
	const [late] = photos as [string];
	const folder = join(run.filesFolder, 'photos');
	assert.deepEqual(readdirSync(folder).sort(), [...photos].sort(), 'photos in the folder');
	rmSync(join(folder, late));
	assert.deepEqual(await night(run), [], 'reused in the first night');
	assert.equal(run.paid().length, photos.length - 1, 'paid in the first night');

	copyFileSync(join(PHOTOS_FOLDER, late), join(folder, late));
	const old = photos.filter((photo) => photo !== late);
	const requests = run.emulator.requests.length;
	assert.deepEqual(await night(run), old, 'reused in the second night');
	assert.equal(run.paid().length, photos.length, 'paid in two nights');
	assert.deepEqual(await night(run), photos, 'reused in the third night');
	const asked = run.emulator.requests.slice(requests).filter(({ route }) => route === 'submit');
	assert.equal(asked.length, 1, 'submits after the first night');
	run.say(`two photos, then one more, then none: ${run.paid().length} edits paid in three nights`);

	await run.change(NODE, { prompt: 'Make it a pencil drawing. Keep the composition as it is.' });
	assert.deepEqual(await night(run), [], 'reused with another prompt');
	assert.equal(run.paid().length, 2 * photos.length, 'paid with another prompt');
	run.say('with another prompt all of them were paid for again');

	const inputs = [...bucket.objects.keys()].filter((key) => key.includes('/inputs/'));
	assert.deepEqual(inputs, [], 'photos that are left in the bucket');
}

/** Runs the workflow, checks each file by the ledger, and tells which photos came out of the bucket. */
async function night(run: ExampleRun): Promise<string[]> {
	const { itemsByNode } = await run.execute();
	const edited = itemsByNode[NODE] ?? [];
	const reused: string[] = [];
	for (const [index, { json }] of (itemsByNode['Save the edited photo'] ?? []).entries()) {
		const file = resolve(run.workingFolder, String(json.fileName));
		const notes = readImageNotes(readFileSync(file));
		assert.ok(notes && run.paid().some(({ id }) => String(id) === notes.job), `who made ${file}`);
		const photo = photoNames().find((name) => basename(file).includes(name.replace(/\.\w+$/, '')));
		assert.ok(photo, `the photo of ${file}`);
		await checkFile(run, file, join(PHOTOS_FOLDER, photo));
		if (edited[index]?.json.reused === true) reused.push(photo);
	}
	return reused.sort();
}
