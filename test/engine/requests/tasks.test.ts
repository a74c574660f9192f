import { startName } from '../stage/workflow/engine';
import { expectFailedItem, expectImage, usualSize } from '../stage/output';
import {
	editNode,
	nodeTaskId,
	onStage,
	taskProviderIds,
	type Order,
	type StageRun,
} from '../stage/scenario';

import { sleep } from 'n8n-workflow';

import type { LedgerEntry, ProviderId } from '../../emulator';

/** The output of a task that is not done yet, to the letter of the contract. */
function expectUnfinished(
	run: StageRun,
	expected: { provider: ProviderId; operation: string; taskId: string },
): void {
	expect(run.edited).toHaveLength(1);
	const { json, binary, pairedItem } = run.edited[0]!;
	expect(json).toMatchObject(expected);
	expect(['pending', 'processing']).toContain(json.status);
	const known = ['provider', 'operation', 'model', 'status', 'taskId', 'progress', 'etaSeconds'];
	const keys = [...known, 'queuePosition', 'usage', 'warnings', 'timing', 'index', 'count'];
	expect(Object.keys(json).filter((key) => !keys.includes(key))).toEqual([]);
	expect(json.warnings).toEqual([]);
	expect(json.timing).toEqual({ seconds: expect.any(Number), polls: expect.any(Number) });
	expect(binary).toBeUndefined();
	expect(pairedItem).toEqual({ item: 0 });
}

const waiting = { waitForCompletion: true };

/** What the document of each provider tells of a task that was just taken. */
const told: Partial<Record<ProviderId, object>> = {
	evoLink: {
		etaSeconds: 2,
		progress: 0,
		usage: { billing_rule: 'per_call', credits_reserved: 1.5, user_group: 'default' },
	},
	fal: { queuePosition: 0 },
	modelsLab: { etaSeconds: 2 },
	odkkk: {
		etaSeconds: 2,
		progress: 0,
		usage: { billing_rule: 'per_call', credits_reserved: 1, user_group: 'default' },
	},
};

/** Providers that tell how far a task is. */
const withProgress: readonly ProviderId[] = ['evoLink', 'odkkk'];

/** An id in the form of the provider that nobody was given. */
const unknownIds: Partial<Record<ProviderId, string>> = {
	evoLink: 'task-unified-1757156493-imcg5zqt',
	fal: 'fal-ai/qwen-image-edit-2511/requests/00000000-0000-0000-0000-000000000001',
	kie: 'task_qwen_1765179676651',
	modelsLab: '143526871',
	odkkk: 'task-unified-1757156493-imcg5zqt',
};

