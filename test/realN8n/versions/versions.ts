/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { parseArgs } from 'node:util';
import { startEmulator } from '../../emulator';
import { installInstance } from '../instance/install';
import { dependencies } from '../instance/package.json';
import { Checks } from '../queue/checks';
import { installVersion } from './installVersion';
import { checkVersion } from './versionChecks';

/** The oldest that the README claims: the first release of n8n 2. */
const OLDEST = '2.0.0';
const NEWEST = dependencies.n8n;

/** What n8n 2.0.0 asks for in its package.json: `>=20.19 <= 24.x`. */
function canRunOldest(): boolean {
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	return major <= 24 && (major > 20 || (major === 20 && minor >= 19));
}

/**
 * The packed package in the oldest n8n that it claims and in the newest that it is tested with.
 *
 *     npm run versions                  both; the first time 5 minutes more, for the installation of the oldest
 *     npm run versions -- --only 2.0.0
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({ options: { only: { type: 'string' } } });
	const versions = [OLDEST, NEWEST].filter(
		(one) => values.only === undefined || one === values.only,
	);
	if (versions.length === 0) throw new Error(`There is no recipe for n8n ${values.only}`);
	if (versions.includes(OLDEST) && !canRunOldest()) {
		throw new Error(`n8n ${OLDEST} runs on Node.js 20.19 to 24, not on ${process.version}`);
	}
	const checks = new Checks();
	const emulator = await startEmulator({ taskSeconds: 2 });
	try {
		for (const version of versions) {
			checks.say(`n8n ${version}`);
			const installed =
				version === NEWEST
					? await installInstance(checks.say)
					: await installVersion(version, checks.say);
			await checkVersion(version, installed, emulator, checks);
		}
		return checks.summarise();
	} finally {
		await emulator.stop();
	}
}

// The handlers of "exit" end what was started; a signal alone would leave it running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

main().then(
	(held) => process.exit(held ? 0 : 1),
	(error: unknown) => {
		console.error(error instanceof Error ? error.stack : error);
		process.exit(1);
	},
);
