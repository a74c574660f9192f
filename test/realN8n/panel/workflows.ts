import { operationsOf, type Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import type { OperationName } from '../../../nodes/QwenImageEdit/adapter/field';
import type { CredentialToImport } from '../instance/home';

export const NODE_TYPE = 'n8n-nodes-qwen-image-edit.qwenImageEdit';
export const TRIGGER = 'When clicking Execute workflow';
export const READER = 'Read the photo';
const STEP_PIXELS = 224;

/** A node of a workflow in n8n's own form. */
export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	[setting: string]: unknown;
}

/** The trigger and the node that reads the photo: what every workflow here starts with. */
export function photoNodes(): WorkflowNode[] {
	return [
		node(TRIGGER, 'n8n-nodes-base.manualTrigger', 1, [0, 0]),
		node(READER, 'n8n-nodes-base.readWriteFile', 1.1, [STEP_PIXELS, 0], {
			fileSelector: '.n8n-files/coffee.jpg',
			options: {},
		}),
	];
}

/** A node with an id of its own. */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	position: [number, number],
	parameters: Record<string, unknown> = {},
): WorkflowNode {
	return { id: crypto.randomUUID(), name, type, typeVersion, position, parameters };
}

/** A Qwen Image Edit node as the picker would add it, with this provider's stored credential. */
export function editNode(
	name: string,
	{
		provider,
		operation,
		credential,
		position = [2 * STEP_PIXELS, 0],
		parameters = {},
	}: {
		provider: Provider;
		operation: OperationName;
		credential: Pick<CredentialToImport, 'id' | 'name'>;
		position?: [number, number];
		parameters?: Record<string, unknown>;
	},
): WorkflowNode {
	const { type } = provider.credential;
	return {
		...node(name, NODE_TYPE, 1, position, { provider: provider.id, operation, ...parameters }),
		credentials: { [type]: { id: credential.id, name: credential.name } },
	};
}

/** Provider and operation in one name. */
export function nodeName(provider: Provider, operation: OperationName): string {
	return `${provider.title}: ${operation}`;
}

/** One workflow with a node for each provider and operation, all fed by the photo. */
export function everyCombination(
	providers: readonly Provider[],
	credentialOf: (provider: Provider) => Pick<CredentialToImport, 'id' | 'name'>,
	parametersOf: (provider: Provider, operation: OperationName) => Record<string, unknown>,
): Record<string, unknown> {
	const edits = providers.flatMap((provider, row) =>
		operationsOf(provider).map((operation, column) =>
			editNode(nodeName(provider, operation), {
				provider,
				operation,
				credential: credentialOf(provider),
				position: [(2 + column) * STEP_PIXELS, row * 160],
				parameters: parametersOf(provider, operation),
			}),
		),
	);
	return workflow('Every provider and operation', [...photoNodes(), ...edits], {
		[READER]: edits.map(({ name }) => name),
	});
}

/** A workflow as n8n takes it; the photo is read after the trigger. */
export function workflow(
	name: string,
	nodes: WorkflowNode[],
	followers: Record<string, string[]>,
): Record<string, unknown> {
	const connections: Record<string, unknown> = {};
	const reads = nodes.some((one) => one.name === READER);
	const all = reads ? { [TRIGGER]: [READER], ...followers } : followers;
	for (const [from, targets] of Object.entries(all)) {
		const links = targets.map((target) => ({ node: target, type: 'main', index: 0 }));
		connections[from] = { main: [links] };
	}
	return { name, nodes, connections, settings: { executionOrder: 'v1' } };
}
