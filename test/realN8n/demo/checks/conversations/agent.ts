/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import type { ExampleRun } from '../../exampleRun';
import { checkFilesOf } from '../writtenImages';

/** The agent called the tool once, with the order's words, and passed on the address of the result. */
export async function checkAgent(run: ExampleRun): Promise<void> {
	const { chat } = run.services;
	assert.ok(chat, 'there is no chat model');
	const executed = await run.execute();
	const paid = run.paid();
	assert.equal(paid.length, 1, 'paid edits');
	assert.equal(paid[0]!.prompt, 'Turn this photo into a pencil drawing');
	const address = String(executed.itemsByNode['Address of the image']?.[0]?.json.imageUrl);
	assert.equal(address, run.emulator.results.at(-1)!.url, 'address the agent gave');
	assert.equal(chat.toolAnswers.length, 1, 'answers of the tool');
	const [answer = ''] = chat.toolAnswers;
	assert.doesNotMatch(answer, /[A-Za-z0-9+/]{200,}/, 'base64 in the answer of the tool');
	run.say(
		`the model read ${answer.length} characters of JSON and answered with ${address.split('?')[0]}`,
	);
	await checkFilesOf(run, executed, 'Write the edited photo');
}
