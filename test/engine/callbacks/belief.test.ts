import { sha256 } from '../stage/images';
import { onStage, type Stage } from '../stage/scenario';
import { TriggerStage, type CallAnswer } from '../stage/triggerStage';

import { providers } from '../../../nodes/QwenImageEdit/providers';
import {
	CALLING_PROVIDERS as calling,
	readImageNotes,
	type CallbackRecord,
	type ProviderId,
} from '../../emulator';
import { until } from '../../processes/until';

/** Those that sign, each by its own secret or key; Kie.ai where the account has a key for it. */
const signing: readonly ProviderId[] = ['fal', 'kie', 'replicate', 'waveSpeed'];

const kieHmacKey = 'hmac-key-of-the-settings-page';

/** The provider as an account has it that can sign. */
async function open(stage: Stage, provider: ProviderId): Promise<TriggerStage> {
	stage.set({ taskSeconds: 0.05, kie: { webhookHmacKey: kieHmacKey } });
	await stage.saveCredential('kie', 'kie', { callbackSecret: kieHmacKey });
	return new TriggerStage(stage, { provider });
}

function expectNothing(answer: CallAnswer, httpStatus: number): void {
	expect(answer).toMatchObject({ httpStatus });
	expect(answer.run).toBeUndefined();
	// 8 seconds for all that is asked of the provider, and a second for a request that has just begun.
	expect(answer.tookMs).toBeLessThan(15_000);
}

it('is about every provider that calls back', () => {
	const ids = providers.filter(({ task }) => task?.callback).map(({ id }) => id);
	expect(ids.sort()).toEqual([...calling].sort());
});

