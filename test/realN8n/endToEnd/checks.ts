/* eslint-disable no-console -- tests never ship */
import { secondsSince } from '../../processes/command';

/** Runs named checks one after another; one that fails does not keep the next from running. */
export class Checks {
	private readonly startedAt = Date.now();
	private passed = 0;
	private readonly failed: string[] = [];

	/** @param onFailure - what else there is to see where a check failed, such as a log or an image of the browser */
	constructor(private readonly onFailure?: (name: string) => string | Promise<string>) {}

	/**
	 * One check: it holds unless `body` throws. What `body` returns is printed behind its name. Returns whether it held,
	 * for those that what follows cannot do without.
	 */
	async check(name: string, body: () => string | void | Promise<string | void>): Promise<boolean> {
		const startedAt = Date.now();
		try {
			const measured = await body();
			this.passed += 1;
			console.log(
				`  ok    ${name}${measured ? `: ${measured}` : ''} (${secondsSince(startedAt)} s)`,
			);
			return true;
		} catch (error) {
			this.failed.push(name);
			const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
			const seen = await this.seen(name);
			console.log(`  FAIL  ${name}\n${`${words}${seen}`.replace(/^/gm, '        ')}`);
			return false;
		}
	}

	/** A line about what happens next, with the seconds since the beginning. */
	readonly say = (line: string): void => {
		console.log(`[${secondsSince(this.startedAt)} s] ${line}`);
	};

	private async seen(name: string): Promise<string> {
		if (this.onFailure === undefined) return '';
		try {
			return `\nseen: ${await this.onFailure(name)}`;
		} catch (error) {
			return `\nseen: ${String(error)}`;
		}
	}

	/** Says how many held; `false` when one did not, or none was run. */
	summarise(): boolean {
		for (const name of this.failed) console.log(`  failed: ${name}`);
		console.log(`${this.passed} passed, ${this.failed.length} failed`);
		return this.failed.length === 0 && this.passed > 0;
	}
}
