/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { storageCredentialType } from '../../nodes/QwenImageEdit/n8n/storage/storageCredential';
import { providers } from '../../nodes/QwenImageEdit/providers';
import { runCommand, type CommandResult } from '../processes/command';

/** The folder of the package. */
export const projectFolder = resolve(__dirname, '../..');

/** The type of every credential: one for each provider, and the bucket. */
export const credentialTypes = [
	...providers.map(({ credential }) => credential.type),
	storageCredentialType,
];

/** What the tests read of package.json. */
export interface Manifest {
	name: string;
	version: string;
	description: string;
	homepage: string;
	license: string;
	main?: string;
	keywords: string[];
	files: string[];
	author: { name: string; email: string };
	repository: { type: string; url: string };
	scripts: Record<string, string>;
	dependencies?: Record<string, string>;
	devDependencies: Record<string, string>;
	optionalDependencies?: Record<string, string>;
	peerDependencies: Record<string, string>;
	overrides?: unknown;
	n8n: { n8nNodesApiVersion: number; strict: boolean; nodes: string[]; credentials: string[] };
}

export function readText(path: string): string {
	return readFileSync(join(projectFolder, path), 'utf8');
}

export function readManifest(): Manifest {
	return JSON.parse(readText('package.json')) as Manifest;
}

/** Every file under a folder, as paths behind it, sorted; a missing folder is empty. */
export function filesUnder(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.map((path) => path.replaceAll('\\', '/'))
		.sort();
}

/** Runs the command line script of a devDependency with the Node.js in use. */
export async function runTool(
	script: string,
	toolArguments: readonly string[],
	environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
	// jest sets NODE_ENV=test, and then n8n's rules take every file for one of their own tests.
	const inherited = { ...process.env };
	delete inherited.NODE_ENV;
	return await runCommand(
		process.execPath,
		[resolve(projectFolder, 'node_modules', script), ...toolArguments],
		{
			workingDirectory: projectFolder,
			environment: { ...inherited, ...environment },
			label: `${script} ${toolArguments.join(' ')}`,
			timeoutSeconds: 300,
		},
	);
}
