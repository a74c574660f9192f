/**
 * Kills a real n8n with SIGKILL while it submits, while it waits and while it downloads, starts it again on the
 * same data, and shows by the emulator's ledger that nothing was lost and nothing was paid for twice; with
 * a bucket as the node's memory also when the workflow is run again.
 *
 *     npm run kill
 */
import { Bench } from './bench';
import { killedInDownload } from './moments/killedInDownload';
import { killedInSubmit } from './moments/killedInSubmit';
import { killedInWait } from './moments/killedInWait';
import { killedWithBucket } from './moments/killedWithBucket';
import { settleAccounts } from './moments/settleAccounts';
import { runScript } from '../endToEnd/runScript';

async function main(): Promise<boolean> {
	const bench = await Bench.start();
	try {
		await killedInSubmit(bench);
		await killedInWait(bench);
		await killedInDownload(bench);
		await killedWithBucket(bench);
		await settleAccounts(bench);
		return bench.checks.summarise();
	} finally {
		await bench.stop();
	}
}

runScript(main);
