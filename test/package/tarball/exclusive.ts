/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

function isAlive(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch {
		return false;
	}
}

/** Takes away a lock whose owner has died without giving it back. */
function breakStaleLock(lockFolder: string): void {
	let owner = Number.NaN;
	try {
		owner = Number(readFileSync(join(lockFolder, 'owner'), 'utf8'));
	} catch {
		// Taken a moment ago, its owner not yet written, or given back meanwhile.
		return;
	}
	if (!isAlive(owner)) rmSync(lockFolder, { recursive: true, force: true });
}

/** Runs a step that only one process may run at a time; the others wait for it. */
export async function exclusively<Result>(
	lockFolder: string,
	step: () => Promise<Result>,
): Promise<Result> {
	mkdirSync(dirname(lockFolder), { recursive: true });
	// Nothing is returned when the folder was there already: then it is somebody else's lock.
	while (mkdirSync(lockFolder, { recursive: true }) === undefined) {
		breakStaleLock(lockFolder);
		await pause(200);
	}
	try {
		writeFileSync(join(lockFolder, 'owner'), String(process.pid));
		return await step();
	} finally {
		rmSync(lockFolder, { recursive: true, force: true });
	}
}
