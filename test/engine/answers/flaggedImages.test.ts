import { readOutcome } from '../../../nodes/QwenImageEdit/adapter/readOutcome';
import { waveSpeed } from '../../../nodes/QwenImageEdit/providers/waveSpeed';
import { expectFailedItem } from '../stage/output';
import { nodeTaskId, onStage } from '../stage/scenario';

describe.each(['fal', 'waveSpeed'] as const)(
	'images that the safety checker of %s flags',
	(provider) => {
		onStage('come out with a warning, when others are there', async (stage) => {
			if (provider !== 'fal') return;
			stage.set({ fal: { flags: 'first' } });
			const run = await stage.succeed({ provider, options: { n: 2 } });
			expect(run.edited).toHaveLength(2);
			for (const { json, binary } of run.edited) {
				expect(json.warnings).toEqual(['The safety checker of fal.ai flagged image 1 of 2']);
				expect(binary).toBeDefined();
			}
		});

		onStage(
			'fail the item when all are flagged, with everything that was paid for',
			async (stage) => {
				stage.set({ [provider]: { flags: 'all' } });
				const run = await stage.run({ provider, node: { onError: 'continueRegularOutput' } });
				const [entry] = stage.emulator.ledger;
				const { error, details } = expectFailedItem(run.edited[0], 0, {
					errorKind: 'content',
					taskId: nodeTaskId(provider, entry!.taskId!),
				});
				expect(error).toContain('safety checker');
				expect(error).toContain('may have been billed');
				expect(details.url).toBe(stage.emulator.results[0]!.url);
			},
		);

		onStage('are not paid for again by Retry On Fail', async (stage) => {
			stage.set({ [provider]: { flags: 'all' } });
			const run = await stage.run({
				provider,
				node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 },
			});
			expect(run.status).toBe('error');
			expect(stage.emulator.ledger).toHaveLength(1);
		});
	},
);

it('flags count in a later line of the answer too', () => {
	const later = {
		code: 200,
		data: {
			id: 'a',
			status: 'completed',
			outputs: ['https://example.com/1.png'],
			has_nsfw_contents: [true],
		},
	};
	const reply = { httpStatus: 200, headers: {}, text: '', json: {}, otherJson: [later] };
	const outcome = readOutcome(waveSpeed, reply, (answer) => waveSpeed.task!.decode(answer));
	expect(outcome).toMatchObject({ state: 'refused', fault: { kind: 'content', isTaken: true } });
});
