import { onStage } from '../stage/scenario';
import { TriggerStage } from '../stage/triggerStage';

import { replicateSecret } from '../../emulator/callbacks/signatures';

const soon = { taskSeconds: 0.05 } as const;

describe('events', () => {
	onStage('only those that are chosen start an execution', async (stage) => {
		stage.set(soon);
		const finished = new TriggerStage(stage, {
			provider: 'odkkk',
			parameters: { events: ['completed'] },
		});
		stage.emulator.faults.add({ kind: 'taskFailed', provider: 'odkkk', times: 1 });
		const failed = await finished.submit();
		const refused = await finished.callFor(failed.record);
		expect(refused).toMatchObject({ httpStatus: 200 });
		expect(refused.run).toBeUndefined();
		const right = await finished.submit();
		expect((await finished.callFor(right.record)).run!.status).toBe('success');
	});

	onStage('a call about a task that goes on is asked to come again', async (stage) => {
		stage.set({ taskSeconds: 60 });
		const trigger = new TriggerStage(stage, { provider: 'replicate' });
		await stage.succeed({
			provider: 'replicate',
			operation: 'submitTask',
			options: { callbackUrl: trigger.url },
		});
		const [entry] = stage.emulator.ledger;
		const record = {
			provider: 'replicate' as const,
			url: trigger.url,
			body: { id: entry!.taskId!, status: 'succeeded' },
			at: Date.now(),
			deliveries: [],
		};
		const answer = await trigger.callFor(record);
		expect(answer).toMatchObject({ httpStatus: 503 });
		expect(answer.run).toBeUndefined();
		stage.emulator.advance(61);
		expect((await trigger.callFor(record)).run!.status).toBe('success');
	});
});

describe('the output', () => {
	onStage('is the URL alone when no image is to be downloaded', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, {
			provider: 'waveSpeed',
			parameters: { downloadImage: false },
		});
		const { record } = await trigger.submit();
		const { run } = await trigger.callFor(record);
		const [item] = run!.items('Finished');
		expect(item!.binary).toBeUndefined();
		const { image, status, count } = item!.json as { image: object; status: string; count: number };
		expect({ status, count }).toEqual({ status: 'completed', count: 1 });
		expect(image).toEqual({
			url: stage.emulator.results[0]!.url,
			expiresAt: expect.stringMatching(/^20\d\d-/),
		});
		expect(stage.emulator.results[0]!.downloads).toBe(0);
	});

	onStage('goes where the options say', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, {
			provider: 'odkkk',
			options: { binaryPropertyName: 'edited', fileName: 'night' },
		});
		const { record } = await trigger.submit();
		const { run } = await trigger.callFor(record);
		expect(run!.items('Finished')[0]!.binary!.edited!.fileName).toBe('night.png');
	});

	onStage('comes however long the download takes, and the answer does not wait', async (stage) => {
		stage.set({ ...soon, resultBytes: 8_000_000 });
		const trigger = new TriggerStage(stage, { provider: 'evoLink' });
		const { record } = await trigger.submit();
		stage.emulator.faults.add({ kind: 'resultSlow', chunkBytes: 400_000, intervalMs: 100 });
		const started = performance.now();
		const { run, tookMs, httpStatus } = await trigger.callFor(record);
		expect(httpStatus).toBe(200);
		expect(tookMs).toBeLessThan(1000);
		expect(performance.now() - started).toBeGreaterThan(1500);
		expect(run!.items('Finished')[0]!.json.image).toMatchObject({ bytes: 8_000_000 });
	});

	onStage(
		'a download that fails is an error that names the task, and can be tried again',
		async (stage) => {
			stage.set(soon);
			const trigger = new TriggerStage(stage, {
				provider: 'odkkk',
				options: { timeoutSeconds: 3 },
			});
			const { record, entry } = await trigger.submit();
			stage.emulator.faults.add({ kind: 'resultExpired403' });
			const { run, httpStatus } = await trigger.callFor(record);
			expect(httpStatus).toBe(200);
			expect(run!.status).toBe('error');
			expect(run!.error).toMatchObject({ context: { taskId: entry.taskId } });
			expect(run!.runsOf('Next')).toEqual([]);
		},
	);
});

