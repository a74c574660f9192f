import { bucketReference } from '../demo/services/bucketCredential';
import type { WorkflowToImport } from '../instance/home';
import { TRIGGER_TYPE } from '../callbacks/workflows';
import { NODE_TYPE, node, type WorkflowNode } from '../panel/workflows';

/** Names of the nodes whose output is looked at. */
export const EDIT = 'Edit the photo';
export const GET = 'Get the edited photo';
export const CALLED = 'The edit is finished';

/** Ids of the workflows, which are their webhook's paths too, in the order in which n8n lets them be published. */
export const WORKFLOWS = {
	edit: 'queueEditBatch',
	answer: 'queueEditAnswer',
	link: 'queueEditByLink',
	bucket: 'queueEditWithBucket',
	bucketByLink: 'queueEditByLinkWithBucket',
	submit: 'queueSubmitBatch',
	get: 'queueGetBatch',
	child: 'queueChild',
	parent: 'queueParent',
	submitCalled: 'queueSubmitCalled',
	called: 'queueCalled',
} as const;

/** Items of one execution that are edited at a time. */
export const WIDTH = 3;

/** The same for an execution with a bucket, which takes a whole batch. */
export const BUCKET_WIDTH = 10;

function inARow(
	id: string,
	nodes: WorkflowNode[],
	settings: Record<string, unknown> = {},
): WorkflowToImport<WorkflowNode> {
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [
				nodes[index]!.name,
				{ main: [[{ node: name, type: 'main', index: 0 }]] },
			]),
	);
	return { id, name: id, nodes, connections, settings: { executionOrder: 'v1', ...settings } };
}

/** The call that starts an execution; `answers` when the caller waits for the end of it. */
function webhook(path: string, answers = false): WorkflowNode {
	return {
		...node('Batch', 'n8n-nodes-base.webhook', 2.1, [0, 0], {
			httpMethod: 'POST',
			path,
			responseMode: answers ? 'lastNode' : 'onReceived',
			options: {},
		}),
		webhookId: path,
	};
}

function splitOut(field: string): WorkflowNode {
	return node('Photos', 'n8n-nodes-base.splitOut', 1, [224, 0], {
		fieldToSplitOut: field,
		options: {},
	});
}

function edit(
	name: string,
	credential: { type: string; id: string },
	parameters: Record<string, unknown>,
): WorkflowNode {
	return {
		...node(name, NODE_TYPE, 1, [672, 0], parameters),
		credentials: { [credential.type]: { id: credential.id, name: credential.id } },
	};
}

const download = node('Download', 'n8n-nodes-base.httpRequest', 4.2, [448, 0], {
	url: '={{ $json.url }}',
	options: { response: { response: { responseFormat: 'file' } } },
});

const modelVerse = { type: 'qwenImageEditModelVerseApi', id: 'exampleModelVerseApi' };
const odkkk = { type: 'qwenImageEditOdkkkApi', id: 'exampleOdkkkApi' };

/** Edits by a provider without tasks: what an execution was told is all there is. */
const editByModelVerse = edit(EDIT, modelVerse, {
	provider: 'modelVerse',
	operation: 'edit',
	prompt: 'Make it night',
	images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
	options: { maxConcurrency: WIDTH },
});

/** What the workflows with a bucket are called with. `reuseDays` 0: what was delivered is paid for again. */
export interface BucketOrder {
	photos: Array<{ url: string }>;
	reuseDays: number;
}

/** Edits with a bucket as the memory of all workers. An item that fails does not end the execution. */
function editWithBucket(provider: string, credential: { type: string; id: string }): WorkflowNode {
	const made = edit(EDIT, credential, {
		provider,
		operation: 'edit',
		storage: 's3',
		prompt: 'Make it night',
		images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
		options: {
			maxConcurrency: BUCKET_WIDTH,
			reusePaidEdits: "={{ $('Batch').first().json.body.reuseDays }}",
		},
	});
	return {
		...made,
		credentials: { ...made.credentials, ...bucketReference },
		onError: 'continueRegularOutput',
	};
}

const replicate = { type: 'qwenImageEditReplicateApi', id: 'exampleReplicateApi' };

/** The ID in the URL of the trigger. */
const CALLED_ID = '4f1f7b8e-2509-4b7a-9d4e-0123456789ab';

function table(
	name: string,
	dataTableId: string,
	parameters: Record<string, unknown>,
): WorkflowNode {
	return node(name, 'n8n-nodes-base.dataTable', 1.1, [896, 0], {
		resource: 'row',
		dataTableId: { __rl: true, mode: 'name', value: dataTableId },
		...parameters,
	});
}

