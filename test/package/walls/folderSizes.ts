/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { posix } from 'node:path';

/** More cannot be taken in at a glance; then a sub-folder's name says what is in it. */
export const MOST_FILES = 9;

/** Folders whose number of files follows from the number of providers, and why. */
export const GROWS_WITH_PROVIDERS: ReadonlyArray<readonly [folder: RegExp, why: string]> = [
	[/^nodes\/QwenImageEdit\/providers$/, 'one file per provider, and the index'],
	[/^credentials$/, 'n8n wants one class per file, and every provider has one'],
	[/^credentials\/icons$/, 'a light and a dark one per credential'],
	[/^test\/emulator\/providers$/, 'one emulated provider per file, and the index'],
	[/^test\/documents(\/[^/]+)?$/, 'one file per documented request or answer'],
];

/** Folders with more files than that, with the number of them. */
export function crowdedFolders(paths: readonly string[]): string[] {
	const files = new Map<string, number>();
	for (const path of paths) {
		const folder = posix.dirname(path);
		files.set(folder, (files.get(folder) ?? 0) + 1);
	}
	return [...files]
		.filter(([, count]) => count > MOST_FILES)
		.filter(([folder]) => !GROWS_WITH_PROVIDERS.some(([grows]) => grows.test(folder)))
		.map(([folder, count]) => `${folder} has ${count} files`)
		.sort();
}
