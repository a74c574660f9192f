/* eslint-disable no-console -- tests never ship */
import { secondsSince } from '../instance/command';

/** Runs named checks one after another; one that fails does not keep the next from running. */
export class Checks {
	private passed = 0;
	private readonly failed: string[] = [];

	/** @param onFailure - saves what the browser showed, and says where */
	constructor(private readonly onFailure: (name: string) => Promise<string>) {}

	/** One check: it holds unless `body` throws. */
	async check(name: string, body: () => Promise<void>): Promise<void> {
		const startedAt = Date.now();
		try {
			await body();
			this.passed += 1;
			console.log(`  ok    ${name} (${secondsSince(startedAt)} s)`);
		} catch (error) {
			const seen = await this.onFailure(name).catch((reason: unknown) => String(reason));
			this.failed.push(name);
			const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
			console.log(`  FAIL  ${name}\n${words.replace(/^/gm, '        ')}\n        seen: ${seen}`);
		}
	}

	/** Says how many held; `false` when one did not, or none was run. */
	summarise(): boolean {
		console.log(`\n${this.passed} passed, ${this.failed.length} failed`);
		for (const name of this.failed) console.log(`  failed: ${name}`);
		return this.failed.length === 0 && this.passed > 0;
	}
}
