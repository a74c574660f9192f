/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';
import { BackgroundProcess } from '../../../processes/backgroundProcess';

const READY_WITHIN_SECONDS = 30;

/** A server in a process of its own, started as its users start it. */
export interface ForeignServer {
	origin: string;
	stop(): Promise<void>;
}

/** Starts a script of an installed package; it can be reached from this machine only. */
export async function startForeignServer(
	script: string,
	scriptArguments: readonly string[] = [],
	environment: NodeJS.ProcessEnv = {},
): Promise<ForeignServer> {
	const preload = join(__dirname, 'loopbackOnly.cjs');
	const server = BackgroundProcess.start(
		process.execPath,
		['--require', preload, script, ...scriptArguments],
		{ workingDirectory: process.cwd(), environment: { PATH: process.env.PATH, ...environment } },
	);
	const [, port] = await server.prints(/listening on port (\d+)/, READY_WITHIN_SECONDS);
	return {
		origin: `http://127.0.0.1:${port}`,
		stop: async () => void (await server.stop('SIGTERM', 3)),
	};
}
