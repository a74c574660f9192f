/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console -- tests never ship */
/**
 * Kills a real n8n with SIGKILL while it submits, while it waits and while it downloads, starts it again on the
 * same data, and shows by the emulator's ledger that nothing was lost and nothing was paid for twice.
 *
 *     npm run kill
 */
import { Bench } from './bench';
import { killedInDownload } from './killedInDownload';
import { killedInSubmit } from './killedInSubmit';
import { killedInWait } from './killedInWait';
import { settleAccounts } from './settleAccounts';

async function main(): Promise<boolean> {
	const bench = await Bench.start();
	try {
		await killedInSubmit(bench);
		await killedInWait(bench);
		await killedInDownload(bench);
		await settleAccounts(bench);
		return bench.checks.summarise();
	} finally {
		await bench.stop();
	}
}

// The handlers of "exit" end n8n and remove its data; a signal alone would leave both.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().then(
	(held) => process.exit(held ? 0 : 1),
	(error: unknown) => {
		console.error(error instanceof Error ? error.stack : error);
		console.log('0 passed, 1 failed');
		process.exit(1);
	},
);
