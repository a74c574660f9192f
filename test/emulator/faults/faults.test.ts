/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { useEmulator } from '../tests/emulator-in-test';
import {
	isTaskProvider,
	TASK_PROVIDERS,
	type ClientAnswer,
	type TaskProviderId,
} from '../tests/documented-client';
import { PROVIDER_IDS } from '../index';
import type { FaultKind, FaultRule, ProviderId } from '../index';

// Faults do not care what an image shows: ready-made ones keep the many cases quick.
const inTest = useEmulator({ taskSeconds: 30, editImages: false });

/** Where each provider's words stand in an error. */
function words(provider: ProviderId, json: Record<string, unknown>): string {
	switch (provider) {
		case 'fal':
		case 'replicate':
			return JSON.stringify(json.detail);
		case 'kie':
			return String(json.msg);
		case 'siliconFlow':
			return typeof json === 'string' ? json : String(json.message);
		case 'aiml':
		case 'dashScope':
		case 'modelsLab':
		case 'waveSpeed':
			return String(json.message);
		default:
			return String((json.error as Record<string, unknown>).message);
	}
}

/** Where each provider's results stand. */
function listIn(provider: ProviderId, json: ClientAnswer['json']): unknown {
	switch (provider) {
		case 'dashScope':
			return json.output.choices[0].message.content;
		case 'evoLink':
		case 'odkkk':
			return json.results;
		case 'fal':
		case 'siliconFlow':
			return json.images;
		case 'kie':
			return JSON.parse(json.data.resultJson).resultUrls;
		case 'modelsLab':
		case 'replicate':
			return json.output;
		case 'waveSpeed':
			return json.data.outputs;
		default:
			return json.data;
	}
}

/** The provider's own words for the states of a task. */
const STATES: Record<
	TaskProviderId,
	{
		pending: string;
		processing: string;
		completed: string;
		failed: string;
		at?: 'data';
		field?: 'state';
	}
> = {
	evoLink: {
		pending: 'pending',
		processing: 'processing',
		completed: 'completed',
		failed: 'failed',
	},
	fal: { pending: 'IN_QUEUE', processing: 'IN_PROGRESS', completed: '', failed: '' },
	kie: {
		pending: 'queuing',
		processing: 'generating',
		completed: 'success',
		failed: 'fail',
		at: 'data',
		field: 'state',
	},
	modelsLab: {
		pending: 'processing',
		processing: 'processing',
		completed: 'success',
		failed: 'error',
	},
	odkkk: { pending: 'pending', processing: 'processing', completed: 'completed', failed: 'failed' },
	replicate: {
		pending: 'starting',
		processing: 'processing',
		completed: 'succeeded',
		failed: 'failed',
	},
	waveSpeed: {
		pending: 'created',
		processing: 'processing',
		completed: 'completed',
		failed: 'failed',
		at: 'data',
	},
};

/** The state of a task in an answer; fal.ai's client reads the result of a finished one, which has none. */
function stateIn(provider: TaskProviderId, json: ClientAnswer['json']): string {
	const { at, field = 'status' } = STATES[provider];
	return String((at === undefined ? json : json[at])[field] ?? '');
}

const REFUSALS: Array<
	[kind: FaultKind, status: Partial<Record<ProviderId, number>> & { other: number }]
> = [
	['httpStatus', { other: 500 }],
	['rateLimit', { other: 429 }],
	['serviceUnavailable', { other: 503 }],
	[
		'insufficientCredit',
		{
			other: 403,
			dashScope: 400,
			evoLink: 402,
			kie: 200,
			modelsLab: 402,
			odkkk: 402,
			openAiCompatible: 429,
			replicate: 402,
			waveSpeed: 402,
		},
	],
	['contentRefused', { other: 400, fal: 422, kie: 200, modelsLab: 200, siliconFlow: 451 }],
	['echoKey', { other: 401, kie: 200 }],
	['errorInside200', { other: 200 }],
];

