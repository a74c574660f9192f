/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
/**
 * A real n8n whose workflow is started by the calls of providers: twenty tasks at seven providers, called back in
 * random order, five of them twice, and n8n is ended and started again in the middle.
 *
 *     npm run callbacks
 */
import { CALLING_PROVIDERS } from '../../emulator/types';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	plainPng,
	readImageNotes,
	startEmulator,
	type CallbackRecord,
	type Emulator,
	type LedgerEntry,
} from '../../emulator';
import { until } from '../../processes/until';
import { demoCredentials } from '../demo/services/credentials';
import { Checks } from '../endToEnd/checks';
import { runScript } from '../endToEnd/runScript';
import { KilledInstance } from '../kill/killedInstance';
import { Caller } from './caller';
import { checkStrangers } from './strangers';
import { callbackWorkflows, FINISHED, SUBMIT, triggerName } from './workflows';

const TASKS = 20;
/** Larger than this test's downloads are quick. */
const PHOTO_PIXELS = 500;

/** The file that the workflow writes for a job, below the files folder. */
function fileOf({ provider, taskId, model }: LedgerEntry): string {
	const known = provider === 'fal' ? `${model}/requests/${taskId}` : taskId!;
	return `${provider}-${known.replaceAll('/', '-')}.png`;
}

async function submitAll(n8n: KilledInstance, emulator: Emulator): Promise<void> {
	for (const [index, provider] of CALLING_PROVIDERS.entries()) {
		const count =
			Math.floor(TASKS / CALLING_PROVIDERS.length) +
			(index < TASKS % CALLING_PROVIDERS.length ? 1 : 0);
		const photos = Array.from({ length: count }, (_, place) => ({
			url: emulator.hostImage(
				plainPng(PHOTO_PIXELS, PHOTO_PIXELS, [index * 30, place * 60, 90]),
				`${provider}-${place}.png`,
			),
		}));
		const reply = await fetch(`${n8n.url}/webhook/submit-${provider}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ photos }),
		});
		assert.equal(reply.status, 200);
	}
	await until('every edit to be submitted', () => emulator.ledger.length === TASKS);
	await until('every task to have ended', () => emulator.callbacks.length === TASKS);
}

function checkImages(n8n: KilledInstance, emulator: Emulator): string {
	for (const job of emulator.ledger) {
		const file = join(n8n.filesFolder, fileOf(job));
		assert.ok(existsSync(file), `no image of ${job.provider} ${job.taskId}`);
		assert.equal(
			readImageNotes(readFileSync(file))?.job,
			String(job.id),
			'the image of another job',
		);
	}
	return `${emulator.ledger.length} images`;
}

async function ended(n8n: KilledInstance, count: number): Promise<string[]> {
	let statuses: string[] = [];
	await until(`${count} executions to end`, async () => {
		statuses = (await n8n.executions.list(FINISHED)).map(({ status }) => status);
		return statuses.filter((status) => !['new', 'running'].includes(status)).length >= count;
	});
	return statuses;
}

async function main(): Promise<boolean> {
	const emulator = await startEmulator({ taskSeconds: 1 });
	const credentials = demoCredentials(emulator);
	const say = (line: string): void => console.log(line);
	const n8n = await KilledInstance.start(
		{ credentials, workflows: callbackWorkflows(credentials) },
		say,
	);
	const checks = new Checks(() => readFileSync(n8n.logFile, 'utf8').slice(-2000));
	const caller = new Caller(emulator);
	try {
		for (const workflow of [SUBMIT, FINISHED]) await n8n.executions.publish(workflow);
		await submitAll(n8n, emulator);
		const order = caller.inRandomOrder(emulator.callbacks);
		const reads = (): number => emulator.requests.filter(({ route }) => route === 'read').length;
		await checks.check('nobody polls while the tasks run', () => assert.equal(reads(), 0));

		await checkStrangers(checks, emulator, n8n.url);
		await checks.check('calls of strangers start nothing', async () => {
			assert.deepEqual(await n8n.executions.list(FINISHED), []);
		});

		const [before, after] = [order.slice(0, TASKS / 2), order.slice(TASKS / 2)];
		await checks.check('ten calls at once, two of them twice', async () => {
			const twice = [...before, ...before.slice(0, 2)];
			const answers = await Promise.all(
				twice.map(async (one) => await caller.callUntilHeard(one, n8n.url)),
			);
			assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
			const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
			return `answered after ${slowest} ms at the latest`;
		});
		// At once: what was answered must not be lost, although some of it has hardly begun.
		await n8n.end();
		await checks.check('a call that finds nobody is made again', async () => {
			assert.equal((await caller.call(after[0]!, n8n.url)).status, 'failed');
		});
		await n8n.startAgain();
		await checks.check('ten calls after the restart, and three of before it again', async () => {
			const all: CallbackRecord[] = [...after, ...before.slice(2, 5)];
			const answers = await Promise.all(
				all.map(async (one) => await caller.callUntilHeard(one, n8n.url)),
			);
			assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
		});
		await checks.check('one execution for each task, and none for the second calls', async () => {
			const statuses = await ended(n8n, TASKS);
			assert.equal(statuses.length, TASKS);
			assert.deepEqual(new Set(statuses), new Set(['success']));
			return `${statuses.length} executions of ${order.length + 5} calls`;
		});
		await checks.check('one image for each task', () => checkImages(n8n, emulator));
		await checks.check('nothing was sent or paid for twice', () => {
			assert.equal(emulator.ledger.length, TASKS);
			assert.deepEqual(emulator.leaks, []);
		});
		await checks.check('the test URL works too, once for each listening', async () => {
			const [record] = emulator.callbacks.filter(({ provider }) => provider === 'odkkk');
			const test = { ...record!, url: record!.url.replace('/webhook/', '/webhook-test/') };
			await n8n.executions.listen(FINISHED, triggerName('odkkk'));
			assert.equal((await caller.call(test, n8n.url)).status, 200);
			assert.deepEqual(new Set(await ended(n8n, TASKS + 1)), new Set(['success']));
			// The listening ends with the first call.
			await until(
				'n8n to listen no more',
				async () => (await caller.call(test, n8n.url)).status === 404,
				30,
			);
		});
		return checks.summarise();
	} finally {
		await n8n.stop();
		await emulator.stop();
	}
}

runScript(main);
