/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command';

/** What to look for, and what to install where it is missing. */
export interface WantedProgram {
	/** Its file may have any of these names. */
	binaries: readonly string[];
	/** Folders to look in before those of `PATH`. */
	folders?: () => string[];
	debianPackage: string;
}

/** The program's path. On Debian it is installed first when it is missing and we may. */
export async function findOrInstall(
	program: WantedProgram,
	log: (line: string) => void,
): Promise<string> {
	const found = find(program);
	if (found !== undefined) return found;
	const { binaries, debianPackage } = program;
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		throw new Error(
			`${binaries[0]} was not found. Install it (Debian: apt-get install ${debianPackage}) and run this again.`,
		);
	}
	log(`installing ${debianPackage} with apt-get ...`);
	const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	for (const words of [['update'], ['install', '-y', '--no-install-recommends', debianPackage]]) {
		await runCommand('/usr/bin/apt-get', words, { workingDirectory: '/', environment });
	}
	const installed = find(program);
	if (installed === undefined) throw new Error(`apt-get installed no ${binaries[0]}`);
	return installed;
}

function find({ binaries, folders }: WantedProgram): string | undefined {
	return [...(folders?.() ?? []), ...(process.env.PATH ?? '').split(delimiter)]
		.flatMap((folder) => binaries.map((binary) => join(folder, binary)))
		.find((file) => existsSync(file));
}
