import type { IDataObject, INode, INodeParameters, WorkflowExecuteMode } from 'n8n-workflow';

import { QwenImageEditTrigger } from '../../../nodes/QwenImageEditTrigger/QwenImageEditTrigger.node';
import type { CallbackRecord, LedgerEntry, ProviderId } from '../../emulator';
import { until } from '../../processes/until';
import { facts, nodeTaskId, type Stage } from './scenario';
import { engineNodes, runWorkflow, type FinishedRun } from './workflow/engine';
import { callWebhook } from './workflow/webhook';

/** The trigger's full name, under which a workflow file names it once the package is installed. */
export const triggerNodeType = 'n8n-nodes-qwen-image-edit.qwenImageEditTrigger';

const triggerName = 'Finished';

/** A call from outside. */
export interface OutsideCall {
	headers?: Record<string, string>;
	payload: string | Buffer;
	/** Default: the URL that the panel shows. */
	url?: string;
	mode?: WorkflowExecuteMode;
}

/** How a call was answered, and what it has started. */
export interface CallAnswer {
	httpStatus: number;
	message: string;
	headers: Record<string, string>;
	/** From the arrival to the answer, in milliseconds. */
	tookMs: number;
	/** Absent when no execution was started. */
	run?: FinishedRun;
}

let count = 0;

/** A published workflow Finished > Next in n8n's engine, which can be called. */
export class TriggerStage {
	readonly runs: FinishedRun[] = [];

	/** What n8n has stored with the workflow. */
	staticData: IDataObject = {};

	readonly webhookId: string;

	private readonly workflowId = `workflow-with-trigger-${++count}`;

	constructor(
		readonly stage: Stage,
		private readonly order: {
			provider: ProviderId;
			parameters?: INodeParameters;
			options?: INodeParameters;
			credential?: string;
		},
	) {
		this.webhookId = `5f8a1c1e-0000-4000-8000-${String(count).padStart(12, '0')}`;
	}

	/** The URL that the panel shows for a published workflow. */
	get url(): string {
		const [webhook] = new QwenImageEditTrigger().description.webhooks!;
		return `https://n8n.example.com/webhook/${this.webhookId}/${webhook!.path}`;
	}

	private get node(): INode & { credentials: Record<string, { id: string; name: string }> } {
		const { provider, credential = provider, options, parameters } = this.order;
		return {
			id: 'trigger',
			name: triggerName,
			type: triggerNodeType,
			typeVersion: 1,
			position: [0, 0],
			webhookId: this.webhookId,
			parameters: { provider, ...(options === undefined ? {} : { options }), ...parameters },
			credentials: { [facts[provider].credential]: { id: credential, name: credential } },
		};
	}

	/** Submits one edit that names the trigger, waits for its end, and returns what the provider would call with. */
	async submit(prompt = 'Make it night'): Promise<{ record: CallbackRecord; entry: LedgerEntry }> {
		const { provider } = this.order;
		const { emulator } = this.stage;
		const before = emulator.ledger.length;
		await this.stage.succeed({
			provider,
			operation: 'submitTask',
			prompt,
			options: { callbackUrl: this.url },
		});
		const entry = emulator.ledger[before]!;
		return { entry, record: await this.recordOf(entry) };
	}

	/** What the provider calls with when a task has ended. */
	async recordOf(entry: LedgerEntry): Promise<CallbackRecord> {
		const found = (): CallbackRecord | undefined =>
			this.stage.emulator.callbacks.find(({ body }) =>
				JSON.stringify(body).includes(entry.taskId!),
			);
		await until(`${entry.provider} has a callback to send`, () => found() !== undefined, 10);
		return found()!;
	}

	/** The id under which the node knows a task. */
	idOf({ provider, taskId }: LedgerEntry): string {
		return nodeTaskId(provider, taskId!);
	}

	/** The call of the provider, signed as its document says. */
	async callFor(
		record: CallbackRecord,
		settings: Parameters<Stage['emulator']['signCallback']>[1] = { at: Date.now() },
	): Promise<CallAnswer> {
		const { headers, payload } = this.stage.emulator.signCallback(record, {
			at: Date.now(),
			...settings,
		});
		return await this.call({ headers, payload, url: record.url });
	}

	/** Calls the workflow as n8n's webhook server does, and runs the execution that it starts. */
	async call({
		headers = {},
		payload,
		url = this.url,
		mode = 'webhook',
	}: OutsideCall): Promise<CallAnswer> {
		const { items, isOwn, staticData, ...answer } = await callWebhook({
			trigger: new QwenImageEditTrigger(),
			node: this.node,
			workflowId: this.workflowId,
			credentials: this.stage.credentials,
			staticData: this.staticData,
			mode,
			headers,
			body: Buffer.from(payload),
			url: new URL(url),
		});
		expect(isOwn).toBe(true);
		this.staticData = staticData;
		if (items === undefined) return answer;
		const { node } = this;
		const run = await runWorkflow({
			nodes: [
				{
					...node,
					credentials: Object.fromEntries(
						Object.entries(node.credentials).map(([type, { id }]) => [type, id]),
					),
				},
				{ name: 'Next', type: engineNodes.readFiles },
			],
			connections: [[triggerName, 'Next']],
			nodeTypes: { [triggerNodeType]: new QwenImageEditTrigger() },
			credentials: this.stage.credentials,
			startItems: [],
			startFrom: { node: triggerName, items },
			mode,
			workflowId: this.workflowId,
		});
		this.runs.push(run);
		this.stage.keep(run);
		return { ...answer, run };
	}
}
