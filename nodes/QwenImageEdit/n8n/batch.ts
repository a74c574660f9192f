import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { EditFault, type Fault } from '../edit/fault';
import type { ItemPlan, ItemResult } from '../run/item';
import { runOrdered, type Settled } from '../run/pace/pool';
import { TypicalTimes } from '../run/pace/typicalTimes';
import type { PaidWorkStore } from '../run/paidWork';
import { runItem } from '../run/runItem';
import { Redaction } from '../wire/text/redaction';
import { HeldImages, N8nImageStore } from './files/imageStore';
import type { ReadCredential } from './http/credential';
import { N8nTransport, redactionOfAnswers } from './http/transport';
import type { Choice } from './in/choice';
import { readNumber, readOptions } from './in/options';
import { planItem } from './in/planItem';
import { batchError, type Failure } from './out/batchError';
import { failedItem, faultOf, redactFault } from './out/errors';
import { hintsOf } from './out/hints';
import { outputItems } from './out/items';
import { asError } from './runtime/asError';
import { systemClock } from './runtime/clock';
import { gateOf } from './runtime/gates';
import { digest, idempotencyKey } from './runtime/digest';

/** Shared by all runs of this process: how long tasks took. */
const times = new TypicalTimes();

/** How many items are checked at once before anything is sent. */
const checkingWidth = 8;

/** What a batch needs. */
export interface BatchSettings {
	context: IExecuteFunctions;
	choice: Choice;
	credential: ReadCredential;
	/** Names execution, node and run. */
	run: string;
	paidWork: PaidWorkStore;
}

/** What an item is to become: a plan, or the output of an earlier try. */
type Planned = { plan: ItemPlan } | { output: INodeExecutionData[] };

/** What became of an item. */
interface Finished {
	output: INodeExecutionData[];
	/** Whether the node waited for an image: then a task that is put out is unfinished. */
	waited: boolean;
}

/** All items of one run of the node. */
export class Batch {
	private readonly keepsGoing: boolean;

	private readonly signal: AbortSignal;

	private readonly redaction: Redaction;

	private readonly redactionOfAnswers: Redaction;

	constructor(private readonly settings: BatchSettings) {
		const { context, credential } = settings;
		this.keepsGoing = context.continueOnFail();
		this.signal = context.getExecutionCancelSignal() ?? new AbortController().signal;
		this.redaction = new Redaction([credential.key]);
		this.redactionOfAnswers = redactionOfAnswers(credential);
	}

	/** Checks all items first, then runs them in an ordered pool. */
	async all(): Promise<INodeExecutionData[]> {
		const { context, choice, run, paidWork } = this.settings;
		const items = context.getInputData();
		const planned = await runOrdered(
			items,
			{ width: checkingWidth, signal: this.signal },
			async (_item, index) => await this.plan(index),
		);
		if (!this.keepsGoing) this.throwFirst(planned, 'Nothing was sent in this try');

		const worked = await runOrdered(
			planned,
			{
				width: readNumber(readOptions(context, 0), 'maxConcurrency', choice.provider.concurrency),
				signal: this.signal,
				stopOnFailure: !this.keepsGoing,
			},
			async (settled, index, signal) => await this.finish(settled, index, signal),
		);
		if (!this.keepsGoing || this.signal.aborted) this.throwFirst(worked);
		// With a failed item n8n's Retry On Fail may still run the node again. Then what is paid for is kept.
		if (worked.every(({ state }) => state === 'done')) paidWork.forget(run);

		const asked = { provider: choice.provider.id, operation: choice.operation };
		const finished = worked.map((settled, index): Finished => {
			if (settled.state === 'done') return settled.result;
			const fault = faultOf(settled.state === 'failed' ? settled.error : undefined);
			return {
				output: [failedItem(asked, redactFault(fault, this.redaction), index)],
				waited: false,
			};
		});
		// Says above the output what needs a look. Contexts of older n8n versions have no hints.
		const hints = hintsOf(finished);
		if (hints.length > 0) context.addExecutionHints?.(...hints);
		return finished.flatMap(({ output }) => output);
	}

