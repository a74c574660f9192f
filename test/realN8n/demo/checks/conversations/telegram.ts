/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../processes/until';
import { PHOTO_FILE } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { checkFile } from '../writtenImages';

const CAPTION = 'Make it a rainy evening';
const UNKNOWN_SECRET = 'not-the-secret';

/** A photo with a caption comes back edited; other messages are answered and cost nothing; strangers are turned away. */
export async function checkTelegram(run: ExampleRun): Promise<void> {
	const { telegram } = run.services;
	assert.ok(telegram, 'there is no Telegram');
	const { sent } = telegram;
	await run.publish();
	const bytes = readFileSync(PHOTO_FILE);
	assert.equal(await telegram.tell({ bytes, caption: CAPTION }, UNKNOWN_SECRET), 403, 'status');

	await telegram.tell({ text: 'Hello' });
	await until('an answer to a message without a photo', () => sent.length === 1, 30);
	await telegram.tell({ bytes });
	await until('an answer to a photo without a caption', () => sent.length === 2, 30);
	for (const { text } of sent) assert.match(text, /^Send me a photo/);
	await telegram.tell({ bytes: Buffer.from('This is <b>no</b> image.'), caption: CAPTION });
	await until('an answer to what is not an image', () => sent.length === 3, 30);
	assert.match(sent[2]!.text, /^This photo was not edited\. .*is not an image.*&#60;b&#62;/s);
	assert.equal(run.paid().length, 0, 'paid edits before a photo with a caption');

	await telegram.tell({ bytes, caption: CAPTION });
	await until('the edited photo', () => sent.length === 4, 60);
	const { photo, text, replyTo } = sent[3]!;
	assert.ok(photo, `no photo came back, but: ${text}`);
	assert.ok(replyTo, 'the photo answers no message');
	const paid = run.paid();
	assert.deepEqual(
		paid.map(({ prompt }) => prompt),
		[CAPTION],
		'prompts of the paid edits',
	);
	assert.ok(text.startsWith(paid[0]!.model), text);
	run.say(`the bot answers "${text}"`);
	const file = join(run.filesFolder, 'telegram.png');
	writeFileSync(file, photo);
	await checkFile(run, file);
}
