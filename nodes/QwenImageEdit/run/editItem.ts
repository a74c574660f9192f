import { EditFault, withPaidWork, type Fault } from '../edit/fault';
import type { OperationName } from '../adapter/field';
import type { Completed, Outcome, Pending, Usage } from '../edit/outcome';
import type { Provider } from '../adapter/provider';
import type { EditRequest, Image } from '../edit/request';
import { minimumGapSeconds, nextLookSeconds } from '../edit/schedule';
import { collect } from './collect';
import { cancelledFault, exchange, TakenFault, type Budget } from './exchange';
import type { RateGate } from './rateGate';
import type { Clock, PaidWorkMemory, ImageStore, StoredImage, Transport } from './ports';
import type { TypicalTimes } from './typicalTimes';

/** One item, checked and ready to be sent. */
export interface Job {
	provider: Provider;
	baseUrl: string;
	operation: OperationName;
	/** For `edit` and `submitTask`. */
	request?: EditRequest;
	/** For `getTask`. */
	taskId?: string;
	waitForCompletion: boolean;
	timeoutSeconds: number;
	timeoutAction: 'error' | 'output';
	idempotencyKey?: string;
}

/** What the runner needs of the world. */
export interface World {
	clock: Clock;
	gate: RateGate;
	transport: Transport;
	images: ImageStore;
	times: TypicalTimes;
	memory: PaidWorkMemory;
	signal: AbortSignal;
}

/** What came of an item. */
export interface JobResult {
	status: 'completed' | 'pending' | 'processing';
	taskId?: string;
	model?: string;
	images: StoredImage[];
	usage?: Usage;
	requestId?: string;
	progress?: number;
	etaSeconds?: number;
	warnings: string[];
	seconds: number;
	polls: number;
}

/**
 * Does one item from the first request to the last image.
 *
 * @throws EditFault that names what was already paid for
 */
export async function editItem(job: Job, world: World): Promise<JobResult> {
	const started = world.clock.now();
	const budget: Budget = {
		clock: world.clock,
		gate: world.gate,
		transport: world.transport,
		signal: world.signal,
		deadline: started + job.timeoutSeconds * 1000,
		provider: job.provider.title,
		waitedSeconds: 0,
		paid: {},
	};
	try {
		return await finish(job, world, budget, started);
	} catch (error) {
		// Whatever went wrong, also a bug of ours: what was paid for by now is in the error.
		throw asEditFault(error, budget.paid);
	}
}

async function finish(job: Job, world: World, budget: Budget, started: number): Promise<JobResult> {
	const polls = { count: 0 };
	const outcome = await workOn(job, world, budget, polls);
	const images = outcome.state === 'completed' ? await collect(job, world, budget, outcome) : [];
	const taskId = outcome.taskId;
	return {
		status: outcome.state === 'completed' ? 'completed' : outcome.status,
		images,
		warnings:
			// What rounds to a second: of a pause of one second, a few milliseconds may be over when the wait begins.
			budget.waitedSeconds >= 0.5
				? [
						`Waited ${Math.round(budget.waitedSeconds)} s because ${job.provider.title} asked to slow down`,
					]
				: [],
		seconds: Math.round((world.clock.now() - started) / 10) / 100,
		polls: polls.count,
		...(taskId === undefined ? {} : { taskId }),
		...(outcome.model === undefined ? {} : { model: outcome.model }),
		...(outcome.usage === undefined ? {} : { usage: outcome.usage }),
		...(outcome.state === 'completed' && outcome.requestId !== undefined
			? { requestId: outcome.requestId }
			: {}),
		...(outcome.state === 'pending' && outcome.progress !== undefined
			? { progress: outcome.progress }
			: {}),
		...(outcome.state === 'pending' && outcome.etaSeconds !== undefined
			? { etaSeconds: outcome.etaSeconds }
			: {}),
	};
}

