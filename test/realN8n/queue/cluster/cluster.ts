/* eslint-disable @n8n/community-nodes/require-node-api-error -- tests never ship */
import type { CredentialToImport, WorkflowToImport } from '../../instance/home';
import { installInstance, type InstalledInstance } from '../../installation/install';
import { startInstance, type RunningInstance } from '../../instance/start';
import { makeTemporaryFolder, type TemporaryFolder } from '../../../processes/temporaryFolder';
import { Session } from '../../instance/session';
import { startPostgres } from './postgres';
import { startRedis } from './redis';
import { Worker } from '../../instance/worker';

/**
 * Five times as quick as n8n's own settings (60, 10 and 30 seconds), so that a killed worker is missed within
 * seconds; `--n8n-defaults` leaves them as they are.
 */
const QUICK_LOCKS = {
	QUEUE_WORKER_LOCK_DURATION: '12000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '6000',
};

export interface ClusterOptions {
	credentials: CredentialToImport[];
	workflows: WorkflowToImport[];
	/** Executions that one worker takes at a time. */
	concurrency: number;
	/** How long a worker that is asked to end may go on with what it has begun. */
	shutdownSeconds: number;
	/** The time-outs of jobs as n8n has them, not shortened. */
	n8nDefaults: boolean;
	log: (line: string) => void;
}

/** An n8n in queue mode: Redis, PostgreSQL, one main, and as many workers as are started. */
export class Cluster {
	private readonly stops: Array<() => Promise<unknown>> = [];
	readonly workers: Worker[] = [];
	session!: Session;
	main!: RunningInstance;
	private installed!: InstalledInstance;
	private environment: NodeJS.ProcessEnv = {};

	private constructor(
		private readonly options: ClusterOptions,
		private readonly folder: TemporaryFolder,
	) {}

	/** Starts everything but workers. */
	static async start(options: ClusterOptions): Promise<Cluster> {
		const cluster = new Cluster(options, makeTemporaryFolder('queue'));
		try {
			await cluster.startMain();
			return cluster;
		} catch (error) {
			await cluster.stop();
			throw error;
		}
	}

	/** Adds a worker, with the package installed as in the main. */
	async addWorker(name: string): Promise<Worker> {
		const { concurrency, shutdownSeconds, log } = this.options;
		const worker = await Worker.start({
			name,
			concurrency,
			shutdownSeconds,
			log,
			folder: this.folder.path,
			installed: this.installed,
			mainPort: Number(new URL(this.main.url).port),
			environment: this.environment,
		});
		this.workers.push(worker);
		this.stops.push(async () => await worker.kill());
		return worker;
	}

	/** Ends every process and removes all data. */
	async stop(): Promise<void> {
		for (const stop of this.stops.splice(0).reverse()) await stop();
		this.folder.remove();
	}

	private async startMain(): Promise<void> {
		const { credentials, workflows, n8nDefaults, log } = this.options;
		this.installed = await installInstance(log);
		const redis = await startRedis(this.folder.path, log);
		this.stops.push(redis.stop);
		const postgres = await startPostgres(this.folder.path, log);
		this.stops.push(postgres.stop);
		this.environment = {
			...postgres.environment,
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			// Main and workers share no folder, so they cannot share the file that n8n would keep it in.
			N8N_ENCRYPTION_KEY: 'queue test, on the loopback interface alone',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			...(n8nDefaults ? {} : QUICK_LOCKS),
		};
		this.main = await startInstance({
			credentials,
			workflows,
			environment: this.environment,
			log,
		});
		this.stops.push(async () => await this.main.stop());
		this.session = await Session.open(this.main);
	}
}
