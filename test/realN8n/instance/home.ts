/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error, no-console -- tests never ship */
import { realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, runCommand, type CommandResult } from '../../processes/command';
import { installCommunityPackage, installOurPackage } from '../installation/communityPackage';
import { n8nEnvironment } from './environment';
import { printsExecution, readExecution, type ExecutedWorkflow } from './execution';
import { installInstance, type InstalledInstance } from '../installation/install';
import { reservePorts } from '../../processes/reservedPorts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../processes/temporaryFolder';

/** A credential as `n8n import:credentials` takes it: the data in plain text, which n8n then encrypts. */
export interface CredentialToImport {
	id: string;
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** A workflow as the editor exports it. It needs an `id` to be executed by. */
export interface WorkflowToImport<Node = unknown> {
	id: string;
	name: string;
	nodes: Node[];
	[field: string]: unknown;
}

export interface HomeOptions {
	/** Where n8n keeps its data; a new folder, removed in the end, when not given. */
	userFolder?: string;
	/** n8n's working directory. Workflows may use files in its `.n8n-files`, so a relative path does. */
	workingFolder?: string;
	credentials?: CredentialToImport[];
	workflows?: WorkflowToImport[];
	/** Another n8n than the pinned one, and the Node.js it runs on. */
	installed?: InstalledInstance;
	/** `false` leaves the package out. */
	withPackage?: boolean;
	/** Folders of other community packages to be installed after ours. */
	furtherPackages?: readonly string[];
	/** Further settings for n8n. */
	environment?: NodeJS.ProcessEnv;
	log?: (line: string) => void;
}

const COMMAND_TIMEOUT_SECONDS = 300;

/** The data folder of one n8n with our package in it, and the command line that works on it. */
export class InstanceHome {
	private constructor(
		readonly installed: InstalledInstance,
		readonly userFolder: string,
		readonly workingFolder: string,
		readonly environment: NodeJS.ProcessEnv,
		readonly port: number,
		private readonly madeHere: TemporaryFolder | undefined,
		private readonly log: (line: string) => void,
	) {}

	/** Installs what is missing, then makes a home with the package, credentials and workflows in it. */
	static async create(options: HomeOptions = {}): Promise<InstanceHome> {
		const log = options.log ?? console.log;
		const installed = options.installed ?? (await installInstance(log));
		const madeHere = options.userFolder === undefined ? makeTemporaryFolder('home') : undefined;
		const userFolder = realpathSync(options.userFolder ?? madeHere!.path);
		const workingFolder = realpathSync(options.workingFolder ?? userFolder);
		const filesFolder = join(workingFolder, '.n8n-files');
		const temporaryFolder = join(userFolder, 'tmp');
		await mkdir(filesFolder, { recursive: true });
		await mkdir(temporaryFolder, { recursive: true });
		const [port = 0, taskBrokerPort = 0] = await reservePorts(2);
		const environment = n8nEnvironment({
			nodeBinary: installed.nodeBinary,
			userFolder,
			temporaryFolder,
			filesFolder,
			port,
			taskBrokerPort,
			overrides: options.environment,
		});
		const home = new InstanceHome(
			installed,
			userFolder,
			workingFolder,
			environment,
			port,
			madeHere,
			log,
		);
		try {
			if (options.withPackage !== false) await installOurPackage(userFolder, log);
			for (const folder of options.furtherPackages ?? []) {
				await installCommunityPackage(folder, userFolder, log);
			}
			if (options.credentials?.length) await home.importAs('credentials', options.credentials);
			if (options.workflows?.length) await home.importAs('workflow', options.workflows);
		} catch (error) {
			home.remove();
			throw error;
		}
		return home;
	}

	/** The folder that workflows may read from and write to. */
	get filesFolder(): string {
		return join(this.workingFolder, '.n8n-files');
	}

	/** Runs one command of n8n's command line to its end. It may run beside a started n8n. */
	async runN8n(...commandArguments: string[]): Promise<CommandResult> {
		const [taskBrokerPort] = await reservePorts(1);
		return await runCommand(
			this.installed.nodeBinary,
			[this.installed.n8nBinary, ...commandArguments],
			{
				workingDirectory: this.workingFolder,
				environment: { ...this.environment, N8N_RUNNERS_BROKER_PORT: String(taskBrokerPort) },
				label: `n8n ${commandArguments.join(' ')}`,
				timeoutSeconds: COMMAND_TIMEOUT_SECONDS,
			},
		);
	}

	/** Runs a workflow to its end without a server. Throws with n8n's own words when it fails. */
	async executeWorkflow(id: string): Promise<ExecutedWorkflow> {
		try {
			const { stdout, seconds } = await this.runN8n('execute', `--id=${id}`, '--rawOutput');
			return readExecution(stdout, seconds);
		} catch (error) {
			// n8n ends with code 1 and prints the execution all the same: its error is the reason.
			if (error instanceof CommandError && printsExecution(error.stdout)) {
				return readExecution(error.stdout, 0);
			}
			throw error;
		}
	}

	/** Removes the data folder, if it was made here. Files that workflows wrote elsewhere stay. */
	remove(): void {
		this.madeHere?.remove();
	}

	private async importAs(kind: 'credentials' | 'workflow', list: unknown[]): Promise<void> {
		// Outside the files folder: keys are in it, and workflows may read that folder.
		const file = join(this.userFolder, `import-${kind}.json`);
		await writeFile(file, JSON.stringify(list), { mode: 0o600 });
		try {
			const { seconds } = await this.runN8n(`import:${kind}`, `--input=${file}`);
			this.log(`n8n: ${list.length} x ${kind} imported in ${seconds} s`);
		} finally {
			await rm(file, { force: true });
		}
	}
}
