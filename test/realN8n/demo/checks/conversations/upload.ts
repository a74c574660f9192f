/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImageNotes } from '../../../../emulator';
import { UPLOAD_KEY } from '../../services/credentials';
import { PHOTO_FILE } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { checkFile } from '../writtenImages';

const PROMPT = 'Make it a snowy morning behind the window';

/** Who has the key gets the image; who has it not, or uploads something else, gets the reason and costs nothing. */
export async function checkUpload(run: ExampleRun): Promise<void> {
	const address = `${await run.publish()}/webhook/edit-a-photo`;
	const send = async (photo: Blob, fileName: string, key?: string): Promise<Response> => {
		const form = new FormData();
		form.set('photo', photo, fileName);
		form.set('prompt', PROMPT);
		const headers = key === undefined ? undefined : { [UPLOAD_KEY.name]: key };
		return await fetch(address, { method: 'POST', body: form, headers });
	};
	const photo = new Blob([new Uint8Array(readFileSync(PHOTO_FILE))], { type: 'image/jpeg' });

	assert.equal((await send(photo, 'coffee.jpg')).status, 403, 'without a key');
	assert.equal((await send(photo, 'coffee.jpg', 'wrong')).status, 403, 'with a wrong key');
	const text = new Blob(['This is not an image.'], { type: 'text/plain' });
	const refused = await send(text, 'letter.txt', UPLOAD_KEY.value);
	const reason = (await refused.json()) as { error: string; errorKind: string };
	assert.equal(refused.status, 422, reason.error);
	assert.equal(reason.errorKind, 'input', reason.error);
	assert.equal(run.paid().length, 0, 'paid edits before a photo with a key');
	run.say(`403 without the key; 422 for a text file: ${reason.error}`);

	const reply = await send(photo, 'coffee.jpg', UPLOAD_KEY.value);
	assert.equal(reply.status, 200, 'status');
	assert.equal(reply.headers.get('content-type'), 'image/png', 'type of the answer');
	const bytes = Buffer.from(await reply.arrayBuffer());
	assert.equal(run.paid().length, 1, 'paid edits');
	assert.equal(readImageNotes(bytes)?.prompt, PROMPT, 'prompt of the image');
	const file = join(run.filesFolder, 'coffee-uploaded.png');
	writeFileSync(file, bytes);
	await checkFile(run, file);
}
