/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names that other public packages give their credential types, with fields of their own: the first seven were ours
 * before they began with `qwenImageEdit`.
 */
export const NEIGHBOUR_TYPES: readonly string[] = [
	...['aimlApi', 'chainHubApi', 'dashScopeApi', 'modelsLabApi', 'modelVerseApi', 'odkkkApi'],
	'openAiCompatibleImageApi',
	...['falApi', 'replicateApi'],
];

/** The package's name: behind ours in the alphabet, so that n8n loads it after ours. */
export const NEIGHBOUR_PACKAGE = 'n8n-nodes-the-neighbour';

/** Its one node. */
export const NEIGHBOUR_NODE = `${NEIGHBOUR_PACKAGE}.neighbour`;

/** What a user saves in a credential of one of its types. */
export function neighbourData(type: string): { token: string; workspace: string } {
	return { token: `token of ${type}`, workspace: `workspace of ${type}` };
}

/** The header that its credentials set, and what is in it. */
export function neighbourHeader(type: string): [name: string, value: string] {
	const { token, workspace } = neighbourData(type);
	return ['x-neighbour', `${token} in ${workspace}`];
}

/**
 * Writes a community package that declares these credential types and a node that may use each of them. The node puts
 * out the fields of its credential and what a server at `url` answers to a request with it.
 */
export function writeNeighbourPackage(
	folder: string,
	types: readonly string[] = NEIGHBOUR_TYPES,
): void {
	for (const name of ['nodes', 'credentials']) mkdirSync(join(folder, name), { recursive: true });
	const credentials = types.map((type) => {
		const className = `${type[0]!.toUpperCase()}${type.slice(1)}`;
		const path = `credentials/${className}.credentials.js`;
		writeFileSync(join(folder, path), credentialSource(className, type));
		return path;
	});
	writeFileSync(join(folder, 'nodes/Neighbour.node.js'), nodeSource(types));
	const manifest = {
		name: NEIGHBOUR_PACKAGE,
		version: '1.0.0',
		n8n: { n8nNodesApiVersion: 1, credentials, nodes: ['nodes/Neighbour.node.js'] },
	};
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

function credentialSource(className: string, type: string): string {
	return `exports.${className} = class ${className} {
	name = '${type}';
	displayName = "Neighbour's ${type}";
	properties = [
		{ displayName: 'Token', name: 'token', type: 'string', default: '' },
		{ displayName: 'Workspace', name: 'workspace', type: 'string', default: '' },
	];
	authenticate = {
		type: 'generic',
		properties: {
			headers: { 'x-neighbour': '={{ $credentials.token + " in " + $credentials.workspace }}' },
		},
	};
};
`;
}

function nodeSource(types: readonly string[]): string {
	const credentials = types.map((name) => ({ name, required: false }));
	return `exports.Neighbour = class Neighbour {
	description = {
		displayName: 'Neighbour',
		name: 'neighbour',
		group: ['transform'],
		version: 1,
		description: 'Reads its own credential',
		defaults: { name: 'Neighbour' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: ${JSON.stringify(credentials)},
		properties: [
			{ displayName: 'Type', name: 'type', type: 'string', default: '' },
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
		],
	};
	async execute() {
		const type = this.getNodeParameter('type', 0);
		const url = this.getNodeParameter('url', 0);
		const data = await this.getCredentials(type);
		const answer = await this.helpers.httpRequestWithAuthentication.call(this, type, { url, json: true });
		return [[{ json: { type, data, answer }, pairedItem: { item: 0 } }]];
	}
};
`;
}
