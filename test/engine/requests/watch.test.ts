import { sleep } from 'n8n-workflow';

import { onStage, type Stage } from '../stage/scenario';

const provider = 'fal';

/** How long after the end of a task its result was asked for, in milliseconds. */
function lagOf(stage: Stage, taskSeconds: number): number {
	const [entry] = stage.emulator.ledger;
	const result = stage.requests('read').find(({ path }) => /\/requests\/[^/]+$/.test(path));
	return result!.at - (entry!.at + taskSeconds * 1000);
}

describe('the end of a task that is pushed', () => {
	onStage('is known at once, without a poll before it', async (stage) => {
		stage.set({ taskSeconds: 2 });
		await stage.succeed({ provider });
		expect(lagOf(stage, 2)).toBeLessThan(400);
		const reads = stage
			.requests('read')
			.map(({ path }) => path.replace(/^.*\/requests\/[^/]+/, ''));
		expect(reads).toEqual(['/status/stream', '/status', '']);
	});

	for (const stream of ['silent', 'absent'] as const) {
		onStage(`is found by polls where the stream is ${stream}`, async (stage) => {
			stage.set({ taskSeconds: 2, fal: { stream } });
			const run = await stage.succeed({ provider });
			expect(run.edited[0]!.json.status).toBe('completed');
			expect(lagOf(stage, 2)).toBeLessThan(8000);
		});
	}

	onStage('is waited for by Get Task too', async (stage) => {
		stage.set({ taskSeconds: 3 });
		const submitted = await stage.succeed({ provider, operation: 'submitTask' });
		await stage.succeed({
			provider,
			operation: 'getTask',
			parameters: { taskId: submitted.edited[0]!.json.taskId as string },
			options: { waitForCompletion: true },
		});
		expect(lagOf(stage, 3)).toBeLessThan(400);
	});

	onStage('leaves no request open behind the item', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const options = { timeoutSeconds: 3, timeoutAction: 'output' };
		await stage.succeed({ provider, options });
		const streams = stage.requests('read').filter(({ path }) => path.endsWith('/stream'));
		expect(streams).toHaveLength(1);
		// Closed by the node, or ended with it.
		await sleep(200);
		expect(streams[0]!.abortedAt ?? streams[0]!.answeredAt).toBeDefined();
	});

	onStage('does not narrow what runs side by side', async (stage) => {
		stage.set({ taskSeconds: 2 });
		const items = Array.from({ length: 8 }, (_, index) => stage.item({ index }));
		const started = Date.now();
		await stage.succeed({ provider, items, options: { maxConcurrency: 8 } });
		expect(Date.now() - started).toBeLessThan(8000);
		expect(stage.emulator.maxRunning).toBe(8);
	});
});
