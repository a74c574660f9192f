/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runCommand } from '../../processes/command';
import { npmEnvironment, npmScript } from './npm';
import { makeTemporaryFolder } from '../../processes/temporaryFolder';

const PROJECT_FOLDER = resolve(__dirname, '../../..');
const BUILD_INPUTS = ['nodes', 'credentials', 'package.json', 'tsconfig.json', 'gulpfile.js'];

interface Manifest {
	name: string;
	version: string;
	/** The files n8n loads, by path inside the package. */
	n8n: { credentials: string[]; nodes: string[] };
	dependencies?: Record<string, string>;
	[field: string]: unknown;
}

/** Builds the package when something in it changed since the last build. */
export async function buildPackage(log: (line: string) => void = console.log): Promise<void> {
	const newestSource = newestChange(BUILD_INPUTS.map((name) => join(PROJECT_FOLDER, name)));
	const newestOutput = newestChange([join(PROJECT_FOLDER, 'dist')]);
	const complete = filesNotIn(PROJECT_FOLDER, readManifest(PROJECT_FOLDER)).length === 0;
	if (complete && newestOutput > newestSource) return;
	const { seconds } = await runCommand(process.execPath, [npmScript(), 'run', 'build'], {
		workingDirectory: PROJECT_FOLDER,
		// Without this, hundreds of frames of a turning wheel bury a compiler's message.
		environment: { ...npmEnvironment(), CI: 'true' },
		label: 'npm run build',
	});
	log(`package: built in ${seconds} s`);
}

/** Builds our package and installs it into an n8n. */
export async function installOurPackage(
	userFolder: string,
	log: (line: string) => void = console.log,
): Promise<void> {
	await buildPackage(log);
	await installCommunityPackage(PROJECT_FOLDER, userFolder, log);
}

/**
 * Puts a package where n8n keeps community packages, by the steps of its own installer (`downloadPackage`
 * in n8n 2.41's community-packages.service): npm pack, untar, strip the dependencies that are not for
 * run time. n8n would then run `npm install`, which has nothing to do in a package without dependencies.
 */
export async function installCommunityPackage(
	packageFolder: string,
	userFolder: string,
	log: (line: string) => void = console.log,
): Promise<void> {
	const { path: packFolder, remove } = makeTemporaryFolder('community-package');
	try {
		await runCommand(
			process.execPath,
			[npmScript(), 'pack', '--ignore-scripts', '--pack-destination', packFolder],
			{ workingDirectory: packageFolder, environment: npmEnvironment(), label: 'npm pack' },
		);
		const tarball = readdirSync(packFolder).find((name) => name.endsWith('.tgz'));
		if (!tarball) throw new Error('npm pack wrote no tarball');
		const bytes = statSync(join(packFolder, tarball)).size;

		const manifest = readManifest(packageFolder);
		const nodesFolder = join(userFolder, '.n8n', 'nodes');
		const target = join(nodesFolder, 'node_modules', manifest.name);
		await rm(target, { recursive: true, force: true });
		await mkdir(target, { recursive: true });
		await runCommand('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], {
			workingDirectory: packFolder,
		});
		const missing = filesNotIn(target, manifest);
		if (missing.length > 0) {
			throw new Error(`${tarball} lacks ${missing.join(', ')}: was a build running meanwhile?`);
		}
		await keepRuntimeFields(join(target, 'package.json'));
		await addToInstalled(join(nodesFolder, 'package.json'), manifest);
		log(`package: ${tarball} (${Math.ceil(bytes / 1024)} kB) installed into n8n`);
	} finally {
		remove();
	}
}

/** n8n's list of what is installed, which it loads from. */
async function addToInstalled(file: string, { name, version }: Manifest): Promise<void> {
	const installed = existsSync(file)
		? (JSON.parse(await readFile(file, 'utf8')) as Pick<Manifest, 'dependencies'>)
		: {};
	const dependencies = { ...installed.dependencies, [name]: version };
	await writeFile(file, JSON.stringify({ name: 'installed-nodes', private: true, dependencies }));
}

async function keepRuntimeFields(manifestFile: string): Promise<void> {
	const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest;
	if (Object.keys(manifest.dependencies ?? {}).length > 0) {
		throw new Error('The package has dependencies: n8n would install them, this test does not.');
	}
	delete manifest.devDependencies;
	delete manifest.peerDependencies;
	delete manifest.optionalDependencies;
	await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
}

function readManifest(packageFolder: string): Manifest {
	return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as Manifest;
}

/** Files that n8n would load from the package and that are not in this folder. */
function filesNotIn(folder: string, { n8n }: Manifest): string[] {
	return [...n8n.credentials, ...n8n.nodes].filter((file) => !existsSync(join(folder, file)));
}

/** When the newest file below these paths was written, in milliseconds; 0 when there is none. */
function newestChange(paths: string[]): number {
	let newest = 0;
	for (const path of paths) {
		if (!existsSync(path)) continue;
		const status = statSync(path);
		const inside = status.isDirectory()
			? newestChange(readdirSync(path).map((name) => join(path, name)))
			: status.mtimeMs;
		newest = Math.max(newest, inside);
	}
	return newest;
}
