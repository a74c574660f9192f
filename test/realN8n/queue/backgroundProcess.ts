/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessOptions {
	/** What it prints goes there. */
	logFile: string;
	workingDirectory: string;
	environment?: NodeJS.ProcessEnv;
	/** Whom it runs as; only root can choose. */
	user?: { uid: number; gid: number };
}

/** A program that runs beside the test, in a process group of its own. */
export class BackgroundProcess {
	private constructor(
		private readonly child: ChildProcess,
		private readonly name: string,
		/** Resolves with its exit code or signal when it has ended. */
		readonly ended: Promise<string>,
		private readonly logFile: string,
	) {
		process.once('exit', this.killAtOnce);
	}

	static start(
		command: string,
		commandArguments: readonly string[],
		{ logFile, workingDirectory, environment, user }: ProcessOptions,
	): BackgroundProcess {
		const logDescriptor = openSync(logFile, 'a');
		const child = spawn(command, commandArguments, {
			cwd: workingDirectory,
			env: environment ?? process.env,
			stdio: ['ignore', logDescriptor, logDescriptor],
			detached: true,
			...user,
		});
		closeSync(logDescriptor);
		const ended = new Promise<string>((resolve) => {
			child.once('error', (error) => resolve(error.message));
			child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
		});
		return new BackgroundProcess(child, command, ended, logFile);
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

	/** Sends a signal to it and to what it has started. */
	signal(signal: NodeJS.Signals): void {
		try {
			process.kill(-this.child.pid!, signal);
		} catch {
			// Nothing of it is left.
		}
	}

	/** Sends a signal to it alone, as a supervisor does, and to what it started only when it does not end. */
	async stop(signal: NodeJS.Signals = 'SIGTERM', withinSeconds = 10): Promise<string> {
		if (this.isRunning()) {
			this.child.kill(signal);
			await Promise.race([this.ended, sleep(withinSeconds * 1000, undefined, { ref: false })]);
		}
		this.killAtOnce();
		process.removeListener('exit', this.killAtOnce);
		return await this.ended;
	}

	/** Waits until `answers` does. Throws with its last words when it ends before, or takes too long. */
	async becomesReady(answers: () => Promise<boolean>, withinSeconds: number): Promise<void> {
		const giveUpAt = Date.now() + withinSeconds * 1000;
		while (!(await answers().catch(() => false))) {
			if (!this.isRunning() || Date.now() > giveUpAt) {
				const reason = this.isRunning() ? 'is not ready' : `ended with ${await this.ended}`;
				throw new Error(`${this.name} ${reason}\n${this.log.slice(-3000)}`);
			}
			await sleep(100);
		}
	}

	private readonly killAtOnce = (): void => {
		this.signal('SIGKILL');
	};

	private isRunning(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}
}
