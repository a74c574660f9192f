import { isTaskProvider } from './documented-client';
import { useEmulator } from './emulator-in-test';
import { PROVIDER_IDS } from '../index';
import { sha256 } from '../images/results';

const inTest = useEmulator();

describe('the ledger', () => {
	test.each(PROVIDER_IDS)(
		'%s: one entry per job taken, with hashes of the inputs',
		async (provider) => {
			await inTest.client.submit(provider, { surprise: 1 });
			const [entry, ...more] = inTest.emulator.ledger;
			expect(more).toEqual([]);
			const images = provider === 'odkkk' || provider === 'modelsLab' ? 2 : 1;
			expect(entry).toMatchObject({
				provider,
				billed: 1,
				prompt: inTest.client.body(provider).prompt,
				imageCount: images,
				inputSha256: Array<string>(images).fill(sha256(inTest.image)),
				unknownFields: ['surprise'],
				status: isTaskProvider(provider) ? 'running' : 'completed',
			});
			expect(JSON.stringify(entry)).not.toContain(inTest.emulator.key(provider));
			inTest.emulator.advance(31);
			expect(inTest.emulator.ledger[0]!.status).toBe('completed');
		},
	);

	// fal.ai refuses no body at the submit: its runs fail.
	test.each(PROVIDER_IDS.filter((id) => id !== 'fal'))(
		'%s: a refused request costs nothing and is on record with a reason',
		async (provider) => {
			await inTest.client.submit(provider, { prompt: undefined });
			expect(inTest.emulator.ledger).toEqual([]);
			expect(inTest.emulator.requests).toEqual([
				expect.objectContaining({
					provider,
					route: 'submit',
					method: 'POST',
					refusal: expect.stringContaining('prompt'),
					onResultsServer: false,
				}),
			]);
		},
	);

	test('odkkk: an idempotency key brings the first answer again and is paid once', async () => {
		const first = await inTest.client.submit('odkkk', {}, { 'idempotency-key': 'one' });
		const second = await inTest.client.submit('odkkk', {}, { 'idempotency-key': 'one' });
		expect(first.headers.get('idempotency-replayed')).toBeNull();
		expect(second.headers.get('idempotency-replayed')).toBe('true');
		expect(second.json).toEqual(first.json);
		expect(inTest.emulator.ledger).toHaveLength(1);
		expect(inTest.emulator.ledger[0]).toMatchObject({ idempotencyKey: 'one' });
		const other = await inTest.client.submit(
			'odkkk',
			{ prompt: 'another' },
			{ 'idempotency-key': 'one' },
		);
		expect(other).toMatchObject({ status: 409, json: { error: { code: 'idempotency_conflict' } } });
	});

	test('ModelsLab: the sixth open task is turned away with 429 and a wait in the body', async () => {
		for (let index = 0; index < 5; index++)
			expect((await inTest.client.submit('modelsLab')).json.status).toBe('processing');
		expect(await inTest.client.submit('modelsLab')).toMatchObject({
			status: 429,
			json: {
				status: 'error',
				message: 'Rate limit exceeded. Maximum 5 queued requests allowed.',
				retry_after: 30,
			},
		});
		inTest.emulator.advance(31);
		expect((await inTest.client.submit('modelsLab')).json.status).toBe('processing');
		expect(inTest.emulator.maxRunning).toBe(5);
	});

	test('calls in flight are counted', async () => {
		inTest.emulator.settings.latencyMs = 150;
		await Promise.all(
			Array.from({ length: 4 }, async () => await inTest.client.submit('chainHub')),
		);
		inTest.emulator.settings.latencyMs = 0;
		expect(inTest.emulator.maxInFlight).toBe(4);
		expect(inTest.emulator.maxInFlightOf('chainHub')).toBe(4);
		expect(inTest.emulator.maxInFlightOf('aiml')).toBe(0);
	});
});
