/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { baseUrlMutants, retryMutants, webUrlMutants, type Mutant } from './mutants';
import { SpecFile } from './specRunner';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Subject {
	/** The source, from the root of the project. */
	file: string;
	/** The tests that must notice every mistake in it. */
	specs: string[];
	mutants: (source: string) => readonly Mutant[];
}

const subjects: Subject[] = [
	{
		file: 'nodes/QwenImageEdit/edit/retry.ts',
		specs: ['test/pure/edit/retry.test.ts', 'test/pure/mutation/retryBounds.test.ts'],
		mutants: retryMutants,
	},
	{
		file: 'nodes/QwenImageEdit/wire/webUrl.ts',
		specs: ['test/pure/wire/webUrl.test.ts', 'test/pure/mutation/webUrlBounds.test.ts'],
		mutants: () => webUrlMutants,
	},
	{
		file: 'nodes/QwenImageEdit/wire/baseUrl.ts',
		specs: ['test/pure/wire/baseUrl.test.ts', 'test/pure/mutation/webUrlBounds.test.ts'],
		mutants: () => baseUrlMutants,
	},
];

/** The source with the mistake in it; one that no longer fits is an error, or it would prove nothing. */
function mutate(source: string, { name, from, to, after = '' }: Mutant): string {
	const start = source.indexOf(after);
	const place = start < 0 ? -1 : source.indexOf(from, start);
	if (place < 0) throw new Error(`The mutant "${name}" does not fit the source any more`);
	const mutated = source.slice(0, place) + to + source.slice(place + from.length);
	if (mutated === source) throw new Error(`The mutant "${name}" changes nothing`);
	return mutated;
}

describe.each(subjects)('$file', ({ file, specs, mutants }) => {
	const source = readFileSync(join(__dirname, '../../..', file), 'utf8');
	const files = specs.map((spec) => new SpecFile(spec, file));

	async function firstFailure(text: string): Promise<string | undefined> {
		for (const spec of files) {
			const failure = await spec.firstFailure(text);
			if (failure !== undefined) return failure;
		}
		return undefined;
	}

	test('is right as it is', async () => {
		expect(await firstFailure(source)).toBeUndefined();
	});

	test('no mistake in it stays unseen', async () => {
		const list = mutants(source);
		const survivors: string[] = [];
		for (const mutant of list) {
			if ((await firstFailure(mutate(source, mutant))) === undefined) survivors.push(mutant.name);
		}
		process.stdout.write(
			`${file}: ${list.length - survivors.length} of ${list.length} mutants killed\n`,
		);
		expect(survivors).toEqual([]);
		expect(list.length).toBeGreaterThanOrEqual(15);
	}, 300_000);
});
