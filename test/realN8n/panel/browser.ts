/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { runCommand } from '../instance/command';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts the machine's Chromium; on Debian it is installed first when it is missing and we may. */
export async function startBrowser(log: (line: string) => void): Promise<Browser> {
	return await chromium.launch({
		executablePath: await findChromium(log),
		// Chromium refuses to run as root with its sandbox; it opens nothing but our own n8n.
		args: isRoot() ? ['--no-sandbox'] : [],
		timeout: 120_000,
	});
}

function isRoot(): boolean {
	return process.getuid?.() === 0;
}

async function findChromium(log: (line: string) => void): Promise<string> {
	const found = installedChromium();
	if (found !== undefined) return found;
	if (!isRoot() || !existsSync('/usr/bin/apt-get')) {
		throw new Error(
			'Chromium was not found. Install it (Debian: apt-get install chromium) or name it in CHROMIUM_BINARY.',
		);
	}
	log('browser: installing chromium with apt-get ...');
	const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	for (const words of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
		await runCommand('/usr/bin/apt-get', words, { workingDirectory: '/', environment });
	}
	const installed = installedChromium();
	if (installed === undefined) throw new Error('apt-get installed chromium, but it is not there');
	return installed;
}

function installedChromium(): string | undefined {
	const named = process.env.CHROMIUM_BINARY;
	return [...(named === undefined ? [] : [named]), ...CANDIDATES].find((file) => existsSync(file));
}
