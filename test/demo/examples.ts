/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WorkflowToImport } from '../instance/home';
import { findDemoCredential } from './credentials';

const EXAMPLES_FOLDER = resolve(__dirname, '../../examples');

/** The photograph that every example reads, under the name it reads it by. */
export const PHOTO_FILE = join(EXAMPLES_FOLDER, 'photos/coffee.jpg');

interface WorkflowNode {
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
	/** Names of the nodes that write a picture to disk. */
	writingNodes: string[];
}

/** Every workflow in `examples/`, the simplest first. Throws when one could not run in the demo. */
export function loadExamples(): Example[] {
	return readdirSync(EXAMPLES_FOLDER)
		.filter((file) => file.endsWith('.json'))
		.sort()
		.map((file) => {
			const text = readFileSync(join(EXAMPLES_FOLDER, file), 'utf8');
			const workflow = JSON.parse(text) as Example['workflow'];
			checkCredentials(file, workflow.nodes);
			const writingNodes = workflow.nodes
				.filter((node) => node.type.endsWith('.readWriteFile'))
				.filter((node) => node.parameters.operation === 'write')
				.map((node) => node.name);
			if (writingNodes.length === 0) throw new Error(`${file} writes no picture to disk`);
			return { name: file.replace(/\.json$/, ''), workflow, writingNodes };
		});
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
