/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parseArgs } from 'node:util';
import { startEmulator } from '../../emulator';
import { installInstance } from '../installation/install';
import { dependencies } from '../installation/package.json';
import { Checks } from '../endToEnd/checks';
import { installVersion } from '../installation/installVersion';
import { checkVersion } from './versionChecks';
import { runScript } from '../endToEnd/runScript';

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

runScript(main);
