/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../instance/command';
import { npmEnvironment, npmScript } from '../instance/npm';

/** Beside the n8n of the tests: neither git nor the build of the package nor jest looks there. */
const FOLDER = join(__dirname, '..', '..', '.n8n-instance', 'third-party');
const STAMP_FILE = join(FOLDER, 'node_modules', '.installed');

/** Installs the pinned servers, unless they are there; needs the npm registry, or npm's cache, once. */
export async function installThirdParty(): Promise<string> {
	const lockfile = readFileSync(join(__dirname, 'package-lock.json'));
	const wanted = createHash('sha256').update(lockfile).digest('hex');
	if (existsSync(STAMP_FILE) && readFileSync(STAMP_FILE, 'utf8') === wanted) return FOLDER;
	mkdirSync(FOLDER, { recursive: true });
	for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
		copyFileSync(join(__dirname, file), join(FOLDER, file));
	}
	await runCommand(process.execPath, [npmScript(), 'ci'], {
		workingDirectory: FOLDER,
		environment: npmEnvironment(),
		label: 'npm ci of the third-party servers',
		timeoutSeconds: 300,
	});
	writeFileSync(STAMP_FILE, wanted);
	return FOLDER;
}
