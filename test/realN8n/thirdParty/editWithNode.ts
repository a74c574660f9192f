import { QwenImageEditOpenAiCompatibleApi } from '../../../credentials/QwenImageEditOpenAiCompatibleApi.credentials';
import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';
import { CredentialStore } from '../../engine/stage/credentials';
import { runWorkflow, type FinishedRun } from '../../engine/stage/workflow/engine';
import type { StartFile } from '../../engine/stage/workflow/nodes';

const NODE_TYPE = 'n8n-nodes-qwen-image-edit.qwenImageEdit';

/** What a user fills in. */
export interface NodeEdit {
	baseUrl: string;
	apiKey?: string;
	prompt: string;
	images: Buffer[];
	options?: Record<string, string | number | boolean>;
	model?: string;
}

export interface NodeRun {
	run: FinishedRun;
	/** The images that came out, over all items. */
	files: Buffer[];
	/** What stands on the node's red box, if anything does. */
	error: string;
}

/** Edits with our node, in n8n's own engine, at a server of this route. */
export async function editWithNode(edit: NodeEdit): Promise<NodeRun> {
	const credentials = new CredentialStore([new QwenImageEditOpenAiCompatibleApi()]);
	const data = { apiKey: edit.apiKey ?? '', baseUrl: edit.baseUrl };
	await credentials.save('own', { type: 'qwenImageEditOpenAiCompatibleApi', data });
	const fields = edit.images.map((_, index) => `image${index}`);
	const binary = Object.fromEntries(
		edit.images.map((bytes, index): [string, StartFile] => [
			fields[index]!,
			{ bytes, mimeType: 'image/png', fileName: `photo ${index}.png` },
		]),
	);
	const run = await runWorkflow({
		nodes: [
			{
				name: 'Edit',
				type: NODE_TYPE,
				parameters: {
					provider: 'openAiCompatible',
					operation: 'edit',
					prompt: edit.prompt,
					images: {
						image: fields.map((binaryPropertyName) => ({ source: 'binary', binaryPropertyName })),
					},
					...(edit.options && { options: edit.options }),
					...(edit.model !== undefined && {
						model: { __rl: true, mode: 'id', value: edit.model },
					}),
				},
				credentials: { qwenImageEditOpenAiCompatibleApi: 'own' },
			},
		],
		nodeTypes: { [NODE_TYPE]: new QwenImageEdit() },
		credentials,
		startItems: [{ binary }],
	});
	const files: Buffer[] = [];
	for (const item of run.items('Edit')) files.push(await run.binaryBuffer(item));
	return { run, files, error: run.error?.message ?? '' };
}
