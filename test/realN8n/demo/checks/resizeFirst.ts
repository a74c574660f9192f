/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { findOrInstall } from '../../../processes/installedProgram';
import type { ExampleRun } from '../exampleRun';
import { PHONE_PHOTO } from '../workspace';
import { differenceOf } from './editedImage';
import { checkFilesOf } from './writtenImages';

/** What 1600 x 1600 pixels, aspect ratio kept, make of a phone photo held upright. */
const SENT = { width: 1200, height: 1600 };

/** The provider gets a small photo that stands upright, and so does who asked. */
export async function checkResize(run: ExampleRun): Promise<void> {
	await findOrInstall({ binaries: ['gm'], debianPackage: 'graphicsmagick' }, run.say);
	const photo = join(run.filesFolder, PHONE_PHOTO);
	const taken = await sharp(photo).metadata();
	assert.ok(taken.width * taken.height > 12e6 && taken.orientation === 6, 'not a phone photo');
	const before = run.emulator.requests.length;
	const executed = await run.execute();
	const [file] = await checkFilesOf(run, executed, 'Write the edited photo');
	const { width, height } = await sharp(file).metadata();
	assert.ok(height > width, `the edited photo lies on its side: ${width} x ${height}`);

	const resized = executed.itemsByNode['Make it smaller']![0]!.binary!.data!;
	const sent = await run.readBinary(resized);
	const { orientation, ...size } = await sharp(sent).metadata();
	assert.deepEqual({ width: size.width, height: size.height }, SENT, 'size that was sent');
	assert.ok(orientation === undefined || orientation === 1, `orientation ${orientation}`);
	const upright = await sharp(readFileSync(photo)).rotate().png().toBuffer();
	const difference = await differenceOf(sent, upright);
	assert.ok(difference < 3, `what was sent is ${difference} of 255 away from the photo`);
	const bytes = Math.max(...run.emulator.requests.slice(before).map((one) => one.bodyBytes));
	run.say(
		`${taken.width} x ${taken.height} px on its side became ${SENT.width} x ${SENT.height} px upright, ` +
			`${Math.ceil(bytes / 1024)} kB on the wire`,
	);
}
