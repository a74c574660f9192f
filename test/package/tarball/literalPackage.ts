/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { NodeConnectionTypes, type INodeTypeDescription } from 'n8n-workflow';

import { projectFolder } from '../project';

/** The value as the source of an object literal. */
function literal(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
	if (typeof value === 'object' && value !== null) {
		const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
		const lines = entries.map(([name, entry]) => `${propertyName(name)}: ${literal(entry)},\n`);
		return `{\n${lines.join('')}}`;
	}
	if (typeof value === 'function') throw new TypeError('a description holds no functions');
	// Rules look for single quotes and plain text, not for JSON's escapes.
	return typeof value === 'string'
		? `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
		: JSON.stringify(value);
}

function propertyName(name: string): string {
	return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`;
}

/** The node with its description as one literal, as a person would have written it. */
function nodeSource(description: INodeTypeDescription): string {
	const mainName = Object.entries(NodeConnectionTypes).find(([, value]) => value === 'main')![0];
	const connections = JSON.stringify(['main']);
	for (const side of ['inputs', 'outputs'] as const) {
		if (JSON.stringify(description[side]) !== connections) {
			throw new Error(`'${side}' is not the one main connection that this expansion knows`);
		}
	}
	const marker = 'the-main-connection';
	const source = literal({ ...description, inputs: [marker], outputs: [marker] });
	return `import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

export class QwenImageEdit implements INodeType {
	description: INodeTypeDescription = ${source.replaceAll(`'${marker}'`, `NodeConnectionTypes.${mainName}`)};
}
`;
}

/** Writes a package that differs from ours only in that the node's description is a literal. */
export function writeLiteralPackage(folder: string, description: INodeTypeDescription): void {
	const nodeFolder = join(folder, 'nodes', 'QwenImageEdit');
	rmSync(nodeFolder, { recursive: true, force: true });
	mkdirSync(nodeFolder, { recursive: true });
	for (const icon of ['qwenImageEdit.svg', 'qwenImageEdit.dark.svg', 'QwenImageEdit.node.json']) {
		cpSync(join(projectFolder, 'nodes', 'QwenImageEdit', icon), join(nodeFolder, icon));
	}
	for (const path of ['credentials', 'package.json', 'tsconfig.json']) {
		cpSync(join(projectFolder, path), join(folder, path), { recursive: true });
	}
	rmSync(join(folder, 'node_modules'), { force: true });
	symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
	writeFileSync(join(nodeFolder, 'QwenImageEdit.node.ts'), nodeSource(description));
}
