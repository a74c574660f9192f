import { engineNodes, startName } from '../stage/workflow/engine';
import { expectFailedItem } from '../stage/output';
import { linksOnly } from './matrix/cell';
import {
	editName,
	nodeTaskId,
	onStage,
	providerIds,
	taskProviderIds,
	type Stage,
} from '../stage/scenario';

import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { readImageNotes, type ProviderId } from '../../emulator';

/** n8n's Retry On Fail; it takes a wait of 0 for "not set". */
const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 20 };

/** Links only, so that there is something to download. */
const withLinks = { editImages: false, settings: linksOnly };

function downloadsOf(stage: Stage, entryId: number): number {
	const links = stage.emulator.results.filter((result) => result.entryId === entryId);
	return links.reduce((sum, { downloads }) => sum + downloads, 0);
}

describe.each(taskProviderIds)('%s under Retry On Fail', (provider) => {
	onStage(
		'a task that ran out of time is polled on',
		async (stage) => {
			const run = await stage.succeed({
				provider,
				options: { timeoutSeconds: 3 },
				node: { ...retrying, maxTries: 5 },
			});
			expect(run.edited[0]!.json).toMatchObject({
				status: 'completed',
				taskId: nodeTaskId(provider, stage.emulator.ledger[0]!.taskId!),
			});
			expect(stage.emulator.ledger).toHaveLength(1);
			expect(stage.requests('submit')).toHaveLength(1);
		},
		{ ...withLinks, taskSeconds: 4.5 },
	);

	onStage(
		'a task that was handed out is handed out again, not submitted again',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'second', times: 1 });
			const run = await stage.succeed({
				provider,
				operation: 'submitTask',
				prompt: '={{ $json.prompt }}',
				items: [stage.item({ prompt: 'first' }), stage.item({ prompt: 'second' })],
				options: { maxConcurrency: 1 },
				node: retrying,
			});
			const { ledger } = stage.emulator;
			expect(ledger.map(({ prompt }) => prompt)).toEqual(['first', 'second']);
			expect(run.edited.map(({ json }) => json.taskId)).toEqual(
				ledger.map(({ taskId }) => nodeTaskId(provider, taskId!)),
			);
		},
		{ ...withLinks, taskSeconds: 100 },
	);
});

