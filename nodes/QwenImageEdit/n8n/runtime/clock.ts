import { sleep } from 'n8n-workflow';

import type { Clock } from '../../run/ports';

/** A clock that only goes forward: the time of day jumps when a machine is set right, or wakes from a suspension. */
export const steadyClock: Pick<Clock, 'now'> = { now: () => performance.now() };

/** The clock of the machine; n8n's own sleep, since community nodes may not use timers. */
export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	sleep: async (milliseconds, signal) => {
		if (milliseconds <= 0 || signal?.aborted === true) return;
		let wake = (): void => {};
		// n8n 2.0 has a sleep that knows of no signal: it is left to run out, and nobody waits for it.
		const stopped = new Promise<void>((resolve) => {
			wake = resolve;
			signal?.addEventListener('abort', wake, { once: true });
		});
		try {
			await Promise.race([sleep(milliseconds, signal), stopped]);
		} catch {
			// The signal ended the sleep; the caller checks the signal itself.
		} finally {
			signal?.removeEventListener('abort', wake);
		}
	},
};
