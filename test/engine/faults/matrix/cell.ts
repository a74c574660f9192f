import { faultWindows } from './windows';
import type { Ending, FaultCase } from './faultTable';
import { expectFailedItem } from '../../stage/output';
import { nodeTaskId, Stage, type Order, type StageRun } from '../../stage/scenario';
import { publicResultsHost, startSecureFront, type SecureFront } from '../hosts/publicHosts';

import type { INodeExecutionData } from 'n8n-workflow';

import { findProvider } from '../../../../nodes/QwenImageEdit/providers';
import type { OperationName } from '../../../../nodes/QwenImageEdit/adapter/field';
import {
	documents503,
	FAULTS,
	PROVIDER_IDS,
	readImageNotes,
	type FaultRule,
	type LedgerEntry,
	type ProviderId,
	type SettingsPatch,
} from '../../../emulator';

/** The ways in which n8n lets a node fail. */
export const modes = ['plain', 'continueOnFail', 'errorOutput', 'retryOnFail'] as const;

export type Mode = (typeof modes)[number];

/** One fault at one provider, in one operation and one mode. */
export interface Cell {
	provider: ProviderId;
	operation: OperationName;
	mode: Mode;
	fault: FaultCase;
}

/** What came of it. */
export interface CellResult extends Cell {
	/** Whether the fault struck at all; some cannot at some providers. */
	struck: boolean;
	billed: number;
	wanted: number;
	lost: number;
	/** Submits that reached the provider. */
	submits: number;
	problems: string[];
}

/** Links, so that there is something to download, where a host could send the image itself. */
export const linksOnly: SettingsPatch = {
	modelVerse: { answer: 'url' },
	openAiCompatible: { answer: 'url' },
};

/** Providers whose own documents say that a failed task is refunded: research S3, wavespeed.ai/docs. */
const refundsFailedTasks: readonly ProviderId[] = ['evoLink', 'waveSpeed'];

/** Where a public-looking image lies, for the providers that fetch it themselves. */
const imageUrl = 'https://photos.example.com/photo.png';

/** Another text at each try. */
const changingPrompt = '={{ "Make it night " + $now.toMillis() + " " + Math.random() }}';

const nodeOf: Record<Mode, (fault: FaultCase) => Order['node']> = {
	plain: () => ({}),
	continueOnFail: () => ({ onError: 'continueRegularOutput' }),
	errorOutput: () => ({ onError: 'continueErrorOutput' }),
	// n8n takes 0 for "not set", which is a second.
	retryOnFail: ({ tries = 3 }) => ({ retryOnFail: true, maxTries: tries, waitBetweenTries: 20 }),
};

function expectedEndings({ fault, mode }: Cell): readonly Ending[] {
	if (mode !== 'retryOnFail') return fault.ends;
	if (fault.endsAfterRetry !== undefined) return fault.endsAfterRetry;
	const passes = fault.rules.length > 0 && fault.rules.every(({ times }) => times !== undefined);
	return passes && fault.ends.every((end) => end !== 'unknown') ? ['image'] : fault.ends;
}

/** Plays one cell on an emulator of its own. */
export async function playCell(cell: Cell): Promise<CellResult> {
	const { fault, provider } = cell;
	const stage = await Stage.open({
		editImages: false,
		taskSeconds: 0.2,

		settings: { ...linksOnly, ...fault.settings },
	});
	let front: SecureFront | undefined;
	try {
		if (fault.base === 'public') front = await startSecureFront(stage.emulator.apiOrigin);
		const { apiOrigin } = stage.emulator;
		const origin =
			fault.base === 'unreachable'
				? stage.emulator.unreachableOrigin
				: (front?.origin ?? apiOrigin);
		await stage.saveCredential('cell', provider, {
			baseUrl: stage.emulator.baseUrl(provider).replace(apiOrigin, origin),
		});
		return await judge(cell, stage, await run(cell, stage));
	} finally {
		await stage.close();
		await front?.stop();
	}
}

async function run(cell: Cell, stage: Stage): Promise<StageRun> {
	return await stage.run(await orderOf(cell, stage));
}

