/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { makeTemporaryFolder } from '../../processes/temporaryFolder';
import { COLOURS_FILE, PHOTOS_FOLDER, PHOTO_FILE, SPREADSHEET_FILE } from './examples';

/** A photo as a phone takes it, under the name that one example reads it by. */
export const PHONE_PHOTO = 'phone-photo.jpg';

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
export async function createWorkspace(name: string): Promise<Workspace> {
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
	for (const table of [SPREADSHEET_FILE, COLOURS_FILE]) {
		copyFileSync(table, join(filesFolder, basename(table)));
	}
	await takePhonePhoto(join(filesFolder, PHONE_PHOTO));
	return { userFolder, workingFolder, filesFolder };
}

/** Twelve megapixels held upright: the sensor lies on its side, and a tag says so. */
async function takePhonePhoto(file: string): Promise<void> {
	await sharp(PHOTO_FILE)
		.resize(4032, 3024, { fit: 'cover' })
		.jpeg({ quality: 90 })
		.withMetadata({ orientation: 6 })
		.toFile(file);
}
