/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CredentialToImport, WorkflowToImport } from '../instance/home';
import {
	NODE_TYPE,
	node,
	photoNodes,
	READER,
	workflow,
	type WorkflowNode,
} from '../panel/workflows';

const EXAMPLES_FOLDER = resolve(__dirname, '../../../examples');

/** Ids of the workflows made here. */
export const FAILURES = 'versionsFailures';
export const SIGNED_LINK = 'versionsSignedLink';

/** Names of the nodes whose output is looked at. */
export const names = {
	two: 'Photo and no photo',
	regular: 'Continue',
	succeeded: 'Succeeded',
	failed: 'Failed',
	restricted: 'Not allowed there',
	signed: 'Edit by a signed link',
} as const;

/** A workflow of `examples/`. */
export function example(name: string): WorkflowToImport<WorkflowNode> {
	const text = readFileSync(join(EXAMPLES_FOLDER, `${name}.json`), 'utf8');
	return importable(JSON.parse(text) as WorkflowToImport);
}

/** The import of n8n 2.0 fills in nothing that is missing. */
function importable(workflow: object): WorkflowToImport<WorkflowNode> {
	return {
		active: false,
		...workflow,
		versionId: randomUUID(),
	} as unknown as WorkflowToImport<WorkflowNode>;
}

type Credential = Pick<CredentialToImport, 'id' | 'name' | 'type'>;

function edit(
	name: string,
	provider: string,
	{ id, name: title, type }: Credential,
	settings: Record<string, unknown> = {},
): WorkflowNode {
	return {
		...node(name, NODE_TYPE, 1, [672, 0], {
			provider,
			operation: 'edit',
			prompt: 'Make it night',
			images: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
			options: { timeoutSeconds: 10 },
		}),
		credentials: { [type]: { id, name: title } },
		...settings,
	};
}

/** One item with a photo and one without, through both forms of Continue On Fail, and a credential that may not be used. */
export function failures(good: Credential, restricted: Credential): WorkflowToImport {
	const nodes = [
		...photoNodes(),
		// The second item has a field of another name, so the node finds no image in it.
		node(names.two, 'n8n-nodes-base.code', 2, [448, 0], {
			jsCode: "return [$input.first(), { json: { without: 'a photo' }, pairedItem: { item: 0 } }];",
		}),
		edit(names.regular, 'aiml', good, { onError: 'continueRegularOutput' }),
		edit('Continue by the error output', 'aiml', good, { onError: 'continueErrorOutput' }),
		node(names.succeeded, 'n8n-nodes-base.noOp', 1, [896, 0]),
		node(names.failed, 'n8n-nodes-base.noOp', 1, [896, 160]),
		edit(names.restricted, 'aiml', restricted, { onError: 'continueRegularOutput' }),
	];
	const made = workflow('Failures', nodes, {
		[READER]: [names.two, names.restricted],
		[names.two]: [names.regular, 'Continue by the error output'],
	});
	const connections = made.connections as Record<string, unknown>;
	connections['Continue by the error output'] = {
		main: [names.succeeded, names.failed].map((name) => [{ node: name, type: 'main', index: 0 }]),
	};
	return importable({ ...made, id: FAILURES });
}

/** A local photo for a provider that takes links only: n8n itself serves it, by a link that it signs. */
export function signedLink(credential: Credential): WorkflowToImport {
	const nodes = [...photoNodes(), edit(names.signed, 'odkkk', credential)];
	const made = workflow('Signed link', nodes, { [READER]: [names.signed] });
	return importable({ ...made, id: SIGNED_LINK });
}