describe.each(calling)('%s', (provider) => {
	onStage('a right call brings the image, read with the key', async (stage) => {
		const trigger = await open(stage, provider);
		const { record, entry } = await trigger.submit();
		const answer = await trigger.callFor(record);
		expect(answer).toMatchObject({ httpStatus: 200, message: 'Accepted' });
		expect(answer.run!.status).toBe('success');
		const [item, ...others] = answer.run!.items('Finished');
		expect(others).toEqual([]);
		expect(item!.json).toMatchObject({
			provider,
			operation: 'getTask',
			status: 'completed',
			taskId: trigger.idOf(entry),
			image: { mimeType: 'image/png' },
			warnings: [],
		});
		const bytes = await answer.run!.binaryBuffer(item);
		expect(readImageNotes(bytes)).toMatchObject({ provider, job: String(entry.id) });
		expect(answer.run!.items('Next')[0]!.json.files).toMatchObject({
			data: { sha256: sha256(bytes) },
		});
		expect(stage.requests('submit')).toHaveLength(1);
	});

	onStage('what the body says is not emitted, only what the provider says', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		const told = JSON.parse(
			JSON.stringify(record.body).replace(/https?:[^"\\]+/g, 'https://evil.example/x.png'),
		) as CallbackRecord['body'];
		// Even if the provider itself had signed it.
		const answer = await trigger.callFor({ ...record, body: told });
		expect(answer.run!.status).toBe('success');
		expect(answer.run!.stored()).not.toContain('evil.example');
	});

	onStage('a forged call is not believed', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		const { headers, payload } = stage.emulator.signCallback(record, { at: Date.now() });
		const reads = stage.requests('read').length;
		const wrong = new URL(record.url);
		wrong.searchParams.set('secret', 'f'.repeat(64));
		expectNothing(await trigger.call({ headers, payload, url: wrong.toString() }), 401);
		expectNothing(await trigger.call({ payload, url: trigger.url }), 401);
		if (signing.includes(provider)) {
			expectNothing(await trigger.call({ payload, url: record.url }), 401);
			const name = Object.keys(headers).find((header) => header.endsWith('signature'))!;
			const changed = headers[name]!.replace(/[0-9a-f](?=[^0-9a-f]*$)/i, (digit) =>
				digit === '0' ? '1' : '0',
			);
			const forged = { ...headers, [name]: changed };
			expectNothing(await trigger.call({ headers: forged, payload, url: record.url }), 401);
		}
		// Nobody reads a task for a call that is not believed.
		expect(stage.requests('read')).toHaveLength(reads);
		expect(trigger.runs).toEqual([]);
		expect((await trigger.callFor(record)).httpStatus).toBe(200);
	});

	onStage('an old call is not believed where calls are signed', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		for (const seconds of [-330, 330]) {
			const old = await trigger.callFor(record, { at: Date.now() + seconds * 1000 });
			if (signing.includes(provider)) expectNothing(old, 401);
		}
		expect(trigger.runs).toHaveLength(signing.includes(provider) ? 0 : 1);
	});

	onStage('a call that was recorded and is sent again starts nothing', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		const { headers, payload } = stage.emulator.signCallback(record, { at: Date.now() });
		const call = { headers, payload, url: record.url };
		expect((await trigger.call(call)).run!.status).toBe('success');
		expectNothing(await trigger.call(call), 200);
	});

	onStage('the call of another account starts nothing', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		// fal.ai signs for everybody with the same key: there the secret in the URL and the read with the key decide.
		if (signing.includes(provider) && provider !== 'fal') {
			expectNothing(await trigger.callFor(record, { account: 'other' }), 401);
		}
		const key = 'key-of-another-account';
		await stage.saveCredential('another', provider, { apiKey: key });
		const foreign = new TriggerStage(stage, { provider, credential: 'another' });
		const answer = await foreign.callFor({ ...record, url: record.url });
		expectNothing(answer, 401);
	});

	onStage('a call about a task that the account does not know starts nothing', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		stage.emulator.faults.add({ kind: 'unknownTask404', provider, route: 'read' });
		expectNothing(await trigger.callFor(record), 404);
		expectNothing(
			await trigger.call({ payload: '{}', url: record.url }),
			signing.includes(provider) ? 401 : 400,
		);
	});

	onStage('a call that comes before Submit Task has returned brings the image', async (stage) => {
		const trigger = await open(stage, provider);
		stage.emulator.faults.add({ kind: 'slowHeaders', provider, route: 'submit', ms: 1500 });
		const submitted = trigger.submit();
		await until('the provider has taken the edit', () => stage.emulator.ledger.length === 1, 10);
		const answer = await trigger.callFor(await trigger.recordOf(stage.emulator.ledger[0]!));
		expect(answer.run!.status).toBe('success');
		expect(answer.run!.items('Finished')[0]!.binary).toBeDefined();
		await submitted;
	});

	onStage('two calls, at once or one after the other, start one execution', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		const answers = await Promise.all([trigger.callFor(record), trigger.callFor(record)]);
		expect(answers.map(({ httpStatus }) => httpStatus)).toEqual([200, 200]);
		expectNothing(await trigger.callFor(record), 200);
		expect(trigger.runs).toHaveLength(1);
		expect(Object.keys(trigger.staticData)).toEqual(['global']);
	});

	onStage('a task that failed becomes a failed item', async (stage) => {
		const trigger = await open(stage, provider);
		stage.emulator.faults.add({ kind: 'taskFailed', provider, message: 'Out of luck' });
		const { record, entry } = await trigger.submit();
		const { run, httpStatus } = await trigger.callFor(record);
		expect(httpStatus).toBe(200);
		expect(run!.status).toBe('success');
		expect(run!.items('Finished')).toEqual([
			{
				json: {
					error: expect.stringContaining('Out of luck'),
					details: expect.objectContaining({
						provider,
						operation: 'getTask',
						taskId: trigger.idOf(entry),
					}),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	onStage('a provider that cannot be asked is told to call again', async (stage) => {
		const trigger = await open(stage, provider);
		const { record } = await trigger.submit();
		stage.emulator.faults.add({ kind: 'gatewayPage', provider, route: 'read', times: 20 });
		const answer = await trigger.callFor(record);
		expectNothing(answer, 503);
		expect(answer.headers['retry-after']).toBe('30');
		stage.emulator.faults.clear();
		expect((await trigger.callFor(record)).run!.status).toBe('success');
	});
});
