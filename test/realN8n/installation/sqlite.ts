/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from '../../processes/command';
import { nodeGypScript, npmEnvironment } from './npm';
import { readStamp, writeStamp } from './pinned/pinnedPackages';

/** The Node.js that sqlite3 is compiled for. */
export interface CompilingNode {
	binary: string;
	version: string;
	/** The folder of its C headers; they are downloaded when it is not given. */
	headers: string | undefined;
}

/**
 * Compiles sqlite3, the only native module of n8n without a prebuilt file in its npm package, unless it is there. Its
 * own install script would first try a download from outside the npm registry; building from the source in the
 * package needs no network at all.
 */
export async function buildSqlite(
	folder: string,
	node: CompilingNode,
	label: string,
	log: (line: string) => void,
): Promise<void> {
	const sqlite = join(folder, 'node_modules', 'sqlite3');
	const built = join(sqlite, 'build', 'Release', 'node_sqlite3.node');
	const stamp = readStamp(folder)!;
	if (stamp.sqliteBuiltFor === node.version && existsSync(built)) return;
	log(`${label}: compiling sqlite3 (about a minute) ...`);
	const environment = npmEnvironment();
	// binding.gyp calls `node` by name: it has to be the Node.js that the module is built for.
	environment.PATH = [dirname(node.binary), environment.PATH].join(delimiter);
	// These stand behind the -O3 of the build: half the time to compile, and no test is about the speed of SQLite.
	Object.assign(environment, { CFLAGS: '-O1', CXXFLAGS: '-O1' });
	const headers = node.headers === undefined ? [] : [`--nodedir=${node.headers}`];
	const { seconds } = await runCommand(
		node.binary,
		[nodeGypScript(), 'rebuild', '--jobs=2', ...headers],
		{
			workingDirectory: sqlite,
			environment,
			label: `The build of sqlite3 for ${label} (it needs Python 3, make and a C++ compiler)`,
			onHeartbeat: (elapsed) => log(`${label}: still compiling after ${elapsed} s ...`),
		},
	);
	if (!existsSync(built)) throw new Error(`The build left no ${built}`);
	writeStamp(folder, { ...stamp, sqliteBuiltFor: node.version });
	log(`${label}: sqlite3 compiled in ${seconds} s`);
}
