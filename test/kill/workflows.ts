import type { WorkflowToImport } from '../instance/home';
import type { ProviderId } from '../emulator';

/** What differs between the providers that work in tasks. */
export interface TaskProvider {
	id: ProviderId;
	/** Type and id of the credential. */
	credential: { type: string; id: string };
	model: string;
}

/** Names of the nodes whose output or moment the test looks at. */
export const names = {
	start: 'Start',
	submit: 'Submit the edit',
	keep: 'Keep the task ID',
	wait: 'Wait',
	get: 'Get the edited photo',
} as const;

interface Node {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
}

/** Where a workflow writes the task id and the picture, from n8n's working directory. */
export function filesOf(provider: ProviderId): { taskId: string; picture: string } {
	return {
		taskId: `.n8n-files/${provider}-task-id.txt`,
		picture: `.n8n-files/${provider}-edited.png`,
	};
}

function inARow(id: string, name: string, nodes: Node[]): WorkflowToImport<unknown> {
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map((node, index) => [
				nodes[index]!.name,
				{ main: [[{ node: node.name, type: 'main', index: 0 }]] },
			]),
	);
	return {
		id,
		name,
		nodes: nodes.map((node, index) => ({
			...node,
			id: `${id}-${index}`,
			position: [220 * index, 0],
		})),
		connections,
		active: false,
		// What each node has put out is in the database as soon as the node is done.
		settings: { executionOrder: 'v1', saveExecutionProgress: true, saveManualExecutions: true },
	};
}

const start: Node = {
	name: names.start,
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

function editNode(
	{ id, credential }: TaskProvider,
	name: string,
	parameters: Record<string, unknown>,
): Node {
	return {
		name,
		type: 'n8n-nodes-qwen-image-edit.qwenImageEdit',
		typeVersion: 1,
		parameters: { provider: id, ...parameters },
		credentials: { [credential.type]: { id: credential.id, name: credential.id } },
	};
}

function write(name: string, fileName: string): Node {
	return {
		name,
		type: 'n8n-nodes-base.readWriteFile',
		typeVersion: 1.1,
		parameters: { operation: 'write', fileName, options: {} },
	};
}

/** Submit, store the task id in a file, wait, get the picture: what a restart of n8n cannot hurt. */
export function submitAndGet(
	provider: TaskProvider,
	order: { id: string; photoUrl: string; waitSeconds: number },
): WorkflowToImport<unknown> {
	const files = filesOf(provider.id);
	return inARow(order.id, `Submit, keep the task ID, wait, get (${provider.id})`, [
		start,
		editNode(provider, names.submit, {
			operation: 'submitTask',
			prompt: 'Make it night',
			images: { image: [{ source: 'url', url: order.photoUrl }] },
			model: { __rl: true, mode: 'list', value: provider.model },
			options: {},
		}),
		{
			name: 'Task ID as a file',
			type: 'n8n-nodes-base.convertToFile',
			typeVersion: 1.1,
			parameters: { operation: 'toText', sourceProperty: 'taskId', options: {} },
		},
		write(names.keep, files.taskId),
		{
			name: names.wait,
			type: 'n8n-nodes-base.wait',
			typeVersion: 1.1,
			parameters: { amount: order.waitSeconds, unit: 'seconds' },
		},
		editNode(provider, names.get, {
			operation: 'getTask',
			taskId: `={{ $('${names.submit}').item.json.taskId }}`,
			options: { waitForCompletion: true },
		}),
		write('Write the edited photo', files.picture),
	]);
}

/** What a user runs afterwards: the task id from the file, and the picture of that task. */
export function getByStoredId(provider: TaskProvider, id: string): WorkflowToImport<unknown> {
	const files = filesOf(provider.id);
	return inARow(id, `Get by the task ID that was kept (${provider.id})`, [
		start,
		{
			name: 'Read the task ID',
			type: 'n8n-nodes-base.readWriteFile',
			typeVersion: 1.1,
			parameters: { operation: 'read', fileSelector: files.taskId, options: {} },
		},
		{
			name: 'Task ID as text',
			type: 'n8n-nodes-base.extractFromFile',
			typeVersion: 1,
			parameters: { operation: 'text', destinationKey: 'taskId', options: {} },
		},
		editNode(provider, names.get, {
			operation: 'getTask',
			taskId: '={{ $json.taskId.trim() }}',
			options: { waitForCompletion: true },
		}),
		write('Write the edited photo', files.picture),
	]);
}
