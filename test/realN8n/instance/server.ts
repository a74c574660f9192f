/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';
import { BackgroundProcess } from '../../processes/backgroundProcess';
import type { InstanceHome } from './home';

const READY_WITHIN_SECONDS = 120;

/** `n8n start` as a process of its own. */
export interface N8nServer {
	url: string;
	process: BackgroundProcess;
}

/** Starts n8n on the home's port and waits until it answers. */
export async function startServer(home: InstanceHome): Promise<N8nServer> {
	const { nodeBinary, n8nBinary } = home.installed;
	const server = BackgroundProcess.start(nodeBinary, [n8nBinary, 'start'], {
		logFile: join(home.userFolder, 'n8n.log'),
		workingDirectory: home.workingFolder,
		environment: home.environment,
	});
	const url = `http://127.0.0.1:${home.port}`;
	await server.becomesReady(async () => await answers(url), READY_WITHIN_SECONDS);
	return { url, process: server };
}

/** The health check is up seconds before the editor's API: both have to answer. */
async function answers(url: string): Promise<boolean> {
	const health = await fetch(`${url}/healthz/readiness`);
	if (!health.ok) return false;
	const settings = await fetch(`${url}/rest/settings`);
	return settings.ok && (settings.headers.get('content-type') ?? '').includes('json');
}
