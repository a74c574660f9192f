/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/require-node-api-error, no-console -- tests never ship */
/**
 * Kills a real n8n with SIGKILL while it submits, while it waits and while it downloads, starts it again on the
 * same data, and shows by the emulator's ledger that nothing was lost and nothing was paid for twice.
 *
 *     npx tsx test/kill/kill.e2e.ts
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import {
	plainPng,
	readPictureNotes,
	startEmulator,
	type Emulator,
	type LedgerEntry,
} from '../emulator';
import { demoCredentials } from '../demo/credentials';
import { secondsSince } from '../instance/command';
import { startInstance, type RunningInstance } from '../instance/start';
import { Session } from './session';
import { filesOf, getByStoredId, names, submitAndGet, type TaskProvider } from './workflows';

const providers: TaskProvider[] = [
	{
		id: 'odkkk',
		credential: { type: 'odkkkApi', id: 'exampleOdkkkApi' },
		model: 'qwen-image-edit',
	},
	{
		id: 'modelsLab',
		credential: { type: 'modelsLabApi', id: 'exampleModelsLabApi' },
		model: 'qwen-edit-2509',
	},
];

/** n8n keeps waits of 65 seconds and more in its database; shorter ones are over with the process. */
const shortWaitSeconds = 30;
const longWaitSeconds = 66;

const startedAt = Date.now();

function say(line: string): void {
	console.log(`[${secondsSince(startedAt)} s] ${line}`);
}

async function until(
	what: string,
	holds: () => boolean | Promise<boolean>,
	seconds = 120,
): Promise<void> {
	const giveUpAt = Date.now() + seconds * 1000;
	while (!(await holds())) {
		if (Date.now() > giveUpAt) throw new Error(`Waited ${seconds} s in vain: ${what}`);
		await pause(100);
	}
}

/** One n8n after another on the same data, the emulator beside them. */
class KillTest {
	private instance: RunningInstance | undefined;

	private session: Session | undefined;

	private constructor(
		private readonly emulator: Emulator,
		private readonly folder: string,
	) {}

	static async run(): Promise<void> {
		const emulator = await startEmulator({ taskSeconds: 2 });
		const folder = realpathSync(await mkdtemp(join(tmpdir(), 'n8n-kill-')));
		const test = new KillTest(emulator, folder);
		try {
			await test.start(true);
			await test.killedDuringSubmit();
			await test.killedDuringShortWait();
			await test.killedDuringLongWait();
			await test.killedDuringDownload();
			say(
				'killed during submit, wait and download: billed == wanted each time, and no picture was lost',
			);
		} finally {
			await test.instance?.stop();
			await emulator.stop();
			rmSync(folder, { recursive: true, force: true });
		}
	}

	/** Starts n8n on the data that the last one has left behind. */
	private async start(first = false): Promise<void> {
		const photoUrl = this.emulator.hostPicture(plainPng(500, 500), 'photo.png');
		const workflows = providers.flatMap((provider) => [
			submitAndGet(provider, {
				id: `short-${provider.id}`,
				photoUrl,
				waitSeconds: shortWaitSeconds,
			}),
			submitAndGet(provider, { id: `long-${provider.id}`, photoUrl, waitSeconds: longWaitSeconds }),
			submitAndGet(provider, { id: `brief-${provider.id}`, photoUrl, waitSeconds: 3 }),
			getByStoredId(provider, `get-${provider.id}`),
		]);
		this.instance = await startInstance({
			userFolder: this.folder,
			withPackage: first,
			...(first ? { credentials: demoCredentials(this.emulator), workflows } : {}),
			log: say,
		});
		this.session = await Session.open(this.instance);
	}

	private async killAndStartAgain(moment: string): Promise<void> {
		const { processId, ended } = this.instance!;
		// The whole group: n8n's code runner has nothing to live for without it.
		process.kill(-processId!, 'SIGKILL');
		assert.equal(await ended, 'SIGKILL');
		say(`killed n8n (-9) ${moment}`);
		await this.instance!.stop();
		await this.start();
	}

	/** Starts this workflow of every provider; returns their executions. */
	private async runAll(kind: string): Promise<string[]> {
		for (const { id } of providers) {
			for (const file of Object.values(filesOf(id)))
				rmSync(join(this.folder, file), { force: true });
		}
		return await Promise.all(
			providers.map(async ({ id }) => await this.session!.run(`${kind}-${id}`, names.start)),
		);
	}

	private jobsSince(count: number): LedgerEntry[] {
		return this.emulator.ledger.slice(count);
	}

	private read(kind: 'taskId' | 'picture', provider: TaskProvider): Buffer | undefined {
		const file = join(this.folder, filesOf(provider.id)[kind]);
		return existsSync(file) ? readFileSync(file) : undefined;
	}

