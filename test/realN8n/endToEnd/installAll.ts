/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installInstance } from '../installation/install';
import { installVersion, RECIPES_FOLDER } from '../installation/installVersion';
import { installPinned } from '../installation/pinned/pinnedPackages';

/** Installs what the end-to-end tests would install part by part. `.ci/run` does so while `npm test` runs. */
async function installAll(): Promise<void> {
	await installInstance();
	for (const version of readdirSync(RECIPES_FOLDER)) await installVersion(version, console.log);
	const tests = join(__dirname, '../..');
	await installPinned(join(tests, 'realN8n/thirdParty'), 'third-party', console.log);
	await installPinned(join(tests, 'thirdParty'), 'makers-clients', console.log);
}

installAll().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
