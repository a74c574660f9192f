import { NodeConnectionTypes, type IExecuteFunctions, type INodeType } from 'n8n-workflow';

import { runOrdered } from '../../../nodes/QwenImageEdit/run/pace/pool';
import { describeNode } from '../../engine/stage/workflow/nodes';

/** As many bare `httpRequest` calls as there are items, nothing read, nothing stored: the least that an item can cost. */
export const bareRequest: INodeType = {
	description: describeNode('bareRequest', {
		inputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Width', name: 'width', type: 'number', default: 1 },
		],
	}),
	async execute(this: IExecuteFunctions) {
		const url = this.getNodeParameter('url', 0) as string;
		const width = this.getNodeParameter('width', 0) as number;
		const items = this.getInputData();
		await runOrdered(
			items,
			{ width },
			async () => (await this.helpers.httpRequest({ url, encoding: 'arraybuffer' })) as Buffer,
		);
		return [items];
	},
};
