import { readOutcome } from '../adapter/readOutcome';
import { EditFault, type Fault, withPaidWork } from '../edit/fault';
import type { Completed, Outcome, Pending, Stopped } from '../edit/outcome';
import type { EditRequest, Image, ImageFile } from '../edit/request';
import { readRefusal } from '../wire/answer/refusal';
import { type Collected, collectImages, type DownloadPorts } from './collect';
import type { ItemPlan, ItemResult } from './item';
import type { PaidWorkMemory } from './ports';
import type { StoredImage } from './storedImage';
import { sendAside } from './pace/aside';
import { type RequestPorts, Requests } from './requests';
import { type PollPorts, TaskReader } from './task';

/** What the runner needs of the world around it. */
export type RunPorts = RequestPorts &
	PollPorts &
	DownloadPorts & {
		memory: PaidWorkMemory;
		/** Awaited before an edit is sent that has to be paid for. Throws EditFault when it must not be. */
		admit?(): Promise<void>;
	};

/**
 * Runs one item from its first request to its last image.
 *
 * @throws EditFault that names what was paid for
 */
export async function runItem(plan: ItemPlan, ports: RunPorts): Promise<ItemResult> {
	return await new ItemRun(plan, ports).run();
}

const nothingCollected: Collected = { images: [], warnings: [] };

/** The URLs of all images; undefined when one of them can only be had from this answer. */
function urlsOf({ images }: Completed): string[] | undefined {
	const urls = images.flatMap(({ url }) => (/^https?:/i.test(url ?? '') ? [url!] : []));
	return urls.length === images.length ? urls : undefined;
}

/** How long a stopped execution waits until a provider has heard that a task is to be cancelled. */
const withdrawSeconds = 10;

/** One item while it runs. */
class ItemRun {
	private startedAt: number;

	private readonly requests: Requests;

	private readonly task: TaskReader;

	/** What a fault must name from now on. */
	private paid: { taskId?: string; url?: string; isTaken?: boolean } = {};

	constructor(
		private readonly plan: ItemPlan,
		private readonly ports: RunPorts,
	) {
		this.startedAt = ports.clock.now();
		const deadline = this.startedAt + plan.timeoutSeconds * 1000;
		this.requests = new Requests(ports, plan.provider, deadline);
		this.task = new TaskReader(plan, this.requests, ports);
	}

	async run(): Promise<ItemResult> {
		try {
			if (this.plan.operation === 'cancelTask') return await this.cancelTask();
			const outcome = this.plan.operation === 'getTask' ? await this.getTask() : await this.edit();
			if (outcome.state === 'pending') return this.resultOf(outcome, nothingCollected);
			const urls = this.plan.downloadsImages ? undefined : urlsOf(outcome);
			if (urls === undefined) return this.resultOf(outcome, await this.collect(outcome));
			return { ...this.resultOf(outcome, nothingCollected), urls };
		} catch (error) {
			throw asEditFault(error, this.paid);
		}
	}

	private async getTask(): Promise<Pending | Completed> {
		const taskId = this.plan.taskId!;
		this.paid.taskId = taskId;
		const outcome = await this.task.read({ state: 'pending', taskId, status: 'pending' });
		if (outcome.state === 'completed' || !this.plan.waitForCompletion) return outcome;
		return await this.task.waitFor(outcome);
	}

	private async cancelTask(): Promise<ItemResult> {
		const { provider, baseUrl } = this.plan;
		const taskId = this.plan.taskId!;
		this.paid.taskId = taskId;
		const { encode, decode } = provider.task!.cancel!;
		const reference = { taskId, baseUrl };
		const stopped = await this.requests.send(encode(reference), (reply) =>
			decode(reply, reference),
		);
		return this.resultOf({ ...stopped, taskId }, nothingCollected);
	}