describe.each(taskProviderIds)('%s', (provider) => {
	const idOf = (entry: LedgerEntry | undefined): string => nodeTaskId(provider, entry!.taskId!);

	onStage(
		'hands the task out at once, and Get Task behind it waits for the image',
		async (stage) => {
			stage.set({ taskSeconds: 1.2 });
			const get = editNode({ provider, operation: 'getTask', options: waiting }, 'Get');
			const run = await stage.succeed({ provider, operation: 'submitTask', behind: [get] });
			expect(stage.emulator.ledger).toHaveLength(1);
			const [entry] = stage.emulator.ledger;
			expectUnfinished(run, { provider, operation: 'submitTask', taskId: idOf(entry) });
			expect(run.edited[0]!.json).toMatchObject(told[provider] ?? {});
			expect((run.edited[0]!.json.timing as { polls: number }).polls).toBe(0);

			const got = { ...run, edited: run.items('Get') };
			expect(got.edited[0]!.json).toMatchObject({
				provider,
				operation: 'getTask',
				status: 'completed',
				taskId: idOf(entry),
			});
			// The provider does not tell use, and ModelsLab not the model, when a task is read.
			const bytes = await run.binaryBuffer(got.edited[0]);
			expect(got.edited[0]!.json.image).toMatchObject({
				...usualSize(provider),
				bytes: bytes.length,
				mimeType: 'image/png',
			});
			expect(got.edited[0]!.pairedItem).toEqual({ item: 0 });
			expect(run.next[0]!.json.files).toMatchObject({ data: { bytes: bytes.length } });
		},
	);

	onStage('tells a task as it is when nobody waits, done or not', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const submitted = await stage.succeed({ provider, operation: 'submitTask' });
		const [entry] = stage.emulator.ledger;
		const taskId = idOf(entry);
		const options = { timeoutSeconds: 5 };
		const get: Order = {
			provider,
			operation: 'getTask',
			parameters: { taskId },
			options,
			items: [{}],
		};
		expectUnfinished(submitted, { provider, operation: 'submitTask', taskId });

		stage.emulator.advance(50);
		const halfWay = await stage.succeed(get);
		expectUnfinished(halfWay, { provider, operation: 'getTask', taskId });
		expect(halfWay.edited[0]!.json.status).toBe('processing');
		if (withProgress.includes(provider)) {
			// Half of the way, and what time the look itself took.
			const progress = halfWay.edited[0]!.json.progress as number;
			expect(progress).toBeGreaterThanOrEqual(50);
			expect(progress).toBeLessThan(60);
		}
		expect(stage.requests('read')).toHaveLength(1);

		stage.emulator.advance(60);
		const done = await stage.succeed(get);
		expect(done.edited[0]!.json).toMatchObject({ status: 'completed', taskId });
		expect(done.edited[0]!.binary!.data!.mimeType).toBe('image/png');
		expect(stage.requests('submit')).toHaveLength(1);
	});

	onStage(
		'an edit that runs out of time goes on in Get Task, when it is told to put the task out',
		async (stage) => {
			stage.set({ taskSeconds: 4.5 });
			const get = editNode({ provider, operation: 'getTask', options: waiting }, 'Get');
			const options = { timeoutSeconds: 3, timeoutAction: 'output' };
			const run = await stage.succeed({ provider, options, behind: [get] });
			const [entry] = stage.emulator.ledger;
			expectUnfinished(run, { provider, operation: 'edit', taskId: idOf(entry) });
			const got = run.items('Get')[0]!;
			expect(got.json).toMatchObject({ status: 'completed', taskId: idOf(entry) });
			expect(got.binary!.data!.mimeType).toBe('image/png');
			expect(stage.emulator.ledger).toHaveLength(1);
		},
	);

	onStage(
		'an edit that runs out of time is an error that names the task, when nothing else is said',
		async (stage) => {
			stage.set({ taskSeconds: 100 });
			const started = Date.now();
			const run = await stage.run({ provider, options: { timeoutSeconds: 3 } });
			expect(Date.now() - started).toBeLessThan(10_000);
			const { taskId } = stage.emulator.ledger[0]!;
			expect(run.status).toBe('error');
			expect(run.error!.description).toContain(taskId);
			expect(run.error!.description).toContain('Get Task');
			const regular = await stage.run({
				provider,
				options: { timeoutSeconds: 3 },
				node: { onError: 'continueRegularOutput' },
			});
			const second = idOf(stage.emulator.ledger[1]);
			expectFailedItem(regular.edited[0], 0, { errorKind: 'timeout', taskId: second, provider });
		},
	);

	onStage('Get Task that waits stops at its time-out, in both ways', async (stage) => {
		stage.set({ taskSeconds: 100 });
		const submitted = await stage.succeed({ provider, operation: 'submitTask' });
		const taskId = submitted.edited[0]!.json.taskId as string;
		const get: Order = { provider, operation: 'getTask', parameters: { taskId }, items: [{}] };
		const [output, error] = await Promise.all([
			stage.run({ ...get, options: { ...waiting, timeoutSeconds: 1, timeoutAction: 'output' } }),
			stage.run({ ...get, options: { ...waiting, timeoutSeconds: 1 } }),
		]);
		expectUnfinished(output, { provider, operation: 'getTask', taskId });
		expect(error.status).toBe('error');
		expect(error.error!.description).toContain(taskId);
	});

	onStage('a task that fails is told in the words of the provider, with its id', async (stage) => {
		const message = 'The image could not be understood';
		stage.emulator.faults.add({ kind: 'taskFailed', provider, message });
		const run = await stage.run({ provider, node: { onError: 'continueRegularOutput' } });
		const taskId = idOf(stage.emulator.ledger[0]);
		const failed = expectFailedItem(run.edited[0], 0, { taskId, operation: 'edit' });
		expect(failed.error).toContain(message);
		expect(stage.emulator.ledger).toHaveLength(1);
		const got = await stage.run({
			provider,
			operation: 'getTask',
			parameters: { taskId },
			node: { onError: 'continueRegularOutput' },
		});
		const second = expectFailedItem(got.edited[0], 0, { taskId, operation: 'getTask' });
		expect(second.error).toContain(message);
	});

	onStage('bad looks are not the end of a task', async (stage) => {
		const kinds = [
			['notJson', 'gatewayPage'],
			['acceptThenDrop', 'emptyBody'],
		] as const;
		for (const kind of kinds[taskProviderIds.indexOf(provider) % 2]!) {
			stage.emulator.faults.add({ kind, route: 'read', provider, times: 1 });
		}
		const run = await stage.succeed({ provider });
		expect(run.edited[0]!.json.status).toBe('completed');
		expect(stage.emulator.ledger).toHaveLength(1);
		expect(stage.requests('read').length).toBeGreaterThanOrEqual(3);
	});

	onStage('a task that seems to go back is waited for', async (stage) => {
		stage.set({ taskSeconds: 2.5 });
		stage.emulator.faults.add({ kind: 'taskGoesBack', provider });
		const run = await stage.succeed({ provider });
		await expectImage(stage, run, {
			provider,
			entry: stage.emulator.ledger[0]!,
			...(provider === 'odkkk' ? { usage: expect.objectContaining({ credits_reserved: 1 }) } : {}),
		});
	});

	onStage(
		'the first look comes when the task can be ready, and looks are never less than a second apart',
		async (stage) => {
			stage.set({ taskSeconds: 3.5 });
			await stage.succeed({ provider });
			const [submit] = stage.requests('submit');
			// What is held open until the end, and the request for the result, are no looks.
			const looks = stage
				.requests('read')
				.filter(({ path }) => provider !== 'fal' || path.endsWith('/status'))
				.map(({ at }) => at);
			expect(looks[0]! - submit!.answeredAt!).toBeGreaterThanOrEqual(2500);
			expect(looks.length).toBeLessThanOrEqual(3);
			looks.slice(1).forEach((at, index) => expect(at - looks[index]!).toBeGreaterThanOrEqual(800));
		},
	);

	onStage('an id that cannot be one is refused before anything is sent', async (stage) => {
		// A field that is left empty n8n itself refuses; these it cannot see.
		for (const taskId of [' ', '={{ $json.missing }}', '={{ [] }}']) {
			const run = await stage.run({ provider, operation: 'getTask', parameters: { taskId } });
			expect(run.status).toBe('error');
			expect(run.error!.message).toContain('Task ID');
		}
		expect(stage.emulator.requests).toEqual([]);
	});

	onStage('an id never leads the key to another call', async (stage) => {
		for (const taskId of ['../credits', '..', '?x=1', 'a/b', '#', '&x=1']) {
			const run = await stage.run({ provider, operation: 'getTask', parameters: { taskId } });
			expect(run.status).toBe('error');
		}
		expect(stage.emulator.requests.filter(({ route }) => route !== 'read')).toEqual([]);
	});

	onStage('an id that the provider does not know is told with its words', async (stage) => {
		const taskId = unknownIds[provider] ?? 'nobody';
		const run = await stage.run({
			provider,
			operation: 'getTask',
			parameters: { taskId },
			node: { onError: 'continueRegularOutput' },
		});
		const { error } = expectFailedItem(run.edited[0], 0, { taskId, operation: 'getTask' });
		expect(error).toMatch(/not (be )?found|recordInfo is null/i);
		expect(stage.requests('read')).toHaveLength(1);
	});

	for (const operation of ['edit', 'getTask'] as const) {
		onStage(`stopping the workflow ends the wait of ${operation}`, async (stage) => {
			stage.set({ taskSeconds: 100 });
			let order: Order = { provider };
			if (operation === 'getTask') {
				const submitted = await stage.succeed({ provider, operation: 'submitTask' });
				const taskId = submitted.edited[0]!.json.taskId as string;
				order = { provider, operation, parameters: { taskId }, options: waiting };
			}
			const running = stage.start(order);
			while (stage.emulator.ledger.length === 0) await sleep(10);
			while (operation === 'getTask' && stage.requests('read').length === 0) await sleep(10);
			await sleep(100);
			const stopped = Date.now();
			running.cancel();
			const run = await running.finished;
			expect(Date.now() - stopped).toBeLessThan(700);
			expect(run.runsOf('Next')).toEqual([]);
			const others = () => stage.emulator.requests.filter(({ route }) => route !== 'cancel');
			const sent = others().length;
			await sleep(1300);
			expect(others()).toHaveLength(sent);
			// The task goes on at the provider and is paid for.
			expect(run.stored()).toContain(stage.emulator.ledger[0]!.taskId);
			// What n8n shows for a run that was stopped; an error would call for somebody to look.
			expect(run.status).toBe('canceled');
		});
	}
});

