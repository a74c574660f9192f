/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** A failed command's first and last lines are shown: npm names the reason first, a compiler last. */
const LINES_SHOWN_OF_EACH_END = 25;

export interface CommandOptions {
	workingDirectory: string;
	environment?: NodeJS.ProcessEnv;
	/** Named in the error message, in place of the full command line. */
	label?: string;
	timeoutSeconds?: number;
	/** Called every `heartbeatSeconds` while the command runs, so that minutes of silence do not look like a hang. */
	onHeartbeat?: (seconds: number) => void;
	heartbeatSeconds?: number;
}

export interface CommandResult {
	stdout: string;
	stderr: string;
	seconds: number;
}

/** A command that ended with a code other than 0, was killed, or ran out of time. */
export class CommandError extends Error {
	constructor(
		label: string,
		reason: string,
		readonly stdout: string,
		readonly stderr: string,
	) {
		super(`${label} ${reason}\n${bothEnds(`${stdout}\n${stderr}`)}`);
		this.name = 'CommandError';
	}
}

function bothEnds(output: string): string {
	const lines = stripVTControlCharacters(output).trim().split('\n');
	if (lines.length <= 2 * LINES_SHOWN_OF_EACH_END) return lines.join('\n');
	const head = lines.slice(0, LINES_SHOWN_OF_EACH_END);
	return [...head, '...', ...lines.slice(-LINES_SHOWN_OF_EACH_END)].join('\n');
}

/** Seconds since `startedAt` (from `Date.now()`), to one decimal. */
export function secondsSince(startedAt: number): number {
	return Math.round((Date.now() - startedAt) / 100) / 10;
}

/** Runs a command to its end, without a shell, and returns what it printed. */
export async function runCommand(
	command: string,
	commandArguments: readonly string[],
	options: CommandOptions,
): Promise<CommandResult> {
	const startedAt = Date.now();
	const label = options.label ?? [command, ...commandArguments].join(' ');
	const child = spawn(command, commandArguments, {
		cwd: options.workingDirectory,
		env: options.environment ?? process.env,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const killWithParent = (): void => void child.kill('SIGKILL');
	process.once('exit', killWithParent);

	let timedOut = false;
	const deadline = options.timeoutSeconds
		? setTimeout(() => {
				timedOut = true;
				child.kill('SIGKILL');
			}, options.timeoutSeconds * 1000)
		: undefined;
	const heartbeat = options.onHeartbeat
		? setInterval(
				() => options.onHeartbeat?.(Math.round((Date.now() - startedAt) / 1000)),
				(options.heartbeatSeconds ?? 30) * 1000,
			)
		: undefined;

	const stdout: Buffer[] = [];
	const stderr: Buffer[] = [];
	child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
	child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));

	try {
		const reason = await new Promise<string | undefined>((resolve) => {
			child.once('error', (error) => resolve(`could not be started: ${error.message}`));
			child.once('close', (code, signal) => {
				if (timedOut) resolve(`was stopped after ${options.timeoutSeconds} s`);
				else if (signal) resolve(`was killed by ${signal}`);
				else resolve(code === 0 ? undefined : `ended with code ${code}`);
			});
		});
		const result = {
			stdout: Buffer.concat(stdout).toString('utf8'),
			stderr: Buffer.concat(stderr).toString('utf8'),
			seconds: secondsSince(startedAt),
		};
		if (reason) throw new CommandError(label, reason, result.stdout, result.stderr);
		return result;
	} finally {
		clearTimeout(deadline);
		clearInterval(heartbeat);
		process.removeListener('exit', killWithParent);
	}
}