/** The workflow of a cell, with the fault about to strike it. */
export async function orderOf(cell: Cell, stage: Stage): Promise<Order> {
	const { fault, provider, operation, mode } = cell;
	const { emulator } = stage;
	const items = Array.from({ length: fault.items ?? 1 }, (_, index) => stage.item({ index }));
	const photo = items[0]!.binary!.data!.bytes;
	emulator.publishImage(imageUrl, photo);
	const takesFiles = findProvider(provider)!.images.takes === 'file';
	const url = takesFiles ? emulator.hostImage(photo, 'photo.png') : imageUrl;
	const order: Order = {
		provider,
		items,
		images: [fault.step === 'upload' ? { source: 'binary' } : { source: 'url', url }],
	};
	let parameters: Order['parameters'];
	if (operation === 'getTask') {
		const submitted = await stage.succeed({
			...order,
			operation: 'submitTask',
			items: [items[0]!],
		});
		parameters = { taskId: submitted.edited[0]!.json.taskId as string };
	}
	const { port } = new URL(emulator.resultOrigin);
	for (const rule of fault.rules) {
		const { routes } = FAULTS[rule.kind];
		const aimed = (routes as readonly string[]).includes(fault.step) ? fault.step : undefined;
		emulator.faults.add({
			provider,
			...(aimed === undefined ? {} : { route: aimed }),
			...rule,
			...(rule.host === 'public results host' ? { host: `${publicResultsHost}:${port}` } : {}),
		} as FaultRule);
	}
	return {
		...order,
		operation,
		// n8n evaluates expressions anew at each try: what was paid for must be found all the same.
		...(mode === 'retryOnFail' ? { prompt: changingPrompt } : {}),
		credential: 'cell',
		options: {
			timeoutSeconds: 30,
			...(operation === 'getTask' ? { waitForCompletion: true } : {}),
			...fault.options,
		},
		node: nodeOf[mode](fault)!,
		...(parameters === undefined ? {} : { parameters }),
	};
}

/** All that a user is told of a failure. */
function wordsOf(run: StageRun): string {
	const { error } = run;
	const { message, description, context } = (error ?? {}) as Partial<Record<string, unknown>>;
	return JSON.stringify([message, description, context]);
}

const mayBeBilled = /may have been billed|Already paid for/;

class Judge {
	readonly problems: string[] = [];

	private words: string;

	private readonly images = new Set<string>();

	private readonly tasks = new Set<unknown>();

	/** Images that are put out with the warning that they may be incomplete. */
	private doubtful = 0;

	readonly failedItems: INodeExecutionData[];

	constructor(
		private readonly cell: Cell,
		private readonly stage: Stage,
		private readonly run: StageRun,
		private readonly struck: boolean,
	) {
		const failing = run.edited.filter(({ json }) => 'error' in json);
		this.failedItems = cell.mode === 'errorOutput' ? run.failed : failing;
		this.words = `${wordsOf(run)} ${JSON.stringify(this.failedItems.map(({ json }) => json))}`;
	}

	check(holds: boolean, problem: string): void {
		if (!holds) this.problems.push(problem);
	}

	async readImages(): Promise<void> {
		for (const item of this.run.edited) {
			if ('error' in item.json) continue;
			if (item.json.status !== 'completed') {
				this.tasks.add(item.json.taskId);
				this.check(item.binary === undefined, 'an unfinished task has an image');
				continue;
			}
			const bytes = await this.run.binaryBuffer(item);
			if (JSON.stringify(item.json.warnings).includes('may be incomplete')) {
				this.doubtful += 1;
				this.words += JSON.stringify(item.json.image);
				continue;
			}
			const notes = readImageNotes(bytes);
			this.check(
				notes?.provider === this.cell.provider,
				'an image that this provider did not make',
			);
			this.check(!this.images.has(notes?.job ?? ''), 'one image was put out twice');
			this.check(bytes.includes('IEND'), 'an image was put out that is not whole');
			if (notes !== undefined) this.images.add(notes.job);
		}
	}

	/** Paid jobs of which nothing is left: no image, no task id, no link, and no word of a bill. */
	lost(ledger: readonly LedgerEntry[]): LedgerEntry[] {
		return ledger.filter(({ id, taskId }) => {
			if (this.images.has(String(id))) return false;
			const known = taskId === undefined ? undefined : nodeTaskId(this.cell.provider, taskId);
			if (known !== undefined && (this.tasks.has(known) || this.words.includes(known)))
				return false;
			const links = this.stage.emulator.results.filter(({ entryId }) => entryId === id);
			// A fault may have changed the host of a link; its path is its own.
			if (links.some(({ url }) => this.words.includes(new URL(url).pathname))) return false;
			return !mayBeBilled.test(this.words);
		});
	}

