import { type IExecuteFunctions, type INode, type INodeExecutionData } from 'n8n-workflow';

import { EditFault, type Fault } from '../edit/fault';
import { Redaction } from '../wire/redaction';
import { RateGates } from '../run/rateGate';
import { editItem, type Job } from '../run/editItem';
import { PaidWorkStore } from '../run/paidWork';
import { runOrdered, type Settled } from '../run/pool';
import { TypicalTimes } from '../run/typicalTimes';
import { systemClock } from './runtime/clock';
import { readCredential, type ReadCredential } from './http/credential';
import { asNodeError, failedItem, faultOf, redactFault } from './out/errors';
import { fingerprint, idempotencyKey } from './runtime/digest';
import { hintsOf } from './out/hints';
import { outputItems } from './out/items';
import {
	readChoice,
	readJob,
	readOptions,
	readOutputPlace,
	readWidth,
	type Choice,
} from './in/parameters';
import { N8nImageStore } from './files/imageStore';
import { N8nTransport, redactionOfAnswers } from './http/transport';

/** Shared by all runs of this process: pauses, learned times, and what was paid for. */
const gates = new RateGates();
const times = new TypicalTimes();
const paidWork = new PaidWorkStore(systemClock);

/** Items whose images are inspected at once, before anything is sent. */
const checkingWidth = 8;

/** How much paid work an error names; the rest is counted. */
const maximumNamed = 20;

/** One run of the node over all its items. */
class Run {
	private readonly node: INode;

	private readonly keepsGoing: boolean;

	private readonly signal: AbortSignal;

	/** Names this execution, node and run: the same again when n8n retries the node. */
	private readonly name: string;

	private readonly redaction: Redaction;

	private readonly redactionOfAnswers: Redaction;

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly choice: Choice,
		private readonly credential: ReadCredential,
	) {
		this.node = context.getNode();
		this.keepsGoing = context.continueOnFail();
		this.signal = context.getExecutionCancelSignal() ?? new AbortController().signal;
		this.redaction = new Redaction([credential.key]);
		this.redactionOfAnswers = redactionOfAnswers(credential);
		this.name = [
			// Without an id two executions could not be told apart, so nothing is shared between runs.
			context.getExecutionId() || `none-${Math.random()}`,
			this.node.id,
			String(context.evaluateExpression('{{ $runIndex }}', 0)),
		].join(' ');
	}

	/** All items: checked first, then edited in an ordered pool. */
	async all(): Promise<INodeExecutionData[]> {
		paidWork.begin(this.name);
		try {
			return await this.work();
		} finally {
			paidWork.end(this.name);
		}
	}

	private async work(): Promise<INodeExecutionData[]> {
		const items = this.context.getInputData();
		const checked = await runOrdered(
			items,
			{ width: checkingWidth, signal: this.signal },
			async (_item, index) => await readJob(this.context, this.choice, this.credential, index),
		);
		const jobs = checked.map((settled) => (settled.state === 'done' ? settled.result : undefined));
		if (!this.keepsGoing) this.throwFirst(checked, 'Nothing was sent yet, so nothing was billed');

		const worked = await runOrdered(
			jobs,
			{
				width: readWidth(this.context, this.choice.provider),
				signal: this.signal,
				stopOnFailure: !this.keepsGoing,
			},
			async (job, index, signal) => (job === undefined ? [] : await this.edit(job, index, signal)),
		);
		if (!this.keepsGoing || this.signal.aborted) this.throwFirst(worked);

		const settled = worked.map((result, index) =>
			checked[index]?.state === 'failed' ? checked[index] : result,
		);
		// With a failed item n8n's Retry On Fail may still run the node again; then what is paid is kept.
		if (settled.every(({ state }) => state === 'done')) paidWork.forget(this.name);
		const asked = { provider: this.choice.provider.id, operation: this.choice.operation };
		const outputs = settled.map((result, index) => {
			if (result?.state === 'done') return result.result as INodeExecutionData[];
			const error = result?.state === 'failed' ? result.error : undefined;
			return [failedItem(asked, redactFault(faultOf(error), this.redaction), index)];
		});
		this.hint(jobs, outputs);
		return outputs.flat();
	}

	/** Says above the output what needs a look; a context without hints (n8n's tools have had none) says nothing. */
	private hint(jobs: ReadonlyArray<Job | undefined>, outputs: INodeExecutionData[][]): void {
		const hints = hintsOf(
			outputs.map((output, index) => {
				const job = jobs[index];
				const waited = job?.operation === 'edit' || job?.waitForCompletion === true;
				return { output, waited };
			}),
		);
		if (hints.length > 0) this.context.addExecutionHints?.(...hints);
	}

	private async edit(job: Job, index: number, signal: AbortSignal): Promise<INodeExecutionData[]> {
		const place = readOutputPlace(readOptions(this.context, index));
		const item = [String(index), fingerprint(JSON.stringify(identityOf(job)))];
		const images: N8nImageStore = new N8nImageStore(this.context, {
			baseUrl: job.baseUrl,
			...place,
			openWithKey: async (url, settings) => await transport.open(url, settings),
		});
		const transport = new N8nTransport(
			this.context,
			job.provider,
			this.credential,
			images,
			this.redactionOfAnswers,
		);
		const result = await editItem(
			{ ...job, idempotencyKey: idempotencyKey([this.name, ...item]) },
			{
				clock: systemClock,
				gate: gates.of(fingerprint(`${job.baseUrl} ${this.credential.key}`), systemClock),
				transport,
				images,
				times,
				memory: paidWork.of(this.name, item.join(' ')),
				signal,
			},
		);
		return outputItems(job, result, {
			itemIndex: index,
			binaryPropertyName: place.binaryPropertyName,
			redaction: this.redaction,
			now: systemClock.now(),
		});
	}

	/** The first failure in the order of the items stops the node. */
	private throwFirst(settled: ReadonlyArray<Settled<unknown>>, more = ''): void {
		const failures = settled.flatMap((result, index) =>
			result.state === 'failed' ? [{ index, fault: faultOf(result.error) }] : [],
		);
		const first = failures[0] ?? this.cancelled();
		if (first === undefined) return;
		const others = failures
			.slice(1)
			.map(({ index, fault }) => `item ${index}: ${paidOf(fault) ?? fault.message}`);
		const done = settled.flatMap((result, index) =>
			result.state === 'done' ? paidItems(index, result.result) : [],
		);
		const notes = [
			named('Failed as well', others),
			named(
				'Already paid for',
				done.map((paid) => `item ${paid.item}: ${paid.taskId ?? paid.url ?? 'finished'}`),
			),
			more,
		];
		const error = asNodeError(
			this.node,
			redactFault(first.fault, this.redaction),
			first.index,
			this.redaction.text(notes.filter((note) => note !== '').join('. ')),
		);
		// The description names as many as anybody reads; here are all of them.
		const paid = [
			...done,
			...failures.flatMap(({ index, fault }) =>
				fault.taskId === undefined && fault.url === undefined
					? []
					: [{ item: index, taskId: fault.taskId, url: fault.url }],
			),
		];
		if (paid.length > 0) error.context.paid = this.redaction.value(paid) as PaidItem[];
		throw error;
	}

	private cancelled(): { index: number; fault: Fault } | undefined {
		if (!this.signal.aborted) return undefined;
		return { index: 0, fault: { kind: 'cancelled', message: 'The execution was canceled' } };
	}
}