describe.each(PROVIDER_IDS)('%s: a submission that is not taken', (provider) => {
	test.each(REFUSALS)('%s', async (kind, statuses) => {
		const fault = inTest.emulator.faults.add({ provider, kind, times: 1 });
		const answer = await inTest.client.submit(provider);
		expect(answer.status).toBe(statuses[provider] ?? statuses.other);
		expect(words(provider, answer.json).length).toBeGreaterThan(5);
		expect(answer.text.includes(inTest.emulator.key(provider))).toBe(kind === 'echoKey');
		expect(inTest.emulator.ledger).toEqual([]);
		expect(inTest.emulator.requests[0]!.fault).toBe(kind);
		expect((await inTest.client.submit(provider)).status).toBeLessThan(300);
		expect(fault.fired).toBe(1);
		expect(inTest.emulator.ledger).toHaveLength(1);
	});

	test('gatewayPage is HTML', async () => {
		inTest.emulator.faults.add({ provider, kind: 'gatewayPage', status: 503 });
		const answer = await inTest.client.submit(provider);
		expect(answer).toMatchObject({ status: 503, text: expect.stringContaining('<html>') });
		expect(answer.headers.get('content-type')).toContain('text/html');
	});

	test('redirect leads to another origin, where a key is a leak', async () => {
		const { client, emulator } = inTest;
		emulator.faults.add({ provider, kind: 'redirect', times: 1 });
		const answer = await fetch(`${emulator.baseUrl(provider)}${client.path(provider)}`, {
			method: 'POST',
			headers: client.headers(provider),
			body: JSON.stringify(client.body(provider)),
			redirect: 'manual',
		});
		expect(answer.status).toBe(307);
		expect(new URL(answer.headers.get('location')!).origin).toBe(emulator.elsewhereOrigin);
		expect(emulator.ledger).toEqual([]);
	});

	test('refuseConnection bills nothing', async () => {
		inTest.emulator.faults.add({ provider, kind: 'refuseConnection' });
		await expect(inTest.client.submit(provider)).rejects.toThrow();
		expect(inTest.emulator.ledger).toEqual([]);
	});
});

