/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { parseArgs } from 'node:util';
import { startEmulator } from '../../emulator';
import { runAllExamples } from './allExamples';
import { openEditor } from './editor';
import { runHeadless } from './headless';

/** How long the emulated providers take: enough to see a task wait, not enough to wait for. */
const EMULATED_TASK_SECONDS = 3;

/**
 * A real n8n with the package, ready-made credentials and example workflows, against emulated providers.
 *
 *     npm run demo                                  opens an editor to play with
 *     npm run demo -- --headless                    runs examples/edit-a-photo.json, prints the image's path
 *     npm run demo -- --headless --all-examples     runs and checks every workflow in examples/
 *     npm run demo -- --headless --only a,b         runs and checks these alone
 */
async function main(): Promise<void> {
	const startedAt = Date.now();
	const { values } = parseArgs({
		options: {
			headless: { type: 'boolean' },
			'all-examples': { type: 'boolean' },
			only: { type: 'string' },
		},
	});
	const several = values['all-examples'] === true || values.only !== undefined;
	if (several && !values.headless) {
		throw new Error('--all-examples and --only go with --headless');
	}
	const emulator = await startEmulator({ taskSeconds: EMULATED_TASK_SECONDS });
	try {
		if (several) {
			const held = await runAllExamples(emulator, startedAt, values.only?.split(','));
			if (!held) process.exitCode = 1;
		} else if (values.headless) {
			await runHeadless(emulator, startedAt);
		} else {
			const instance = await openEditor(emulator);
			await untilInterrupted(instance.ended);
			await instance.stop();
		}
	} finally {
		await emulator.stop();
	}
}

let interrupt: (() => void) | undefined;

/** Resolves on Ctrl-C, and throws when n8n ends before that. */
async function untilInterrupted(ended: Promise<string>): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		interrupt = resolve;
		void ended.then((reason) => reject(new Error(`n8n ended by itself (${reason})`)));
	});
	console.log('\nStopping ...');
}

// npm passes Ctrl-C on to a process that got it from the terminal already: the second one is ignored.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.on(signal, () => {
		if (interrupted) return;
		interrupted = true;
		// During the start there is nothing to end gently: the exit handlers kill processes and remove folders.
		if (interrupt) interrupt();
		else process.exit(130);
	});
}

main().catch((error: unknown) => {
	console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
	process.exit(1);
});
