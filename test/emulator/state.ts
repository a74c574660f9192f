/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApiCall } from './server/exchange';
import { FaultStore } from './faults/faults';
import type { FaultRule } from './faults/fault-kinds';
import { CallbackBook } from './callbacks/callbacks';
import { type Account, signCallback, type SignedCallback } from './callbacks/signatures';
import { Job } from './job';
import { editImage } from './images/painted-image';
import { imageFile, plainPng, withNotes } from './images/png';
import type { ImageFile } from './images/png';
import type { ProviderEmulation } from './providers/provider';
import { RequestLog } from './server/request-log';
import { ResultStore, sha256 } from './images/results';
import { DurationSource, settingsFrom } from './settings';
import type {
	CallbackRecord,
	EmulatorOptions,
	EmulatorSettings,
	JsonObject,
	LedgerEntry,
	ImageFormat,
	ProviderId,
} from './types';
import { PROVIDER_IDS } from './types';

/** What a provider found in a request it takes. */
export interface JobOrder {
	model: string;
	prompt: string;
	inputs: Buffer[];
	fields: JsonObject;
	/** A task that is polled, or a job answered at once. */
	task: boolean;
	taskId?: string;
	seed?: number;
	width?: number;
	height?: number;
	/** How many images to make. Default: one. */
	count?: number;
	/** Default: the provider's setting. */
	format?: ImageFormat;
	/** Hashes of what arrived, where `inputs` may hold beginnings only. */
	inputSha256?: string[];
	/** What else the ledger says of the request. */
	notes?: Pick<LedgerEntry, 'maskSha256' | 'unusedImages' | 'formFields'>;
}

const TINY_IMAGE = plainPng(64, 48);

/** Everything the servers and providers share: clock, settings, ledger, jobs, results, faults. */
export class EmulatorState {
	readonly settings: EmulatorSettings;

	readonly faults: FaultStore;

	readonly results: ResultStore;

	readonly requests: RequestLog;

	readonly callbacks: CallbackBook;

	readonly published = new Map<string, Buffer>();

	readonly keys: Record<ProviderId, string>;

	apiOrigin = '';

	elsewhereOrigin = '';

	maxRunning = 0;

	private readonly durations = new DurationSource();

	private readonly stopping = new AbortController();

	private ledgerEntries: LedgerEntry[] = [];

	private jobs: Job[] = [];

	private running = 0;

	private jobsByTaskId = new Map<string, Job>();

	private clockOffsetMs = 0;

	private nextEntryId = 1;

	private nextTaskNumber = 1;

	private memory = new Map<string, unknown>();

	constructor(private readonly options: EmulatorOptions) {
		// Every pause listens; there may be hundreds.
		setMaxListeners(0, this.stopping.signal);
		this.settings = settingsFrom(options);
		const now = () => this.now();
		this.faults = new FaultStore(now);
		this.results = new ResultStore(now);
		this.keys = Object.fromEntries(
			PROVIDER_IDS.map((id) => {
				const tail = createHash('sha256')
					.update(`emulated key of ${id}`)
					.digest('hex')
					.slice(0, 24);
				return [id, `emulated-${id.toLowerCase()}-key-${tail}`];
			}),
		) as Record<ProviderId, string>;
		this.requests = new RequestLog(now, this.keys);
		this.callbacks = new CallbackBook(
			now,
			(record) => this.signCallback(record),
			options.deliverCallbacksTo,
		);
	}

	now(): number {
		return (this.options.now?.() ?? Date.now()) + this.clockOffsetMs;
	}

	/** A callback as it would be sent now, or at another moment, or by somebody else at the same provider. */
	signCallback(
		{ provider, body }: CallbackRecord,
		{ at = this.now(), account = 'own' }: { at?: number; account?: Account } = {},
	): SignedCallback {
		const { webhookHmacKey } = this.settings.kie;
		return signCallback({ provider, body, at, account, kieHmacKey: webhookHmacKey });
	}

