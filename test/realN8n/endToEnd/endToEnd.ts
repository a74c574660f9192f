/* eslint-disable @n8n/community-nodes/no-dangerous-functions, @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { stripVTControlCharacters, parseArgs } from 'node:util';
import { readCounts, type Counts } from './counts';
import { runInLanes } from './lanes';
import { ALL_NEEDS, install } from './needs';
import { PARTS, type Part } from './parts';
import { runScript } from './runScript';
import { buildPackage } from '../installation/communityPackage';

const PROJECT_FOLDER = resolve(__dirname, '../../..');

interface Ending extends Counts {
	name: string;
	seconds: number;
	/** Above 1: it failed before, and was run again. */
	tries: number;
}

/** Whether a part prints while it runs, or all at its end, as two that print at once cannot be read. */
type Printing = 'at once' | 'at its end';

/** Runs one part, prints what it prints, and counts what it says to have checked. */
async function runOnce(name: string, { command }: Part, printing: Printing): Promise<Counts> {
	const title = `\n== ${name}: ${command.join(' ')}`;
	console.log(printing === 'at once' ? title : `== ${name}: begins`);
	const child = spawn(command[0]!, command.slice(1), {
		cwd: PROJECT_FOLDER,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const output: Buffer[] = [];
	for (const from of [child.stdout, child.stderr]) {
		from.on('data', (chunk: Buffer) => {
			output.push(chunk);
			if (printing === 'at once') process.stdout.write(chunk);
		});
	}
	const endWithParent = (): void => void child.kill('SIGTERM');
	process.once('exit', endWithParent);
	const succeeded = await new Promise<boolean>((done) => {
		child.once('error', () => done(false));
		child.once('close', (code) => done(code === 0));
	});
	process.removeListener('exit', endWithParent);
	const all = Buffer.concat(output);
	if (printing === 'at its end') {
		console.log(title);
		process.stdout.write(all);
	}
	return readCounts(stripVTControlCharacters(all.toString('utf8')), succeeded);
}

async function run(name: string, printing: Printing): Promise<Ending> {
	const startedAt = Date.now();
	const counts = await runOnce(name, PARTS[name]!, printing);
	return { name, seconds: Math.round((Date.now() - startedAt) / 1000), tries: 1, ...counts };
}

/** A browser and five servers on a busy machine may stumble; what is broken fails every time, also alone. */
async function runAgain(ending: Ending, mostTries: number): Promise<Ending> {
	let last = ending;
	while (last.failed > 0 && last.tries < mostTries) {
		console.log(`\n== ${last.name}: ${last.failed} failed, run again`);
		const again = await run(last.name, 'at once');
		last = { ...again, tries: last.tries + 1, seconds: last.seconds + again.seconds };
	}
	return last;
}

/**
 * What a clean machine proves beyond `npm test`, part by part.
 *
 *     npm run e2e                         everything, about half an hour the first time
 *     npm run e2e -- --only kill,queue    some parts
 *     npm run e2e -- --lanes 1            one after another; each prints while it runs
 *     npm run e2e -- --tries 2            a part that fails is run once more, alone, and the table says so
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string' },
			lanes: { type: 'string', default: '2' },
			tries: { type: 'string', default: '1' },
		},
	});
	const [mostTries, lanes] = [Number(values.tries), Number(values.lanes)];
	if (!(mostTries >= 1)) throw new Error(`--tries must be a number from 1 on, got ${values.tries}`);
	if (!(lanes >= 1)) throw new Error(`--lanes must be a number from 1 on, got ${values.lanes}`);
	const chosen = values.only?.split(',') ?? Object.keys(PARTS);
	for (const name of chosen) {
		if (PARTS[name]) continue;
		throw new Error(`There is no part "${name}", only ${Object.keys(PARTS).join(', ')}`);
	}
	// Before the first part begins: two that install or build at the same time would spoil it for each other.
	await install(
		ALL_NEEDS.filter((need) => chosen.some((name) => PARTS[name]!.needs.includes(need))),
	);
	await buildPackage();
	const printing = Math.min(lanes, chosen.length) > 1 ? 'at its end' : 'at once';
	const first = await runInLanes(
		chosen,
		lanes,
		(name) => PARTS[name]!.isAlone === true,
		async (name) => await run(name, printing),
	);
	const endings: Ending[] = [];
	for (const ending of first) endings.push(await runAgain(ending, mostTries));
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
