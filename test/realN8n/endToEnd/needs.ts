/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOrInstall } from '../../processes/installedProgram';
import { findChromium } from '../panel/editor/browser';
import { findPostgres } from '../queue/cluster/postgres';
import { findRedis } from '../queue/cluster/redis';
import { installInstance } from '../installation/install';
import { installVersion, RECIPES_FOLDER } from '../installation/installVersion';
import { installPinned } from '../installation/pinned/pinnedPackages';

const TESTS_FOLDER = join(__dirname, '../..');

/** What the end-to-end tests need besides `npm ci`, by the name under which a part of them asks for it. */
const INSTALLERS = {
	n8n: async () => void (await installInstance()),
	chromium: async () => void (await findChromium(console.log)),
	graphicsMagick: async () =>
		void (await findOrInstall({ binaries: ['gm'], debianPackage: 'graphicsmagick' }, console.log)),
	redis: async () => void (await findRedis(console.log)),
	postgres: async () => void (await findPostgres(console.log)),
	olderN8n: async () => {
		for (const version of readdirSync(RECIPES_FOLDER)) await installVersion(version, console.log);
	},
	servers: async () => {
		await installPinned(join(TESTS_FOLDER, 'realN8n/thirdParty'), 'third-party', console.log);
	},
	clients: async () => {
		await installPinned(join(TESTS_FOLDER, 'thirdParty'), 'makers-clients', console.log);
	},
};

export type Need = keyof typeof INSTALLERS;

/** In the order in which they are installed: n8n first, below which the others are. */
export const ALL_NEEDS = Object.keys(INSTALLERS) as Need[];

/**
 * Installs what is missing, one after another: apt-get and npm do not share. What fails is told, and tried again by the
 * part that needs it, which then fails alone. Returns whether all is there.
 */
export async function install(needs: readonly Need[]): Promise<boolean> {
	let complete = true;
	for (const need of needs) {
		try {
			await INSTALLERS[need]();
		} catch (error) {
			console.error(error instanceof Error ? error.message : error);
			complete = false;
		}
	}
	return complete;
}

// `.ci/run` installs everything while `npm test` runs.
if (require.main === module) {
	void install(ALL_NEEDS).then((complete) => {
		process.exitCode = complete ? 0 : 1;
	});
}
