import { onStage } from '../stage/scenario';

onStage('a jump of the time of day between two tries pays for nothing twice', async (stage) => {
	const provider = 'aiml';
	stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'bad' });
	const now = Date.now;
	const jumped = stage.requests('submit').length + 2;
	// From the first failure on it is two hours later, as after a suspension.
	const clock = jest
		.spyOn(Date, 'now')
		.mockImplementation(
			() => now() + (stage.requests('submit').length >= jumped ? 2 * 3600_000 : 0),
		);
	try {
		const run = await stage.run({
			provider,
			prompt: '={{ $json.p }}',
			items: ['one', 'bad'].map((p) => stage.item({ p })),
			options: { maxConcurrency: 1 },
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 500 },
		});
		expect(run.status).toBe('error');
		expect(stage.emulator.ledger.map(({ prompt }) => prompt)).toEqual(['one']);
	} finally {
		clock.mockRestore();
	}
});
