import { onItem } from '../stage/bothWays';
import { onStage, type StageRun } from '../stage/scenario';

/** What n8n shows above the output of the node: it keeps the hints of a run beside its data. */
const hintsOf = (run: StageRun): Array<{ type?: string; message: string }> =>
	run.runsOf('Edit')[0]!.hints ?? [];

const cost = (message: string): object => ({ type: 'info', location: 'outputPane', message });

describe('hints above the output', () => {
	onStage('are not there when all went well and nothing is known of the cost', async (stage) => {
		const run = await stage.succeed({ provider: 'odkkk', items: [stage.item(), stage.item()] });
		expect(hintsOf(run)).toEqual([]);
	});

	onStage('say what a run came to', async (stage) => {
		const run = await stage.succeed({
			provider: 'evoLink',
			items: [stage.item(), stage.item(), stage.item()],
			options: { n: 2 },
		});
		expect(run.edited).toHaveLength(6);
		expect(hintsOf(run)).toEqual([cost('3 edits; 6 images; 0.1323 USD, as reported.')]);
	});

	onStage('say that the provider asked to slow down', async (stage) => {
		const fault = { kind: 'rateLimit', provider: 'aiml', prompt: 'two' } as const;
		stage.emulator.faults.add({ ...fault, times: 1, hint: 'headerSeconds', seconds: 1 });
		const run = await stage.succeed({
			provider: 'aiml',
			prompt: '={{ $json.prompt }}',
			options: { maxConcurrency: 1 },
			items: ['one', 'two', 'three'].map((prompt) => stage.item({ prompt })),
		});
		expect(run.edited.map(({ json }) => (json.warnings as string[]).length)).toEqual([0, 1, 0]);
		expect(hintsOf(run)).toEqual([
			{
				type: 'info',
				location: 'outputPane',
				message: expect.stringMatching(/slow down: 1 of 3 items had to wait \(item 1\)/),
			},
			cost('3 edits; 3 images; 0.0945 USD, as reported.'),
		]);
	});

	onStage('say that results have warnings, and which', async (stage) => {
		stage.emulator.faults.add({ kind: 'resultTruncatedImage', provider: 'aiml' });
		const run = await stage.succeed({ provider: 'aiml' });
		expect(hintsOf(run)).toEqual([
			{
				type: 'warning',
				location: 'outputPane',
				message:
					"1 of 1 item came out with a warning (item 0). Read the 'warnings' of each before you use the image.",
			},
			cost('1 edit; 1 image; 0.0315 USD, as reported.'),
		]);
	});

	onStage('name the items whose tasks were left unfinished', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const run = await stage.succeed({
			provider: 'odkkk',
			options: { timeoutSeconds: 3, timeoutAction: 'output' },
			items: [stage.item(), stage.item()],
		});
		expect(run.edited.map(({ json }) => json.status)).not.toContain('completed');
		expect(hintsOf(run)).toEqual([
			{
				type: 'warning',
				location: 'outputPane',
				message: expect.stringMatching(/^2 of 2 items ran out of time \(items 0, 1\).*'Get Task'/),
			},
		]);
	});

	onStage('say nothing of tasks that nobody waited for', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const submitted = await stage.succeed({ provider: 'odkkk', operation: 'submitTask' });
		expect(submitted.edited[0]!.json.status).toBe('pending');
		const taskId = submitted.edited[0]!.json.taskId as string;
		const read = await stage.succeed({
			provider: 'odkkk',
			operation: 'getTask',
			parameters: { taskId },
		});
		expect(read.edited[0]!.json.status).not.toBe('completed');
		expect([...hintsOf(submitted), ...hintsOf(read)]).toEqual([]);
	});

	onStage('count the items that failed, without a word of the provider', async (stage) => {
		const message = 'refused <b>for reasons</b>';
		stage.emulator.faults.add({ kind: 'httpStatus', provider: 'aiml', status: 400, message });
		const run = await stage.succeed({
			provider: 'aiml',
			items: Array.from({ length: 7 }, () => stage.item()),
			node: onItem,
		});
		expect(run.edited[0]!.json.error).toContain('refused');
		expect(hintsOf(run)).toEqual([
			{
				type: 'warning',
				location: 'outputPane',
				message:
					"7 of 7 items failed (items 0, 1, 2, 3, 4 and more). The reason is in the 'error' of each.",
			},
		]);
	});
});