onStage(
	'ModelsLab: a submitted task that is answered at once hands its image out',
	async (stage) => {
		stage.set({ modelsLab: { answer: 'success' } });
		const run = await stage.succeed({ provider: 'modelsLab', operation: 'submitTask' });
		await expectImage(stage, run, {
			provider: 'modelsLab',
			operation: 'submitTask',
			entry: stage.emulator.ledger[0]!,
			usage: { generationTime: expect.any(Number) },
			polls: 0,
		});
	},
);

onStage(
	'ModelsLab: a task address on another origin is not followed with the key',
	async (stage) => {
		stage.emulator.faults.add({ kind: 'otherOriginPollUrl', provider: 'modelsLab' });
		const run = await stage.succeed({ provider: 'modelsLab' });
		expect(run.edited[0]!.json.status).toBe('completed');
		expect(stage.emulator.requests.filter(({ server }) => server === 'elsewhere')).toEqual([]);
	},
);

onStage(
	'ModelsLab: the number that it gives as an id is taken by Get Task as it is',
	async (stage) => {
		const submitted = await stage.succeed({ provider: 'modelsLab', operation: 'submitTask' });
		stage.emulator.advance(10);
		const taskId = Number(submitted.edited[0]!.json.taskId);
		const run = await stage.succeed({
			provider: 'modelsLab',
			operation: 'getTask',
			parameters: { taskId: '={{ $json.id }}' },
			items: [{ json: { id: taskId } }],
		});
		expect(run.edited[0]!.json).toMatchObject({ status: 'completed', taskId: String(taskId) });
	},
);

