/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { runCommand } from '../../processes/command';
import { npmEnvironment, npmScript } from '../../realN8n/installation/npm';
import { contentHash } from './contentHash';
import { exclusively } from './exclusive';
import { filesUnder, projectFolder } from '../project';

/** The package as it would be published, packed and unpacked again. */
export interface BuiltPackage {
	/** The `.tgz` file. */
	tarball: string;
	/** The folder that the tarball was unpacked into; what n8n would load. */
	folder: string;
	/** Paths of the files in it, sorted. */
	files: string[];
	/** Size of the tarball in bytes. */
	packedBytes: number;
}

/** What the build reads. */
const sources = ['nodes', 'credentials', 'gulp', 'gulpfile.js', 'package.json', 'tsconfig.json'];
/** What the tarball holds besides. */
const papers = ['README.md', 'LICENSE.md'];

const cacheFolder = join(projectFolder, 'node_modules', '.cache', 'n8n-nodes-qwen-image-edit');

async function npm(npmArguments: readonly string[]): Promise<string> {
	const { stdout } = await runCommand(process.execPath, [npmScript(), ...npmArguments], {
		workingDirectory: projectFolder,
		environment: npmEnvironment(),
		label: `npm ${npmArguments.join(' ')}`,
		timeoutSeconds: 300,
	});
	return stdout;
}

/** When the files under these paths were written, in milliseconds. */
function writtenAt(paths: readonly string[]): number[] {
	return paths.flatMap((path) => {
		const absolute = join(projectFolder, path);
		if (!existsSync(absolute)) return [];
		if (!statSync(absolute).isDirectory()) return [statSync(absolute).mtimeMs];
		return filesUnder(absolute).map((file) => statSync(join(absolute, file)).mtimeMs);
	});
}

/** Whether `dist` was finished after the last change of a source. */
function isBuilt(): boolean {
	const built = writtenAt(['dist']);
	// tsc leaves a copy of package.json; a build that went through to its end has taken it out.
	if (built.length === 0 || existsSync(join(projectFolder, 'dist', 'package.json'))) return false;
	return Math.min(...built) > Math.max(...writtenAt(sources));
}

async function pack(folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	await npm(['pack', '--ignore-scripts', '--pack-destination', folder]);
	await runCommand('tar', ['-xzf', tarballIn(folder), '-C', folder], {
		workingDirectory: projectFolder,
	});
}

function tarballIn(folder: string): string {
	const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
	if (name === undefined) throw new Error(`npm pack left no tarball in ${folder}`);
	return join(folder, name);
}

/**
 * Builds and packs the package once for all tests that want it, in whichever process they run; later
 * calls find what the first one made, as long as no source changes.
 */
export async function builtPackage(): Promise<BuiltPackage> {
	return await exclusively(join(cacheFolder, 'lock'), async () => {
		if (!isBuilt()) await npm(['run', 'build']);
		const parent = join(cacheFolder, 'packed');
		const folder = join(parent, contentHash([...sources, ...papers, 'dist']));
		if (!existsSync(join(folder, 'package', 'package.json'))) {
			rmSync(parent, { recursive: true, force: true });
			await pack(folder);
		}
		const tarball = tarballIn(folder);
		const unpacked = join(folder, 'package');
		return {
			tarball,
			folder: unpacked,
			files: filesUnder(unpacked),
			packedBytes: readFileSync(tarball).length,
		};
	});
}
