/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { cellsOf, playCell, type Cell, type CellResult } from './cell';
import { faultTable } from './faultTable';
import { connectionsOutside, makeHostsPublic } from '../hosts/publicHosts';
import { matrixPage, matrixText, totals } from './matrixReport';
import { providerIds } from '../../stage/scenario';

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { providers } from '../../../../nodes/QwenImageEdit/providers';
import { operationsOf } from '../../../../nodes/QwenImageEdit/adapter/provider';

/** Cells that work at a time; those that mostly wait are not counted. */
const width = Number(process.env.FAULT_MATRIX_WIDTH ?? 48);

/** Some of the cells, for work on one of them: a part of `provider operation step name`. */
const only = process.env.FAULT_MATRIX_ONLY;

/** All of it takes long: at night, and with FAULT_MATRIX=all. */
const share = process.env.FAULT_MATRIX === 'all' ? 'all' : 'sample';

const cells = providerIds
	.flatMap((provider) => cellsOf(provider, faultTable, share))
	.filter(({ provider, operation, fault }) =>
		`${provider} ${operation} ${fault.step} ${fault.name}`.includes(only ?? ''),
	);

const results = new Map<Cell, CellResult>();

async function playAll(): Promise<void> {
	const play = async (cell: Cell): Promise<void> => {
		results.set(cell, await playCell(cell));
	};
	const waiting = cells.filter(({ fault }) => fault.waits === true).map(play);
	const queue = cells.filter(({ fault }) => fault.waits !== true);
	const worker = async (): Promise<void> => {
		for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) await play(cell);
	};
	await Promise.all([...waiting, ...Array.from({ length: width }, worker)]);
}

let restore: () => void;

beforeAll(async () => {
	restore = makeHostsPublic();
	await playAll();
}, 1_800_000);

afterAll(() => {
	restore();
	const all = [...results.values()];
	process.stdout.write(`${matrixText(all)}\n`);
	if (share === 'all' && only === undefined && all.length === cells.length) {
		writeFileSync(join(__dirname, '../../../../docs/fault-matrix.md'), matrixPage(all));
	}
});

function resultsOf(matches: (result: CellResult) => boolean): CellResult[] {
	return cells.map((cell) => results.get(cell)!).filter(matches);
}

const table = providers
	.flatMap((provider) =>
		operationsOf(provider).map((operation) => [provider.id, operation] as const),
	)
	.filter(([id, operation]) =>
		cells.some((cell) => cell.provider === id && cell.operation === operation),
	);

describe.each(table)('%s, %s', (id, operation) => {
	test('keeps every promise about money and keys, whatever goes wrong', () => {
		const mine = resultsOf((result) => result.provider === id && result.operation === operation);
		const problems = mine.flatMap(({ fault, problems: found }) =>
			found.map((problem) => `${fault.step}, ${fault.name}, ${problem}`),
		);
		expect(problems).toEqual([]);
	});
});

test('no connection left this machine', () => {
	expect(connectionsOutside()).toEqual([]);
});

if (only === undefined) {
	test('every provider of the node is in the matrix', () => {
		expect(providerIds).toEqual(expect.arrayContaining(providers.map(({ id }) => id)));
	});

	test.each(providerIds)('%s meets at least 25 faults that really strike', (provider) => {
		const struck = resultsOf((result) => result.provider === provider && result.struck);
		expect(new Set(struck.map(({ fault }) => fault)).size).toBeGreaterThanOrEqual(25);
	});

	test('every fault of the table strikes somewhere', () => {
		const idle = faultTable.filter(
			(fault) => resultsOf((result) => result.fault === fault && result.struck).length === 0,
		);
		expect(idle.map(({ step, name }) => `${step}: ${name}`)).toEqual([]);
	});

	test('billed / wanted is 1.000 where the node can know, and nothing is lost', () => {
		const sum = totals([...results.values()]);
		expect(sum.known.billed).toBe(sum.known.wanted);
		expect(sum.known.wanted).toBeGreaterThan(0);
		expect(sum.unknown.billed).toBeLessThanOrEqual(sum.unknown.items);
		expect(sum.lost).toBe(0);
	});
}