async function workOn(
	job: Job,
	world: World,
	budget: Budget,
	polls: { count: number },
): Promise<Pending | Completed> {
	if (job.operation === 'getTask') {
		const task: Pending = { state: 'pending', taskId: job.taskId!, status: 'pending' };
		budget.paid.taskId = task.taskId;
		polls.count += 1;
		const outcome = await look(job, budget, task);
		if (outcome.state === 'completed' || !job.waitForCompletion) return outcome;
		return await waitFor(job, world, budget, outcome, polls, undefined);
	}

	const known = world.memory.recall();
	if (known?.state === 'unknown') throw new EditFault(known.fault);
	if (known !== undefined) budget.paid.taskId = known.outcome.taskId;
	if (known?.state === 'made' || known?.state === 'stored') return known.outcome;
	if (known?.state === 'task') {
		if (job.operation === 'submitTask') return known.outcome;
		return await waitFor(job, world, budget, known.outcome, polls, known.submittedAt);
	}

	const outcome = await submit(job, world, budget);
	if (outcome.state === 'completed' || job.operation === 'submitTask') return outcome;
	return await waitFor(job, world, budget, outcome, polls, world.clock.now());
}

/** Sends the edit once, and remembers from then on that it was paid for. */
async function submit(job: Job, world: World, budget: Budget): Promise<Pending | Completed> {
	const { provider } = job;
	const request = await withLinks(provider, job.request!, budget);
	try {
		const outcome = await exchange<Outcome>(
			budget,
			provider.submit.encode(request),
			(reply) => provider.submit.decode(reply),
			job.idempotencyKey === undefined ? {} : { idempotencyKey: job.idempotencyKey },
		);
		budget.paid.taskId = outcome.taskId;
		world.memory.remember(
			outcome.state === 'completed'
				? { state: 'made', outcome }
				: { state: 'task', outcome, submittedAt: world.clock.now() },
		);
		return outcome;
	} catch (error) {
		if (
			error instanceof TakenFault ||
			(error instanceof EditFault && error.fault.kind === 'unknownOutcome')
		) {
			world.memory.remember({ state: 'unknown', fault: error.fault });
		}
		throw asEditFault(error);
	}
}

/** Uploads the files of a provider that takes links only; the order of the images is kept. */
async function withLinks(
	provider: Provider,
	request: EditRequest,
	budget: Budget,
): Promise<EditRequest> {
	if (provider.images.takes !== 'link') return request;
	const images: Image[] = [];
	for (const image of request.images) {
		if (image.kind === 'link') {
			images.push(image);
			continue;
		}
		const { upload } = provider;
		if (upload !== undefined) {
			const { url } = await exchange(budget, upload.encode(image), (reply) => upload.decode(reply));
			images.push({ kind: 'link', url });
			continue;
		}
		const url = image.publicUrl?.();
		if (url === undefined) throw new TypeError('an image without a link passed the checks');
		images.push({ kind: 'link', url });
	}
	return { ...request, images };
}

/** Reads a task once, with repeats as the retry rule allows. */
async function look(job: Job, budget: Budget, task: Pending): Promise<Pending | Completed> {
	const { encode, decode } = job.provider.task!;
	const reference = { taskId: task.taskId, readUrl: task.readUrl, baseUrl: job.baseUrl };
	const outcome = await exchange<Outcome>(
		budget,
		encode(reference),
		(reply) => decode(reply, reference),
		{
			paid: { taskId: task.taskId },
		},
	);
	// A later answer may leave out what an earlier one said; the id we asked for is the one that counts.
	const kept = {
		...(outcome.usage === undefined && task.usage !== undefined ? { usage: task.usage } : {}),
		...(outcome.model === undefined && task.model !== undefined ? { model: task.model } : {}),
	};
	if (outcome.state === 'completed') {
		return { ...outcome, ...kept, taskId: outcome.taskId ?? task.taskId };
	}
	return {
		...outcome,
		...kept,
		taskId: task.taskId,
		...(outcome.readUrl === undefined && task.readUrl !== undefined
			? { readUrl: task.readUrl }
			: {}),
	};
}

