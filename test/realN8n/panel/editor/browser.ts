/* eslint-disable @n8n/community-nodes/no-restricted-globals -- tests never ship */
import { chromium, type Browser } from 'playwright-core';
import { findOrInstall } from '../../../processes/installedProgram';

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

/** Chromium on this machine; installed first where it is missing. */
export async function findChromium(log: (line: string) => void): Promise<string> {
	const named = process.env.CHROMIUM_BINARY;
	if (named !== undefined) return named;
	const binaries = ['chromium', 'chromium-browser', 'google-chrome'];
	return await findOrInstall({ binaries, debianPackage: 'chromium' }, log);
}
