/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { Container } from './core';
import './log';

import { stringify } from 'flatted';
import {
	BinaryDataConfig,
	BinaryDataService,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	WorkflowExecute,
} from 'n8n-core';
import {
	NodeConnectionTypes,
	UnexpectedError,
	Workflow,
	createRunExecutionData,
	type ExecutionError,
	type IConnections,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { CredentialStore } from '../credentials';
import { findNodeTypes } from './nodeTypes';
import { collectNode, readFilesNode, startNode, type StartItem } from './nodes';

/** Names of the node types that every workflow of the tests may use. */
export const engineNodes = {
	start: 'n8n-nodes-engine.start',
	collect: 'n8n-nodes-engine.collect',
	readFiles: 'n8n-nodes-engine.readFiles',
} as const;

/** The name of the node that every workflow starts with. */
export const startName = 'Start';

/** A node as a workflow file has it. */
export interface WorkflowNode {
	name: string;
	type: string;
	/** Default: 1. */
	typeVersion?: number;
	parameters?: INodeParameters;
	/** Ids of saved credentials by credential type. */
	credentials?: Record<string, string>;
	onError?: INode['onError'];
	/** The form in which workflows before n8n 1.0 store Continue On Fail. */
	continueOnFail?: boolean;
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	executeOnce?: boolean;
	alwaysOutputData?: boolean;
}

/** From, to, and the output of the first that leads to the second (0 where none is given). */
export type Connection = readonly [from: string, to: string, output?: number];

/** One execution of one workflow. */
export interface WorkflowRunOptions {
	/** Without the start node, which is added. */
	nodes: readonly WorkflowNode[];
	/** Default: the start node and all nodes in a row. */
	connections?: readonly Connection[];
	nodeTypes: Readonly<Record<string, INodeType>>;
	credentials: CredentialStore;
	startItems: readonly StartItem[];
	/** A trigger that was called, and what it starts with; default: the start node. */
	startFrom?: { node: string; items: INodeExecutionData[] };
	mode?: WorkflowExecuteMode;
	executionId?: string;
	workflowId?: string;
	settings?: IWorkflowSettings;
	/** As the workflow setting Timeout Workflow of n8n. */
	executionTimeoutSeconds?: number;
	/** Where this n8n says that it can be reached. */
	instanceUrl?: string;
	/** Stops the execution, as the Stop button does. */
	signal?: AbortSignal;
}

/** An execution that has ended. */
export interface FinishedRun {
	executionId: string;
	status: IRun['status'];
	error?: ExecutionError;
	run: IRun;
	/** How often n8n has started this node's `execute`, with its tries in one. */
	runsOf(nodeName: string): ITaskData[];
	/** The items of a node, per output. */
	outputs(nodeName: string, runIndex?: number): INodeExecutionData[][];
	/** The items of a node's first output. */
	items(nodeName: string, runIndex?: number): INodeExecutionData[];
	/** The whole content of a binary field, from where n8n has stored it. */
	binaryBuffer(item: INodeExecutionData | undefined, field?: string): Promise<Buffer>;
	/** The execution as n8n writes it into its database. */
	stored(): string;
}

/** An execution under way. */
export interface RunningWorkflow {
	/** What the Stop button of n8n does. */
	cancel(): void;
	finished: Promise<FinishedRun>;
}

/** Where n8n keeps files: as files on disk (its default), or as base64 in the items (its old way). */
export type BinaryMode = 'filesystem' | 'default';

let readyFor: BinaryMode | undefined;

/** Chooses where n8n keeps files from now on; without a call they are files on disk. */
export async function useBinaryMode(mode: BinaryMode): Promise<void> {
	if (readyFor === mode) return;
	Container.get(BinaryDataConfig).mode = mode;
	const service = Container.get(BinaryDataService);
	await service.init();
	readyFor = mode;
}

let executionCount = 0;

function nodeOf(node: WorkflowNode, index: number): INode {
	const { credentials, parameters = {}, ...rest } = node;
	const made: INode = {
		typeVersion: 1,
		...rest,
		id: `node-${index}`,
		position: [200 * index, 0],
		parameters: structuredClone(parameters),
	};
	if (credentials !== undefined) {
		made.credentials = Object.fromEntries(
			Object.entries(credentials).map(([type, id]) => [type, { id, name: id }]),
		);
	}
	return made;
}

function connect(connections: readonly Connection[]): IConnections {
	const made: IConnections = {};
	for (const [from, to, output = 0] of connections) {
		const outputs = ((made[from] ??= {})[NodeConnectionTypes.Main] ??= []);
		while (outputs.length <= output) outputs.push([]);
		outputs[output]!.push({ node: to, type: NodeConnectionTypes.Main, index: 0 });
	}
	return made;
}

function inARow(names: readonly string[]): Connection[] {
	return names.slice(1).map((name, index) => [names[index]!, name]);
}

function notHere(what: string): never {
	throw new UnexpectedError(`${what} is no part of the test engine`);
}

/** What n8n gives an execution beside the workflow; the URLs have the form that its `getBase` makes. */
export function additionalDataFor(
	credentials: CredentialStore,
	instanceUrl = 'http://localhost:5678/',
): IWorkflowExecuteAdditionalData {
	const base = instanceUrl.endsWith('/') ? instanceUrl : `${instanceUrl}/`;
	return {
		credentialsHelper: credentials,
		currentNodeExecutionIndex: 0,
		restApiUrl: `${base}rest`,
		instanceBaseUrl: base,
		formBaseUrl: `${base}form`,
		formTestBaseUrl: `${base}form-test`,
		formWaitingBaseUrl: `${base}form-waiting`,
		webhookBaseUrl: `${base}webhook`,
		webhookTestBaseUrl: `${base}webhook-test`,
		webhookWaitingBaseUrl: `${base}webhook-waiting`,
		mcpBaseUrl: `${base}mcp`,
		mcpTestBaseUrl: `${base}mcp-test`,
		variables: {},
		userId: 'user-of-the-test-engine',
		setExecutionStatus: () => undefined,
		logAiEvent: () => undefined,
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		executeWorkflow: async () => notHere('Running a sub-workflow'),
		getRunExecutionData: async () => undefined,
		getRuntimeCredential: async () => undefined,
		startRunnerTask: async () => notHere('A task runner'),
	};
}

/** Starts a workflow in n8n's own engine. */
export function startWorkflow(options: WorkflowRunOptions): RunningWorkflow {
	const stop = new AbortController();
	if (options.signal?.aborted) stop.abort();
	options.signal?.addEventListener('abort', () => stop.abort());
	return { cancel: () => stop.abort(), finished: execute(options, stop.signal) };
}

/** Runs a workflow in n8n's own engine to its end, whatever the end is. */
export async function runWorkflow(options: WorkflowRunOptions): Promise<FinishedRun> {
	return await startWorkflow(options).finished;
}

async function execute(options: WorkflowRunOptions, stop: AbortSignal): Promise<FinishedRun> {
	if (readyFor === undefined) await useBinaryMode('filesystem');
	const executionId = options.executionId ?? String(++executionCount);
	const workflowId = options.workflowId ?? 'workflow-of-the-test-engine';
	const mode = options.mode ?? 'manual';
	const start = nodeOf({ name: startName, type: engineNodes.start }, 0);
	const nodes = [start, ...options.nodes.map((node, index) => nodeOf(node, index + 1))];
	const connections = connect(options.connections ?? inARow(nodes.map(({ name }) => name)));
	const settings: IWorkflowSettings = { executionOrder: 'v1', ...options.settings };

	const workflow = new Workflow({
		id: workflowId,
		name: 'Workflow of the test engine',
		nodes,
		connections,
		active: false,
		settings,
		nodeTypes: findNodeTypes({
			...options.nodeTypes,
			[engineNodes.start]: startNode(options.startItems),
			[engineNodes.collect]: collectNode,
			[engineNodes.readFiles]: readFilesNode,
		}),
	});
	const additionalData: IWorkflowExecuteAdditionalData = {
		...additionalDataFor(options.credentials, options.instanceUrl),
		executionId,
		workflowId,
		workflowSettings: settings,
		hooks: new ExecutionLifecycleHooks(mode, executionId, {
			id: workflowId,
			name: workflow.name ?? '',
			active: false,
			activeVersionId: null,
			isArchived: false,
			createdAt: new Date(),
			updatedAt: new Date(),
			nodes,
			connections,
			settings,
		}),
	};
	if (options.executionTimeoutSeconds !== undefined) {
		additionalData.executionTimeoutTimestamp = Date.now() + options.executionTimeoutSeconds * 1000;
	}
	const { node: firstName, items } = options.startFrom ?? {
		node: startName,
		items: [{ json: {} }],
	};
	const first = nodes.find(({ name }) => name === firstName)!;
	const runExecutionData = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: first, data: { main: [items] }, source: null }],
		},
	});

	const running = new WorkflowExecute(
		additionalData,
		mode,
		runExecutionData,
	).processRunExecutionData(workflow);
	const cancel = (): void => running.cancel();
	if (stop.aborted) cancel();
	else stop.addEventListener('abort', cancel);
	const timeout =
		options.executionTimeoutSeconds === undefined
			? undefined
			: setTimeout(cancel, options.executionTimeoutSeconds * 1000);
	let run: IRun;
	try {
		run = await running;
	} finally {
		clearTimeout(timeout);
		stop.removeEventListener('abort', cancel);
	}
	return finishedRun(executionId, run);
}

function finishedRun(executionId: string, run: IRun): FinishedRun {
	const { resultData } = run.data;
	const runsOf = (nodeName: string): ITaskData[] => resultData.runData[nodeName] ?? [];
	const outputs = (nodeName: string, runIndex = 0): INodeExecutionData[][] =>
		(runsOf(nodeName)[runIndex]?.data?.main ?? []).map((items) => items ?? []);
	return {
		executionId,
		status: run.status,
		...(resultData.error === undefined ? {} : { error: resultData.error }),
		run,
		runsOf,
		outputs,
		items: (nodeName, runIndex) => outputs(nodeName, runIndex)[0] ?? [],
		binaryBuffer: async (item, field = 'data') => {
			const binary = item?.binary?.[field];
			if (binary === undefined) {
				const fields = Object.keys(item?.binary ?? {}).join(', ') || 'none';
				throw new Error(`There is no binary field "${field}", there are: ${fields}`);
			}
			return await Container.get(BinaryDataService).getAsBuffer(binary);
		},
		stored: () => stringify(run.data),
	};
}