/** Looks at a task until it has ended or the time is up. */
async function waitFor(
	job: Job,
	world: World,
	budget: Budget,
	first: Pending,
	polls: { count: number },
	submittedAt: number | undefined,
): Promise<Pending | Completed> {
	const { clock } = world;
	const since = submittedAt ?? clock.now();
	const name = `${job.provider.id} ${job.request?.model ?? first.model ?? ''}`;
	// A task that was handed in by id has no known start: the plain rhythm applies from the first look on.
	const known = submittedAt !== undefined;
	const etaSeconds = known ? first.etaSeconds : undefined;
	let task = first;
	let looks = known ? 0 : 1;
	let notYetSeconds: number | undefined;
	for (;;) {
		const elapsedSeconds = (clock.now() - since) / 1000;
		const gap = nextLookSeconds({
			elapsedSeconds,
			looks,
			typicalSeconds: job.provider.typicalSeconds,
			random: clock.random(),
			...(known ? { seen: world.times.of(name, etaSeconds) } : {}),
			...(etaSeconds === undefined ? {} : { etaSeconds }),
		});
		const left = budget.deadline - clock.now();
		if (left <= 0) return timeIsUp(job, task);
		// The last look is at the deadline itself, so that an image that just got ready is not missed; a look
		// so shortly before it that the two would crowd each other is left out.
		const crowded = left < (gap + minimumGapSeconds) * 1000;
		await clock.sleep(crowded ? left : gap * 1000, budget.signal);
		if (budget.signal.aborted) throw cancelledFault({ taskId: task.taskId });
		const lookedAtSeconds = (clock.now() - since) / 1000;
		polls.count += 1;
		looks += 1;
		let seen: Pending | Completed;
		try {
			seen = await look(job, budget, task);
		} catch (error) {
			if (!mayLookAgain(error)) throw asEditFault(error);
			// A bad look is not the end of a task that was paid for, as long as there is time.
			if (clock.now() < budget.deadline) continue;
			// The task goes on, so it is handed out where that is asked for; else the reason says more.
			if (job.timeoutAction === 'output') return timeIsUp(job, task);
			throw asEditFault(error);
		}
		if (seen.state === 'completed') {
			if (known) {
				const bySeconds = (clock.now() - since) / 1000;
				const after = notYetSeconds === undefined ? {} : { afterSeconds: notYetSeconds };
				world.times.learn(name, { bySeconds, ...after }, etaSeconds);
			}
			if (job.operation !== 'getTask') world.memory.remember({ state: 'made', outcome: seen });
			return seen;
		}
		task = seen;
		notYetSeconds = lookedAtSeconds;
	}
}

/** Faults of the way to the provider, not of the task. */
function mayLookAgain(error: unknown): boolean {
	if (!(error instanceof EditFault)) return false;
	const { kind, httpStatus, taskStatus } = error.fault;
	if (taskStatus !== undefined) return false;
	return (
		kind === 'network' ||
		kind === 'timeout' ||
		kind === 'rateLimit' ||
		(kind === 'provider' && (httpStatus === undefined || httpStatus >= 500 || httpStatus < 400))
	);
}

function timeIsUp(job: Job, task: Pending): Pending {
	if (job.timeoutAction === 'output') return task;
	const state = task.progress === undefined ? task.status : `${task.status}, ${task.progress} %`;
	throw new EditFault({
		kind: 'timeout',
		message: `The task was not done after ${job.timeoutSeconds} s (${state}); it goes on at ${job.provider.title}`,
		advice: `Fetch the image later with the operation 'Get Task' and the task ID ${task.taskId}, or raise 'Timeout' in Options`,
		taskId: task.taskId,
	});
}

/** Anything that is not a fault of ours is a bug, and must still say what it is. */
function asEditFault(error: unknown, paid: { taskId?: string; url?: string } = {}): EditFault {
	const message = error instanceof Error ? error.message : String(error);
	const fault: Fault =
		error instanceof EditFault
			? error.fault
			: { kind: 'provider', message: `The node met something unforeseen: ${message}` };
	return new EditFault(withPaidWork(fault, paid));
}
