import { type Cell, cellsOf } from './cell';
import { faultTable } from './faultTable';
import { playTwice, type TwiceResult } from './twice';
import { providerIds } from '../../stage/scenario';
import { connectionsOutside, makeHostsPublic } from '../hosts/publicHosts';

import { type S3Server, startS3Server } from '../../../emulator/s3';

/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
const all = process.env.FAULT_MATRIX === 'all';
const only = process.env.FAULT_MATRIX_ONLY;
/* eslint-enable @n8n/community-nodes/no-restricted-globals */

/** How many are played at a time: each waits most of its time. */
const width = 24;

/** An edit that fails goes on, so that its kind is seen. By default each fault at two providers or three, at night at all. */
const cells: Cell[] = providerIds
	.flatMap((provider, place) =>
		cellsOf(provider, faultTable, 'all').filter(
			({ operation, mode, fault }) =>
				operation === 'edit' &&
				mode === 'continueOnFail' &&
				fault.base === undefined &&
				(all || only !== undefined || (faultTable.indexOf(fault) + place) % 6 === 0),
		),
	)
	.filter(({ provider, fault }) =>
		`${provider} edit ${fault.step} ${fault.name}`.includes(only ?? ''),
	);

const results: TwiceResult[] = [];

let s3: S3Server;
let restore: () => void;

beforeAll(async () => {
	restore = makeHostsPublic();
	s3 = await startS3Server();
	const queue = [...cells.entries()];
	const worker = async (): Promise<void> => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			results.push(await playTwice(next[1], s3, `cell ${next[0]}`));
		}
	};
	await Promise.all(Array.from({ length: width }, worker));
}, 1_800_000);

afterAll(async () => {
	restore();
	await s3.stop();
});

describe('with storage, a second execution', () => {
	test.each(providerIds)('%s: pays for nothing that the first has paid for', (provider) => {
		const problems = results
			.filter(({ cell }) => cell.provider === provider)
			.flatMap(({ cell: { fault }, problems: found }) =>
				found.map((problem) => `${fault.step}, ${fault.name}: ${problem}`),
			);
		expect(problems).toEqual([]);
	});

	test('billed / wanted is 1.000 across both', () => {
		const sum = (value: (result: TwiceResult) => number): number =>
			results.reduce((total, result) => total + value(result), 0);
		expect(sum(({ billed }) => billed)).toBe(sum(({ wanted }) => wanted));
		expect(results.some(({ struck }) => struck)).toBe(true);
		expect(connectionsOutside()).toEqual([]);
	});
});
