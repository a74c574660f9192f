/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExampleRun } from '../exampleRun';
import { readTable } from './batches/table';
import { checkFilesOf } from './writtenImages';

/** What the model that looks says, one after another, and what that must come to. */
const CASES = [
	{ verdicts: ['Yes.'], tries: 1, good: /^yes/ },
	{ verdicts: ['No', 'yes'], tries: 2, good: /^yes/ },
	{ verdicts: ['no', 'no'], tries: 2, good: /^no/ },
];

/** The model looks at each image; after a no there is one more try, never a third, and the report adds up both. */
export async function checkQuality(run: ExampleRun): Promise<void> {
	const { chat } = run.services;
	assert.ok(chat, 'there is no model that looks');
	for (const { verdicts, tries, good } of CASES) {
		const before = run.paid().length;
		const shown: number = chat.images.length;
		chat.verdicts.push(...verdicts);
		const executed = await run.execute();
		const paid = run.paid().slice(before);
		assert.deepEqual(
			paid.map(({ fields }) => fields.seed),
			[1, 2].slice(0, tries),
			'seeds of the paid edits',
		);
		assert.equal(chat.images.length - shown, tries, 'images that were looked at');
		await checkFilesOf(run, executed, 'Write the edited photo');
		const [row] = readTable(readFileSync(join(run.filesFolder, 'quality-report.csv'), 'utf8'));
		assert.ok(row, 'the report is empty');
		assert.equal(Number(row.tries), tries, 'tries');
		assert.match(row.good!, good);
		const costs = [row.costOfFirstTry, row.costOfSecondTry].slice(0, tries).map(Number);
		assert.ok(costs.length === tries && costs.every((cost) => cost > 0), `costs: ${costs}`);
		const sum = costs.reduce((one, other) => one + other, 0);
		assert.ok(Math.abs(Number(row.cost) - sum) < 1e-6, `${row.cost} is not the sum of ${costs}`);
		run.say(`${verdicts.join(', then ')}: ${tries} edit(s), ${row.cost} ${row.currency}`);
	}
}
