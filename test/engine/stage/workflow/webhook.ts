import './core';

import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type IWebhookData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { CredentialStore } from '../credentials';
import { additionalDataFor } from './engine';
import { findNodeTypes } from './nodeTypes';

/** A published trigger, and the call that reaches it. */
export interface WebhookCall {
	trigger: INodeType;
	node: INode;
	workflowId: string;
	credentials: CredentialStore;
	/** What n8n has stored with the workflow. */
	staticData: IDataObject;
	mode: WorkflowExecuteMode;
	headers: Record<string, string>;
	body: Buffer;
	url: URL;
}

/** How a node has answered a call. */
export interface WebhookAnswer {
	httpStatus: number;
	message: string;
	headers: Record<string, string>;
	/** From the arrival to the answer, in milliseconds. */
	tookMs: number;
	/** Whether the node has answered by itself; else n8n does, and what it changed in static data is lost. */
	isOwn: boolean;
	/** What n8n stores with the workflow from now on. */
	staticData: IDataObject;
	/** What the execution starts with; absent when none is started. */
	items?: INodeExecutionData[];
}

/** Calls a trigger as n8n's webhook server does. */
export async function callWebhook(call: WebhookCall): Promise<WebhookAnswer> {
	const { trigger, node, workflowId, mode, headers, body, url } = call;
	const workflow = new Workflow({
		id: workflowId,
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes: findNodeTypes({ [node.type]: trigger }),
		staticData: structuredClone(call.staticData),
	});
	const started = performance.now();
	const answer = { httpStatus: 0, message: '', headers: {} as Record<string, string>, tookMs: 0 };
	const response = {
		setHeader: (name: string, value: string) => (answer.headers[name.toLowerCase()] = value),
		status(httpStatus: number) {
			answer.httpStatus = httpStatus;
			return response;
		},
		json({ message }: { message: string }) {
			answer.message = message;
			answer.tookMs = performance.now() - started;
			return response;
		},
	};
	const additionalData = {
		...additionalDataFor(call.credentials),
		httpRequest: {
			headers: { 'content-type': 'application/json', ...headers },
			query: Object.fromEntries(url.searchParams),
			params: {},
			body: {},
			rawBody: body,
		},
		httpResponse: response,
	};
	const webhookData = {
		httpMethod: 'POST',
		node: node.name,
		path: url.pathname.replace(/^\/webhook\//, ''),
		webhookDescription: trigger.description.webhooks![0]!,
		workflowId,
	} as unknown as IWebhookData;
	const context = new WebhookContext(
		workflow,
		node,
		additionalData as never,
		mode,
		webhookData,
		[],
		null,
	);
	const given = await trigger.webhook!.call(context);
	const isChanged = (workflow.staticData as IDataObject).__dataChanged === true;
	const items = given.workflowData?.[0] as INodeExecutionData[] | undefined;
	return {
		...answer,
		isOwn: given.noWebhookResponse === true,
		staticData:
			mode !== 'manual' && isChanged && given.noWebhookResponse === true
				? (JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject)
				: call.staticData,
		...(items === undefined ? {} : { items }),
	};
}
