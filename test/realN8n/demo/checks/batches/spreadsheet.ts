/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImageNotes } from '../../../../emulator';
import { PHOTOS_FOLDER, SPREADSHEET_FILE } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { readTable } from './table';
import { checkFile } from '../writtenImages';

/** What is to become of each row of the spreadsheet: an image, or an error of this kind. */
const OUTCOMES: Readonly<Record<string, string>> = {
	'1': 'done',
	'2': 'input',
	'3': 'done',
	'4': 'input',
	'5': 'content',
	'6': 'done',
};

/** Each row is in the report with its image or its reason, and the cost is what the provider reported. */
export async function checkSpreadsheet(run: ExampleRun): Promise<void> {
	await run.execute();
	const rows = readTable(readFileSync(SPREADSHEET_FILE, 'utf8'));
	const report = readTable(readFileSync(join(run.filesFolder, 'prompts-report.csv'), 'utf8'));
	const total = report.pop();
	assert.deepEqual(
		report.map(({ row, photo, prompt }) => ({ row, photo, prompt })),
		rows,
		'rows of the report',
	);
	const outcomes = report.map(({ row, outcome, errorKind }) => [row, errorKind || outcome]);
	assert.deepEqual(Object.fromEntries(outcomes), OUTCOMES);

	const paid = run.paid();
	const done = report.filter(({ outcome }) => outcome === 'done');
	for (const line of done) {
		const entry = paid.find(({ taskId }) => taskId === line.taskId);
		assert.ok(entry, `nobody has booked ${line.taskId}`);
		assert.equal(entry.prompt, line.prompt, `prompt of ${line.taskId}`);
		assert.equal(Number(line.creditsReserved), entry.billed, `credits of row ${line.row}`);
		const file = join(run.workingFolder, line.file!);
		assert.equal(readImageNotes(readFileSync(file))?.job, String(entry.id), file);
		await checkFile(run, file, join(PHOTOS_FOLDER, line.photo!.split('/').at(-1)!));
	}
	for (const line of report.filter(({ outcome }) => outcome === 'failed')) {
		assert.notEqual(line.error, '', `reason of row ${line.row}`);
		assert.equal(line.creditsReserved, '', `credits of row ${line.row}`);
		run.say(`row ${line.row} failed (${line.errorKind}): ${line.error}`);
	}
	// A task that fails is paid back (provider research S3).
	const billed = paid
		.filter(({ refunded }) => refunded !== true)
		.reduce((sum, entry) => sum + entry.billed, 0);
	assert.equal(paid.length - done.length, 1, 'tasks that were taken and failed');
	assert.equal(Number(total?.creditsReserved), billed, 'credits in all');
	assert.equal(total?.outcome, '3 done, 3 failed');
	assert.equal(total?.errorKind, '1 x content, 2 x input');
	run.say(`the report adds up ${billed} credits, which is what the provider keeps`);
}
