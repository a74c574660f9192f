/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, type CommandResult } from '../../../processes/command';
import { npmEnvironment, npmScript } from '../npm';
import { withTarballUrls, type Lockfile } from './tarballUrls';

/**
 * Where everything is installed that only these tests need: n8n, and all else below it, so that it finds n8n's packages. Not beside the recipes: the build of the package copies
 * every image below the project except in the top-level node_modules and in dot folders, and n8n brings thousands of icons.
 */
const INSTALLED_FOLDER = join(__dirname, '../../../../.n8n-instance');

/** What an installation was made from; within its node_modules, so that `npm ci` deletes it with what it describes. */
interface Stamp {
	lockfileHash: string;
	/** The version of Node.js that sqlite3 was compiled for. */
	sqliteBuiltFor?: string;
}

/**
 * Installs what the lockfile in `recipeFolder` pins below {@link INSTALLED_FOLDER}, unless it is there, and returns the
 * folder. Needs the npm registry, or npm's cache, once. No package runs a script: `.npmrc` says ignore-scripts.
 */
export async function installPinned(
	recipeFolder: string,
	name: string,
	log: (line: string) => void = () => undefined,
): Promise<string> {
	const folder = name === 'n8n' ? INSTALLED_FOLDER : join(INSTALLED_FOLDER, name);
	const lockfile = readFileSync(join(recipeFolder, 'package-lock.json'));
	const lockfileHash = createHash('sha256').update(lockfile).digest('hex');
	if (readStamp(folder)?.lockfileHash === lockfileHash) return folder;
	mkdirSync(folder, { recursive: true });
	for (const file of ['package.json', '.npmrc']) {
		copyFileSync(join(recipeFolder, file), join(folder, file));
	}
	const lock = JSON.parse(lockfile.toString('utf8')) as Lockfile;
	// Optional ones are those of other platforms.
	const needed = Object.entries(lock.packages).filter(([path, one]) => path && !one.optional);
	const paths = needed.map(([path]) => path);
	log(`${name}: installing ${paths.length} packages (minutes when the npm cache is cold) ...`);
	const install = async (from: Lockfile): Promise<CommandResult> => {
		writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(from));
		return await runCommand(process.execPath, [npmScript(), 'ci', '--ignore-scripts'], {
			workingDirectory: folder,
			environment: npmEnvironment(),
			label: `npm ci of ${name}`,
			heartbeatSeconds: 10,
			onHeartbeat: (elapsed) => {
				const there = paths.filter((path) => existsSync(join(folder, path, 'package.json')));
				log(`${name}: ${there.length} of ${paths.length} packages after ${elapsed} s ...`);
			},
		});
	};
	const { seconds } = await install(withTarballUrls(lock, await registryOf(folder))).catch(
		async (error: unknown) => {
			// Some mirrors keep their files elsewhere.
			log(`${name}: ${String(error).split('\n')[0]}, asking the registry for every address ...`);
			return await install(lock);
		},
	);
	log(`${name}: npm ci took ${seconds} s`);
	writeStamp(folder, { lockfileHash });
	return folder;
}

async function registryOf(folder: string): Promise<string> {
	const { stdout } = await runCommand(
		process.execPath,
		[npmScript(), 'config', 'get', 'registry'],
		{
			workingDirectory: folder,
			environment: npmEnvironment(),
		},
	);
	return stdout.trim();
}

/** The stamp of an installation; `undefined` where there is none. */
export function readStamp(folder: string): Stamp | undefined {
	const file = stampFile(folder);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stamp) : undefined;
}

/** Notes what an installation was made from. */
export function writeStamp(folder: string, stamp: Stamp): void {
	writeFileSync(stampFile(folder), JSON.stringify(stamp));
}

function stampFile(folder: string): string {
	return join(folder, 'node_modules', '.installed.json');
}
