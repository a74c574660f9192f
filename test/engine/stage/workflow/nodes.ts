import { createHash } from 'node:crypto';

import {
	NodeConnectionTypes,
	type IBinaryKeyData,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** A file as the start of a workflow gives it; it is stored as n8n stores the files of its triggers. */
export interface StartFile {
	bytes: Buffer;
	mimeType: string;
	fileName?: string;
}

/** An item as the start of a workflow gives it. */
export interface StartItem {
	json?: IDataObject;
	binary?: Record<string, StartFile>;
}

/** The parts of a node's description that the small nodes of the tests share. */
export function describeNode(
	name: string,
	rest: Partial<INodeTypeDescription> & { properties?: INodeProperties[] } = {},
): INodeTypeDescription {
	return {
		displayName: name,
		name,
		group: ['transform'],
		version: 1,
		description: name,
		defaults: { name },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
		...rest,
	};
}

/** Starts a workflow with these items, their files stored by n8n. */
export function startNode(items: readonly StartItem[]): INodeType {
	return {
		description: describeNode('start', { group: ['trigger'], inputs: [] }),
		async execute(this: IExecuteFunctions) {
			const output: INodeExecutionData[] = [];
			for (const { json = {}, binary } of items) {
				const item: INodeExecutionData = { json: structuredClone(json) };
				if (binary !== undefined) {
					const stored: IBinaryKeyData = {};
					for (const [field, { bytes, fileName, mimeType }] of Object.entries(binary)) {
						stored[field] = await this.helpers.prepareBinaryData(bytes, fileName, mimeType);
					}
					item.binary = stored;
				}
				output.push(item);
			}
			return [output];
		},
	};
}

/** Hands its items on, as n8n's No Operation node does: what arrives here is what the next node gets. */
export const collectNode: INodeType = {
	description: describeNode('collect'),
	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	},
};

/** What the reading node has found in one binary field. */
export interface FileRead extends IDataObject {
	sha256: string;
	bytes: number;
	mimeType: string;
	fileName: string | null;
	fileExtension: string | null;
}

/** Reads every file of its items as a node behind ours would, and says in `json.files` what it found. */
export const readFilesNode: INodeType = {
	description: describeNode('readFiles'),
	async execute(this: IExecuteFunctions) {
		const output: INodeExecutionData[] = [];
		for (const [index, item] of this.getInputData().entries()) {
			const files: Record<string, FileRead> = {};
			for (const field of Object.keys(item.binary ?? {})) {
				const { mimeType, fileName, fileExtension } = this.helpers.assertBinaryData(index, field);
				const content = await this.helpers.getBinaryDataBuffer(index, field);
				files[field] = {
					sha256: createHash('sha256').update(content).digest('hex'),
					bytes: content.length,
					mimeType,
					fileName: fileName ?? null,
					fileExtension: fileExtension ?? null,
				};
			}
			output.push({ json: { ...item.json, files }, pairedItem: { item: index } });
		}
		return [output];
	},
};
