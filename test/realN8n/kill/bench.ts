/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { providers } from '../../../nodes/QwenImageEdit/providers';
import { bucketCredential } from '../demo/services/bucketCredential';
import { demoCredentials } from '../demo/services/credentials';
import { PHOTO_FILE } from '../demo/examples';
import {
	plainPng,
	readImageNotes,
	startEmulator,
	type Emulator,
	type LedgerEntry,
} from '../../emulator';
import { startS3Server, type S3Server } from '../../emulator/s3';
import { secondsSince } from '../../processes/command';
import { Checks } from '../endToEnd/checks';
import { KilledInstance } from './killedInstance';
import { editAndWrite, editWithBucket, getByIds, storedExample, type Target } from './workflows';

/** n8n keeps waits of 65 seconds and more in its database; shorter ones are over with the process. */
const SLEEP_SECONDS = 66;
/** Long enough to be killed in on a busy machine, and still in n8n's memory. */
const STAY_SECONDS = 20;
const SCHEDULE_SECONDS = 5;
/** Larger than this test's downloads are quick. */
const PHOTO_PIXELS = 500;

/** The emulator, a bucket, the n8n that is killed, and what was paid for so far. */
export class Bench {
	/** Edits that were really asked for, by provider. */
	readonly wanted = new Map<string, number>();

	private constructor(
		readonly emulator: Emulator,
		readonly s3: S3Server,
		readonly n8n: KilledInstance,
		readonly checks: Checks,
		/** Every provider; those with tasks have `provider.task`. */
		readonly targets: readonly Target[],
	) {}

	static async start(): Promise<Bench> {
		const startedAt = Date.now();
		const log = (line: string): void => console.log(`[${secondsSince(startedAt)} s] ${line}`);
		const emulator = await startEmulator({ taskSeconds: 2 });
		const s3 = await startS3Server();
		const credentials = demoCredentials(emulator);
		const photoUrl = emulator.hostImage(plainPng(PHOTO_PIXELS, PHOTO_PIXELS), 'photo.png');
		const targets = providers.map((provider) => {
			const credential = credentials.find(({ type }) => type === provider.credential.type);
			assert.ok(credential, `no credential for ${provider.id}`);
			return { provider, credential, photoUrl };
		});
		const workflows = targets.flatMap((target) => {
			const { id } = target.provider;
			const edits = [editAndWrite(target, `edit-${id}`), editWithBucket(target, `bucket-${id}`)];
			if (target.provider.task === undefined) return edits;
			return [
				...edits,
				storedExample(target, {
					id: `stored-${id}`,
					waitSeconds: STAY_SECONDS,
					everySeconds: SCHEDULE_SECONDS,
				}),
				storedExample(target, { id: `sleep-${id}`, waitSeconds: SLEEP_SECONDS }),
				getByIds(target, `list-${id}`),
			];
		});
		const n8n = await KilledInstance.start(
			{ credentials: [...credentials, bucketCredential(s3)], workflows },
			log,
		);
		copyFileSync(PHOTO_FILE, join(n8n.filesFolder, basename(PHOTO_FILE)));
		const checks = new Checks(() => lastLines(n8n.logFile));
		return new Bench(emulator, s3, n8n, checks, targets);
	}

	/** The providers that work in tasks. */
	get taskTargets(): Target[] {
		return this.targets.filter(({ provider }) => provider.task !== undefined);
	}

	/** Starts a workflow that submits one edit; returns the execution's id at once. */
	async order(kind: 'edit' | 'stored' | 'sleep', target: Target, trigger: string) {
		this.want(target, 1);
		return await this.n8n.executions.start(`${kind}-${target.provider.id}`, trigger);
	}

	/** So many edits are to be paid for. */
	want({ provider }: Target, edits: number): void {
		this.wanted.set(provider.id, (this.wanted.get(provider.id) ?? 0) + edits);
	}

	/** The jobs of a provider that it took since there were so many in the ledger. */
	jobsSince(count: number, { provider }: Target): LedgerEntry[] {
		return this.emulator.ledger.slice(count).filter((job) => job.provider === provider.id);
	}

	/** The id under which the node knows the task of a job: at fal.ai the app stands before the id of the request. */
	taskIdOf({ provider, model, taskId }: LedgerEntry): string {
		return provider === 'fal' ? `${model}/requests/${taskId}` : taskId!;
	}

	/** Requests of a provider that would be paid for. */
	submitsOf({ provider }: Target): number {
		return this.emulator.requests.filter(
			(request) => request.route === 'submit' && request.provider === provider.id,
		).length;
	}

	/** Throws unless this file of the files folder is the whole image of this job. */
	checkImage(fileName: string, job: LedgerEntry): void {
		const file = join(this.n8n.filesFolder, fileName);
		assert.ok(existsSync(file), `${fileName} was not written`);
		const content = readFileSync(file);
		assert.equal(content.toString('latin1', content.length - 8, content.length - 4), 'IEND');
		assert.equal(readImageNotes(content)?.job, String(job.id), `${fileName}: another job's`);
	}

	/** Throws when a provider was asked or has billed more or less than was wanted of it. */
	checkBill(target: Target): void {
		const { id } = target.provider;
		const wanted = this.wanted.get(id) ?? 0;
		const billed = this.emulator.ledger
			.filter(({ provider }) => provider === id)
			.reduce((sum, job) => sum + job.billed, 0);
		assert.equal(this.submitsOf(target), wanted, 'edits that were sent');
		assert.equal(billed, wanted, 'edits that were billed');
	}

	async stop(): Promise<void> {
		await this.n8n.stop();
		await this.emulator.stop();
		await this.s3.stop();
	}
}

function lastLines(file: string): string {
	return readFileSync(file, 'utf8').trim().split('\n').slice(-15).join('\n');
}
