/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { realpathSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HomeOptions } from '../instance/home';
import { startInstance, type RunningInstance } from '../instance/start';
import { Executions } from './executions';

/** One n8n after another on the same data: each is killed, and the next finds what it has left behind. */
export class KilledInstance {
	private running = true;

	private constructor(
		readonly folder: string,
		private readonly log: (line: string) => void,
		private instance: RunningInstance,
		public executions: Executions,
	) {
		process.once('exit', this.endAtOnce);
	}

	/** Starts the first one, with the package, credentials and workflows in it. */
	static async start(
		content: Pick<HomeOptions, 'credentials' | 'workflows'>,
		log: (line: string) => void,
	): Promise<KilledInstance> {
		const folder = realpathSync(await mkdtemp(join(tmpdir(), 'n8n-kill-')));
		const remove = (): void => removeFolder(folder);
		process.once('exit', remove);
		const instance = await startInstance({ ...content, userFolder: folder, log });
		const killed = new KilledInstance(folder, log, instance, await Executions.of(instance));
		process.removeListener('exit', remove);
		return killed;
	}

	private readonly endAtOnce = (): void => {
		// Before its folder goes: it would write into it until the end.
		try {
			if (this.running) process.kill(-this.instance.processId!, 'SIGKILL');
		} catch {
			// It has ended by itself.
		}
		removeFolder(this.folder);
	};

	/** The folder that workflows read from and write to. */
	get filesFolder(): string {
		return this.instance.filesFolder;
	}

	/** What n8n has written to its log so far. */
	get logFile(): string {
		return join(this.folder, 'n8n.log');
	}

	/** SIGKILL, for n8n and for the code runner that it started; what it had in memory is gone. */
	async kill(): Promise<void> {
		const { processId, ended } = this.instance;
		this.running = false;
		process.kill(-processId!, 'SIGKILL');
		assert.equal(await ended, 'SIGKILL');
		await this.instance.stop();
	}

	/** Starts n8n again on the same data. */
	async startAgain(): Promise<void> {
		// The package, credentials and workflows are where the first one has put them.
		this.instance = await startInstance({
			userFolder: this.folder,
			withPackage: false,
			log: this.log,
		});
		this.running = true;
		this.executions = await Executions.of(this.instance);
	}

	/** Ends n8n gently and removes its data. */
	async stop(): Promise<void> {
		this.running = false;
		await this.instance.stop();
		process.removeListener('exit', this.endAtOnce);
		removeFolder(this.folder);
	}
}

function removeFolder(folder: string): void {
	rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
