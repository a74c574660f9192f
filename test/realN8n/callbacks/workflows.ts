import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { CALLING_PROVIDERS, type ProviderId } from '../../emulator/types';
import type { CredentialToImport, WorkflowToImport } from '../instance/home';
import { node, NODE_TYPE, type WorkflowNode } from '../panel/workflows';

/** The trigger's full name. */
export const TRIGGER_TYPE = 'n8n-nodes-qwen-image-edit.qwenImageEditTrigger';

/** Ids of the two workflows. */
export const SUBMIT = 'callbacksSubmit1';
export const FINISHED = 'callbackFinished';

/** Name of the trigger of a provider. */
export const triggerName = (provider: ProviderId): string => `Finished at ${provider}`;

/** The ID that n8n gives a trigger, which is part of its URL. */
export function webhookIdOf(provider: ProviderId): string {
	const place = String(CALLING_PROVIDERS.indexOf(provider)).padStart(12, '0');
	return `0b4c1a52-5b7e-4d0c-9a64-${place}`;
}

/** The URL of a trigger as a public n8n shows it; the emulator calls the path of it on the loopback interface. */
export const triggerUrl = (provider: ProviderId): string =>
	`https://n8n.example.com/webhook/${webhookIdOf(provider)}/qwen-image-edit`;

function credentialFor(
	provider: ProviderId,
	credentials: readonly CredentialToImport[],
): Record<string, { id: string; name: string }> {
	const { type } = findProvider(provider)!.credential;
	const { id, name } = credentials.find((one) => one.type === type)!;
	return { [type]: { id, name } };
}

/** A trigger as a workflow has it. */
export function triggerNode(
	provider: ProviderId,
	credentials: readonly CredentialToImport[],
): WorkflowNode {
	return {
		...node(triggerName(provider), TRIGGER_TYPE, 1, [0, 0], { provider }),
		webhookId: webhookIdOf(provider),
		credentials: credentialFor(provider, credentials),
	};
}

/** Submit Task, which tells the provider the URL of the trigger. */
export function submitNode(
	provider: ProviderId,
	credentials: readonly CredentialToImport[],
): WorkflowNode {
	return {
		...node(`Submit to ${provider}`, NODE_TYPE, 1, [448, 0], {
			provider,
			operation: 'submitTask',
			prompt: 'Make it night',
			images: { image: [{ source: 'url', url: '={{ $json.url }}' }] },
			model: { __rl: true, mode: 'list', value: findProvider(provider)!.defaultModel },
			options: { callbackUrl: triggerUrl(provider) },
		}),
		credentials: credentialFor(provider, credentials),
	};
}

function rows(id: string, list: WorkflowNode[][]): WorkflowToImport<WorkflowNode> {
	const connections: Record<string, unknown> = {};
	for (const row of list) {
		for (const [index, { name }] of row.slice(1).entries()) {
			connections[row[index]!.name] = { main: [[{ node: name, type: 'main', index: 0 }]] };
		}
	}
	return { id, name: id, nodes: list.flat(), connections, settings: { executionOrder: 'v1' } };
}

/** One workflow that submits at every provider when it is called, and one that every provider calls. */
export function callbackWorkflows(
	credentials: readonly CredentialToImport[],
): WorkflowToImport<WorkflowNode>[] {
	const submits = CALLING_PROVIDERS.map((provider) => {
		const path = `submit-${provider}`;
		const call = node(`Order for ${provider}`, 'n8n-nodes-base.webhook', 2.1, [0, 0], {
			httpMethod: 'POST',
			path,
			options: {},
		});
		const photos = node(`Photos for ${provider}`, 'n8n-nodes-base.splitOut', 1, [224, 0], {
			fieldToSplitOut: 'body.photos',
			options: {},
		});
		return [{ ...call, webhookId: path }, photos, submitNode(provider, credentials)];
	});
	const finished = CALLING_PROVIDERS.map((provider) => [
		triggerNode(provider, credentials),
		node(`Write from ${provider}`, 'n8n-nodes-base.readWriteFile', 1.1, [448, 0], {
			operation: 'write',
			fileName: "=.n8n-files/{{ $json.provider }}-{{ $json.taskId.replaceAll('/', '-') }}.png",
			options: {},
		}),
	]);
	return [rows(SUBMIT, submits), rows(FINISHED, finished)];
}
