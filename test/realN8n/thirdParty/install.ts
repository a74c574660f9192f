/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../instance/command';
import { npmEnvironment, npmScript } from '../instance/npm';

/** Beside the n8n of the tests: neither git nor the build of the package nor jest looks there. */
const INSTALLED_FOLDER = join(__dirname, '../../../.n8n-instance');

/** Installs the pinned servers, unless they are there; needs the npm registry, or npm's cache, once. */
export async function installThirdParty(): Promise<string> {
	return await installPinned(__dirname, 'third-party');
}

/** Installs what the lockfile in `recipeFolder` pins, unless it is there, and returns the folder. */
export async function installPinned(recipeFolder: string, name: string): Promise<string> {
	const folder = join(INSTALLED_FOLDER, name);
	const stampFile = join(folder, 'node_modules', '.installed');
	const lockfile = readFileSync(join(recipeFolder, 'package-lock.json'));
	const wanted = createHash('sha256').update(lockfile).digest('hex');
	if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return folder;
	mkdirSync(folder, { recursive: true });
	for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
		copyFileSync(join(recipeFolder, file), join(folder, file));
	}
	await runCommand(process.execPath, [npmScript(), 'ci'], {
		workingDirectory: folder,
		environment: npmEnvironment(),
		label: `npm ci of ${name}`,
		timeoutSeconds: 300,
	});
	writeFileSync(stampFile, wanted);
	return folder;
}