	/** The clock in whole seconds, as `created` fields give it. */
	nowSeconds(): number {
		return Math.floor(this.now() / 1000);
	}

	advance(seconds: number): void {
		this.clockOffsetMs += seconds * 1000;
	}

	get stopSignal(): AbortSignal {
		return this.stopping.signal;
	}

	/** Waits in real time; ends early, without an error, when the emulator stops. */
	async pause(ms: number): Promise<void> {
		if (ms <= 0 || this.stopping.signal.aborted) return;
		await wait(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
	}

	/** How long a synchronous provider works on an edit. */
	async workAtOnce(call: ApiCall, job: Job): Promise<void> {
		// Counted from the arrival, so that the emulator's own work does not make a bench look slow.
		const spentMs = performance.now() - call.arrivedMs;
		const workMs = this.durations.draw(this.settings.latencyMs);
		job.entry.workSeconds = workMs / 1000;
		await this.pause(workMs - spentMs);
		await Promise.all(job.images);
		job.finish();
	}

	/** A number nobody had before, for task ids. */
	taskNumber(): number {
		return this.nextTaskNumber++;
	}

	/** A value that lives until the next reset; providers keep counters and replays here. */
	remember<T>(name: string, create: () => T): T {
		if (!this.memory.has(name)) this.memory.set(name, create());
		return this.memory.get(name) as T;
	}

	/** How many tasks of an account are open now. */
	openTasks(provider: ProviderId): number {
		this.settleAll();
		return this.jobs.filter((job) => job.provider === provider && job.entry.status === 'running')
			.length;
	}

	/** Takes a job: from here on somebody pays. */
	takeJob(provider: ProviderEmulation, call: ApiCall, order: JobOrder): Job {
		const now = this.now();
		const entry: LedgerEntry = {
			id: this.nextEntryId++,
			provider: provider.id,
			model: order.model,
			prompt: order.prompt,
			imageCount: order.inputSha256?.length ?? order.inputs.length,
			billed: 1,
			at: now,
			status: 'running',
			cancelledAt: [],
			...(order.taskId !== undefined && { taskId: order.taskId }),
			resultCount: order.count ?? 1,
			inputSha256: order.inputSha256 ?? order.inputs.map(sha256),
			...order.notes,
			unknownFields: call.record.unknownFields,
			fields: order.fields,
			...(typeof call.headers['idempotency-key'] === 'string' && {
				idempotencyKey: call.headers['idempotency-key'],
			}),
			requestId: call.record.id,
		};
		const taskSeconds = order.task ? this.durations.draw(this.settings.taskSeconds) : null;
		if (taskSeconds !== null) entry.workSeconds = taskSeconds;
		const images = Array.from(
			{ length: entry.resultCount },
			async (_, index) => await this.makeImage(provider, order, entry, index),
		);
		// Nobody may be waiting for them: a failure shows at the download.
		for (const image of images) image.catch(() => undefined);
		const job = new Job(
			entry,
			provider.id,
			images,
			now,
			taskSeconds,
			() => this.now(),
			(ended) => {
				// A job from before a reset is nobody's any more.
				if (!this.jobs.includes(ended)) return;
				this.running -= 1;
				this.jobs = this.jobs.filter((other) => other !== ended);
				provider.onJobEnd?.(this, ended);
			},
		);
		// Callbacks are due when the task ends, whether or not somebody looks.
		if (taskSeconds !== null && this.options.deliverCallbacksTo) {
			// Timers leave out fractions of a millisecond: a task must have ended when it is settled, or nobody does it later.
			void this.pause(Math.ceil(taskSeconds * 1000) + 1).then(() => job.settle());
		}
		this.ledgerEntries.push(entry);
		this.jobs.push(job);
		this.running += 1;
		this.settleAll();
		this.maxRunning = Math.max(this.maxRunning, this.running);
		if (order.taskId !== undefined) this.jobsByTaskId.set(`${provider.id}/${order.taskId}`, job);
		return job;
	}

	/** The job behind a task id, marked by whatever fault is meant for reads. */
	findTask(provider: ProviderId, taskId: string): Job | undefined {
		const job = this.jobsByTaskId.get(`${provider}/${taskId}`);
		const strike =
			job && this.faults.take(['task'], { provider, route: 'read', prompt: job.entry.prompt });
		if (job && strike) this.noteTaskFault(job, strike.rule);
		return job;
	}

	/** The job behind the task id of a cancel call, which is noted in the ledger. */
	findTaskToCancel(provider: ProviderId, taskId: string): Job | undefined {
		const job = this.jobsByTaskId.get(`${provider}/${taskId}`);
		job?.entry.cancelledAt.push(this.now());
		return job;
	}

	/** The prompt behind a task id, for faults that are aimed at one job. */
	promptOfTask(provider: ProviderId, taskId: string): string | undefined {
		return this.jobsByTaskId.get(`${provider}/${taskId}`)?.entry.prompt;
	}

	private noteTaskFault(job: Job, rule: FaultRule): void {
		job.mark(rule);
		const request = this.requests.byId(job.entry.requestId);
		if (request) request.fault ??= rule.kind;
	}

	/** Lets faults that are meant for submissions loose on a new task. */
	strikeTask(provider: ProviderId, prompt: string): FaultRule | undefined {
		return this.faults.take(['task'], { provider, route: 'submit', prompt })?.rule;
	}

	/** Changes a result URL when a fault says that it should lie in a private network. */
	linkFor(job: Job, url: string): string {
		const strike = this.faults.take(['link'], {
			provider: job.provider,
			route: 'result',
			prompt: job.entry.prompt,
		});
		if (strike?.kind !== 'resultPrivateUrl') {
			strike?.release();
			return url;
		}
		const elsewhere = `http://${strike.rule.host ?? '10.0.0.1'}`;
		// A link without an origin, or a path on a disk, becomes a whole one.
		return url.startsWith('/') ? elsewhere + url : url.replace(this.results.origin, elsewhere);
	}

	get ledger(): LedgerEntry[] {
		this.settleAll();
		return this.ledgerEntries;
	}

	settleAll(): void {
		for (const job of [...this.jobs]) job.settle();
	}

	reset(): void {
		this.faults.clear();
		this.results.clear();
		this.requests.clear();
		this.callbacks.clear();
		this.durations.restart();
		this.ledgerEntries = [];
		this.jobs = [];
		this.running = 0;
		this.maxRunning = 0;
		this.jobsByTaskId.clear();
		this.memory.clear();
		this.published.clear();
		this.clockOffsetMs = 0;
	}

	stop(): void {
		this.callbacks.stop();
		this.stopping.abort();
	}

	private async makeImage(
		provider: ProviderEmulation,
		order: JobOrder,
		entry: LedgerEntry,
		index: number,
	): Promise<ImageFile> {
		const { editImages, resultBytes, format } = this.settings;
		const several = entry.resultCount > 1;
		const notes = {
			provider: provider.id,
			prompt: order.prompt,
			job: String(entry.id),
			...(several && { image: String(index + 1) }),
		};
		if (!editImages || !order.inputs.length || order.inputs.some(({ length }) => length === 0)) {
			return imageFile(withNotes(TINY_IMAGE, notes), 'image/png', resultBytes);
		}
		const kind = order.format ?? format[provider.id];
		const edited = await editImage({
			...order,
			// Several images of one job are several draws.
			...(several && { seed: (order.seed ?? 0) + index }),
			providerName: provider.name,
			format: kind,
		});
		return imageFile(
			kind === 'png' ? withNotes(edited, notes) : edited,
			`image/${kind}`,
			resultBytes,
		);
	}
}
