import type { Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import { bucketReference } from '../demo/services/bucketCredential';
import { loadExamples, type Example } from '../demo/examples';
import type { CredentialToImport, WorkflowToImport } from '../instance/home';
import {
	editNode,
	node,
	NODE_TYPE,
	TRIGGER,
	workflow,
	type WorkflowNode,
} from '../panel/workflows';

/** The example that is killed; its nodes are looked at by these names. */
export const STORED_EXAMPLE = 'submit-store-get';
export const nodes = {
	byHand: TRIGGER,
	bySchedule: 'Every 5 minutes',
	submit: 'Submit the edit',
	store: 'Store the task ID',
	wait: 'Wait',
	get: 'Get the task',
} as const;

/** The node with a bucket. */
export const BUCKET_NODE = 'Edit with a memory';

/** What a workflow is made for. */
export interface Target {
	provider: Provider;
	credential: CredentialToImport;
	photoUrl: string;
}

type Workflow = WorkflowToImport<WorkflowNode>;

/** The files that a workflow writes, below the files folder, start with its id. */
export function storedExample(
	{ provider, credential, photoUrl }: Target,
	changes: { id: string; waitSeconds?: number; everySeconds?: number },
): Workflow {
	const example = loadExamples().find(({ name }) => name === STORED_EXAMPLE);
	if (example === undefined) throw new Error(`There is no examples/${STORED_EXAMPLE}.json`);
	const text = JSON.stringify(example.workflow)
		.replaceAll('Submitted edits', `${changes.id} table`)
		.replaceAll('coffee-stored', changes.id);
	const copy = JSON.parse(text) as Example['workflow'] as unknown as Workflow;
	const named = (name: string): WorkflowNode => {
		const found = copy.nodes.find((one) => one.name === name);
		if (found === undefined) throw new Error(`The example has no node "${name}"`);
		return found;
	};
	for (const one of copy.nodes.filter(({ type }) => type === NODE_TYPE)) {
		one.parameters.provider = provider.id;
		one.credentials = { [credential.type]: { id: credential.id, name: credential.name } };
	}
	Object.assign(named(nodes.submit).parameters, {
		model: { __rl: true, mode: 'list', value: provider.defaultModel },
		images: byUrl(photoUrl),
	});
	if (changes.waitSeconds !== undefined) named(nodes.wait).parameters.amount = changes.waitSeconds;
	if (changes.everySeconds !== undefined) {
		const interval = [{ field: 'seconds', secondsInterval: changes.everySeconds }];
		named(nodes.bySchedule).parameters.rule = { interval };
	}
	return { ...copy, id: changes.id, name: changes.id };
}

function byUrl(url: string): Record<string, unknown> {
	return { image: [{ source: 'url', url }] };
}

function inARow(id: string, row: WorkflowNode[]): Workflow {
	const followers = Object.fromEntries(
		row.slice(1).map(({ name }, index) => [row[index]!.name, [name]]),
	);
	return { ...workflow(id, row, followers), id, active: false } as unknown as Workflow;
}

function write(fileName: string): WorkflowNode {
	const parameters = { operation: 'write', fileName: `=.n8n-files/${fileName}`, options: {} };
	return node('Write', 'n8n-nodes-base.readWriteFile', 1.1, [672, 0], parameters);
}

const byHand = (): WorkflowNode => node(TRIGGER, 'n8n-nodes-base.manualTrigger', 1, [0, 0]);

/** Edit Image, which waits for the image itself, and a file. */
export function editAndWrite({ provider, credential, photoUrl }: Target, id: string): Workflow {
	const parameters = {
		prompt: 'Make it night',
		images: byUrl(photoUrl),
		model: { __rl: true, mode: 'list', value: provider.defaultModel },
		options: {},
	};
	return inARow(id, [
		byHand(),
		editNode('Edit', { provider, operation: 'edit', credential, parameters }),
		write(`${id}.png`),
	]);
}

/** A photo whose edit is to be killed in this state, which is its prompt. */
export const killedFile = (state: string, index: number | '*'): string =>
	`kill.${state}.${index}.png`;

/** Edits all files of that name, with a bucket as the memory; what comes out is written below the name of the workflow. */
export function editWithBucket({ provider, credential }: Target, id: string): Workflow {
	const file = 'n8n-nodes-base.readWriteFile';
	const edit = editNode(BUCKET_NODE, {
		provider,
		operation: 'edit',
		credential,
		parameters: {
			storage: 's3',
			prompt: '={{ $json.fileName.split(".")[1] }}',
			images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
			model: { __rl: true, mode: 'list', value: provider.defaultModel },
			options: { maxConcurrency: 10 },
		},
	});
	return inARow(id, [
		byHand(),
		node('Photos', file, 1.1, [224, 0], {
			fileSelector: `.n8n-files/${killedFile('*', '*')}`,
			options: {},
		}),
		{
			...edit,
			credentials: { ...edit.credentials, ...bucketReference },
			onError: 'continueErrorOutput',
		},
		write(`${id}-{{ $("Photos").item.json.fileName }}`),
	]);
}

/** What a user runs afterwards: every task in a list of ids is fetched, each into a file named by its id. */
export function getByIds({ provider, credential }: Target, id: string): Workflow {
	const file = 'n8n-nodes-base.readWriteFile';
	const parameters = { taskId: '={{ $json.taskId }}', options: { waitForCompletion: true } };
	return inARow(id, [
		byHand(),
		node('Read the list', file, 1.1, [224, 0], {
			fileSelector: `.n8n-files/${id}.json`,
			options: {},
		}),
		node('One item for each', 'n8n-nodes-base.extractFromFile', 1, [336, 0], {
			operation: 'fromJson',
			options: {},
		}),
		node('Split', 'n8n-nodes-base.splitOut', 1, [400, 0], { fieldToSplitOut: 'data', options: {} }),
		editNode('Get', { provider, operation: 'getTask', credential, parameters }),
		write(`${id}-{{ $json.taskId.replaceAll('/', '-') }}.png`),
	]);
}
