/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../processes/until';
import type { ExampleRun } from '../../exampleRun';
import { checkFile } from '../writtenImages';

/** The provider calls the trigger, and the execution that it starts writes the image; nobody has asked before. */
export async function checkCallback(run: ExampleRun): Promise<void> {
	const { emulator } = run;
	const url = await run.publish();
	const before = emulator.callbacks.length;
	const readsBefore = reads(run);
	await run.execute();
	await until('the provider to have a call to make', () => emulator.callbacks.length > before);
	const record = emulator.callbacks[before]!;
	if (reads(run) !== readsBefore) throw new Error('The task was asked for before the call');
	const status = await emulator.callBack(record, url);
	if (status !== 200) throw new Error(`The call was answered with ${status}`);
	const file = join(run.filesFolder, `coffee-called-${String(record.body.id)}.png`);
	// A file is there before it is whole.
	await until(
		'the image to be written',
		() => existsSync(file) && readFileSync(file).subarray(-8, -4).toString('latin1') === 'IEND',
	);
	await checkFile(run, file);
}

function reads({ emulator }: ExampleRun): number {
	return emulator.requests.filter(({ route }) => route === 'read').length;
}
