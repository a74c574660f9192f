/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { setTimeout as pause } from 'node:timers/promises';

import { providers } from '../../../nodes/QwenImageEdit/providers';
import type { RecordedRequest } from '../../emulator';
import { readImageNotes } from '../../emulator';
import { facts, Stage, type StageRun } from '../../engine/stage/scenario';

let stage: Stage;

beforeAll(async () => {
	stage = await Stage.open({ editImages: false });
});

afterEach(() => {
	expect(stage.sweep()).toEqual([]);
});

afterAll(async () => {
	await stage.close();
});

/** Items whose prompts tell them apart. */
function items(count: number) {
	return Array.from({ length: count }, (_, index) => stage.item({ prompt: `edit ${index}` }));
}

const ownPrompt = '={{ $json.prompt }}';

/** Whose image came out where, by what the emulator wrote into it. */
async function promptsOf(run: StageRun): Promise<Array<string | undefined>> {
	return await Promise.all(
		run.edited.map(async (item) => readImageNotes(await run.binaryBuffer(item))?.prompt),
	);
}

describe('a batch', () => {
	it('comes out in the order it went in, whichever edit is done first', async () => {
		stage.set({ latencyMs: { median: 60, sigma: 1 } });
		const run = await stage.succeed({
			provider: 'aiml',
			prompt: ownPrompt,
			items: items(20),
			options: { maxConcurrency: 7 },
		});
		expect(await promptsOf(run)).toEqual(items(20).map(({ json }) => json!.prompt));
		expect(run.edited.map(({ pairedItem }) => pairedItem)).toEqual(
			items(20).map((_, item) => ({ item })),
		);
		// Some did overtake others at the provider.
		const answered = stage.requests('submit').map(({ answeredAt }) => answeredAt!);
		expect(answered).not.toEqual([...answered].sort((one, other) => one - other));
	});

	it.each([1, 3, 12])('is as wide as Max Concurrency says: %p', async (maxConcurrency) => {
		stage.set({ latencyMs: 150 });
		await stage.succeed({ provider: 'aiml', items: items(24), options: { maxConcurrency } });
		expect(stage.emulator.maxInFlightOf('aiml')).toBe(maxConcurrency);
		expect(stage.emulator.maxRunning).toBe(maxConcurrency);
		expect(stage.emulator.ledger).toHaveLength(24);
	});

	it.each(['aiml', 'chainHub', 'modelVerse', 'odkkk', 'modelsLab'] as const)(
		'is as wide as %s is known to allow, when nothing is said',
		async (provider) => {
			stage.set({ latencyMs: 200, taskSeconds: 1.2 });
			const concurrency = providers.find(({ id }) => id === provider)!.concurrency;
			const links = facts[provider].takes === 'links';
			const url = stage.emulator.hostImage(stage.item().binary!.data!.bytes, 'photo.png');
			await stage.succeed({
				provider,
				items: items(concurrency + 2),
				...(links ? { images: [{ source: 'url' as const, url }] } : {}),
			});
			expect(stage.emulator.maxRunning).toBe(concurrency);
			expect(stage.emulator.ledger).toHaveLength(concurrency + 2);
		},
	);

	it('fills the queue of five of ModelsLab, and is never refused for a sixth', async () => {
		stage.set({ taskSeconds: 1.2, queueLimit: { modelsLab: 5 } });
		await stage.succeed({ provider: 'modelsLab', items: items(9) });
		expect(stage.emulator.maxRunning).toBe(5);
		expect(stage.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
	});

	it('goes on around a slow item, which holds no place but its own', async () => {
		stage.set({ latencyMs: 40 });
		stage.emulator.faults.add({
			provider: 'aiml',
			route: 'submit',
			kind: 'slowHeaders',
			ms: 2000,
			prompt: 'edit 0',
			times: 1,
		});
		await stage.succeed({
			provider: 'aiml',
			prompt: ownPrompt,
			items: items(9),
			options: { maxConcurrency: 2 },
		});
		const submits = stage.requests('submit');
		const answeredAt = (index: number): number => submits[index]!.answeredAt!;
		// The whole rest is done one by one beside it.
		for (let index = 1; index < 9; index += 1) {
			expect(answeredAt(index)).toBeLessThan(answeredAt(0));
		}
		expect(stage.emulator.maxInFlightOf('aiml')).toBe(2);
	});
});

describe('a pause that a provider asks for', () => {
	/** Requests of a provider that arrived after its refusal and before the time was over. */
	function inside(refusal: RecordedRequest, seconds: number): RecordedRequest[] {
		const from = refusal.answeredAt!;
		return stage.emulator.requests.filter(
			({ provider, server, at }) =>
				provider === refusal.provider &&
				server === 'api' &&
				// What was on its way when the refusal was written may still arrive.
				at > from + 100 &&
				at < from + seconds * 1000 - 5,
		);
	}

	it('holds two runs with the same credential, and none with another', async () => {
		stage.set({ latencyMs: 100 });
		stage.emulator.faults.add({
			provider: 'aiml',
			route: 'submit',
			kind: 'rateLimit',
			hint: 'headerSeconds',
			seconds: 2,
			times: 1,
			after: 3,
		});
		const startedAt = Date.now();
		const order = { provider: 'aiml' as const, options: { maxConcurrency: 2 } };
		const [one, two, other] = await Promise.all([
			stage.succeed({ ...order, items: items(8) }),
			stage.succeed({ ...order, items: items(8) }),
			stage.succeed({ provider: 'modelVerse', items: items(4) }).then(() => Date.now() - startedAt),
		]);
		const refusal = stage.requests('submit').find(({ status }) => status === 429)!;
		expect(inside(refusal, 2)).toEqual([]);
		expect(other).toBeLessThan(2000);
		for (const run of [one, two]) {
			const warnings = run.edited.flatMap(({ json }) => json.warnings as string[]);
			expect(warnings.length).toBeGreaterThan(0);
			for (const warning of warnings) expect(warning).toMatch(/^Waited \d+ s because AI\/ML API/);
		}
		expect(stage.emulator.ledger.filter(({ provider }) => provider === 'aiml')).toHaveLength(16);
	});

	it('in words is obeyed too (odkkk, seed 002), by reads as well as by submits', async () => {
		stage.set({ taskSeconds: 1 });
		stage.emulator.faults.add({
			provider: 'odkkk',
			route: 'submit',
			kind: 'rateLimit',
			hint: 'text',
			seconds: 2,
			times: 1,
			after: 3,
		});
		await stage.succeed({ provider: 'odkkk', items: items(8), options: { maxConcurrency: 4 } });
		const refusal = stage.requests('submit').find(({ status }) => status === 429)!;
		expect(inside(refusal, 2)).toEqual([]);
		expect(stage.emulator.ledger).toHaveLength(8);
	});

	it('is followed by one request, then two, then four', async () => {
		stage.set({ latencyMs: 300 });
		stage.emulator.faults.add({
			provider: 'aiml',
			route: 'submit',
			kind: 'rateLimit',
			hint: 'headerSeconds',
			seconds: 1,
			times: 8,
		});
		await stage.succeed({ provider: 'aiml', items: items(15), options: { maxConcurrency: 8 } });
		const taken = stage.requests('submit').filter(({ status }) => status === 200);
		const inFlight = taken.map((request) => request.inFlight);
		expect(inFlight.slice(0, 3)).toEqual([1, 1, 2]);
		expect(Math.max(...inFlight.slice(3, 7))).toBe(4);
	});
});

describe('the Stop button', () => {
	interface Stopped {
		run: StageRun;
		/** From the click to the end of the execution, in milliseconds. */
		milliseconds: number;
		/** The longest that a request under way went on after the click, in milliseconds. */
		longestAbort: number;
		requestsAfter: number;
	}

	/** Starts a batch, stops it, and waits to see whether anything goes on. */
	async function stopped(
		order: Parameters<Stage['start']>[0],
		ready: () => boolean,
	): Promise<Stopped> {
		const running = stage.start(order);
		const givenUpAt = Date.now() + 10_000;
		while (!ready()) {
			if (Date.now() > givenUpAt) throw new Error('never came to where it is to be stopped');
			await pause(10);
		}
		const open = stage.emulator.requests.filter(({ answeredAt }) => answeredAt === undefined);
		const before = stage.emulator.requests.length;
		const clickedAt = Date.now();
		running.cancel();
		const run = await running.finished;
		const milliseconds = Date.now() - clickedAt;
		await pause(700);
		return {
			run,
			milliseconds,
			longestAbort: Math.max(0, ...open.map(({ abortedAt = Infinity }) => abortedAt - clickedAt)),
			requestsAfter: stage.emulator.requests.length - before,
		};
	}

	/** The quickest of a few: other work on the machine can only make it slower. */
	async function quickest(attempt: (turn: number) => Promise<Stopped>): Promise<Stopped> {
		const took = ({ milliseconds, longestAbort }: Stopped): number =>
			Math.max(milliseconds, longestAbort);
		let best = await attempt(0);
		for (let turn = 1; turn < 5 && took(best) >= 100; turn += 1) {
			stage.sweep();
			const next = await attempt(turn);
			if (took(next) < took(best)) best = next;
		}
		return best;
	}

	it('ends requests under way within 100 ms, and starts none', async () => {
		const { run, milliseconds, longestAbort, requestsAfter } = await quickest(async () => {
			stage.set({ latencyMs: 20_000 });
			return await stopped(
				{ provider: 'aiml', items: items(12), options: { maxConcurrency: 4 } },
				() => stage.requests('submit').filter(({ bodyBytes }) => bodyBytes > 0).length === 4,
			);
		});
		expect(run.status).toBe('canceled');
		expect(requestsAfter).toBe(0);
		expect(longestAbort).toBeLessThan(100);
		expect(milliseconds).toBeLessThan(100);
		// They were sent, so they may be billed; the others were not.
		const description = String(run.error?.description);
		expect(`${run.error?.message} ${description}`).toMatch(/may have been billed/);
		for (const item of [1, 2, 3]) expect(description).toContain(`item ${item}:`);
		expect(description).not.toContain('item 4:');
	});

	it('ends the wait for tasks, and names what was paid for', async () => {
		const { run, milliseconds, requestsAfter } = await quickest(async () => {
			// A promise that is not kept: looked at early, and never done.
			stage.set({ taskSeconds: 60, odkkk: { estimatedTimeSeconds: 1 } });
			return await stopped(
				{ provider: 'odkkk', items: items(10), options: { maxConcurrency: 6 } },
				// A task that was looked at is one whose ID has arrived; the answer to its submit may still be on its way.
				() => new Set(stage.requests('read').map(({ path }) => path)).size === 6,
			);
		});
		expect(run.status).toBe('canceled');
		expect(requestsAfter).toBe(0);
		expect(milliseconds).toBeLessThan(100);
		const taskIds = stage.emulator.ledger.map(({ taskId }) => taskId!);
		expect(taskIds).toHaveLength(6);
		for (const taskId of taskIds) expect(String(run.error?.description)).toContain(taskId);
	});

	it('ends a pause that a provider asked for', async () => {
		const { run, milliseconds, requestsAfter } = await quickest(async (turn) => {
			stage.emulator.faults.add({
				provider: 'chainHub',
				route: 'submit',
				kind: 'rateLimit',
				hint: 'headerSeconds',
				seconds: 60,
			});
			// Keys of its own: nobody else is to wait at this door.
			await stage.saveCredential(`own ${turn}`, 'chainHub', { apiKey: `own-key-${turn}` });
			return await stopped(
				{
					provider: 'chainHub',
					items: items(5),
					credential: `own ${turn}`,
					options: { maxConcurrency: 3 },
				},
				// By then nothing is on its way any more, and all wait.
				() =>
					stage.emulator.requests.some(
						({ answeredAt = Infinity }) => Date.now() - answeredAt > 200,
					),
			);
		});
		expect(run.status).toBe('canceled');
		expect(requestsAfter).toBe(0);
		expect(milliseconds).toBeLessThan(100);
		expect(stage.emulator.ledger).toEqual([]);
	});

	it('ends a download in the middle, and names the image that is there', async () => {
		const { run, milliseconds, requestsAfter } = await quickest(async () => {
			stage.emulator.faults.add({ provider: 'aiml', kind: 'resultSlow', intervalMs: 1000 });
			return await stopped(
				{ provider: 'aiml', items: items(2) },
				() => stage.requests('result').length === 2,
			);
		});
		expect(run.status).toBe('canceled');
		expect(requestsAfter).toBe(0);
		expect(milliseconds).toBeLessThan(100);
		for (const { url } of stage.emulator.results) {
			expect(String(run.error?.description)).toContain(url);
		}
	});
});
