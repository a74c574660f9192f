import { failBothWays, onItem } from '../stage/bothWays';
import { expectFailedItem } from '../stage/output';
import { facts, nodeTaskId, onStage, providerIds } from '../stage/scenario';

describe.each(providerIds)('%s: the user reads what the provider says', (provider) => {
	const words = `These are the words of ${provider}, number 4711`;

	onStage('in JSON', async (stage) => {
		const fault = { kind: 'httpStatus', provider, status: 400, message: words } as const;
		const { stopped, failed } = await failBothWays(stage, { provider }, fault);
		expect(stopped.error!.message).toContain(words);
		expect(stopped.error!.message).toContain('400');
		expect(stopped.error).toMatchObject({ context: { httpStatus: 400, errorKind: 'input' } });
		const { error } = expectFailedItem(failed.edited[0], 0, {
			provider,
			operation: 'edit',
			errorKind: 'input',
			httpStatus: 400,
		});
		expect(error).toContain(words);
		expect(stage.emulator.ledger).toEqual([]);
		expect(stage.requests('submit')).toHaveLength(2);
	});

	onStage('in HTML, and does not send the job again', async (stage) => {
		const fault = { kind: 'gatewayPage', provider, status: 502 } as const;
		const { stopped, failed } = await failBothWays(stage, { provider }, fault);
		expect(stopped.error!.message).toContain('502 Bad Gateway');
		expect(stopped.error!.message).not.toContain('<');
		const { error } = expectFailedItem(failed.edited[0], 0, {
			errorKind: 'unknownOutcome',
			httpStatus: 502,
		});
		expect(error).toContain('may have been billed');
		expect(stage.requests('submit')).toHaveLength(2);
	});

	onStage('in an empty body: the status', async (stage) => {
		const fault = { kind: 'emptyBody', provider, status: 400 } as const;
		const { stopped } = await failBothWays(stage, { provider }, fault);
		expect(stopped.error!.message).toContain('400');
		expect(stage.requests('submit')).toHaveLength(2);
	});

	onStage('of a wrong key, which costs nothing', async (stage) => {
		await stage.saveCredential('wrong', provider, { apiKey: 'not-the-right-key' });
		const { stopped, failed } = await failBothWays(stage, { provider, credential: 'wrong' });
		expect(stopped.error!.description).toMatch(/credential/);
		const { error } = expectFailedItem(failed.edited[0], 0, { errorKind: 'credential' });
		expect(error).not.toContain('not-the-right-key');
		expect(stage.emulator.ledger).toEqual([]);
	});

	onStage('even when it repeats the key: without the key', async (stage) => {
		const fault = { kind: 'echoKey', provider } as const;
		const { stopped, failed } = await failBothWays(stage, { provider }, fault);
		expect(stopped.error!.message).toContain('Incorrect API key provided');
		expect(stopped.error!.message).not.toContain(stage.emulator.key(provider));
		expectFailedItem(failed.edited[0], 0, { errorKind: 'credential' });
	});

	onStage('of missing credit, and of refused content', async (stage) => {
		const credit = stage.emulator.faults.add({ kind: 'insufficientCredit', provider });
		const poor = await stage.run({ provider, node: onItem });
		expectFailedItem(poor.edited[0], 0, { errorKind: 'credit' });
		credit.remove();
		stage.emulator.faults.add({ kind: 'contentRefused', provider });
		const unsafe = await stage.run({ provider, node: onItem });
		expectFailedItem(unsafe.edited[0], 0, { errorKind: 'content' });
		expect(stage.emulator.ledger).toEqual([]);
		expect(stage.requests('submit')).toHaveLength(2);
	});

	onStage('when it answers 200 with an error', async (stage) => {
		const fault = { kind: 'errorInside200', provider, message: words } as const;
		const { failed } = await failBothWays(stage, { provider }, fault);
		const { error } = expectFailedItem(failed.edited[0], 0, { provider });
		expect(error).toContain(words);
		expect(stage.requests('submit')).toHaveLength(2);
	});

	onStage('when it reports success without an image', async (stage) => {
		for (const kind of ['emptyResults', 'nullData'] as const) {
			// ModelsLab's task answers hold the list, not its first answer.
			const route = facts[provider].tasks ? ('read' as const) : ('submit' as const);
			const fault = stage.emulator.faults.add({ kind, provider, route });
			const options = { timeoutSeconds: 3 };
			const run = await stage.run({ provider, node: onItem, options });
			const { error, details } = expectFailedItem(run.edited[0], 0, { provider });
			expect(error).toMatch(/no image/i);
			expect(error).toMatch(/billed/i);
			const { taskId } = stage.emulator.ledger.at(-1)!;
			if (taskId !== undefined) expect(details.taskId).toBe(nodeTaskId(provider, taskId));
			fault.remove();
		}
		expect(stage.emulator.ledger).toHaveLength(2);
	});
});
