/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../instance/command';
import type { InstalledInstance } from '../instance/install';
import { nodeGypScript, npmEnvironment, npmScript } from '../instance/npm';

const RECIPES_FOLDER = join(__dirname, 'recipes');
/** Below the pinned n8n's folder, where neither git nor the build of the package nor jest looks. */
const VERSIONS_FOLDER = join(__dirname, '../../../.n8n-instance/versions');

/**
 * Installs the n8n of a recipe, and compiles sqlite3, the one native module it needs, for the Node.js that runs
 * this. Does nothing when that is there already. About 1.6 GB on disk.
 */
export async function installVersion(
	version: string,
	log: (line: string) => void,
): Promise<InstalledInstance> {
	const recipe = join(RECIPES_FOLDER, version);
	const folder = join(VERSIONS_FOLDER, version);
	const installed = {
		nodeBinary: process.execPath,
		n8nBinary: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
	};
	const lockfile = readFileSync(join(recipe, 'package-lock.json'));
	// The ABI of sqlite3 goes with the major version of Node.js.
	const wanted = `${createHash('sha256').update(lockfile).digest('hex')} ${process.versions.modules}`;
	const stampFile = join(folder, 'node_modules', '.installed');
	if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return installed;

	mkdirSync(folder, { recursive: true });
	for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
		copyFileSync(join(recipe, file), join(folder, file));
	}
	log(`n8n ${version}: installing with npm ci (minutes when the npm cache is cold) ...`);
	const { seconds } = await runCommand(process.execPath, [npmScript(), 'ci', '--ignore-scripts'], {
		workingDirectory: folder,
		environment: npmEnvironment(),
		label: `npm ci of n8n ${version}`,
		onHeartbeat: (elapsed) => log(`n8n ${version}: still installing after ${elapsed} s ...`),
	});
	log(`n8n ${version}: npm ci took ${seconds} s; compiling sqlite3 ...`);
	await buildSqlite(join(folder, 'node_modules', 'sqlite3'), version);
	writeFileSync(stampFile, wanted);
	return installed;
}

/** Its own install script would try a download from outside the npm registry first. */
async function buildSqlite(folder: string, version: string): Promise<void> {
	const nodeFolder = dirname(dirname(process.execPath));
	const hasHeaders = existsSync(join(nodeFolder, 'include', 'node', 'node.h'));
	const environment = npmEnvironment();
	// binding.gyp calls `node` by name: it has to be the Node.js that the module is built for.
	environment.PATH = [dirname(process.execPath), environment.PATH].join(delimiter);
	await runCommand(
		process.execPath,
		[nodeGypScript(), 'rebuild', '--jobs=2', ...(hasHeaders ? [`--nodedir=${nodeFolder}`] : [])],
		{
			workingDirectory: folder,
			environment,
			label: `The build of sqlite3 for n8n ${version} (it needs Python 3, make and a C++ compiler)`,
		},
	);
	if (!existsSync(join(folder, 'build', 'Release', 'node_sqlite3.node'))) {
		throw new Error(`The build left no sqlite3 for n8n ${version}`);
	}
}