	/** How the run has ended, in the words of the table. */
	ending(lost: number): Ending | 'lost' | 'mixed' {
		const { mode, fault } = this.cell;
		const count = fault.items ?? 1;
		const { run } = this;
		const out = this.images.size + this.tasks.size + this.doubtful;
		if (out === count && this.failedItems.length === 0) {
			if (run.status !== 'success') return 'mixed';
			return this.doubtful > 0 ? 'doubtful' : 'image';
		}
		if (mode === 'continueOnFail' || mode === 'errorOutput') {
			if (this.failedItems.length !== count || run.status !== 'success') return 'mixed';
		} else if (run.status !== 'error') return 'mixed';
		if (lost > 0) return 'lost';
		const kinds = this.kinds();
		if (kinds.every((kind) => kind === 'unknownOutcome')) return 'unknown';
		return this.stage.emulator.ledger.length > 0 ? 'kept' : 'refused';
	}

	kinds(): unknown[] {
		if (this.failedItems.length > 0) {
			return this.failedItems.map(({ json }) => (json.details as { errorKind: string }).errorKind);
		}
		const { error } = this.run;
		return error === undefined
			? []
			: [(error as { context?: { errorKind?: string } }).context?.errorKind];
	}

	/** What each failure says of the bill. */
	private said(): unknown[] {
		if (this.failedItems.length > 0) {
			return this.failedItems.map(({ json }) => (json.details as { billed?: string }).billed);
		}
		const { error } = this.run;
		return error === undefined
			? []
			: [(error as { context?: { billed?: string } }).context?.billed];
	}

	/** Holds what a failed item says of the bill against the ledger. */
	checkBilled(ending: Ending | 'mixed' | 'lost'): void {
		const { provider, fault } = this.cell;
		if ((fault.items ?? 1) > 1) return;
		const bills = this.stage.emulator.ledger.filter(({ refunded }) => !refunded).length;
		const isRefund = fault.name === 'task failed' && refundsFailedTasks.includes(provider);
		for (const said of this.said()) {
			const isTrue =
				said === 'unknown' || (said === 'no' && bills === 0) || (said === 'yes' && bills > 0);
			this.check(isTrue, `says billed: ${String(said)}, and the ledger has ${bills}`);
			this.check(
				ending !== 'refused' || fault.billed !== 0 || said === 'no',
				`says billed: ${String(said)}, where the provider took nothing`,
			);
			this.check(!isRefund || said === 'no', `says billed: ${String(said)}, after a refund`);
			// The image was made, and the failure has its URL.
			this.check(
				ending !== 'kept' || fault.step !== 'result' || said === 'yes',
				`says billed: ${String(said)} of an image that was made`,
			);
		}
	}

	/** The contract's shape of a failure. */
	checkFailure(): void {
		const { provider, operation, mode, fault } = this.cell;
		for (const [index, item] of this.failedItems.entries()) {
			try {
				expectFailedItem(mode === 'errorOutput' ? withoutInput(item) : item, index, {
					provider,
					operation,
				});
			} catch (error) {
				this.problems.push(`failed item: ${(error as Error).message.split('\n').join(' ')}`);
			}
		}
		if (this.run.status === 'error') {
			this.check(
				['NodeApiError', 'NodeOperationError'].includes(this.run.error?.name ?? ''),
				`the error is a ${this.run.error?.name}`,
			);
		}
		for (const kind of this.kinds()) {
			const allowed: readonly unknown[] = this.struck ? (fault.kinds ?? []) : [];
			if (fault.ends.every((end) => end === 'image')) continue;
			this.check(
				allowed.length === 0 || allowed.includes(kind),
				`errorKind ${String(kind)}, expected ${allowed.join(' or ')}`,
			);
		}
	}
}

/** n8n merges the input's JSON into what goes down the error output. */
function withoutInput(item: INodeExecutionData): INodeExecutionData {
	const json = { ...item.json };
	delete json.index;
	const rest = { ...item, json };
	delete rest.binary;
	return rest;
}

