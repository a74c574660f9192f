/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryFolder } from './temporaryFolder';

export interface ProcessOptions {
	workingDirectory: string;
	environment?: NodeJS.ProcessEnv;
	/** What it prints goes there; into a temporary file that is removed with it when not given. */
	logFile?: string;
	/** Whom it runs as; only root can choose. */
	user?: { uid: number; gid: number };
}

/** A program that runs beside the test, in a process group of its own, and ends with the test at the latest. */
export class BackgroundProcess {
	private constructor(
		private readonly child: ChildProcess,
		private readonly name: string,
		/** Resolves with its exit code or signal when it has ended. */
		readonly ended: Promise<string>,
		readonly logFile: string,
		private readonly removeLog: () => void,
	) {
		// Before the folders that it writes into are removed.
		process.prependOnceListener('exit', this.killAtOnce);
	}

	static start(
		command: string,
		commandArguments: readonly string[],
		{ logFile, workingDirectory, environment, user }: ProcessOptions,
	): BackgroundProcess {
		const folder = logFile === undefined ? makeTemporaryFolder('process') : undefined;
		const file = logFile ?? join(folder!.path, 'log');
		const logDescriptor = openSync(file, 'a');
		const child = spawn(command, commandArguments, {
			cwd: workingDirectory,
			env: environment ?? process.env,
			stdio: ['ignore', logDescriptor, logDescriptor],
			// A group of its own: Ctrl-C reaches it through stop() alone, and what it starts goes down with it.
			detached: true,
			...user,
		});
		closeSync(logDescriptor);
		const ended = new Promise<string>((resolve) => {
			child.once('error', (error) => resolve(error.message));
			child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
		});
		return new BackgroundProcess(child, command, ended, file, () => folder?.remove());
	}

	/** What it has printed so far. */
	get log(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	/** Its memory now; `undefined` where the system does not tell it as Linux does. */
	get residentMegabytes(): number | undefined {
		const file = `/proc/${this.child.pid}/status`;
		if (!existsSync(file)) return undefined;
		const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1];
		return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
	}

	/** Sends a signal to it alone, as a supervisor does, and to what it started only when it does not end. */
	async stop(signal: NodeJS.Signals = 'SIGTERM', withinSeconds = 10): Promise<string> {
		if (this.isRunning()) {
			this.child.kill(signal);
			await Promise.race([this.ended, sleep(withinSeconds * 1000, undefined, { ref: false })]);
		}
		return await this.kill();
	}

	/** SIGKILL for it and for all that it has started; resolves when it is gone. May be called twice. */
	async kill(): Promise<string> {
		this.killAtOnce();
		const reason = await this.ended;
		process.removeListener('exit', this.killAtOnce);
		this.removeLog();
		return reason;
	}

	/** Waits until `answers` does. Throws with its last words when it ends before, or takes too long. */
	async becomesReady(answers: () => Promise<boolean>, withinSeconds: number): Promise<void> {
		const giveUpAt = Date.now() + withinSeconds * 1000;
		while (!(await answers().catch(() => false))) {
			if (!this.isRunning() || Date.now() > giveUpAt) {
				const reason = this.isRunning()
					? `was not ready within ${withinSeconds} s`
					: `ended with ${await this.ended}`;
				const words = this.log.slice(-4000);
				await this.kill();
				throw new Error(`${this.name} ${reason}\n${words}`);
			}
			await sleep(100);
		}
	}

	/** Waits until it has printed this, and returns what the pattern found. */
	async prints(pattern: RegExp, withinSeconds: number): Promise<RegExpExecArray> {
		let found: RegExpExecArray | null = null;
		await this.becomesReady(
			async () => await Promise.resolve((found = pattern.exec(this.log)) !== null),
			withinSeconds,
		);
		return found!;
	}

	private readonly killAtOnce = (): void => {
		if (this.child.pid === undefined) return;
		try {
			// Windows knows no process groups.
			if (process.platform === 'win32') this.child.kill('SIGKILL');
			else process.kill(-this.child.pid, 'SIGKILL');
		} catch {
			// Nothing of it is left.
		}
	};

	private isRunning(): boolean {
		return (
			this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null
		);
	}
}
