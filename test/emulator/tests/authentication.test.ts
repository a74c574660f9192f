import { useEmulator } from './emulator-in-test';
import { PROVIDER_IDS } from '../index';
import type { ProviderId } from '../index';

const inTest = useEmulator();

const requestIdSuffix = / \(request id: [0-9a-f]{32}\)$/;

describe('authentication', () => {
	const wrong: Record<ProviderId, [status: number, body: unknown]> = {
		evoLink: [
			401,
			{
				error: {
					code: 401,
					message: 'Invalid authentication credentials',
					type: 'authentication_error',
				},
			},
		],
		fal: [401, { detail: 'No user found for Key ID and Secret' }],
		kie: [200, { code: 401, msg: 'You do not have access permissions' }],
		replicate: [
			401,
			{
				detail: 'You did not pass a valid authentication token',
				status: 401,
				title: 'Unauthenticated',
			},
		],
		siliconFlow: [401, 'Invalid token'],
		waveSpeed: [401, { code: 401, message: 'Invalid authentication' }],
		aiml: [
			401,
			{
				statusCode: '401',
				message: expect.stringContaining('requires a valid API key'),
				path: '/v1/images/generations',
				requestId: expect.any(String),
				timestamp: expect.any(String),
			},
		],
		chainHub: [
			401,
			{
				error: {
					message: expect.stringMatching(requestIdSuffix),
					type: 'new_api_error',
					param: '',
					code: expect.any(String),
				},
			},
		],
		dashScope: [
			401,
			{
				request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
				code: 'InvalidApiKey',
				message: 'Invalid API-key provided.',
			},
		],
		openAiCompatible: [
			401,
			{
				error: {
					message: expect.any(String),
					type: 'invalid_request_error',
					param: null,
					code: 'invalid_api_key',
				},
			},
		],
		modelsLab: [200, { status: 'error', message: 'Invalid API key' }],
		modelVerse: [
			401,
			{
				error: {
					message: expect.any(String),
					type: 'auth_error',
					param: expect.any(String),
					code: 'auth_error',
				},
			},
		],
		odkkk: [
			401,
			{
				error: {
					code: 401,
					message: 'Invalid authentication credentials',
					type: 'authentication_error',
				},
			},
		],
	};

	test.each(PROVIDER_IDS)('%s: only the exact key is taken', async (provider) => {
		const [status, json] = wrong[provider];
		const key = inTest.emulator.key(provider);
		expect(key.length).toBeGreaterThanOrEqual(30);
		for (const bad of [`${key}x`, key.slice(0, -1), '']) {
			const answer = await inTest.client.submit(
				provider,
				provider === 'modelsLab' ? { key: bad } : {},
				{
					...(provider !== 'modelsLab' && {
						authorization: `${provider === 'fal' ? 'Key' : 'Bearer'} ${bad}`,
					}),
				},
			);
			expect([answer.status, answer.json]).toEqual([status, json]);
		}
		expect(inTest.emulator.ledger).toEqual([]);
	});

	test('ModelsLab: a Bearer header does not stand in for the key in the body, and reading needs it too', async () => {
		const header = { authorization: `Bearer ${inTest.emulator.key('modelsLab')}` };
		expect((await inTest.client.submit('modelsLab', { key: undefined }, header)).json.status).toBe(
			'error',
		);
		const { json } = await inTest.client.submit('modelsLab');
		const read = await inTest.client.post(
			json.fetch_result,
			{},
			inTest.client.headers('modelsLab'),
		);
		expect(read.json).toEqual({ status: 'error', message: 'Invalid API key' });
	});

	test('ModelsLab: errors carry the documented statuses when asked to', async () => {
		inTest.emulator.settings.modelsLab.errorStatus = 'documented';
		const answer = await inTest.client.submit('modelsLab', { key: 'no' });
		expect(answer.status).toBe(401);
	});

	test.each([
		['aiml', '/v2/billing', { current_balance: expect.any(Number), currency: 'USD' }],
		['chainHub', '/v1/models', { object: 'list' }],
		['dashScope', '/../../compatible-mode/v1/models', { object: 'list' }],
		['evoLink', '/v1/credits', { success: true, data: { user: { used_credits: 0 } } }],
		['replicate', '/v1/account', { type: 'user', username: 'emulated' }],
		['siliconFlow', '/user/info', { code: 20000, data: { balance: '0.88' } }],
		['waveSpeed', '/api/v3/balance', { code: 200, data: { balance: 10 } }],
		['openAiCompatible', '/v1/models', { object: 'list', data: [{ id: 'qwen-image-edit' }] }],
		[
			'odkkk',
			'/v1/credits',
			{
				success: true,
				message: '',
				data: { token: { remaining_credits: 1000 }, user: { used_credits: 0 } },
			},
		],
	] as const)('%s: %s proves the key', async (provider, path, expected) => {
		const url = `${inTest.emulator.baseUrl(provider)}${path}`;
		expect(await inTest.client.get(url, inTest.client.headers(provider))).toMatchObject({
			status: 200,
			json: expected,
		});
		expect((await inTest.client.get(url, { authorization: 'Bearer no' })).status).toBe(401);
	});

	test('Kie.ai: the credit call tells a wrong key with HTTP 200', async () => {
		const url = `${inTest.emulator.baseUrl('kie')}/api/v1/chat/credit`;
		const right = await inTest.client.get(url, inTest.client.headers('kie'));
		expect(right).toMatchObject({ status: 200, json: { code: 200, data: 1000 } });
		const bad = await inTest.client.get(url, { authorization: 'Bearer no' });
		expect(bad).toMatchObject({ status: 200, json: { code: 401 } });
	});

	test('fal.ai: a request that nobody made tells a good key from a bad one', async () => {
		const path =
			'/fal-ai/qwen-image-edit-2511/requests/00000000-0000-0000-0000-000000000000/status';
		const url = `${inTest.emulator.baseUrl('fal')}${path}`;
		expect((await inTest.client.get(url, inTest.client.headers('fal'))).status).toBe(404);
		expect((await inTest.client.get(url, { authorization: 'Key no' })).status).toBe(401);
	});

	test('ModelsLab: the wallet lies one level above v6', async () => {
		const url = new URL('../wallet_balance', `${inTest.emulator.baseUrl('modelsLab')}/`).href;
		expect(url).toBe(`${inTest.emulator.apiOrigin}/modelslab/api/wallet_balance`);
		const right = await inTest.client.post(
			url,
			{ key: inTest.emulator.key('modelsLab') },
			inTest.client.headers('modelsLab'),
		);
		expect(right.json).toEqual({ status: 'success', data: { balance: 43.6, currency: 'USD' } });
		const bad = await inTest.client.post(url, { key: 'no' }, inTest.client.headers('modelsLab'));
		expect(bad.json).toEqual({ status: 'error', message: 'Invalid API key' });
	});

	test('ModelVerse: /v1/models needs no key; a bad body tells a good key (400) from a bad one (401)', async () => {
		const base = inTest.emulator.baseUrl('modelVerse');
		expect((await inTest.client.get(`${base}/v1/models`)).status).toBe(200);
		const good = await inTest.client.post(
			`${base}/v1/images/generations`,
			{},
			inTest.client.headers('modelVerse'),
		);
		expect(good).toMatchObject({ status: 400, json: { error: { code: 'param_error' } } });
		const bad = await inTest.client.post(
			`${base}/v1/images/generations`,
			{},
			{ authorization: 'Bearer no' },
		);
		expect(bad).toMatchObject({ status: 401, json: { error: { code: 'auth_error' } } });
		expect(inTest.emulator.ledger).toEqual([]);
	});
});
