/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WorkflowToImport } from '../instance/home';
import { findDemoCredential } from './services/credentials';

const EXAMPLES_FOLDER = resolve(__dirname, '../../../examples');

/** The photographs that come with the examples. */
export const PHOTOS_FOLDER = join(EXAMPLES_FOLDER, 'photos');

/** The photograph that most examples read, under the name they read it by. */
export const PHOTO_FILE = join(PHOTOS_FOLDER, 'coffee.jpg');

/** The spreadsheet that comes with the examples. */
export const SPREADSHEET_FILE = join(EXAMPLES_FOLDER, 'prompts.csv');

/** The table of colours that comes with the examples. */
export const COLOURS_FILE = join(EXAMPLES_FOLDER, 'colours.csv');

export interface WorkflowNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
}

/** An importable workflow from `examples/`. */
export interface Example {
	/** File name without `.json`. */
	name: string;
	workflow: WorkflowToImport<WorkflowNode>;
}

/** Every workflow in `examples/`. Throws when one names a credential that the demo has not. */
export function loadExamples(): Example[] {
	return readdirSync(EXAMPLES_FOLDER)
		.filter((file) => file.endsWith('.json'))
		.sort()
		.map((file) => {
			const text = readFileSync(join(EXAMPLES_FOLDER, file), 'utf8');
			const workflow = JSON.parse(text) as Example['workflow'];
			checkCredentials(file, workflow.nodes);
			return { name: file.replace(/\.json$/, ''), workflow };
		});
}

/** The types of all credentials that these workflows name. */
export function credentialTypesOf(examples: readonly Example[]): Set<string> {
	const nodes = examples.flatMap(({ workflow }) => workflow.nodes);
	return new Set(nodes.flatMap(({ credentials = {} }) => Object.keys(credentials)));
}

/** Names of the workflow's nodes that write a file to disk. */
export function writingNodesOf({ workflow }: Example): string[] {
	return workflow.nodes
		.filter(({ type }) => type.endsWith('.readWriteFile'))
		.filter(({ parameters }) => parameters.operation === 'write')
		.map(({ name }) => name);
}

/** The node that a press on *Execute workflow* starts. */
export function manualTriggerOf({ name, workflow }: Example): string {
	const trigger = workflow.nodes.find(({ type }) => type.endsWith('.manualTrigger'));
	if (!trigger) throw new Error(`${name} has no manual trigger`);
	return trigger.name;
}

/** The last part of the address of a workflow's form. */
export function formPathOf({ name, workflow }: Example): string {
	const trigger = workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'));
	const { path } = (trigger?.parameters.options ?? {}) as { path?: string };
	if (path === undefined) throw new Error(`${name} has no form with a path`);
	return path;
}

function checkCredentials(file: string, nodes: WorkflowNode[]): void {
	for (const node of nodes) {
		for (const [type, { id, name }] of Object.entries(node.credentials ?? {})) {
			if (findDemoCredential(type, name) !== id) {
				throw new Error(
					`${file}: "${node.name}" names a credential the demo has not: ${name}, ${id}`,
				);
			}
		}
	}
}
