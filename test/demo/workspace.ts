/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { PHOTO_FILE } from './examples';

const DEMO_FOLDER = resolve(__dirname, '../../.n8n-demo');

export interface Workspace {
	/** n8n's database and keys. Removed when this process ends, however it ends. */
	userFolder: string;
	/** n8n's working folder: the photo and the edited pictures are in its `.n8n-files`, and stay. */
	workingFolder: string;
	filesFolder: string;
}

/** Folders for one run of the demo. Pictures of an earlier run are gone, so none can pass for a new one. */
export function createWorkspace(name: string): Workspace {
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-demo-'));
	process.once('exit', () => rmSync(userFolder, { recursive: true, force: true, maxRetries: 5 }));
	const workingFolder = join(DEMO_FOLDER, name);
	const filesFolder = join(workingFolder, '.n8n-files');
	rmSync(filesFolder, { recursive: true, force: true });
	mkdirSync(filesFolder, { recursive: true });
	copyFileSync(PHOTO_FILE, join(filesFolder, basename(PHOTO_FILE)));
	return { userFolder, workingFolder, filesFolder };
}
