/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHOTOS_FOLDER } from '../examples';
import type { ExampleRun } from '../exampleRun';
import { checkFilesOf } from './writtenImages';

/** The prompt speaks of them as image 1, image 2 and image 3. */
const IN_ORDER = ['coffee.jpg', 'tablecloth.jpg', 'logo.png'];

/** One paid edit with three images, byte for byte and in the order of the rows. */
export async function checkThreeReferences(run: ExampleRun): Promise<void> {
	const executed = await run.execute();
	await checkFilesOf(run, executed, 'Write the edited photo');
	const sent = IN_ORDER.map((name) =>
		createHash('sha256')
			.update(readFileSync(join(PHOTOS_FOLDER, name)))
			.digest('hex'),
	);
	const paid = run.paid();
	assert.equal(paid.length, 1, 'paid edits');
	assert.deepEqual(paid[0]!.inputSha256, sent, 'images that arrived, in order');
	run.say(`${paid[0]!.provider} was sent ${IN_ORDER.join(', ')}, in this order`);
}
