/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parseArgs } from 'node:util';
import { startEmulator } from '../../emulator';
import { startS3Server } from '../../emulator/s3';
import { bucketCredential } from '../demo/services/bucketCredential';
import { demoCredentials } from '../demo/services/credentials';
import { publish } from './batch';
import { Checks } from '../endToEnd/checks';
import { Cluster } from './cluster/cluster';
import { checkCallbacks } from './checks/callbackChecks';
import { checkDrain } from './checks/drainChecks';
import { checkKill } from './checks/killChecks';
import { checkStorage } from './checks/storageChecks';
import { checkStorageKill } from './checks/storageKillChecks';
import { checkSubWorkflows } from './checks/subWorkflowChecks';
import { checkWidths } from './checks/widthChecks';
import { queueWorkflows, WORKFLOWS } from './workflows';
import { runScript } from '../endToEnd/runScript';

/** What n8n advises as the least. */
const CONCURRENCY = 5;
const SHUTDOWN_SECONDS = 60;
/** Name of the data table of submitted edits. */
const TASKS_TABLE = 'Submitted edits';

/**
 * n8n's queue mode as our distributed engine: Redis, PostgreSQL, a main and two workers, with the packed package in
 * each, emulated providers and a bucket.
 *
 *     npm run queue                     about five minutes
 *     npm run queue -- --n8n-defaults   with n8n's own time-outs of jobs: about two minutes more
 *     npm run queue -- --only-bucket    what workers share of paid edits, alone
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: { 'n8n-defaults': { type: 'boolean' }, 'only-bucket': { type: 'boolean' } },
	});
	const checks = new Checks();
	const emulator = await startEmulator();
	const s3 = await startS3Server();
	let cluster: Cluster | undefined;
	try {
		cluster = await Cluster.start({
			credentials: [...demoCredentials(emulator), bucketCredential(s3)],
			workflows: queueWorkflows(TASKS_TABLE),
			concurrency: CONCURRENCY,
			shutdownSeconds: SHUTDOWN_SECONDS,
			n8nDefaults: values['n8n-defaults'] === true,
			log: checks.say,
		});
		const project = (await cluster.session.request('GET', '/projects/personal')) as { id: string };
		await cluster.session.request('POST', `/projects/${project.id}/data-tables`, {
			name: TASKS_TABLE,
			columns: ['taskId', 'batch', 'state'].map((name) => ({ name, type: 'string' })),
		});
		await publish(cluster, Object.values(WORKFLOWS));
		const bench = { cluster, emulator, s3, checks, concurrency: CONCURRENCY };
		const onlyBucket = values['only-bucket'] === true;
		if (!onlyBucket) await checkWidths(bench);
		await checkStorage(bench);
		if (!onlyBucket) {
			await checkKill(bench);
			await checkDrain(bench);
			await checkSubWorkflows(bench);
			await checkCallbacks(bench);
		}
		// Leaves none of the workers before.
		await checkStorageKill(bench);
		return checks.summarise();
	} finally {
		await cluster?.stop();
		await emulator.stop();
		await s3.stop();
	}
}

runScript(main);