describe.each(providerIds)('%s under Retry On Fail', (provider) => {
	onStage(
		'an image that could not be downloaded is downloaded, not made again',
		async (stage) => {
			stage.emulator.faults.add({
				kind: 'resultExpired403',
				route: 'result',
				provider,
				times: 1,
			});
			const run = await stage.succeed({ provider, node: retrying });
			const [entry] = stage.emulator.ledger;
			const notes = readImageNotes(await run.binaryBuffer(run.edited[0]));
			expect(notes!.job).toBe(String(entry!.id));
			expect(stage.emulator.ledger).toHaveLength(1);
			expect(stage.requests('submit')).toHaveLength(1);
		},
		withLinks,
	);

	onStage(
		'a stored image is handed out again when another item fails',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'second', times: 2 });
			const run = await stage.succeed({
				provider,
				prompt: '={{ $json.prompt }}',
				items: [stage.item({ prompt: 'first' }), stage.item({ prompt: 'second' })],
				options: { maxConcurrency: 1 },
				node: retrying,
			});
			const { ledger } = stage.emulator;
			expect(ledger.map(({ prompt }) => prompt)).toEqual(['first', 'second']);
			expect(downloadsOf(stage, ledger[0]!.id)).toBe(1);
			for (const [index, item] of run.edited.entries()) {
				const notes = readImageNotes(await run.binaryBuffer(item));
				expect(notes!.job).toBe(String(ledger[index]!.id));
				expect(item.pairedItem).toEqual({ item: index });
			}
		},
		withLinks,
	);

	onStage(
		'an unknown outcome is told again, not sent again, though a second submit would succeed',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'acceptThenDrop', provider, times: 1 });
			const run = await stage.run({ provider, node: retrying });
			expect(run.status).toBe('error');
			expect(run.error!.message).toContain('may have been billed');
			expect(stage.requests('submit')).toHaveLength(1);
			expect(stage.emulator.ledger).toHaveLength(1);
		},
		withLinks,
	);

	onStage(
		'with Continue On Fail too, n8n tries again and nothing is paid for twice',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'acceptThenDrop', provider, prompt: 'first', times: 1 });
			const run = await stage.succeed({
				provider,
				prompt: '={{ $json.prompt }}',
				items: [stage.item({ prompt: 'first' }), stage.item({ prompt: 'second' })],
				node: { ...retrying, onError: 'continueRegularOutput' },
			});
			expectFailedItem(run.edited[0], 0, { errorKind: 'unknownOutcome' });
			expect(run.edited[1]!.json.status).toBe('completed');
			const prompts = stage.emulator.ledger.map(({ prompt }) => prompt);
			expect(prompts.sort()).toEqual(['first', 'second']);
		},
		withLinks,
	);

	onStage(
		'in a loop the same item is another edit: it is not attached to what an earlier round has paid',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'acceptThenDrop', provider, times: 1 });
			const run = await stage.succeed({
				provider,
				node: { onError: 'continueRegularOutput' },
				engine: {
					connections: [
						[startName, 'Again'],
						[startName, editName],
						['Again', editName],
					],
				},
				behind: [{ name: 'Again', type: engineNodes.collect }],
			});
			const rounds = run.runsOf(editName).length;
			expect(rounds).toBe(2);
			expectFailedItem(run.items(editName, 0)[0], 0, { errorKind: 'unknownOutcome' });
			expect(run.items(editName, 1)[0]!.json.status).toBe('completed');
			expect(stage.emulator.ledger).toHaveLength(2);
		},
		withLinks,
	);

	onStage(
		'another execution of the same workflow is not attached',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'acceptThenDrop', provider, times: 1 });
			const order = { provider, node: { onError: 'continueRegularOutput' as const } };
			await stage.succeed(order);
			const second = await stage.succeed(order);
			expect(second.edited[0]!.json.status).toBe('completed');
			expect(stage.emulator.ledger).toHaveLength(2);
		},
		withLinks,
	);
});

describe.each(providerIds)('%s and idempotency keys', (provider) => {
	const header = findProvider(provider)!.idempotencyHeader?.toLowerCase();

	function keysOf(stage: Stage): unknown[] {
		return stage.requests('submit').map(({ headers }) => headers[header ?? 'idempotency-key']);
	}

	if (header === undefined) {
		onStage(
			'sends none, since it declares none',
			async (stage) => {
				await stage.succeed({ provider });
				expect(keysOf(stage)).toEqual([undefined]);
			},
			withLinks,
		);
		return;
	}

	onStage(
		'the same over every try of one item, others for other items and executions',
		async (stage) => {
			stage.emulator.faults.add({ kind: 'contentRefused', provider, prompt: 'two', times: 2 });
			stage.emulator.faults.add({
				kind: 'rateLimit',
				provider,
				prompt: 'one',
				times: 1,
				seconds: 1,
			});
			const order = {
				provider: provider as ProviderId,
				prompt: '={{ $json.prompt }}',
				items: ['one', 'two', 'one'].map((prompt) => stage.item({ prompt })),
				options: { maxConcurrency: 1 },
				node: retrying,
			};
			await stage.succeed(order);
			const keys = keysOf(stage);
			// Item 0 twice (429), item 1 three times (refused twice, each time n8n ran the node again), item 2 once.
			expect(keys).toHaveLength(6);
			const [first, again, second, , , third] = keys;
			expect(again).toBe(first);
			expect(keys.slice(2, 5)).toEqual([second, second, second]);
			expect(new Set([first, second, third]).size).toBe(3);
			for (const key of keys) expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
			await stage.succeed({ ...order, items: order.items.slice(0, 1) });
			expect(keys).not.toContain(keysOf(stage).at(-1));
			expect(stage.requests('read').every(({ headers }) => headers[header] === undefined)).toBe(
				true,
			);
		},
		withLinks,
	);
});
