/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one run of one test. */
export interface TemporaryFolder {
	/** Without symbolic links in it: n8n refuses files below one, and /tmp is one on macOS. */
	path: string;
	remove(): void;
}

/** Makes an empty folder, which is removed when this process ends, however it ends, or before. */
export function makeTemporaryFolder(name: string): TemporaryFolder {
	const path = realpathSync(mkdtempSync(join(tmpdir(), `n8n-${name}-`)));
	// A process that was killed a moment ago may still have written into it.
	const removeNow = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
	process.once('exit', removeNow);
	return {
		path,
		remove: () => {
			process.removeListener('exit', removeNow);
			removeNow();
		},
	};
}
