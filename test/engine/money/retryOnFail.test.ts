import { plainPng } from '../../emulator';
import { meet, withImages } from '../faults/hosts/meetHost';
import { sendJson } from '../faults/hosts/rawHost';
import { onStage, type Order, type Stage } from '../stage/scenario';

/** n8n evaluates the parameters anew at each try; it takes a wait of 0 for "not set". */
const retrying = (maxTries: number) => ({ retryOnFail: true, maxTries, waitBetweenTries: 20 });

/** Another text at each try. */
const changing = '={{ $json.p + " " + $now.toMillis() + " " + Math.random() }}';

function promptsBilled(stage: Stage): string[] {
	return stage.emulator.ledger.map(({ prompt }) => prompt.split(' ')[0]!).sort();
}

describe('parameters that change at each try', () => {
	for (const provider of ['aiml', 'odkkk', 'modelsLab', 'dashScope', 'openAiCompatible'] as const) {
		for (const maxTries of [3, 5]) {
			onStage(`${provider}: each item is paid for once in ${maxTries} tries`, async (stage) => {
				stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'bad' });
				const run = await stage.run({
					provider,
					prompt: changing,
					items: ['one', 'two', 'bad'].map((p) => stage.item({ p })),
					options: { maxConcurrency: 1 },
					node: retrying(maxTries),
				});
				expect(run.status).toBe('error');
				expect(promptsBilled(stage)).toEqual(['one', 'two']);
				// Only the item that failed was sent again.
				expect(stage.requests('submit')).toHaveLength(2 + maxTries);
			});
		}
	}

	onStage('a seed that changes does no harm either', async (stage) => {
		const provider = 'modelVerse';
		stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'bad', times: 2 });
		const run = await stage.succeed({
			provider,
			prompt: '={{ $json.p }}',
			items: ['one', 'bad'].map((p) => stage.item({ p })),
			options: { maxConcurrency: 1, seed: '={{ Math.floor(Math.random()*1e6) }}' as never },
			node: retrying(3),
		});
		expect(promptsBilled(stage)).toEqual(['bad', 'one']);
		expect(run.edited).toHaveLength(2);
	});

	onStage('with the error output too', async (stage) => {
		const provider = 'aiml';
		stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'bad' });
		const run = await stage.succeed({
			provider,
			prompt: changing,
			// n8n tries again when the first item has an error.
			items: ['bad', 'one', 'two'].map((p) => stage.item({ p })),
			node: { ...retrying(4), onError: 'continueErrorOutput' },
		});
		expect(promptsBilled(stage)).toEqual(['one', 'two']);
		expect(run.failed).toHaveLength(1);
	});

	onStage('a task is submitted once', async (stage) => {
		const provider = 'odkkk';
		stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'bad', times: 2 });
		await stage.succeed({
			provider,
			operation: 'submitTask',
			prompt: changing,
			items: ['one', 'two', 'bad'].map((p) => stage.item({ p })),
			options: { maxConcurrency: 1 },
			node: retrying(3),
		});
		expect(promptsBilled(stage)).toEqual(['bad', 'one', 'two']);
	});
});

describe('what is not the same item', () => {
	onStage('a node that is run twice by hand pays twice', async (stage) => {
		const order: Order = { provider: 'aiml', node: retrying(3) };
		await stage.succeed(order);
		await stage.succeed(order);
		expect(stage.emulator.ledger).toHaveLength(2);
	});

	onStage('four equal items are four edits', async (stage) => {
		await stage.succeed({
			provider: 'aiml',
			items: Array.from({ length: 4 }, () => stage.item()),
			node: retrying(3),
		});
		expect(stage.emulator.ledger).toHaveLength(4);
	});
});

describe('a second try reads nothing that it does not need', () => {
	onStage('an input URL that is gone by then', async (stage) => {
		const photo = plainPng(60, 60);
		let photos = 0;
		let submits = 0;
		const { run } = await meet(
			stage,
			async ({ path, method, body }, response) => {
				if (path.startsWith('/photo')) {
					photos += 1;
					if (photos > 2) return sendJson(response, { message: 'expired' }, 403);
					response.writeHead(200, { 'content-type': 'image/png' }).end(photo);
					return;
				}
				if (method !== 'POST') return sendJson(response, {});
				if (body.includes('bad')) return sendJson(response, { error: { message: 'no' } }, 400);
				submits += 1;
				sendJson(response, { data: [{ b64_json: photo.toString('base64') }] });
			},
			{
				provider: 'openAiCompatible',
				prompt: '={{ $json.p }}',
				items: ['one', 'bad'].map((p) => stage.item({ p })),
				options: { maxConcurrency: 1 },
				node: { ...retrying(3), onError: 'continueErrorOutput' },
			},
		);
		expect(submits).toBe(1);
		expect(run.edited.map(({ json }) => json.status)).toEqual(['completed']);
	});
});

describe('an error after a second try', () => {
	onStage('names everything that was paid for, not only what it came past', async (stage) => {
		const provider = 'aiml';
		// The last item to be sent: all others are paid for by then.
		stage.emulator.faults.add({ kind: 'acceptThenDrop', provider, prompt: 'lost' });
		const run = await stage.run({
			provider,
			prompt: '={{ $json.p }}',
			items: Array.from({ length: 20 }, (_, index) =>
				stage.item({ p: index === 19 ? 'lost' : 'fine' }),
			),
			options: { maxConcurrency: 1 },
			node: retrying(2),
		});
		expect(run.status).toBe('error');
		expect(stage.emulator.ledger).toHaveLength(20);
		const { paid } = run.error!.context as { paid: Array<{ item: number; url?: string }> };
		expect(paid.map(({ item }) => item)).toEqual(Array.from({ length: 20 }, (_, index) => index));
		for (const { url } of paid.slice(0, 19)) expect(url).toMatch(/^http/);
	});
});

describe('images inside of answers', () => {
	onStage('are paid for once, however many there are', async (stage) => {
		const images = 150;
		const image = plainPng(120, 120);
		// About 60 kB, just too short to flow into storage while the answer is read.
		const bytes = Buffer.concat([image, Buffer.alloc(44_000, 1)]);
		let submits = 0;
		const { run } = await meet(
			stage,
			withImages(({ body }, response) => {
				if (body.includes('bad')) return sendJson(response, { error: { message: 'no' } }, 400);
				submits += 1;
				sendJson(response, { data: [{ b64_json: bytes.toString('base64') }] });
			}),
			{
				provider: 'openAiCompatible',
				prompt: '={{ $json.p }}',
				images: [{ source: 'binary' }],
				items: Array.from({ length: images + 1 }, (_, index) =>
					stage.item({ p: index === 0 ? 'bad' : `edit ${index}` }),
				),
				options: { maxConcurrency: 10 },
				node: { ...retrying(3), onError: 'continueErrorOutput' },
			},
		);
		expect(run.edited).toHaveLength(images);
		expect(submits).toBe(images);
	});
});
