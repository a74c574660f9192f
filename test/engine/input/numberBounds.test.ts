import { providers } from '../../../nodes/QwenImageEdit/providers';
import type { ProviderId } from '../../emulator';
import { expectFailedItem } from '../stage/output';
import { onStage } from '../stage/scenario';

/** From the contract (24 hours) and the panel. */
const ofTheNode: Record<string, [label: string, minimum: number, maximum: number]> = {
	timeoutSeconds: ['Timeout (Seconds)', 1, 86_400],
	maxConcurrency: ['Max Concurrency', 1, 200],
	maxCost: ['Max Cost', 0.001, 1_000_000],
	maxImageMegabytes: ['Max Image Size (MB)', 0.1, 1024],
};

function beyond(minimum: number, maximum: number): unknown[] {
	return [
		minimum - 1,
		maximum + 1,
		1e308,
		-1e308,
		'Infinity',
		'-Infinity',
		'NaN',
		'many',
		true,
		{},
	];
}

describe.each(providers.map(({ id }) => id as ProviderId))('%s', (provider) => {
	onStage('refuses numbers of the node beyond its bounds, and says the bounds', async (stage) => {
		const { models } = providers.find(({ id }) => id === provider)!;
		const isPriced = models.some(({ prices }) => prices !== undefined);
		for (const [name, [label, minimum, maximum]] of Object.entries(ofTheNode)) {
			// n8n itself leaves out what the panel of the provider has not.
			if (name === 'maxCost' && !isPriced) continue;
			for (const value of beyond(minimum, maximum)) {
				const run = await stage.run({
					provider,
					options: { [name]: value as number },
					node: { onError: 'continueRegularOutput' },
				});
				const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'input' });
				expect(error).toContain(`'${label}'`);
				expect(error).toContain(`from ${minimum} to ${maximum}`);
			}
		}
		expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toEqual([]);
	});

	onStage(
		'refuses numbers of the provider beyond its bounds, and says the bounds',
		async (stage) => {
			const { fields } = providers.find(({ id }) => id === provider)!;
			for (const [name, field] of Object.entries(fields)) {
				if (field.kind !== 'integer' && field.kind !== 'decimal') continue;
				const { minimum, maximum, label } = field;
				expect(Number.isFinite(minimum) && Number.isFinite(maximum)).toBe(true);
				const values = beyond(minimum, maximum).filter((value) => value !== maximum);
				for (const value of values) {
					const run = await stage.run({
						provider,
						options: { [name]: value as number },
						node: { onError: 'continueRegularOutput' },
					});
					const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'input' });
					expect(error).toContain(`'${label}'`);
					expect(error).toContain(`from ${minimum} to ${maximum}`);
				}
			}
			expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toEqual([]);
		},
	);
});

onStage('a time that no timer holds is refused before anything is sent', async (stage) => {
	const run = await stage.run({ provider: 'aiml', options: { timeoutSeconds: 3_000_000 } });
	expect(run.status).toBe('error');
	expect(run.error!.message).toContain('86400');
	expect(stage.emulator.requests.filter(({ server }) => server === 'api')).toEqual([]);
});

onStage('the largest time works', async (stage) => {
	await stage.succeed({ provider: 'odkkk', options: { timeoutSeconds: 86_400 } });
	expect(stage.emulator.ledger).toHaveLength(1);
});