	/** Attaches to what an earlier try has paid for, else submits the edit. */
	private async edit(): Promise<Pending | Completed> {
		const { memory, signal } = this.ports;
		const { deadline } = this.requests;
		const known = memory.recall() ?? (await memory.claim?.({ signal, deadline }));
		if (known?.state === 'lost') throw new EditFault(known.fault);
		if (known?.state === 'made') {
			this.paid.isTaken = true;
			return known.outcome;
		}
		if (known?.state === 'done') throw new TypeError('an item that was put out was run again');
		const isAttached = known?.state === 'task';
		const outcome = isAttached ? known.outcome : await this.submit();
		this.paid = { taskId: outcome.taskId, isTaken: true };
		if (outcome.state === 'completed' || this.plan.operation === 'submitTask') return outcome;
		const submittedAt = isAttached ? known.submittedAt : this.ports.clock.now();
		try {
			return await this.task.waitFor(outcome, submittedAt);
		} catch (error) {
			if (signal.aborted) throw await this.withdraw(outcome.taskId, error);
			const { fault } = asEditFault(error);
			if ((await memory.release?.(fault)) === true) return await this.edit();
			throw error as Error;
		}
	}

	/** Nobody waits for the task any more: the provider is told so once, where it documents a cancel call. */
	private async withdraw(taskId: string, error: unknown): Promise<EditFault> {
		const { fault } = asEditFault(error, this.paid);
		const { provider, baseUrl } = this.plan;
		const { cancel } = provider.task!;
		if (cancel === undefined) return new EditFault(fault);
		const { signal } = new AbortController();
		const timeoutSeconds = withdrawSeconds;
		const wire = cancel.encode({ taskId, baseUrl });
		const reply = await sendAside(this.ports, wire, { signal, timeoutSeconds });
		const isTold = reply !== undefined && reply.httpStatus < 300;
		const advice = isTold
			? `${provider.title} was told to cancel the task`
			: `${provider.title} could not be told to cancel the task, and may go on with it`;
		return new EditFault({ ...fault, advice });
	}

	/** Sends the edit once, and remembers from then on that it was paid for. */
	private async submit(): Promise<Pending | Completed> {
		const { provider } = this.plan;
		if (this.ports.admit !== undefined) {
			await this.ports.admit();
			// The time of an item begins with its first request.
			this.requests.deadline += this.ports.clock.now() - this.startedAt;
			this.startedAt = this.ports.clock.now();
		}
		const request = await this.withUrls(this.plan.request!);
		try {
			const answer = await this.requests.send<Outcome>(
				provider.submit.encode(request),
				(reply) =>
					readOutcome(provider, reply, (answer) => provider.submit.decode(answer, request)),
				this.plan.idempotencyKey,
			);
			const outcome: Pending | Completed =
				answer.state === 'ready' ? { ...answer, state: 'pending', status: 'processing' } : answer;
			if (outcome.state === 'completed') this.rememberMade(outcome, []);
			else {
				const submittedAt = this.ports.clock.now();
				this.ports.memory.remember({ state: 'task', plan: this.kept(), outcome, submittedAt });
			}
			return outcome;
		} catch (error) {
			this.rememberIfLost(error);
			throw asEditFault(error);
		}
	}

	/** Uploads the files that the provider takes by URL only. The order of the images is kept. */
	private async withUrls(request: EditRequest): Promise<EditRequest> {
		const images: Image[] = [];
		for (const image of request.images) {
			const isSentAsUrl = image.kind === 'file' && this.needsUrl(image);
			images.push(isSentAsUrl ? { kind: 'link', url: await this.urlOf(image) } : image);
		}
		return { ...request, images };
	}

	private needsUrl({ bytes }: ImageFile): boolean {
		const { takes, uploadFromBytes = Infinity } = this.plan.provider.images;
		if (takes === 'linkOrData') return this.plan.canUpload && bytes >= uploadFromBytes;
		return takes === 'link';
	}

