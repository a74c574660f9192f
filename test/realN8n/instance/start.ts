/* eslint-disable @n8n/community-nodes/require-node-api-error, no-console -- tests never ship */
import { secondsSince } from '../../processes/command';
import type { ExecutedWorkflow } from './execution';
import { InstanceHome, type HomeOptions } from './home';
import { startServer, type N8nServer } from './server';

/** The owner of every instance started here. Not a secret: it listens on the loopback interface alone. */
export const OWNER = {
	email: 'demo@example.com',
	password: 'Qwen-Demo-2509',
	firstName: 'Demo',
	lastName: 'Owner',
};

/** A started n8n, with the package installed, that belongs to whoever started it. */
export interface RunningInstance {
	url: string;
	email: string;
	password: string;
	userFolder: string;
	/** The folder that workflows may read from and write to. */
	filesFolder: string;
	/** What n8n writes to its log. */
	logFile: string;
	/** Resolves when n8n has ended, asked or not, with its code or signal. */
	ended: Promise<string>;
	/** Runs a workflow by n8n's command line, beside the server. */
	executeWorkflow(id: string): Promise<ExecutedWorkflow>;
	/** SIGKILL, for n8n and for the code runner that it started; what it had in memory is gone, what it had stored stays. */
	kill(): Promise<string>;
	/** Ends every process and removes the data folder, unless it was given. */
	stop(): Promise<void>;
}

/** Starts a real n8n with the package as a user would have it, an owner, credentials and workflows. */
export async function startInstance(options: HomeOptions = {}): Promise<RunningInstance> {
	const log = options.log ?? console.log;
	const home = await InstanceHome.create(options);
	let server: N8nServer | undefined;
	try {
		const startedAt = Date.now();
		const started = await startServer(home);
		server = started;
		await setUpOwner(started.url);
		log(`n8n: started in ${secondsSince(startedAt)} s`);
		return {
			url: started.url,
			email: OWNER.email,
			password: OWNER.password,
			userFolder: home.userFolder,
			filesFolder: home.filesFolder,
			logFile: started.process.logFile,
			ended: started.process.ended,
			executeWorkflow: async (id) => await home.executeWorkflow(id),
			kill: async () => await started.process.kill(),
			stop: async () => {
				await started.process.stop();
				home.remove();
			},
		};
	} catch (error) {
		await server?.process.stop();
		home.remove();
		throw error;
	}
}

/** Creates the owner as the first-start form does; a home that was used before has one already. */
async function setUpOwner(url: string): Promise<void> {
	const settings = (await (await fetch(`${url}/rest/settings`)).json()) as {
		data: { userManagement: { showSetupOnFirstLoad: boolean } };
	};
	if (!settings.data.userManagement.showSetupOnFirstLoad) return;
	const reply = await fetch(`${url}/rest/owner/setup`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'browser-id': 'instance' },
		body: JSON.stringify(OWNER),
	});
	if (!reply.ok) throw new Error(`n8n refused the owner: ${reply.status} ${await reply.text()}`);
}
