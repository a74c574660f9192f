/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { parseArgs } from 'node:util';
import { startEmulator } from '../../emulator';
import { publish } from './batch';
import { Checks } from '../endToEnd/checks';
import { Cluster } from './cluster/cluster';
import { checkCallbacks } from './checks/callbackChecks';
import { checkDrain } from './checks/drainChecks';
import { checkKill } from './checks/killChecks';
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
 * each and emulated providers.
 *
 *     npm run queue                     about four minutes
 *     npm run queue -- --n8n-defaults   with n8n's own time-outs of jobs: about two minutes more
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({ options: { 'n8n-defaults': { type: 'boolean' } } });
	const checks = new Checks();
	const emulator = await startEmulator();
	let cluster: Cluster | undefined;
	try {
		cluster = await Cluster.start({
			emulator,
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
		const bench = { cluster, emulator, checks, concurrency: CONCURRENCY };
		await checkWidths(bench);
		await checkKill(bench);
		await checkDrain(bench);
		await checkSubWorkflows(bench);
		await checkCallbacks(bench);
		return checks.summarise();
	} finally {
		await cluster?.stop();
		await emulator.stop();
	}
}

runScript(main);