	private async urlOf(file: ImageFile): Promise<string> {
		const { canUpload, provider } = this.plan;
		const { upload, title } = provider;
		if (canUpload && upload !== undefined) {
			const { url, put } = await this.requests.send(upload.encode(file), (reply) =>
				upload.decode(reply, file),
			);
			if (put === undefined) return url;
			const sent = await this.requests.send(put, (reply) =>
				reply.httpStatus < 300 ? { url } : readRefusal(reply, { provider: title }),
			);
			return sent.url;
		}
		const url = await file.publicUrl?.();
		if (url === undefined) throw new TypeError('an image without a URL passed the checks');
		return url;
	}

	private async collect(outcome: Completed): Promise<Collected> {
		this.paid.taskId = outcome.taskId;
		const known = this.ports.memory.recall();
		const images = known?.state === 'made' ? [...known.images] : [];
		try {
			return await collectImages(this.ports, outcome, this.requests.deadline, images);
		} catch (error) {
			this.rememberIfLost(error);
			throw asEditFault(error);
		} finally {
			if (this.ports.memory.recall()?.state !== 'lost') this.rememberMade(outcome, images);
		}
	}

	private rememberMade(outcome: Completed, images: ReadonlyArray<StoredImage | undefined>): void {
		if (this.plan.operation === 'getTask') return;
		// An image that is stored need not be held as text too.
		const left = outcome.images.map((image, index) =>
			images[index] === undefined ? image : { ...image, base64: undefined },
		);
		this.ports.memory.remember({
			state: 'made',
			plan: this.kept(),
			outcome: { ...outcome, images: left },
			images,
		});
	}

	/** An edit that may be billed although nothing can be had of it must not be sent again. */
	private rememberIfLost(error: unknown): void {
		if (this.plan.operation === 'getTask' || !(error instanceof EditFault)) return;
		if (error.fault.isTaken === true) {
			this.ports.memory.remember({ state: 'lost', fault: withPaidWork(error.fault, this.paid) });
		}
	}

	/** The plan without the images to send, which nobody needs once the edit was sent. */
	private kept(): ItemPlan {
		const plan = { ...this.plan };
		delete plan.request;
		return plan;
	}

	private resultOf(
		outcome: Pending | Completed | (Stopped & { taskId: string }),
		{ images, warnings }: Collected,
	): ItemResult {
		const { waitedSeconds } = this.requests;
		const { clock } = this.ports;
		const report: Partial<Pick<Completed, 'model' | 'usage'>> =
			outcome.state === 'stopped' ? {} : outcome;
		const model = this.plan.model || report.model;
		const task = outcome.state === 'pending' ? outcome : undefined;
		return {
			status: outcome.state === 'completed' ? 'completed' : outcome.status,
			images,
			warnings: [
				// What rounds to a second: some milliseconds of a pause may be over when the wait begins.
				...(waitedSeconds >= 0.5
					? [
							`Waited ${Math.round(waitedSeconds)} s because ${this.plan.provider.title} asked to slow down`,
						]
					: []),
				...(outcome.warnings ?? []),
				...warnings,
			],
			seconds: Math.round((clock.now() - this.startedAt) / 10) / 100,
			polls: this.task.polls,
			...(outcome.taskId === undefined ? {} : { taskId: outcome.taskId }),
			...(model === undefined || model === '' ? {} : { model }),
			...(report.usage === undefined ? {} : { usage: report.usage }),
			...(outcome.state === 'completed' && outcome.requestId !== undefined
				? { requestId: outcome.requestId }
				: {}),
			...(task?.progress === undefined ? {} : { progress: task.progress }),
			...(task?.queuePosition === undefined ? {} : { queuePosition: task.queuePosition }),
			...(task?.etaSeconds === undefined ? {} : { etaSeconds: task.etaSeconds }),
		};
	}
}

/** What was thrown as a fault that names the paid work. Anything that is not a fault is a bug and says what it is. */
function asEditFault(error: unknown, paid: Parameters<typeof withPaidWork>[1] = {}): EditFault {
	const message = error instanceof Error ? error.message : String(error);
	const fault: Fault =
		error instanceof EditFault
			? error.fault
			: { kind: 'provider', message: `Unexpected error in the node: ${message}` };
	return new EditFault(withPaidWork(fault, paid));
}
