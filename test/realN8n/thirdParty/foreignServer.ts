/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const LONGEST_START_MS = 30_000;

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
	const child = spawn(process.execPath, ['--require', preload, script, ...scriptArguments], {
		env: { PATH: process.env.PATH, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const killWithParent = () => void child.kill('SIGKILL');
	process.once('exit', killWithParent);
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	let said = '';
	const port = await new Promise<string>((resolve, reject) => {
		const fail = (why: string) => {
			child.kill('SIGKILL');
			reject(new Error(`${script} ${why}\n${said.slice(-2000)}`));
		};
		const timer = setTimeout(() => fail('does not listen'), LONGEST_START_MS);
		const read = (chunk: Buffer) => {
			said += chunk.toString('utf8');
			const found = /listening on port (\d+)/.exec(said)?.[1];
			if (found === undefined) return;
			clearTimeout(timer);
			resolve(found);
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('error', (error) => fail(error.message));
		void ended.then(() => fail('ended'));
	});
	return {
		origin: `http://127.0.0.1:${port}`,
		stop: async () => {
			process.removeListener('exit', killWithParent);
			child.kill('SIGTERM');
			const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
			await ended;
			clearTimeout(timer);
		},
	};
}
