/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error -- tests never ship */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceHome } from './home';

const READY_WITHIN_SECONDS = 120;
/** n8n is told to finish within 5 s (environment.ts). */
const STOPPED_WITHIN_SECONDS = 10;

/** `n8n start` as a process of its own. */
export class N8nServer {
	private stopped = false;

	private constructor(
		private readonly child: ChildProcess,
		/** Resolves with n8n's exit code or signal when it has ended. */
		readonly ended: Promise<string>,
		readonly url: string,
		private readonly logFile: string,
	) {}

	/** Starts n8n on the home's port and waits until it answers. */
	static async start(home: InstanceHome): Promise<N8nServer> {
		const logFile = join(home.userFolder, 'n8n.log');
		const logDescriptor = openSync(logFile, 'a');
		const child = spawn(home.installed.nodeBinary, [home.installed.n8nBinary, 'start'], {
			cwd: home.workingFolder,
			env: home.environment,
			stdio: ['ignore', logDescriptor, logDescriptor],
			// A group of its own: Ctrl-C reaches it through stop() alone, and its code runner goes down with it.
			detached: true,
		});
		closeSync(logDescriptor);
		const exited = new Promise<string>((resolve) => {
			child.once('error', (error) => resolve(error.message));
			child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
		});
		const server = new N8nServer(child, exited, `http://127.0.0.1:${home.port}`, logFile);
		process.once('exit', server.killAtOnce);
		try {
			await server.becomeReady();
		} catch (error) {
			await server.stop();
			throw error;
		}
		return server;
	}

	/** The process id of n8n itself. */
	get processId(): number | undefined {
		return this.child.pid;
	}

	/** Ends n8n and what it started, gently first. May be called twice. */
	async stop(): Promise<void> {
		if (this.stopped) return;
		this.stopped = true;
		if (this.isRunning()) {
			this.child.kill('SIGTERM');
			await Promise.race([
				this.ended,
				sleep(STOPPED_WITHIN_SECONDS * 1000, undefined, { ref: false }),
			]);
		}
		this.killAtOnce();
		if (this.isRunning()) await this.ended;
		process.removeListener('exit', this.killAtOnce);
	}

	private readonly killAtOnce = (): void => {
		if (this.child.pid === undefined) return;
		try {
			// The whole group: n8n's code runner may outlive n8n.
			if (process.platform === 'win32') this.child.kill('SIGKILL');
			else process.kill(-this.child.pid, 'SIGKILL');
		} catch {
			// Nothing of it is left.
		}
	};

	private isRunning(): boolean {
		return this.child.exitCode === null && this.child.signalCode === null;
	}

	private async becomeReady(): Promise<void> {
		const giveUpAt = Date.now() + READY_WITHIN_SECONDS * 1000;
		let ended: string | undefined;
		void this.ended.then((reason) => (ended = reason));
		while (Date.now() < giveUpAt) {
			if (ended !== undefined) throw new Error(`n8n ended with ${ended}\n${this.lastLog()}`);
			if (await this.answers()) return;
			await sleep(200);
		}
		throw new Error(`n8n was not ready within ${READY_WITHIN_SECONDS} s\n${this.lastLog()}`);
	}

	/** The health check is up seconds before the editor's API: both have to answer. */
	private async answers(): Promise<boolean> {
		try {
			const health = await fetch(`${this.url}/healthz/readiness`);
			if (!health.ok) return false;
			const settings = await fetch(`${this.url}/rest/settings`);
			return settings.ok && (settings.headers.get('content-type') ?? '').includes('json');
		} catch {
			return false;
		}
	}

	private lastLog(): string {
		return readFileSync(this.logFile, 'utf8').slice(-4000);
	}
}