/** What is left of a paid item when the run stops: the user can fetch it by this. */
interface PaidItem {
	item: number;
	taskId?: string;
	url?: string;
}

/** What an item has put out; nothing for one that was only checked. */
function paidItems(item: number, result: unknown): PaidItem[] {
	if (!Array.isArray(result)) return [];
	return (result as INodeExecutionData[]).map(({ json }) => {
		const { taskId, image } = json as { taskId?: string; image?: { url?: string } };
		return { item, taskId, url: image?.url };
	});
}

/** A note with as many lines as anybody reads. */
function named(title: string, lines: readonly string[]): string {
	if (lines.length === 0) return '';
	const left = lines.length - maximumNamed;
	return `${title}: ${lines.slice(0, maximumNamed).join('; ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function paidOf(fault: Fault): string | undefined {
	return fault.taskId === undefined ? fault.url : `task ${fault.taskId} (${fault.message})`;
}

/** What makes two jobs the same edit; never holds bytes or keys. */
function identityOf(job: Job): unknown {
	return [
		job.provider.id,
		job.baseUrl,
		job.operation === 'getTask' ? job.taskId : 'edit',
		job.request?.model,
		job.request?.prompt,
		job.request?.fields,
		job.request?.images.map((image) => (image.kind === 'link' ? image.url : image.identity)),
		job.request?.mask?.identity,
	];
}

/** The node's work: reads, checks, edits, and hands the images on. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	try {
		const choice = readChoice(context);
		const credential = await readCredential(context, choice.provider, 0);
		return await new Run(context, choice, credential).all();
	} catch (error) {
		if (!(error instanceof EditFault)) throw asError(error);
		// A fault that concerns all items alike. With Continue On Fail it is every item's: a node that throws
		// there would send its unedited input down the success branch.
		if (!context.continueOnFail()) throw asNodeError(context.getNode(), error.fault, 0);
		const asked = {
			provider: String(context.getNodeParameter('provider', 0)),
			operation: String(context.getNodeParameter('operation', 0)),
		};
		return items.map((_item, index) => failedItem(asked, error.fault, index));
	}
}

/** What is no fault of ours, such as an error that n8n made, stays as it is. */
function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}