	/** What was paid for at an earlier try is recalled before any parameter is read. */
	private async plan(index: number): Promise<Planned> {
		const { context, choice, credential, run, paidWork } = this.settings;
		const known = paidWork.of(run, index).recall();
		switch (known?.state) {
			case 'done':
				return { output: known.output as INodeExecutionData[] };
			case 'task':
			case 'made':
				return { plan: known.plan };
			case 'lost':
				throw new EditFault(known.fault);
			default:
				return { plan: await planItem(context, choice, credential, index) };
		}
	}

	private async finish(
		planned: Settled<Planned>,
		index: number,
		signal: AbortSignal,
	): Promise<Finished> {
		if (planned.state === 'failed') throw asError(planned.error);
		if (planned.state === 'skipped') throw new EditFault(cancelled);
		if ('output' in planned.result) return { output: planned.result.output, waited: false };
		const { plan } = planned.result;
		const waited = plan.operation === 'edit' || plan.waitForCompletion;
		return { output: await this.edit(plan, index, signal), waited };
	}

	private async edit(
		plan: ItemPlan,
		itemIndex: number,
		signal: AbortSignal,
	): Promise<INodeExecutionData[]> {
		const { context, credential, run, paidWork } = this.settings;
		const held = new HeldImages(context, plan.output);
		const transport = new N8nTransport({
			context,
			provider: plan.provider,
			credential,
			redaction: this.redactionOfAnswers,
			hold: held.hold,
		});
		const { baseUrl } = plan;
		const images = new N8nImageStore(
			{
				context,
				baseUrl,
				...plan.output,
				openWithKey: async (url, settings) => await transport.open(url, settings),
			},
			held,
		);
		const memory = paidWork.of(run, itemIndex);
		const result = await runItem(
			{ ...plan, idempotencyKey: idempotencyKey([run, String(itemIndex), contentOf(plan)]) },
			{
				clock: systemClock,
				gate: gateOf(baseUrl, credential.key),
				transport,
				images,
				times,
				memory,
				signal,
			},
		);
		const { redaction } = this;
		const output = outputItems(plan, result, { itemIndex, redaction, now: systemClock.now() });
		if (isFinal(plan, result)) {
			const url = result.images.find((image) => image?.url !== undefined)?.url;
			memory.remember({ state: 'done', output, taskId: result.taskId, url });
		}
		return output;
	}

	/** The first failure in the order of the items stops the node. */
	private throwFirst(settled: ReadonlyArray<Settled<unknown>>, note = ''): void {
		const failures: Failure[] = settled.flatMap((result, index) =>
			result.state === 'failed' ? [{ index, fault: faultOf(result.error) }] : [],
		);
		if (failures.length === 0 && this.signal.aborted) failures.push({ index: 0, fault: cancelled });
		if (failures.length === 0) return;
		const { context, run, paidWork } = this.settings;
		throw batchError(context.getNode(), failures, paidWork.named(run), this.redaction, note);
	}
}

const cancelled: Fault = { kind: 'cancelled', message: 'The execution was canceled' };

/** Whether a second try has nothing left to do for this item. A task that ran out of time is waited for again. */
function isFinal({ operation }: ItemPlan, { status }: ItemResult): boolean {
	return operation === 'edit' ? status === 'completed' : operation !== 'getTask';
}

/** What makes two plans the same edit, for the key that makes a repeated submit harmless. Never holds bytes or keys. */
function contentOf({ provider, baseUrl, model, request }: ItemPlan): string {
	return digest(
		JSON.stringify([
			provider.id,
			baseUrl,
			model,
			request?.prompt,
			request?.fields,
			request?.images.map((image) => (image.kind === 'link' ? image.url : image.identity)),
			request?.mask?.identity,
		]),
	);
}