onStage('several tasks are read in one run, each paired with its item', async (stage) => {
	stage.set({ taskSeconds: 100 });
	const items = ['one', 'two', 'three'].map((prompt) => stage.item({ prompt }));
	const get = editNode({ provider: 'odkkk', operation: 'getTask' }, 'Get');
	const order = { provider: 'odkkk' as const, operation: 'submitTask' as const };
	const run = await stage.succeed({
		...order,
		prompt: '={{ $json.prompt }}',
		items,
		behind: [get],
	});
	expect(run.items('Get').map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
	const ids = run.items('Get').map(({ json }) => json.taskId);
	const prompts = ids.map(
		(id) => stage.emulator.ledger.find(({ taskId }) => taskId === id)!.prompt,
	);
	expect(prompts).toEqual(['one', 'two', 'three']);
	expect(run.items(startName)).toHaveLength(3);
});

onStage('tasks are refused where there are none', async (stage) => {
	for (const provider of ['aiml', 'chainHub', 'modelVerse'] as const) {
		for (const operation of ['submitTask', 'getTask'] as const) {
			const run = await stage.run({ provider, operation, parameters: { taskId: '1' } });
			expect(run.status).toBe('error');
			expect(run.error!.message).toContain(operation);
		}
	}
	expect(stage.emulator.requests).toEqual([]);
});