describe('the secret', () => {
	onStage('of the credential is taken instead of asking the provider', async (stage) => {
		stage.set(soon);
		await stage.saveCredential('pasted', 'replicate', { callbackSecret: replicateSecret('own') });
		await stage.saveCredential('wrong', 'replicate', { callbackSecret: replicateSecret('other') });
		const trigger = new TriggerStage(stage, { provider: 'replicate', credential: 'pasted' });
		const { record } = await trigger.submit();
		expect((await trigger.callFor(record)).run!.status).toBe('success');
		const asked = stage.emulator.requests.filter(({ path }) => path.includes('/webhooks/'));
		expect(asked).toEqual([]);
		const wrong = new TriggerStage(stage, { provider: 'replicate', credential: 'wrong' });
		const answer = await wrong.callFor({ ...record, url: wrong.url });
		expect(answer).toMatchObject({ httpStatus: 401 });
	});

	onStage('is asked for once, with the key, and is in no output', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, { provider: 'waveSpeed' });
		for (let task = 0; task < 3; task += 1) {
			const { record } = await trigger.submit();
			expect((await trigger.callFor(record)).httpStatus).toBe(200);
		}
		const asked = stage.emulator.requests.filter(({ path }) => path.includes('/webhook/secret'));
		expect(asked.map(({ status }) => status)).toEqual([200]);
		for (const run of trigger.runs) expect(run.stored()).not.toContain('whsec_');
	});

	onStage(
		'in the URL is all that Kie.ai needs as long as no signing secret is entered',
		async (stage) => {
			stage.set(soon);
			const trigger = new TriggerStage(stage, { provider: 'kie' });
			const { record } = await trigger.submit();
			expect(new URL(record.url).searchParams.get('secret')).toMatch(/^[0-9a-f]{64}$/);
			expect((await trigger.callFor({ ...record, url: trigger.url })).httpStatus).toBe(401);
			expect((await trigger.callFor(record)).run!.status).toBe('success');
		},
	);

	onStage(
		'is not needed where calls are signed: the edit may be submitted by other means',
		async (stage) => {
			stage.set(soon);
			const trigger = new TriggerStage(stage, { provider: 'replicate' });
			const { record } = await trigger.submit();
			expect((await trigger.callFor({ ...record, url: trigger.url })).run!.status).toBe('success');
		},
	);

	onStage('that cannot be asked for lets the provider call again', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, { provider: 'replicate' });
		const { record } = await trigger.submit();
		await stage.saveCredential('refused', 'replicate', { apiKey: 'a-key-that-nobody-knows' });
		const refused = new TriggerStage(stage, { provider: 'replicate', credential: 'refused' });
		expect(await refused.callFor({ ...record, url: refused.url })).toMatchObject({
			httpStatus: 503,
		});
	});
});

describe('fal.ai', () => {
	onStage('a request of another model is read under the app of that model', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, { provider: 'fal' });
		const model = 'fal-ai/qwen-image-edit-plus';
		await stage.succeed({
			provider: 'fal',
			operation: 'submitTask',
			options: { callbackUrl: trigger.url },
			parameters: { model },
		});
		const record = await trigger.recordOf(stage.emulator.ledger[0]!);
		const { run } = await trigger.callFor(record);
		expect(run!.items('Finished')[0]!.json.taskId).toMatch(
			/^fal-ai\/qwen-image-edit-plus\/requests\//,
		);
	});

	onStage(
		'the call about the task of somebody else is signed, and starts nothing',
		async (stage) => {
			stage.set(soon);
			const trigger = new TriggerStage(stage, { provider: 'fal' });
			const { record } = await trigger.submit();
			const foreign = {
				...record,
				url: trigger.url,
				body: { ...record.body, request_id: '00000000-1111-4222-8333-444444444444' },
			};
			const answer = await trigger.callFor(foreign, { account: 'other' });
			expect(answer).toMatchObject({ httpStatus: 404 });
			expect(answer.run).toBeUndefined();
		},
	);

	onStage('the key set is read without a key, once', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, { provider: 'fal' });
		for (let task = 0; task < 2; task += 1) {
			const { record } = await trigger.submit();
			expect((await trigger.callFor(record)).httpStatus).toBe(200);
		}
		const asked = stage.emulator.requests.filter(({ path }) => path.endsWith('/jwks.json'));
		expect(asked).toHaveLength(1);
		expect(asked[0]!.headers.authorization).toBeUndefined();
	});
});

describe('the test URL', () => {
	onStage('works as often as somebody tries, and leaves nothing behind', async (stage) => {
		stage.set(soon);
		const trigger = new TriggerStage(stage, { provider: 'odkkk' });
		const { record } = await trigger.submit();
		const { headers, payload } = stage.emulator.signCallback(record);
		for (let call = 0; call < 2; call += 1) {
			const answer = await trigger.call({ headers, payload, url: record.url, mode: 'manual' });
			expect(answer.run!.items('Finished')[0]!.binary).toBeDefined();
		}
		expect(trigger.staticData).toEqual({});
		const forged = await trigger.call({ payload, url: trigger.url, mode: 'manual' });
		expect(forged).toMatchObject({ httpStatus: 401 });
	});
});

describe('Callback URL', () => {
	const addresses = [
		['http://n8n.example.com/webhook/1/qwen-image-edit', 'must start with https://'],
		['https://localhost:5678/webhook/1/qwen-image-edit', 'public address'],
		['https://192.168.1.5/webhook/1/qwen-image-edit', 'public address'],
		['https://n8n.internal/webhook/1/qwen-image-edit', 'public address'],
		[`https://n8n.example.com/${'x'.repeat(2100)}`, '2048 characters'],
	] as const;

	describe.each(['evoLink', 'fal', 'kie', 'modelsLab', 'odkkk', 'replicate', 'waveSpeed'] as const)(
		'%s',
		(provider) => {
			onStage('is checked before anything is sent', async (stage) => {
				for (const [callbackUrl, words] of addresses) {
					const run = await stage.run({
						provider,
						operation: 'submitTask',
						options: { callbackUrl },
					});
					expect(run.status).toBe('error');
					expect(run.error!.message).toContain("'Callback URL'");
					expect(run.error!.message).toContain(words);
				}
				expect(stage.emulator.requests).toEqual([]);
			});

			onStage('of anything else than the trigger goes to the provider as it is', async (stage) => {
				stage.set(soon);
				const callbackUrl = 'https://example.com/hooks/edited?tenant=7';
				await stage.succeed({ provider, operation: 'submitTask', options: { callbackUrl } });
				const trigger = new TriggerStage(stage, { provider });
				const { url } = await trigger.recordOf(stage.emulator.ledger[0]!);
				expect(url).toBe(callbackUrl);
			});
		},
	);
});
