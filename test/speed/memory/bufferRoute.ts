import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';

import { runOrdered } from '../../../nodes/QwenImageEdit/run/pace/pool';
import { describeNode } from '../../engine/stage/workflow/nodes';

interface Answer {
	data: Array<{ url?: string | null; b64_json?: string | null }>;
}

/**
 * The edit as nodes are usually written: the image as a Buffer, as base64 in JSON (or as a form, where no model
 * is given), and the result the same way back. As wide as ours, so that only the route differs.
 */
export const bufferRoute: INodeType = {
	description: describeNode('bufferRoute', {
		inputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'qwenImageEditAimlApi', required: false },
			{ name: 'qwenImageEditModelVerseApi', required: false },
			{ name: 'qwenImageEditOpenAiCompatibleApi', required: false },
		],
		properties: [
			{ displayName: 'Credential', name: 'credential', type: 'string', default: '' },
			{ displayName: 'Model', name: 'model', type: 'string', default: '' },
			{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Width', name: 'width', type: 'number', default: 1 },
		],
	}),
	async execute(this: IExecuteFunctions) {
		const text = (name: string): string => this.getNodeParameter(name, 0) as string;
		const width = this.getNodeParameter('width', 0) as number;
		const one = async (_item: unknown, index: number): Promise<INodeExecutionData> => {
			const prompt = 'Make it night';
			let image = text('url');
			let form: FormData | undefined;
			if (image === '') {
				const { mimeType } = this.helpers.assertBinaryData(index, 'data');
				const bytes = await this.helpers.getBinaryDataBuffer(index, 'data');
				if (text('model') === '') {
					form = new FormData();
					form.append('prompt', prompt);
					form.append('image', new Blob([bytes as never], { type: mimeType }), 'photo.png');
				} else image = `data:${mimeType};base64,${bytes.toString('base64')}`;
			}
			const { data } = (await this.helpers.httpRequestWithAuthentication.call(
				this,
				text('credential'),
				{
					method: 'POST',
					url: `${text('baseUrl')}${form === undefined ? '/v1/images/generations' : '/v1/images/edits'}`,
					...(form === undefined
						? { body: { model: text('model'), prompt, image }, json: true }
						: { body: form }),
				},
			)) as Answer;
			const { url, b64_json: base64 } = data[0]!;
			const result =
				typeof base64 === 'string'
					? Buffer.from(base64.slice(base64.indexOf(',') + 1), 'base64')
					: ((await this.helpers.httpRequest({
							url: url!,
							encoding: 'arraybuffer',
						})) as Buffer);
			return {
				json: {},
				binary: { data: await this.helpers.prepareBinaryData(result, 'edited.png', 'image/png') },
				pairedItem: { item: index },
			};
		};
		const settled = await runOrdered(this.getInputData(), { width }, one);
		return [
			settled.map((end) => {
				if (end.state === 'done') return end.result;
				throw end.state === 'failed' ? end.error : new Error('skipped');
			}),
		];
	},
};
