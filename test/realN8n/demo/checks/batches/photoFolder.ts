/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { readImageNotes } from '../../../../emulator';
import { PHOTOS_FOLDER } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { photoNames } from '../../workspace';
import { checkFile } from '../writtenImages';

/** One photo is refused in the first night: it alone is edited, and paid for, in the second; the third has nothing to do. */
export async function checkPhotoFolder(run: ExampleRun): Promise<void> {
	const { storage } = run.services;
	assert.ok(storage, 'there is no storage');
	const photos = photoNames();
	const refusal = run.emulator.faults.add({ provider: 'aiml', kind: 'contentRefused', times: 1 });
	await assert.rejects(run.execute(), /1 of 3 photos could not be edited and will be tried again/);
	assert.equal(refusal.fired, 1, 'refusals');
	assert.equal((await storage.keys()).length, photos.length - 1, 'objects after the first night');
	run.say('first night: 2 of 3 photos stored, the one that was refused is told of');

	await run.execute();
	const keys = await storage.keys();
	assert.equal(keys.length, photos.length, 'objects after the second night');
	await run.execute();
	const paid = run.paid();
	assert.equal(paid.length, photos.length, 'paid edits after three nights');
	run.say('second night: the third photo; third night: nothing to do, nothing paid');

	const folder = join(run.filesFolder, 'from-storage');
	mkdirSync(folder, { recursive: true });
	for (const photo of photos) {
		const stem = basename(photo, extname(photo));
		const key = keys.find((one) => one.startsWith(`edited/${stem}.`));
		assert.ok(key, `${stem} is not among ${keys.join(', ')}`);
		const { bytes, mimeType } = await storage.read(key);
		assert.equal(mimeType, `image/${extname(key).slice(1)}`, `type of ${key}`);
		const notes = readImageNotes(bytes);
		assert.ok(notes && paid.some(({ id }) => String(id) === notes.job), `who made ${key}`);
		const file = join(folder, basename(key));
		writeFileSync(file, bytes);
		await checkFile(run, file, join(PHOTOS_FOLDER, photo));
	}
}
