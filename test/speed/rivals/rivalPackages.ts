/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { ICredentialType, INodeType, IVersionedNodeType } from 'n8n-workflow';

import { installInstance } from '../../realN8n/installation/install';
import { installPinned } from '../../realN8n/installation/pinned/pinnedPackages';

const rivalsFolder = join(__dirname, 'rivals');

/** Nodes of other packages, as they are published on npm. */
export interface RivalPackages {
	nodeTypes: Readonly<Record<string, INodeType | IVersionedNodeType>>;
	credentialTypes: readonly ICredentialType[];
	/** Versions, to be named beside the figures. */
	versions: Readonly<Record<string, string>>;
}

type Module = Record<string, new () => unknown>;

/**
 * n8n's own nodes come with the n8n of the tests (`n8n-nodes-base`, `@n8n/n8n-nodes-langchain`); what others
 * have published is installed for the bench alone, by a lockfile and without install scripts.
 */
export async function loadRivals(log: (line: string) => void): Promise<RivalPackages> {
	await installInstance(log);
	const folder = await installPinned(rivalsFolder, 'bench');
	// What the packages need of n8n they find too: the folder lies below n8n's.
	const find = createRequire(join(folder, 'package.json'));
	const folderOf = (packageName: string): string => {
		const own = join(folder, 'node_modules', packageName);
		return existsSync(own) ? own : join(folder, '..', 'node_modules', packageName);
	};
	// By their files: not all of them export what n8n loads.
	const make = <Made>(packageName: string, file: string): Made => {
		const [Class] = Object.values(find(join(folderOf(packageName), 'dist', file)) as Module);
		return new Class!() as Made;
	};
	const version = (packageName: string): string =>
		(find(join(folderOf(packageName), 'package.json')) as { version: string }).version;
	const node = (packageName: string, file: string): INodeType | IVersionedNodeType =>
		make(packageName, `nodes/${file}.node.js`);
	return {
		nodeTypes: {
			'n8n-nodes-base.httpRequest': node('n8n-nodes-base', 'HttpRequest/HttpRequest'),
			'n8n-nodes-base.splitInBatches': node('n8n-nodes-base', 'SplitInBatches/SplitInBatches'),
			'@n8n/n8n-nodes-langchain.openAi': node('@n8n/n8n-nodes-langchain', 'vendors/OpenAi/OpenAi'),
			'n8n-nodes-qwen-image.qwenImage': node('n8n-nodes-qwen-image', 'QwenImage/QwenImage'),
		},
		credentialTypes: [
			make('n8n-nodes-base', 'credentials/OpenAiApi.credentials.js'),
			make('n8n-nodes-qwen-image', 'credentials/ModelScopeApi.credentials.js'),
		],
		versions: Object.fromEntries(
			['n8n-nodes-base', '@n8n/n8n-nodes-langchain', 'n8n-nodes-qwen-image'].map((name) => [
				name,
				version(name),
			]),
		),
	};
}
