/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { sendJson, startRawHost } from './hosts/rawHost';
import { onStage, providerIds, type Order, type Stage } from '../stage/scenario';

import { plainPng, type FaultRule } from '../../emulator';

/** Longer than a busy machine keeps one request behind another. */
const pauseSeconds = 3;
/** When the answer comes that asks for a pause: the other three of the run, and the first of the other run. */
const mostUnderWay = 4;

/** In a header and in a body; every other form is in the matrix. */
const hints: Array<FaultRule['hint']> = ['headerSeconds', 'body'];

/** When keyed requests reached the provider after the answer that asked for a pause, in milliseconds. */
function afterTheLimit(stage: Stage): number[] {
	const requests = stage.emulator.requests.filter(({ server }) => server === 'api');
	const limited = requests.find(({ fault }) => fault !== undefined)!;
	return requests.filter(({ id }) => id > limited.id).map(({ at }) => at - limited.at);
}

describe.each(providerIds)('%s asks to be left alone', (provider) => {
	const order = (stage: Stage): Order => ({
		provider,
		images: [{ source: 'url', url: stage.emulator.hostImage(plainPng(500, 500)) }],
		items: Array.from({ length: 8 }, () => stage.item()),
		options: { maxConcurrency: 4, timeoutSeconds: 60 },
	});

	for (const hint of hints) {
		onStage(
			`by ${hint}: all items of the run stay away, and those of another run with the same key`,
			async (stage) => {
				const seconds = pauseSeconds;
				stage.emulator.faults.add({ kind: 'rateLimit', provider, hint, seconds, times: 1 });
				const first = stage.start(order(stage));
				while (!stage.emulator.requests.some(({ fault }) => fault === 'rateLimit')) {
					await new Promise((resolve) => setImmediate(resolve));
				}
				const second = stage.start({ ...order(stage), items: [stage.item()] });
				const runs = await Promise.all([first.finished, second.finished]);
				expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
				expect(stage.emulator.ledger).toHaveLength(9);
				const arrivals = afterTheLimit(stage);
				// The pause counts from when the node reads the answer, which a busy machine may do late.
				const resumed = arrivals.findIndex(
					(after, index) => after - (arrivals[index - 1] ?? 0) > 0.9 * seconds * 1000,
				);
				expect(resumed).toBeGreaterThanOrEqual(0);
				expect(resumed).toBeLessThanOrEqual(mostUnderWay);
				expect(arrivals[resumed]).toBeGreaterThanOrEqual(seconds * 1000 - 2);
				expect(arrivals.length).toBeGreaterThan(resumed + 1);
			},
			{ editImages: false, taskSeconds: 0.2, queueLimit: 100 },
		);
	}

	onStage(
		'for longer than the items have time: none of them is sent before it is over',
		async (stage) => {
			stage.emulator.faults.add({
				kind: 'rateLimit',
				provider,
				hint: 'headerSeconds',
				seconds: 60,
				times: 1,
			});
			const run = await stage.run({
				...order(stage),
				options: { maxConcurrency: 1, timeoutSeconds: 10 },
				node: { onError: 'continueRegularOutput' },
			});
			const kinds = run.edited.map(({ json }) => (json.details as { errorKind: string }).errorKind);
			expect(kinds).toEqual(Array.from({ length: 8 }, () => 'rateLimit'));
			expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toHaveLength(1);
		},
		{ editImages: false },
	);
});

onStage(
	'a refusal that is final names a pause too, and the other items keep to it',
	async (stage) => {
		const at: number[] = [];
		const host = await startRawHost((request, response, { origin }) => {
			if (request.method === 'GET') {
				response.writeHead(200, { 'content-type': 'image/png' }).end(plainPng(500, 500));
				return;
			}
			at.push(Date.now());
			if (at.length === 1) sendJson(response, { message: 'no' }, 400, { 'retry-after': '2' });
			else sendJson(response, { data: [{ url: `${origin}/result.png` }] });
		});
		try {
			await stage.saveCredential('raw', 'aiml', { baseUrl: host.origin });
			const run = await stage.run({
				provider: 'aiml',
				credential: 'raw',
				images: [{ source: 'url', url: `${host.origin}/photo.png` }],
				items: [stage.item(), stage.item(), stage.item()],
				options: { maxConcurrency: 1 },
				node: { onError: 'continueRegularOutput' },
			});
			expect(run.edited.map(({ json }) => 'error' in json)).toEqual([true, false, false]);
			expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(1998);
		} finally {
			await host.stop();
		}
	},
);
