/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import type { HomeOptions } from '../instance/home';
import { startInstance, type RunningInstance } from '../instance/start';
import { makeTemporaryFolder, type TemporaryFolder } from '../../processes/temporaryFolder';
import { Executions } from '../instance/executions';

/** One n8n after another on the same data: each is killed, and the next finds what it has left behind. */
export class KilledInstance {
	private constructor(
		private readonly folder: TemporaryFolder,
		private readonly log: (line: string) => void,
		private instance: RunningInstance,
		public executions: Executions,
	) {}

	/** Starts the first one, with the package, credentials and workflows in it. */
	static async start(
		content: Pick<HomeOptions, 'credentials' | 'workflows'>,
		log: (line: string) => void,
	): Promise<KilledInstance> {
		const folder = makeTemporaryFolder('kill');
		const instance = await startInstance({ ...content, userFolder: folder.path, log });
		return new KilledInstance(folder, log, instance, await Executions.of(instance));
	}

	/** Where n8n answers now; each start has a port of its own. */
	get url(): string {
		return this.instance.url;
	}

	/** The folder that workflows read from and write to. */
	get filesFolder(): string {
		return this.instance.filesFolder;
	}

	/** What n8n has written to its log so far. */
	get logFile(): string {
		return this.instance.logFile;
	}

	/** SIGKILL, for n8n and for the code runner that it started; what it had in memory is gone. */
	async kill(): Promise<void> {
		assert.equal(await this.instance.kill(), 'SIGKILL');
	}

	/** Ends n8n as an update does: it may finish what it has begun. The data stays. */
	async end(): Promise<void> {
		await this.instance.stop();
	}

	/** Starts n8n again on the same data. */
	async startAgain(): Promise<void> {
		// The package, credentials and workflows are where the first one has put them.
		this.instance = await startInstance({
			userFolder: this.folder.path,
			withPackage: false,
			log: this.log,
		});
		this.executions = await Executions.of(this.instance);
	}

	/** Ends n8n gently and removes its data. */
	async stop(): Promise<void> {
		await this.instance.stop();
		this.folder.remove();
	}
}
