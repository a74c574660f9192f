/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parseArgs } from 'node:util';
import { Bench } from './bench';
import { killedInDownload } from './moments/killedInDownload';
import { killedInSubmit } from './moments/killedInSubmit';
import { killedInWait } from './moments/killedInWait';
import { killedWithBucket } from './moments/killedWithBucket';
import { settleAccounts } from './moments/settleAccounts';
import { runScript } from '../endToEnd/runScript';

const MOMENTS: Record<string, (bench: Bench) => Promise<void>> = {
	submit: killedInSubmit,
	wait: killedInWait,
	download: killedInDownload,
	bucket: killedWithBucket,
};

/**
 * Kills a real n8n with SIGKILL while it submits, while it waits and while it downloads, starts it again on the
 * same data, and shows by the emulator's ledger that nothing was lost and nothing was paid for twice; with
 * a bucket as the node's memory also when the workflow is run again.
 *
 *     npm run kill
 *     npm run kill -- --only bucket    one of the moments alone
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({ options: { only: { type: 'string' } } });
	const names = values.only === undefined ? Object.keys(MOMENTS) : [values.only];
	const moments = names.map((name) => {
		if (name in MOMENTS) return MOMENTS[name]!;
		throw new Error(`There is no moment "${name}", only ${Object.keys(MOMENTS).join(', ')}`);
	});
	const bench = await Bench.start();
	try {
		for (const moment of moments) await moment(bench);
		await settleAccounts(bench);
		return bench.checks.summarise();
	} finally {
		await bench.stop();
	}
}

runScript(main);
