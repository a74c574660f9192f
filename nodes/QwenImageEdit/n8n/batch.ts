import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { EditFault } from '../edit/fault';
import type { ItemPlan, ItemResult, RecordName } from '../run/item';
import { runOrdered, type Settled } from '../run/pace/pool';
import { TypicalTimes } from '../run/pace/typicalTimes';
import type { PaidWorkStore } from '../run/paidWork';
import type { PaidWorkMemory } from '../run/ports';
import { cancelledFault } from '../run/requests';
import { runItem } from '../run/runItem';
import { Redaction } from '../wire/text/redaction';
import { HeldImages, N8nImageStore } from './files/imageStore';
import type { ReadCredential } from './http/credential';
import { N8nTransport, redactionOfAnswers } from './http/transport';
import type { Choice } from './in/choice';
import { readMaxCost, readNumber, readOptions } from './in/options';
import { planItem } from './in/planItem';
import { batchError, type Failure } from './out/batchError';
import { costHint } from './out/costHint';
import { failedItem, faultOf, redactFault } from './out/errors';
import { hintsOf } from './out/hints';
import { checkedItem, outputItems } from './out/items';
import { Spending } from './out/spending';
import { asError } from './runtime/asError';
import { systemClock } from './runtime/clock';
import { gateOf } from './runtime/gates';
import { digest, idempotencyKey } from './runtime/digest';
import type { RunStorage } from './storage/runStorage';

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
	/** The user's bucket, where there is one. */
	storage?: RunStorage;
}

/** What an item is to become: a plan, or the output of an earlier try. */
type Planned = { plan: ItemPlan; isFresh?: boolean } | { output: INodeExecutionData[] };

/** What became of an item. */
interface Finished {
	output: INodeExecutionData[];
	/** Whether the node waited for an image: then a task that is put out is unfinished. */
	waited: boolean;
}

/** The place of an item in the pool. */
interface Place {
	index: number;
	signal: AbortSignal;
	/** Gives the place to the next item. */
	leave(): void;
}

/** All items of one run of the node. */
export class Batch {
	private readonly keepsGoing: boolean;

	private readonly signal: AbortSignal;

	private readonly redaction: Redaction;

	private readonly redactionOfAnswers: Redaction;

	private readonly spending: Spending;

	/** Where the items that were put out are remembered. */
	private readonly records: RecordName[] = [];

	constructor(private readonly settings: BatchSettings) {
		const { context, credential, run, paidWork, storage } = settings;
		this.keepsGoing = context.continueOnFail();
		this.signal = context.getExecutionCancelSignal() ?? new AbortController().signal;
		this.redaction = new Redaction([credential.key, ...(storage?.secrets ?? [])]);
		this.redactionOfAnswers = redactionOfAnswers(credential);
		this.spending = new Spending(readMaxCost(context), paidWork.counted(run));
	}

	/** The output of all items. What the run has paid for and put out is noted in the user's bucket. */
	async all(): Promise<INodeExecutionData[]> {
		const { storage } = this.settings;
		let records: RecordName[] | undefined;
		try {
			const output = await this.work();
			({ records } = this);
			return output;
		} finally {
			await storage?.end(records);
		}
	}

	/** Checks all items first, then runs them in an ordered pool. */
	private async work(): Promise<INodeExecutionData[]> {
		const { context, choice, run, paidWork, storage } = this.settings;
		const items = context.getInputData();
		const planned = await runOrdered(
			items,
			{ width: checkingWidth, signal: this.signal },
			async (_item, index) => await this.plan(index),
		);
		if (!this.keepsGoing) this.throwFirst(planned, 'Nothing was sent in this try');
		storage?.place(
			planned.flatMap((settled) => (settled.state === 'done' ? freshPlan(settled.result) : [])),
		);

		const ended = await runOrdered(
			planned,
			{
				width: readNumber(readOptions(context, 0), 'maxConcurrency', choice.provider.concurrency),
				signal: this.signal,
				stopOnFailure: !this.keepsGoing,
			},
			async (settled, index, signal, leave) => await this.finish(settled, { index, signal, leave }),
		);
		const worked = this.spending.told(ended);
		if (!this.keepsGoing || this.signal.aborted) this.throwFirst(worked);
		// With a failed item n8n's Retry On Fail may still run the node again. Then what is paid for is kept.
		if (worked.every(({ state }) => state === 'done')) paidWork.forget(run);

		const asked = { provider: choice.provider.id, operation: choice.operation };
		const finished = worked.map((settled, index): Finished => {
			if (settled.state === 'done') return settled.result;
			const thrown = faultOf(settled.state === 'failed' ? settled.error : undefined);
			const fault = paidWork.told(run, index, thrown);
			return {
				output: [failedItem(asked, redactFault(fault, this.redaction), index)],
				waited: false,
			};
		});
		// Says above the output what needs a look. Contexts of older n8n versions have no hints.
		const hints = [...hintsOf(finished), ...costHint(finished.map(({ output }) => output))];
		if (hints.length > 0) context.addExecutionHints?.(...hints);
		return finished.flatMap(({ output }) => output);
	}