	/** The picture of every one of these jobs lies on disk, whole, and each was paid for once. */
	private checkPictures(jobs: readonly LedgerEntry[]): void {
		for (const provider of providers) {
			const mine = jobs.filter((job) => job.provider === provider.id);
			assert.equal(mine.length, 1, `${provider.id} billed ${mine.length} edits, 1 was wanted`);
			const notes = readPictureNotes(this.read('picture', provider)!);
			assert.equal(notes?.job, String(mine[0]!.id), `${provider.id}: another job's picture`);
		}
		assert.equal(
			jobs.reduce((sum, { billed }) => sum + billed, 0),
			providers.length,
		);
	}

	/** Fetches by the id in the file what is not there yet, as a user would. */
	private async getByStoredIds(): Promise<void> {
		const executions = await Promise.all(
			providers.map(async ({ id }) => await this.session!.run(`get-${id}`, names.start)),
		);
		for (const id of executions) await this.ends(id, 'success');
	}

	private async ends(id: string, status: string): Promise<void> {
		await until(`execution ${id} to be ${status}`, async () => {
			const execution = await this.session!.execution(id);
			if (['error', 'crashed'].includes(execution.status) && execution.status !== status) {
				throw new Error(`Execution ${id}: ${JSON.stringify(execution).slice(0, 2000)}`);
			}
			return execution.status === status;
		});
	}

	private async killedDuringSubmit(): Promise<void> {
		const before = this.emulator.ledger.length;
		const faults = providers.map(({ id }) =>
			this.emulator.faults.add({ kind: 'acceptThenHang', provider: id, route: 'submit', times: 1 }),
		);
		const executions = await this.runAll('brief');
		await until('both jobs to be taken', () => this.jobsSince(before).length === providers.length);
		await this.killAndStartAgain('while it was submitting, both jobs taken and not answered');
		for (const fault of faults) fault.remove();
		for (const id of executions) await this.ends(id, 'crashed');
		// Time enough for whatever would send them again.
		await pause(5000);
		const jobs = this.jobsSince(before);
		assert.equal(jobs.length, providers.length, 'a submit was sent again after the restart');
		for (const provider of providers) {
			assert.equal(this.read('taskId', provider), undefined);
			// Nobody here was ever told the id; the provider's own list has it.
			const job = jobs.find((one) => one.provider === provider.id)!;
			writeFileSync(join(this.folder, filesOf(provider.id).taskId), job.taskId!);
		}
		await this.getByStoredIds();
		this.checkPictures(jobs);
		say(
			'submit: sent once, not again; the pictures were fetched by the ids in the list of the provider',
		);
	}

	private async killedDuringShortWait(): Promise<void> {
		const before = this.emulator.ledger.length;
		const executions = await this.runAll('short');
		await until('both task ids to be stored', () =>
			providers.every((provider) => (this.read('taskId', provider)?.length ?? 0) > 0),
		);
		await pause(1000);
		await this.killAndStartAgain('while it was waiting in its process');
		const jobs = this.jobsSince(before);
		for (const [index, provider] of providers.entries()) {
			const { taskId } = jobs.find((job) => job.provider === provider.id)!;
			assert.equal(this.read('taskId', provider)!.toString('utf8'), taskId);
			// The execution says it too, as far as it got.
			const { itemsByNode } = await this.session!.execution(executions[index]!);
			assert.equal(itemsByNode[names.submit]?.[0]?.taskId, taskId);
		}
		await this.getByStoredIds();
		this.checkPictures(this.jobsSince(before));
		say(
			'short wait: task ids in the files and in the executions; the pictures were fetched by them',
		);
	}

	private async killedDuringLongWait(): Promise<void> {
		const before = this.emulator.ledger.length;
		const executions = await this.runAll('long');
		for (const id of executions) await this.ends(id, 'waiting');
		await this.killAndStartAgain('while both executions were waiting in its database');
		for (const id of executions) await this.ends(id, 'success');
		this.checkPictures(this.jobsSince(before));
		say(
			'long wait: n8n went on by itself after the restart, with the task it had submitted before',
		);
	}

	private async killedDuringDownload(): Promise<void> {
		const before = this.emulator.ledger.length;
		const downloads = this.emulator.requests.filter(({ route }) => route === 'result').length;
		const faults = providers.map(({ id }) =>
			this.emulator.faults.add({
				kind: 'resultSlow',
				provider: id,
				chunkBytes: 16,
				intervalMs: 500,
				times: 1,
			}),
		);
		await this.runAll('brief');
		await until('both downloads to have begun', () => faults.every(({ fired }) => fired === 1));
		await pause(2000);
		await this.killAndStartAgain('in the middle of both downloads');
		for (const provider of providers) assert.equal(this.read('picture', provider), undefined);
		await this.getByStoredIds();
		this.checkPictures(this.jobsSince(before));
		const later = this.emulator.requests.filter(({ route }) => route === 'result').length;
		assert.equal(later - downloads, 2 * providers.length);
		say('download: the pictures were fetched anew by the task ids');
	}
}

KillTest.run().catch((error: unknown) => {
	console.error(error instanceof Error ? (error.stack ?? error.message) : error);
	process.exitCode = 1;
});
