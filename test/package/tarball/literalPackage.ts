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
function nodeSource(className: string, description: INodeTypeDescription): string {
	const mainName = Object.entries(NodeConnectionTypes).find(([, value]) => value === 'main')![0];
	// A trigger has no input.
	const known = [['main'], []].map((connections) => JSON.stringify(connections));
	for (const side of ['inputs', 'outputs'] as const) {
		if (!known.includes(JSON.stringify(description[side]))) {
			throw new Error(`'${side}' is not the one main connection that this expansion knows`);
		}
	}
	const marker = 'the-main-connection';
	const marked = (side: INodeTypeDescription['inputs']): string[] =>
		side.length === 0 ? [] : [marker];
	const source = literal({
		...description,
		inputs: marked(description.inputs),
		outputs: [marker],
	});
	// What n8n's rules want of a node with a webhook besides its description.
	const methods =
		description.webhooks === undefined
			? ''
			: '\twebhookMethods = { default: { checkExists: async () => true, create: async () => true, delete: async () => true } };\n';
	return `import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

export class ${className} implements INodeType {
	description: INodeTypeDescription = ${source.replaceAll(`'${marker}'`, `NodeConnectionTypes.${mainName}`)};
${methods}}
`;
}

/** Writes a package that differs from ours only in that the node's description is a literal. */
export function writeLiteralPackage(folder: string, description: INodeTypeDescription): void {
	const className = `Q${description.name.slice(1)}`;
	const nodeFolder = join(folder, 'nodes', className);
	rmSync(join(folder, 'nodes'), { recursive: true, force: true });
	mkdirSync(nodeFolder, { recursive: true });
	for (const file of ['qwenImageEdit.svg', 'qwenImageEdit.dark.svg', `${className}.node.json`]) {
		cpSync(join(projectFolder, 'nodes', className, file), join(nodeFolder, file));
	}
	for (const path of ['credentials', 'package.json', 'tsconfig.json']) {
		cpSync(join(projectFolder, path), join(folder, path), { recursive: true });
	}
	rmSync(join(folder, 'node_modules'), { force: true });
	symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
	writeFileSync(join(nodeFolder, `${className}.node.ts`), nodeSource(className, description));
}
