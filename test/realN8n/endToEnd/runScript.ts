/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console -- tests never ship */

/** Runs a script's `main` and ends the process: with code 0 when everything held, with 1 otherwise. */
export function runScript(main: () => Promise<boolean>): void {
	// The handlers of "exit" end what was started; a signal alone would leave it running.
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
	main().then(
		(held) => process.exit(held ? 0 : 1),
		(error: unknown) => {
			console.error(error instanceof Error ? error.stack : error);
			console.log('0 passed, 1 failed');
			process.exit(1);
		},
	);
}