async function judge(cell: Cell, stage: Stage, run: StageRun): Promise<CellResult> {
	const { fault, provider, operation, mode } = cell;
	const { emulator } = stage;
	const struck = fault.base !== undefined || emulator.faults.list().some(({ fired }) => fired > 0);
	const judged = new Judge(cell, stage, run, struck);
	await judged.readImages();
	const { ledger } = emulator;
	// Get Task asks for a job that was paid for before.
	const before = operation === 'getTask' ? 1 : 0;
	const lost = judged.lost(ledger);
	const submits = stage.requests('submit').length - before;
	const billed = ledger.length - before;
	const items = fault.items ?? 1;
	const ends = struck ? expectedEndings(cell) : (['image'] as const);
	const ending = judged.ending(lost.length);
	judged.check(
		(ends as readonly string[]).includes(ending),
		`ended as ${ending}, expected ${ends.join(' or ')}: ${wordsOf(run).slice(0, 400)} ${JSON.stringify(judged.failedItems.map(({ json }) => json)).slice(0, 400)}`,
	);
	judged.checkFailure();
	judged.checkBilled(ending);

	const known = struck ? fault.billed : 1;
	const passed = ending === 'image' || ending === 'doubtful';
	const wanted = operation === 'getTask' ? 0 : passed || known === 1 ? items : 0;
	if (known === 'atMostOne' && !passed) {
		judged.check(billed <= items, `billed ${billed} times`);
	} else {
		judged.check(billed === wanted, `billed ${billed} times, wanted ${wanted}`);
	}
	if (ending === 'unknown' && operation !== 'getTask') {
		judged.check(
			submits <= items,
			`${submits} submits for ${items} items: sent again after an unknown outcome`,
		);
		judged.check(
			/may have been billed/.test(wordsOf(run) + JSON.stringify(judged.failedItems)),
			'the error does not say that it may have been billed',
		);
	}
	for (const entry of lost) judged.problems.push(`lost: job ${entry.id} ${entry.taskId ?? ''}`);
	judged.problems.push(...faultWindows(emulator, provider, fault));
	if (fault.base === 'public') {
		const allowed = fault.rules.some(({ kind }) => kind === 'resultRedirect');
		const visits = stage.requests('result').filter((request) => request.provider === provider);
		judged.check(allowed || visits.length === 0, 'a private address was opened');
	}
	judged.check(
		emulator.requests.every(
			({ server, headers }) => server === 'api' || headers.authorization === undefined,
		),
		'credentials at a host that is not the provider',
	);
	judged.problems.push(...stage.sweep());
	return {
		...cell,
		struck,
		billed,
		wanted: known === 'atMostOne' && !passed ? billed : wanted,
		lost: lost.length,
		submits,
		problems: judged.problems.map((problem) => `${mode}: ${problem}`),
	};
}

/**
 * The cells of a provider: every fault in every operation, in all modes or in a sample of two of the four. The sample moves
 * on with each fault, operation and provider, so that every mode meets every kind of fault.
 */
export function cellsOf(
	provider: ProviderId,
	table: readonly FaultCase[],
	share: 'all' | 'sample',
): Cell[] {
	const { task, upload } = findProvider(provider)!;
	const operations: OperationName[] =
		task === undefined ? ['edit'] : ['edit', 'submitTask', 'getTask'];
	const place = PROVIDER_IDS.indexOf(provider);
	return table.flatMap((fault, row) =>
		operations.flatMap((operation, column) => {
			if (!meets(operation, fault, task !== undefined, upload !== undefined)) return [];
			if (fault.documented503 === true && !documents503(provider)) return [];
			return modes
				.filter((_mode, at) => share === 'all' || (at + row + column + place) % 2 === 0)
				.map((mode) => ({ provider, operation, mode, fault }));
		}),
	);
}

function meets(
	operation: OperationName,
	{ step }: FaultCase,
	hasTasks: boolean,
	hasUpload: boolean,
): boolean {
	switch (step) {
		case 'upload':
			return hasUpload && operation !== 'getTask';
		case 'submit':
			return operation !== 'getTask';
		case 'read':
			return hasTasks && operation !== 'submitTask';
		default:
			return operation !== 'submitTask';
	}
}
