/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import type { ExampleRun } from '../exampleRun';
import { checkFilesOf } from './writtenImages';

/** Without credit at the first provider the second one edits; after a 502, which may have been billed, nobody does. */
export async function checkAnotherProvider(run: ExampleRun): Promise<void> {
	const { faults, requests } = run.emulator;
	const askedOf = (provider: string): number =>
		requests.filter((request) => request.provider === provider).length;

	const lost = faults.add({
		provider: 'fal',
		kind: 'gatewayPage',
		status: 502,
		route: 'submit',
		times: 1,
	});
	const before = askedOf('waveSpeed');
	await assert.rejects(run.execute(), /Perhaps billed, not sent again: .*usage page of fal/s);
	assert.equal(lost.fired, 1, 'lost answers');
	assert.equal(askedOf('waveSpeed'), before, 'requests to the second provider');
	run.say('fal.ai answers 502: nothing is sent to WaveSpeedAI, and the execution says why');

	const refusal = faults.add({ provider: 'fal', kind: 'insufficientCredit', times: 1 });
	const second = await run.execute();
	assert.equal(refusal.fired, 1, 'refusals');
	const [file] = await checkFilesOf(run, second, 'Write the edited photo');
	assert.match(file!, /coffee-waveSpeed\./);
	run.say('fal.ai has no credit: WaveSpeedAI edits');

	const third = await run.execute();
	const [first] = await checkFilesOf(run, third, 'Write the edited photo');
	assert.match(first!, /coffee-fal\./);
	assert.deepEqual(
		run.paid().map(({ provider }) => provider),
		['waveSpeed', 'fal'],
		'who was paid',
	);
}