describe.each(PROVIDER_IDS)('%s: a submission that is taken and badly answered', (provider) => {
	test.each<[FaultKind, Partial<FaultRule>]>([
		['acceptThenDrop', {}],
		['truncateBody', {}],
	])('%s: no whole answer, billed once', async (kind, more) => {
		inTest.emulator.faults.add({ provider, kind, ...more });
		await expect(inTest.client.submit(provider)).rejects.toThrow();
		expect(inTest.emulator.ledger).toHaveLength(1);
	});

	test('acceptThenHang: billed, no answer until the client leaves, which is noted', async () => {
		inTest.emulator.faults.add({ provider, kind: 'acceptThenHang' });
		const leaving = AbortSignal.timeout(300);
		await expect(inTest.client.submit(provider, {}, {}, leaving)).rejects.toThrow();
		expect(inTest.emulator.ledger).toHaveLength(1);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(inTest.emulator.requests[0]).toMatchObject({ abortedAt: expect.any(Number) });
		expect(inTest.emulator.requests[0]).not.toHaveProperty('answeredAt');
	});

	test.each<[FaultKind, number, RegExp]>([
		['acceptThenGateway504', 504, /504 Gateway Time-out/],
		['notJson', 200, /^[^{]*\(but not in JSON$/],
		['emptyBody', 200, /^$/],
	])('%s: billed once', async (kind, status, text) => {
		inTest.emulator.faults.add({ provider, kind });
		const answer = await inTest.client.submit(provider);
		expect(answer).toMatchObject({ status, text: expect.stringMatching(text), json: undefined });
		expect(inTest.emulator.ledger).toHaveLength(1);
	});

	test('slowHeaders and dripBody: late but whole', async () => {
		inTest.emulator.settings.modelVerse.answer = 'url';
		inTest.emulator.faults.add({ provider, kind: 'slowHeaders', ms: 150, times: 1 });
		inTest.emulator.faults.add({ provider, kind: 'dripBody', chunkBytes: 100, intervalMs: 10 });
		const started = performance.now();
		expect((await inTest.client.submit(provider)).json).toBeDefined();
		expect(performance.now() - started).toBeGreaterThan(149);
		const dripped = await inTest.client.submit(provider);
		expect(dripped.json).toBeDefined();
		expect(inTest.emulator.requests.map((request) => request.fault)).toEqual([
			'slowHeaders',
			'dripBody',
		]);
	});

	test.each<[FaultKind, unknown]>([
		['emptyResults', []],
		['nullData', null],
	])('%s', async (kind, left) => {
		const { client, emulator } = inTest;
		emulator.settings.modelsLab.answer = 'success';
		const isTask = isTaskProvider(provider) && provider !== 'modelsLab';
		const fault = emulator.faults.add({ provider, kind, route: isTask ? 'read' : 'submit' });
		const submitted = await client.submit(provider);
		if (!isTask) return expect(listIn(provider, submitted.json)).toEqual(left);
		const taskId = client.taskIdOf(provider, submitted);
		// An unfinished task has no results to lose.
		await client.readTask(provider, taskId);
		expect(fault.fired).toBe(0);
		emulator.advance(31);
		const { json } = await client.readTask(provider, taskId);
		// Kie.ai has its list inside a text, which is gone as a whole.
		if (provider === 'kie' && left === null) return expect(json.data.resultJson).toBeNull();
		expect(listIn(provider, json)).toEqual(left);
	});
});

describe('waiting times', () => {
	test.each<[ProviderId, unknown]>([
		['modelsLab', { retry_after: 30 }],
		['odkkk', { error: { fallback_suggestion: 'retry after 60 seconds' } }],
		['aiml', { statusCode: '429', message: 'Too Many Requests' }],
		['dashScope', { code: 'Throttling.RateQuota' }],
		['openAiCompatible', { error: { code: 'rate_limit_exceeded' } }],
		['evoLink', { error: { fallback_suggestion: 'retry after 60 seconds' } }],
		['kie', { code: 429, msg: 'Rate limit exceeded' }],
		['replicate', { status: 429, retry_after: 30 }],
		['siliconFlow', { message: expect.stringContaining('TPM limit reached') }],
	])('%s says them where its document does', async (provider, body) => {
		inTest.emulator.faults.add({ provider, kind: 'rateLimit' });
		const answer = await inTest.client.submit(provider);
		expect(answer).toMatchObject({ status: 429, json: body });
		expect(answer.headers.get('retry-after')).toBeNull();
	});

	test.each(PROVIDER_IDS)(
		'%s: as header, date, body or text, where a test wants them',
		async (provider) => {
			const ask = async (hint: NonNullable<FaultRule['hint']>) => {
				const fault = inTest.emulator.faults.add({ provider, kind: 'rateLimit', hint, seconds: 7 });
				const answer = await inTest.client.submit(provider);
				fault.remove();
				return answer;
			};
			expect((await ask('headerSeconds')).headers.get('retry-after')).toBe('7');
			const date = Date.parse((await ask('headerDate')).headers.get('retry-after')!);
			expect(date - Date.now()).toBeGreaterThan(6_000);
			expect(date - Date.now()).toBeLessThanOrEqual(8_000);
			expect((await ask('body')).text).toContain('"retry_after":7');
			expect((await ask('text')).text).toMatch(/retry after 7 seconds|resets in ~7s/i);
			expect((await ask('none')).text).not.toMatch(/retry.?after|resets in/i);
		},
	);

	test('a window ends by the clock', async () => {
		inTest.emulator.faults.add({ provider: 'aiml', kind: 'rateLimit', forSeconds: 5 });
		expect((await inTest.client.submit('aiml')).status).toBe(429);
		expect((await inTest.client.submit('aiml')).status).toBe(429);
		inTest.emulator.advance(5);
		expect((await inTest.client.submit('aiml')).status).toBe(200);
	});
});

describe.each(TASK_PROVIDERS)('%s: tasks', (provider) => {
	const start = async () => inTest.client.taskIdOf(provider, await inTest.client.submit(provider));
	const look = async (id: string) => await inTest.client.readTask(provider, id);
	const words = STATES[provider];

	test.each(['submit', 'read'] as const)('taskFailed on %s', async (route) => {
		inTest.emulator.faults.add({ provider, kind: 'taskFailed', route });
		const id = await start();
		inTest.emulator.advance(31);
		const answer = await look(id);
		expect(answer.status).toBe(provider === 'fal' ? 422 : 200);
		expect(stateIn(provider, answer.json)).toBe(words.failed);
		expect(answer.text).toMatch(/content|violat|policy|NSFW/i);
		expect(inTest.emulator.ledger).toEqual([
			expect.objectContaining({ status: 'failed', billed: 1 }),
		]);
	});

	test('taskNeverEnds', async () => {
		inTest.emulator.faults.add({ provider, kind: 'taskNeverEnds' });
		const id = await start();
		inTest.emulator.advance(100_000);
		expect(stateIn(provider, (await look(id)).json)).toBe(words.processing);
		expect(inTest.emulator.ledger[0]!.status).toBe('running');
	});

	test('taskGoesBack', async () => {
		inTest.emulator.faults.add({ provider, kind: 'taskGoesBack' });
		const id = await start();
		inTest.emulator.advance(15);
		const states: string[] = [];
		for (const seconds of [0, 16]) {
			inTest.emulator.advance(seconds);
			for (let turn = 0; turn < 3; turn++) states.push(stateIn(provider, (await look(id)).json));
		}
		const { pending, processing, completed } = words;
		expect(states).toEqual([processing, pending, processing, completed, processing, completed]);
	});

	test('unknownTask404, and bad looks that pass', async () => {
		const id = await start();
		inTest.emulator.advance(31);
		inTest.emulator.faults.add({ provider, route: 'read', kind: 'unknownTask404', times: 1 });
		inTest.emulator.faults.add({ provider, route: 'read', kind: 'gatewayPage', times: 1 });
		inTest.emulator.faults.add({ provider, route: 'read', kind: 'notJson', times: 1 });
		expect((await look(id)).status).toBe(provider === 'kie' ? 200 : 404);
		expect((await look(id)).status).toBe(502);
		expect((await look(id)).json).toBeUndefined();
		expect(stateIn(provider, (await look(id)).json)).toBe(words.completed);
		expect(inTest.emulator.ledger).toHaveLength(1);
	});
});

describe('aim', () => {
	test('after, times and prompt choose the calls', async () => {
		inTest.emulator.faults.add({
			route: 'submit',
			kind: 'httpStatus',
			status: 418,
			after: 1,
			times: 1,
		});
		inTest.emulator.faults.add({ kind: 'contentRefused', prompt: 'forbidden' });
		const statuses = [];
		for (const prompt of ['a', 'b', 'c', 'a forbidden thing']) {
			statuses.push((await inTest.client.submit('aiml', { prompt })).status);
		}
		expect(statuses).toEqual([200, 418, 200, 400]);
	});

	test('prompt also finds the reads and downloads of that job', async () => {
		inTest.emulator.faults.add({
			provider: 'odkkk',
			route: 'read',
			kind: 'httpStatus',
			prompt: 'second',
		});
		const first = (await inTest.client.submit('odkkk', { prompt: 'first' })).json.id;
		const second = (await inTest.client.submit('odkkk', { prompt: 'second' })).json.id;
		expect((await inTest.client.readTask('odkkk', first)).status).toBe(200);
		expect((await inTest.client.readTask('odkkk', second)).status).toBe(500);
	});

	test('a fault never strikes a call the provider refuses by itself', async () => {
		const fault = inTest.emulator.faults.add({ kind: 'acceptThenDrop', times: 1 });
		expect((await inTest.client.submit('aiml', { prompt: '' })).status).toBe(400);
		expect(fault.fired).toBe(0);
		await expect(inTest.client.submit('aiml')).rejects.toThrow();
		expect(fault.fired).toBe(1);
	});

	test('any refusal may come after the job was taken', async () => {
		inTest.emulator.faults.add({ provider: 'aiml', kind: 'gatewayPage', billed: true });
		expect((await inTest.client.submit('aiml')).status).toBe(502);
		expect(inTest.emulator.ledger).toHaveLength(1);
	});

	test('a rule that could never strike is an error', () => {
		const add = (rule: unknown) => () => inTest.emulator.faults.add(rule as FaultRule);
		expect(add({ kind: 'noSuchFault' })).toThrow('no fault');
		expect(add({ kind: 'taskFailed', route: 'result' })).toThrow('cannot strike');
		expect(add({ kind: 'refuseConnection', prompt: 'x' })).toThrow('before the prompt');
		expect(add({ kind: 'acceptThenDrop', billed: false })).toThrow('job that was taken');
	});

	test('credit and upload calls have faults of their own', async () => {
		const { client, emulator } = inTest;
		emulator.faults.add({ provider: 'odkkk', route: 'credit', kind: 'httpStatus', status: 503 });
		emulator.faults.add({ provider: 'modelsLab', route: 'upload', kind: 'gatewayPage' });
		expect(
			(await client.get(`${emulator.baseUrl('odkkk')}/v1/credits`, client.headers('odkkk'))).status,
		).toBe(503);
		const upload = `${emulator.baseUrl('modelsLab')}/image_editing/base64_to_url`;
		expect((await client.post(upload, { key: emulator.key('modelsLab') }, {})).status).toBe(502);
		expect((await client.submit('odkkk')).status).toBe(200);
	});
});
