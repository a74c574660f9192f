/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds; throws what it was waiting for when it never does. */
export async function until(
	what: string,
	holds: () => boolean | Promise<boolean>,
	seconds = 120,
): Promise<void> {
	const giveUpAt = Date.now() + seconds * 1000;
	while (!(await holds())) {
		if (Date.now() > giveUpAt) throw new Error(`Waited ${seconds} s in vain: ${what}`);
		await sleep(100);
	}
}
