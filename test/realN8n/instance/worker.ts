/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { secondsSince } from '../../processes/command';
import { installOurPackage } from '../installation/communityPackage';
import { n8nEnvironment } from './environment';
import type { InstalledInstance } from '../installation/install';
import { reservePorts } from '../../processes/reservedPorts';
import { BackgroundProcess } from '../../processes/backgroundProcess';

const READY_WITHIN_SECONDS = 120;

export interface WorkerOptions {
	name: string;
	/** How many executions it takes at a time. */
	concurrency: number;
	/** Everything of this worker lies below this folder, and it shares no file with anybody. */
	folder: string;
	installed: InstalledInstance;
	/** Port of the main, for the addresses that a worker hands out. */
	mainPort: number;
	/** Where queue and database are, as the main knows them. */
	environment: NodeJS.ProcessEnv;
	shutdownSeconds: number;
	log: (line: string) => void;
}

/** One `n8n worker` with a data folder of its own, as on a machine of its own. */
export class Worker {
	private constructor(
		readonly name: string,
		private readonly process: BackgroundProcess,
		private readonly shutdownSeconds: number,
	) {}

	static async start(options: WorkerOptions): Promise<Worker> {
		const { name, installed, log } = options;
		const userFolder = join(options.folder, name);
		const temporaryFolder = join(userFolder, 'tmp');
		mkdirSync(temporaryFolder, { recursive: true });
		await installOurPackage(userFolder, () => undefined);
		const startedAt = Date.now();
		const [healthPort = 0, taskBrokerPort = 0] = await reservePorts(2);
		const worker = BackgroundProcess.start(
			installed.nodeBinary,
			[installed.n8nBinary, 'worker', `--concurrency=${options.concurrency}`],
			{
				logFile: join(userFolder, 'worker.log'),
				workingDirectory: userFolder,
				environment: n8nEnvironment({
					nodeBinary: installed.nodeBinary,
					userFolder,
					temporaryFolder,
					filesFolder: userFolder,
					port: options.mainPort,
					taskBrokerPort,
					overrides: {
						...options.environment,
						QUEUE_HEALTH_CHECK_ACTIVE: 'true',
						QUEUE_HEALTH_CHECK_PORT: String(healthPort),
						N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
						N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(options.shutdownSeconds),
					},
				}),
			},
		);
		const health = `http://127.0.0.1:${healthPort}/healthz/readiness`;
		await worker.becomesReady(async () => (await fetch(health)).ok, READY_WITHIN_SECONDS);
		log(
			`worker ${name}: started in ${secondsSince(startedAt)} s, concurrency ${options.concurrency}`,
		);
		return new Worker(name, worker, options.shutdownSeconds);
	}

	/** The executions that it has taken from the queue, by its own log. */
	get started(): string[] {
		return [...this.process.log.matchAll(/Worker started execution (\d+)/g)].map(([, id]) => id!);
	}

	/** The executions that it has brought to an end. */
	get finished(): string[] {
		return [...this.process.log.matchAll(/Worker finished execution (\d+)/g)].map(([, id]) => id!);
	}

	/** The executions it is at work on. */
	get working(): string[] {
		const finished = new Set(this.finished);
		return this.started.filter((id) => !finished.has(id));
	}

	/** Its memory now, where the system tells it. */
	get residentMegabytes(): number | undefined {
		return this.process.residentMegabytes;
	}

	/** What a crash, the kernel for want of memory, or a machine that fails does to it. */
	async kill(): Promise<void> {
		await this.process.kill();
	}

	/** What an update or a supervisor does to it; resolves with its exit code when it has let go. */
	async stop(): Promise<string> {
		return await this.process.stop('SIGTERM', this.shutdownSeconds + 10);
	}
}