	/** What was paid for at an earlier try is recalled before any parameter is read. */
	private async plan(index: number): Promise<Planned> {
		const { context, choice, credential, run, paidWork, storage } = this.settings;
		const known = paidWork.of(run, index).recall();
		switch (known?.state) {
			case 'done':
				storage?.keep(known.record);
				if (known.record !== undefined) this.records.push(known.record);
				return { output: known.output as INodeExecutionData[] };
			case 'task':
			case 'made':
				storage?.keep(known.plan.record);
				return { plan: known.plan };
			case 'lost':
				storage?.keep(known.record);
				throw new EditFault(known.fault);
			default: {
				const plan = await planItem(context, choice, credential, index);
				return { plan: (await storage?.prepare(plan)) ?? plan, isFresh: true };
			}
		}
	}

	private async finish(planned: Settled<Planned>, place: Place): Promise<Finished> {
		const { index, signal } = place;
		if (planned.state === 'failed') throw asError(planned.error);
		if (planned.state === 'skipped') throw cancelledFault();
		if ('output' in planned.result) return { output: planned.result.output, waited: false };
		const { plan } = planned.result;
		if (plan.isCheckOnly && plan.request !== undefined) {
			return { output: [checkedItem(plan, index)], waited: false };
		}
		const waited = plan.operation === 'edit' || plan.waitForCompletion;
		const work = async (admit?: () => Promise<void>): Promise<INodeExecutionData[]> =>
			await this.edit(plan, place, admit);
		return { output: await this.spending.within(plan, index, signal, work), waited };
	}

	private async edit(
		plan: ItemPlan,
		{ index: itemIndex, signal, leave }: Place,
		admit?: () => Promise<void>,
	): Promise<INodeExecutionData[]> {
		const { context, credential, run, paidWork, storage } = this.settings;
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
		const work = async (known: PaidWorkMemory): Promise<ItemResult> =>
			await runItem(
				{ ...plan, idempotencyKey: idempotencyKey([run, String(itemIndex), contentOf(plan)]) },
				{
					clock: systemClock,
					gate: gateOf(baseUrl, credential.key),
					transport,
					images,
					times,
					memory: known,
					signal,
					...(admit === undefined ? {} : { admit }),
				},
			);
		const result = await (storage === undefined
			? work(memory)
			: storage.run(plan, { memory, itemIndex, leave }, work));
		const { redaction } = this;
		const output = outputItems(plan, result, { itemIndex, redaction, now: systemClock.now() });
		const { record } = plan;
		if (record !== undefined) this.records.push(record);
		if (isFinal(plan, result)) {
			const url = result.images.find((image) => image?.url !== undefined)?.url;
			const { taskId } = result;
			memory.remember({ state: 'done', output, taskId, url, record });
		}
		return output;
	}

	/** The first failure in the order of the items stops the node. */
	private throwFirst(settled: ReadonlyArray<Settled<unknown>>, note = ''): void {
		const { context, run, paidWork } = this.settings;
		const failures: Failure[] = settled.flatMap((result, index) =>
			result.state === 'failed'
				? [{ index, fault: paidWork.told(run, index, faultOf(result.error)) }]
				: [],
		);
		if (failures.length === 0 && this.signal.aborted) {
			failures.push({ index: 0, fault: paidWork.told(run, 0, cancelledFault().fault) });
		}
		if (failures.length === 0) return;
		throw batchError(context.getNode(), failures, paidWork.named(run), this.redaction, note);
	}
}

/** The plan of an item that is planned for the first time in this run. */
function freshPlan(planned: Planned): ItemPlan[] {
	return 'plan' in planned && planned.isFresh === true ? [planned.plan] : [];
}

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
