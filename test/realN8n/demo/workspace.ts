/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { makeTemporaryFolder } from '../../processes/temporaryFolder';
import { PHOTOS_FOLDER, SPREADSHEET_FILE } from './examples';

const DEMO_FOLDER = resolve(__dirname, '../../../.n8n-demo');

export interface Workspace {
	/** n8n's database and keys. Removed when this process ends, however it ends. */
	userFolder: string;
	/** n8n's working folder: the photos and the edited images are in its `.n8n-files`, and stay. */
	workingFolder: string;
	filesFolder: string;
}

/** Names of the photographs that come with the examples. */
export function photoNames(): string[] {
	return readdirSync(PHOTOS_FOLDER).filter((name) => extname(name) !== '.md');
}

/** Folders for one run of the demo. Images of an earlier run are gone, so none can pass for a new one. */
export function createWorkspace(name: string): Workspace {
	const { path: userFolder } = makeTemporaryFolder('demo');
	const workingFolder = join(DEMO_FOLDER, name);
	const filesFolder = join(workingFolder, '.n8n-files');
	// The folder that one example takes all photos from.
	const photosFolder = join(filesFolder, 'photos');
	rmSync(filesFolder, { recursive: true, force: true });
	mkdirSync(photosFolder, { recursive: true });
	for (const photo of photoNames()) {
		for (const folder of [filesFolder, photosFolder]) {
			copyFileSync(join(PHOTOS_FOLDER, photo), join(folder, photo));
		}
	}
	copyFileSync(SPREADSHEET_FILE, join(filesFolder, basename(SPREADSHEET_FILE)));
	return { userFolder, workingFolder, filesFolder };
}
