/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Emulator } from '../../../emulator/types';
import { PHOTOS_FOLDER } from '../examples';
import { photoNames } from '../workspace';

/** Where the photographs of the examples are on the web: the project's own repository. */
const PUBLIC_PHOTOS =
	'https://raw.githubusercontent.com/n8n-nodes-qwen-image-edit/n8n-nodes-qwen-image-edit/main/examples/photos';

/** What the emulated content check of odkkk finds, in a prompt of the spreadsheet, after it has taken the task. */
const REFUSED_WORDS = 'well-known actor';

/** Lets the emulated providers find on "the web" what the examples name, and refuse what they would refuse. */
export function furnishPublicWorld(emulator: Emulator): void {
	for (const name of photoNames()) {
		emulator.publishImage(`${PUBLIC_PHOTOS}/${name}`, readFileSync(join(PHOTOS_FOLDER, name)));
	}
	emulator.faults.add({ provider: 'odkkk', kind: 'taskFailed', prompt: REFUSED_WORDS });
}
