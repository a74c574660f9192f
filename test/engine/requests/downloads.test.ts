/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { expectFailedItem, expectImage } from '../stage/output';
import { onStage, providerIds, type Order } from '../stage/scenario';

import type { FaultRule } from '../../emulator';

const onItem = { onError: 'continueRegularOutput' } as const;

/** One provider whose answer is the image, one with a task: both keep what they know in the error. */
const providers = ['aiml', 'odkkk'] as const;

describe.each(providers)(
	'%s: what is no image is refused, and nothing that was paid for is lost',
	(provider) => {
		const wrong: Array<
			[name: string, fault: Omit<FaultRule, 'provider'>, says: RegExp, order?: Partial<Order>]
		> = [
			// Not a word of the page: of a body from a private address nothing is quoted.
			[
				'an HTML page behind 200',
				{ kind: 'resultHtmlPage200' },
				/not an image \(text\/html[^)]*\)(?!.*moment)/s,
			],
			['an expired link', { kind: 'resultExpired403' }, /403.*expired/s],
			['a few bytes', { kind: 'resultTinyFile' }, /not an image/],
			['an empty body', { kind: 'emptyBody', route: 'result' }, /not an image|empty/],
			[
				'a body without end',
				{ kind: 'resultEndless' },
				/larger than 1 MB/,
				{ options: { maxImageMegabytes: 1 } },
			],
			['a redirect in a circle', { kind: 'resultRedirect', to: 'loop' }, /redirect/],
		];

		for (const [name, fault, says, order] of wrong) {
			onStage(name, async (stage) => {
				stage.emulator.faults.add({ ...fault, provider });
				const run = await stage.run({ provider, node: onItem, ...order });
				const [entry] = stage.emulator.ledger;
				const [result] = stage.emulator.results;
				const { error, details } = expectFailedItem(run.edited[0], 0, {
					url: result!.url,
					provider,
				});
				expect(error).toMatch(says);
				expect(details.taskId).toBe(entry!.taskId);
				expect(stage.emulator.ledger).toHaveLength(1);
				expect(stage.requests('submit')).toHaveLength(1);
			});
		}

		onStage('and the error of the workflow keeps both as well', async (stage) => {
			stage.emulator.faults.add({ kind: 'resultExpired403', provider });
			const run = await stage.run({ provider });
			expect(run.status).toBe('error');
			const told = `${run.error!.message} ${run.error!.description}`;
			expect(told).toContain(stage.emulator.results[0]!.url);
			const { taskId } = stage.emulator.ledger[0]!;
			if (taskId !== undefined) expect(told).toContain(taskId);
		});
	},
);

describe('a download is tried again, and nothing is paid again', () => {
	const passing: Array<[name: string, fault: FaultRule]> = [
		['when the link is not ready yet', { kind: 'resultNotFound404Once' }],
		['when the connection breaks', { kind: 'truncateBody', route: 'result', times: 1 }],
		['when the image is cut off', { kind: 'resultTruncatedImage', times: 1 }],
		[
			'when a gateway is in the way',
			{ kind: 'gatewayPage', route: 'result', times: 1, status: 502 },
		],
		[
			'when it is asked to wait',
			{ kind: 'rateLimit', route: 'result', times: 1, hint: 'headerSeconds', seconds: 1 },
		],
		[
			'when the connection is closed at once',
			{ kind: 'refuseConnection', route: 'result', times: 1 },
		],
		['when the page of a doorkeeper comes first', { kind: 'resultHtmlPage200', times: 1 }],
	];

	for (const [name, fault] of passing) {
		onStage(name, async (stage) => {
			stage.emulator.faults.add({ ...fault, provider: 'chainHub' });
			const run = await stage.succeed({ provider: 'chainHub' });
			const [entry] = stage.emulator.ledger;
			await expectImage(stage, run, { provider: 'chainHub', entry: entry! });
			expect(stage.emulator.ledger).toHaveLength(1);
			expect(stage.requests('result').length).toBeGreaterThanOrEqual(2);
		});
	}
});

onStage('a download follows a redirect to another host, without any credentials', async (stage) => {
	stage.emulator.faults.add({ kind: 'resultRedirect', provider: 'aiml' });
	const run = await stage.succeed({ provider: 'aiml' });
	await expectImage(stage, run, { provider: 'aiml', entry: stage.emulator.ledger[0]! });
	const elsewhere = stage.emulator.requests.filter(({ server }) => server === 'elsewhere');
	expect(elsewhere).toHaveLength(1);
	expect(elsewhere[0]!.headers).not.toHaveProperty('authorization');
});

onStage('no download of any provider carries credentials', async (stage) => {
	stage.set({ modelVerse: { answer: 'url' } });
	await Promise.all(providerIds.map(async (provider) => await stage.succeed({ provider })));
	const downloads = stage.requests('result');
	// All but the server of one's own, which answers with the image itself.
	expect(downloads.length).toBeGreaterThanOrEqual(providerIds.length - 1);
	for (const { headers } of downloads) {
		expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['authorization', 'cookie']));
		expect(JSON.stringify(headers)).not.toContain('emulated-');
	}
	for (const { headers } of stage
		.requests('submit')
		.filter(({ provider }) => provider === 'modelsLab')) {
		// The key of ModelsLab has its place in the body.
		expect(headers).not.toHaveProperty('authorization');
	}
});

onStage('a slow download is waited for, an endless wait is not', async (stage) => {
	stage.emulator.faults.add({
		kind: 'slowHeaders',
		route: 'result',
		provider: 'aiml',
		ms: 4500,
		times: 1,
	});
	// Long enough for the submit on a busy machine, shorter than the download.
	const options = { timeoutSeconds: 3 };
	// What is paid for gets its time, however short the time-out.
	const run = await stage.succeed({ provider: 'aiml', options });
	expect(run.edited[0]!.json.status).toBe('completed');
});

onStage('stopping a workflow ends a download', async (stage) => {
	stage.emulator.faults.add({
		kind: 'resultSlow',
		provider: 'aiml',
		chunkBytes: 1,
		intervalMs: 100,
	});
	const running = stage.start({ provider: 'aiml' });
	while (stage.requests('result').length === 0)
		await new Promise((resolve) => setTimeout(resolve, 10));
	await new Promise((resolve) => setTimeout(resolve, 150));
	const stopped = Date.now();
	running.cancel();
	const run = await running.finished;
	expect(Date.now() - stopped).toBeLessThan(1000);
	expect(run.runsOf('Next')).toEqual([]);
	// The link was paid for: it must still be found in the stopped run.
	expect(run.stored()).toContain(stage.emulator.results[0]!.url);
});
