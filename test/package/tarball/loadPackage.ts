/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
// Loads a package folder as n8n does and prints what n8n then knows of it, as JSON. In a process of its
// own, so that the seconds are those of a fresh start.
//
//   tsx loadPackage.ts <folder>
import 'reflect-metadata';

import { PackageDirectoryLoader } from 'n8n-core';

async function load(folder: string): Promise<void> {
	const startedAt = process.hrtime.bigint();
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
	process.stdout.write(
		JSON.stringify({
			seconds,
			packageName: loader.packageName,
			known: loader.known,
			nodes: loader.types.nodes,
			credentials: loader.types.credentials,
		}),
	);
}

load(process.argv[2]!).catch((error: unknown) => {
	process.stderr.write(`${String(error)}\n`);
	process.exitCode = 1;
});
