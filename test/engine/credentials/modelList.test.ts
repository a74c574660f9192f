import { additionalDataFor } from '../stage/workflow/engine';
import { findNodeTypes } from '../stage/workflow/nodeTypes';
import { editNodeType, facts, onStage, providerIds, type Stage } from '../stage/scenario';

import { LoadOptionsContext } from 'n8n-core';
import {
	Workflow,
	type ILoadOptionsFunctions,
	type INode,
	type INodeListSearchItems,
} from 'n8n-workflow';

import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';
import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import type { ProviderId } from '../../emulator';

/** Opens the list of the Model field as the editor does, and returns the ids. */
async function listModels(...asked: Parameters<typeof openList>): Promise<string[]> {
	return (await openList(...asked)).map(({ value }) => String(value));
}

async function openList(
	stage: Stage,
	provider: ProviderId,
	settings: { filter?: string; credential?: string } = {},
): Promise<INodeListSearchItems[]> {
	const id = settings.credential ?? provider;
	const parameters = { provider, operation: 'edit' };
	const node: INode = {
		id: 'edit',
		name: 'Edit',
		type: editNodeType,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { [facts[provider].credential]: { id, name: id } },
	};
	const nodeType = new QwenImageEdit();
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: findNodeTypes({ [editNodeType]: nodeType }),
	});
	const additionalData = {
		...additionalDataFor(stage.credentials),
		currentNodeParameters: parameters,
	};
	const context = new LoadOptionsContext(workflow, node, additionalData, '');
	await workflow.expression.acquireIsolate();
	try {
		const list = await nodeType.methods.listSearch.searchModels.call(
			context as unknown as ILoadOptionsFunctions,
			settings.filter,
		);
		return list.results;
	} finally {
		await workflow.expression.releaseIsolate();
	}
}

describe.each(providerIds.filter((id) => id !== 'openAiCompatible'))(
	'the models of %s',
	(provider) => {
		onStage('are those of its documents, found without asking anybody', async (stage) => {
			const models = await listModels(stage, provider);
			expect(models).toContain(facts[provider].model);
			expect(models).toEqual(findProvider(provider)!.models.map(({ id }) => id));
			expect(await listModels(stage, provider, { filter: 'QWEN' })).toEqual(models);
			expect(await listModels(stage, provider, { filter: 'no such model' })).toEqual([]);
			expect(stage.emulator.requests).toEqual([]);
		});
	},
);

describe('the price of a model', () => {
	onStage('stands in its name, where the editor shows it, for each region', async (stage) => {
		expect(await openList(stage, 'dashScope', { filter: '2.0-pro-2026-03' })).toEqual([
			{
				value: 'qwen-image-2.0-pro-2026-03-03',
				name: 'qwen-image-2.0-pro-2026-03-03 (0.075 USD an image or 0.5 CNY an image)',
				description:
					'Costs 0.075 USD an image (listed 2026-05) or 0.5 CNY an image (listed 2026-05)',
			},
		]);
		expect((await openList(stage, 'fal')).map(({ name }) => name)).toEqual(
			expect.arrayContaining([
				'fal-ai/qwen-image-edit (one image; 0.03 USD a megapixel)',
				'fal-ai/qwen-image-edit-2509',
			]),
		);
	});
});

describe('the models of a server of your own', () => {
	const provider = 'openAiCompatible';

	onStage('are those that the server lists', async (stage) => {
		stage.set({ openAiCompatible: { model: 'Qwen/Qwen-Image-Edit-2511' } });
		expect(await listModels(stage, provider)).toContain('Qwen/Qwen-Image-Edit-2511');
		expect(await listModels(stage, provider, { filter: 'edit-2511' })).toEqual([
			'Qwen/Qwen-Image-Edit-2511',
		]);
		expect(await listModels(stage, provider, { filter: 'nothing' })).toEqual([]);
	});

	onStage('are asked for without a key where there is none', async (stage) => {
		stage.set({ openAiCompatible: { keyRequired: false, model: 'qwen' } });
		await stage.saveCredential('keyless', provider, { apiKey: '' });
		expect(await listModels(stage, provider, { credential: 'keyless' })).toContain('qwen');
		expect(stage.emulator.requests[0]!.headers.authorization).toBeUndefined();
	});

	onStage('cannot be had with a wrong key, and the key is not in what is said', async (stage) => {
		await stage.saveCredential('wrong', provider, { apiKey: 'wrong-key-0815' });
		const asking = listModels(stage, provider, { credential: 'wrong' });
		await expect(asking).rejects.toThrow(/401|key|authorization/i);
		await expect(asking).rejects.not.toThrow('wrong-key-0815');
	});

	onStage('are not asked for behind a redirect', async (stage) => {
		stage.emulator.faults.add({ provider, route: 'credit', kind: 'redirect', times: 1 });
		await expect(listModels(stage, provider)).rejects.toThrow();
		expect(stage.emulator.requests).toHaveLength(1);
		expect(stage.emulator.leaks).toEqual([]);
	});

	onStage('are none where something else answers', async (stage) => {
		for (const kind of ['notJson', 'emptyBody', 'truncateBody'] as const) {
			stage.emulator.faults.add({ provider, route: 'credit', kind, times: 1 });
			await expect(listModels(stage, provider)).rejects.toThrow(/list of models|lost/);
		}
	});

	onStage('are none where nobody answers', async (stage) => {
		await stage.saveCredential('nobody', provider, { baseUrl: stage.emulator.unreachableOrigin });
		await expect(listModels(stage, provider, { credential: 'nobody' })).rejects.toThrow(
			/No connection/,
		);
	});

	onStage('are not asked for in the clear at a public host', async (stage) => {
		await stage.saveCredential('clear', provider, { baseUrl: 'http://api.example.com/v1' });
		await expect(listModels(stage, provider, { credential: 'clear' })).rejects.toThrow(/http:/);
	});

	onStage('are not asked for at a host that the credential may not be used for', async (stage) => {
		await stage.saveCredential('elsewhere', provider, {
			allowedHttpRequestDomains: 'domains',
			allowedDomains: 'example.com',
		});
		await expect(listModels(stage, provider, { credential: 'elsewhere' })).rejects.toThrow(
			'Domain not allowed: 127.0.0.1',
		);
		expect(stage.emulator.requests).toEqual([]);
	});
});
