/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallbackRecord, Emulator } from '../../emulator';

/** As often as the most patient provider of the seven. */
const mostTries = 10;

/** What came of a call. */
export interface Called {
	status: number | 'failed';
	milliseconds: number;
}

/** Calls back as a provider does, signed by the emulator. */
export class Caller {
	private seed = 7;

	constructor(private readonly emulator: Emulator) {}

	/** The same order in every run of the test, and not that of the submits. */
	inRandomOrder<T>(list: readonly T[]): T[] {
		const left = [...list];
		return list.map(() => {
			this.seed = (this.seed * 1_103_515_245 + 12_345) % 2_147_483_648;
			return left.splice(this.seed % left.length, 1)[0]!;
		});
	}

	/** Calls until it is answered with 2xx, as providers do; a busy machine may not answer within their 10 seconds. */
	async callUntilHeard(record: CallbackRecord, url: string): Promise<Called> {
		for (let tries = 1; ; tries += 1) {
			const called = await this.call(record, url);
			if (called.status === 200 || tries === mostTries) return called;
			await sleep(1000 * tries);
		}
	}

	/** One call to an n8n that stands for the public host. */
	async call(record: CallbackRecord, url: string): Promise<Called> {
		const started = performance.now();
		const status = await this.emulator.callBack(record, url);
		return { status, milliseconds: Math.round(performance.now() - started) };
	}
}
