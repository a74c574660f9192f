import { sleep } from 'n8n-workflow';

import type { Clock } from '../run/ports';

/** The clock of the machine; n8n's own sleep, since community nodes may not use timers. */
export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	sleep: async (milliseconds, signal) => {
		if (milliseconds <= 0 || signal?.aborted === true) return;
		try {
			await sleep(milliseconds, signal);
		} catch {
			// The signal ended the sleep; the caller looks at the signal itself.
		}
	},
};
