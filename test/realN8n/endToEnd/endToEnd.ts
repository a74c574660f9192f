/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { stripVTControlCharacters, parseArgs } from 'node:util';
import { readCounts, type Counts } from './counts';
import { runScript } from './runScript';

const PROJECT_FOLDER = resolve(__dirname, '../../..');

interface Part {
	/** What it shows, for the table at the end. */
	shows: string;
	command: readonly string[];
}

/** Everything that needs more than npm: a real n8n, a browser, Redis, servers that nobody here wrote. */
const PARTS: Readonly<Record<string, Part>> = {
	examples: {
		shows: 'every example workflow in a real n8n',
		command: ['npm', 'run', 'demo', '--', '--headless', '--all-examples'],
	},
	neighbours: {
		shows: 'another package with our old credential names in the same n8n',
		command: ['npm', 'run', 'neighbours'],
	},
	callbacks: {
		shows: 'providers that call a trigger, some twice, with n8n restarted in between',
		command: ['npm', 'run', 'callbacks'],
	},
	kill: { shows: 'n8n killed in the middle of paid work', command: ['npm', 'run', 'kill'] },
	queue: { shows: 'queue mode: Redis, one main, two workers', command: ['npm', 'run', 'queue'] },
	panel: { shows: 'the editor in a real browser', command: ['npm', 'run', 'panel'] },
	thirdParty: {
		shows: 'servers and clients that nobody here wrote',
		command: ['npx', 'jest', '--config', 'test/realN8n/thirdParty/jest.config.js'],
	},
	clients: {
		shows: "the providers' own clients against the emulator",
		command: ['npx', 'jest', '--config', 'test/thirdParty/jest.config.js'],
	},
	versions: { shows: 'the oldest n8n that is claimed', command: ['npm', 'run', 'versions'] },
};

interface Ending extends Counts {
	name: string;
	seconds: number;
	/** Above 1: it failed before, and was run again. */
	tries: number;
}

/** Runs one part, shows what it prints, and counts what it says to have checked. */
async function runOnce(name: string, { command }: Part): Promise<Counts> {
	console.log(`\n== ${name}: ${command.join(' ')}`);
	const child = spawn(command[0]!, command.slice(1), {
		cwd: PROJECT_FOLDER,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output: Buffer[] = [];
	for (const [from, to] of [
		[child.stdout, process.stdout],
		[child.stderr, process.stderr],
	] as const) {
		from.on('data', (chunk: Buffer) => {
			output.push(chunk);
			to.write(chunk);
		});
	}
	const endWithParent = (): void => void child.kill('SIGTERM');
	process.once('exit', endWithParent);
	const succeeded = await new Promise<boolean>((done) => {
		child.once('error', () => done(false));
		child.once('close', (code) => done(code === 0));
	});
	process.removeListener('exit', endWithParent);
	const text = stripVTControlCharacters(Buffer.concat(output).toString('utf8'));
	return readCounts(text, succeeded);
}

/** A browser and five servers on a busy machine may stumble; what is broken fails every time. */
async function run(name: string, part: Part, mostTries: number): Promise<Ending> {
	const startedAt = Date.now();
	let tries = 1;
	let counts = await runOnce(name, part);
	for (; counts.failed > 0 && tries < mostTries; tries += 1) {
		console.log(`\n== ${name}: ${counts.failed} failed, run again`);
		counts = await runOnce(name, part);
	}
	return { name, seconds: Math.round((Date.now() - startedAt) / 1000), tries, ...counts };
}

/**
 * What a clean machine proves beyond `npm test`, part by part.
 *
 *     npm run e2e                         everything, about half an hour the first time
 *     npm run e2e -- --only kill,queue    some parts alone
 *     npm run e2e -- --tries 2            a part that fails is run once more, and the table says so
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: { only: { type: 'string' }, tries: { type: 'string', default: '1' } },
	});
	const mostTries = Number(values.tries);
	if (!(mostTries >= 1)) throw new Error(`--tries must be a number from 1 on, got ${values.tries}`);
	const chosen = values.only?.split(',') ?? Object.keys(PARTS);
	const endings: Ending[] = [];
	for (const name of chosen) {
		const part = PARTS[name];
		if (!part) throw new Error(`There is no part "${name}", only ${Object.keys(PARTS).join(', ')}`);
		endings.push(await run(name, part, mostTries));
	}
	console.log('\n== end to end');
	for (const { name, seconds, tries, passed, failed } of endings) {
		const again = tries > 1 ? `, at try ${tries}` : '';
		console.log(
			`${name}: ${passed} passed, ${failed} failed, ${seconds} s${again} (${PARTS[name]!.shows})`,
		);
	}
	const passed = endings.reduce((sum, ending) => sum + ending.passed, 0);
	const failed = endings.reduce((sum, ending) => sum + ending.failed, 0);
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0;
}

runScript(main);
