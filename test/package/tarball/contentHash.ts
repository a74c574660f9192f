/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { filesUnder, projectFolder } from '../project';

/** One name for the content of files and folders of the project; what is not there counts as empty. */
export function contentHash(paths: readonly string[]): string {
	const hash = createHash('sha256');
	for (const path of paths) {
		const absolute = join(projectFolder, path);
		if (!existsSync(absolute)) continue;
		const files = statSync(absolute).isDirectory()
			? filesUnder(absolute).map((file) => join(absolute, file))
			: [absolute];
		for (const file of files) {
			hash.update(file.slice(projectFolder.length)).update('\0').update(readFileSync(file));
		}
	}
	return hash.digest('hex').slice(0, 32);
}
