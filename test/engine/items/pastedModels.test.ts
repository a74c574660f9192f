import { fal } from '../../../nodes/QwenImageEdit/providers/fal';
import { onStage } from '../stage/scenario';

describe('a model that was pasted with slashes around it', () => {
	for (const [provider, model] of [
		['fal', 'fal-ai/qwen-image-edit'],
		['waveSpeed', 'wavespeed-ai/qwen-image/edit'],
		['replicate', 'qwen/qwen-image-edit'],
	] as const) {
		onStage(`is at ${provider} the one whose field names and limits are known`, async (stage) => {
			const parameters = { model: { __rl: true, mode: 'id', value: `/${model}/` } };
			const run = await stage.succeed({ provider, parameters });
			expect(run.edited[0]!.json).toMatchObject({ model, status: 'completed', warnings: [] });
			expect(stage.emulator.ledger).toHaveLength(1);
		});
	}

	it.each(['/owner/app/', 'owner//app', '/owner/app/lora'])(
		'%s leads to its task where fal.ai answers with the bare ID alone',
		(model) => {
			const json = { request_id: 'abc' };
			const reply = { httpStatus: 200, headers: {}, text: JSON.stringify(json), json };
			const request = { model, prompt: 'x', images: [], fields: {} };
			expect(fal.submit.decode(reply, request)).toMatchObject({
				state: 'pending',
				taskId: 'owner/app/requests/abc',
			});
		},
	);
});