function columns(value: Record<string, string>): Record<string, unknown> {
	return { columns: { mappingMode: 'defineBelow', value } };
}

function where(keyName: string, keyValue: string): Record<string, unknown> {
	return { filters: { conditions: [{ keyName, condition: 'eq', keyValue }] } };
}

/** Everything that runs in the cluster. `tasks` is the name of n8n's own table of submitted edits. */
export function queueWorkflows(tasks: string): WorkflowToImport<WorkflowNode>[] {
	return [
		inARow(WORKFLOWS.edit, [
			webhook(WORKFLOWS.edit),
			splitOut('body.photos'),
			download,
			editByModelVerse,
		]),
		inARow(WORKFLOWS.answer, [
			webhook(WORKFLOWS.answer, true),
			splitOut('body.photos'),
			download,
			editByModelVerse,
		]),
		inARow(WORKFLOWS.link, [
			webhook(WORKFLOWS.link),
			splitOut('body.photos'),
			download,
			edit(EDIT, odkkk, {
				provider: 'odkkk',
				operation: 'edit',
				prompt: 'Make it night',
				images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
				options: {},
			}),
		]),
		inARow(WORKFLOWS.bucket, [
			webhook(WORKFLOWS.bucket),
			splitOut('body.photos'),
			download,
			editWithBucket('modelVerse', modelVerse),
		]),
		inARow(WORKFLOWS.bucketByLink, [
			webhook(WORKFLOWS.bucketByLink),
			splitOut('body.photos'),
			download,
			editWithBucket('odkkk', odkkk),
		]),
		inARow(WORKFLOWS.submit, [
			webhook(WORKFLOWS.submit),
			splitOut('body.photos'),
			edit('Submit the edit', odkkk, {
				provider: 'odkkk',
				operation: 'submitTask',
				prompt: 'Make it night',
				images: { image: [{ source: 'url', url: '={{ $json.url }}' }] },
				options: {},
			}),
			table('Keep the task', tasks, {
				operation: 'insert',
				...columns({
					taskId: '={{ $json.taskId }}',
					batch: "={{ $('Batch').first().json.body.batch }}",
					state: 'submitted',
				}),
			}),
		]),
		inARow(
			WORKFLOWS.get,
			[
				webhook(WORKFLOWS.get),
				table('Submitted tasks', tasks, {
					operation: 'get',
					matchType: 'allConditions',
					filters: {
						conditions: [
							{ keyName: 'batch', condition: 'eq', keyValue: '={{ $json.body.batch }}' },
							{ keyName: 'state', condition: 'eq', keyValue: 'submitted' },
						],
					},
					returnAll: true,
				}),
				edit(GET, odkkk, {
					provider: 'odkkk',
					operation: 'getTask',
					taskId: '={{ $json.taskId }}',
					options: { waitForCompletion: true },
				}),
				table('Mark as done', tasks, {
					operation: 'update',
					matchType: 'allConditions',
					...where('taskId', '={{ $json.taskId }}'),
					...columns({ state: 'done' }),
				}),
			],
			{ saveExecutionProgress: true },
		),
		inARow(WORKFLOWS.submitCalled, [
			webhook(WORKFLOWS.submitCalled),
			splitOut('body.photos'),
			edit('Submit and be called', replicate, {
				provider: 'replicate',
				operation: 'submitTask',
				prompt: 'Make it night',
				images: { image: [{ source: 'url', url: '={{ $json.url }}' }] },
				options: { callbackUrl: `https://n8n.example.com/webhook/${CALLED_ID}/qwen-image-edit` },
			}),
		]),
		inARow(WORKFLOWS.called, [
			{
				...edit(CALLED, replicate, { provider: 'replicate' }),
				type: TRIGGER_TYPE,
				webhookId: CALLED_ID,
			},
			node('Next', 'n8n-nodes-base.noOp', 1, [224, 0]),
		]),
		inARow(WORKFLOWS.child, [
			node('Called', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, [0, 0], {
				inputSource: 'passthrough',
			}),
			download,
			editByModelVerse,
		]),
		inARow(WORKFLOWS.parent, [
			webhook(WORKFLOWS.parent),
			splitOut('body.photos'),
			node('Each photo', 'n8n-nodes-base.executeWorkflow', 1.2, [448, 0], {
				workflowId: { __rl: true, mode: 'id', value: WORKFLOWS.child },
				mode: 'each',
				options: { waitForSubWorkflow: true },
			}),
		]),
	];
}
