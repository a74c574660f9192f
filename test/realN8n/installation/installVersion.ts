/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { n8nBinaryIn, type InstalledInstance } from './install';
import { installPinned } from './pinned/pinnedPackages';
import { buildSqlite } from './sqlite';

export const RECIPES_FOLDER = join(__dirname, '../versions/recipes');

/** Installs the n8n of a recipe, about 1.6 GB, for the Node.js that runs this. Does nothing when that is there already. */
export async function installVersion(
	version: string,
	log: (line: string) => void,
): Promise<InstalledInstance> {
	const folder = await installPinned(join(RECIPES_FOLDER, version), `versions/${version}`, log);
	const nodeFolder = dirname(dirname(process.execPath));
	const hasHeaders = existsSync(join(nodeFolder, 'include', 'node', 'node.h'));
	const node = {
		binary: process.execPath,
		version: process.versions.node,
		headers: hasHeaders ? nodeFolder : undefined,
	};
	await buildSqlite(folder, node, `n8n ${version}`, log);
	return { nodeBinary: process.execPath, n8nBinary: n8nBinaryIn(folder) };
}
