import type { INodeProperties } from 'n8n-workflow';

import { sendingOperations } from './operations';

/** The list of input images. */
export const imagesProperty: INodeProperties = {
	displayName: 'Images',
	name: 'images',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Image',
	default: { image: [{ source: 'binary', binaryPropertyName: 'data' }] },
	description: 'The image to edit, and further images that the prompt refers to; the order is kept',
	displayOptions: { show: { operation: sendingOperations } },
	options: [
		{
			name: 'image',
			displayName: 'Image',
			values: [
				{
					displayName: 'Source',
					name: 'source',
					type: 'options',
					options: [
						{ name: 'Base64 Text', value: 'base64' },
						{ name: 'Binary Field', value: 'binary' },
						{ name: 'URL', value: 'url' },
					],
					default: 'binary',
					description: 'Where the image comes from',
				},
				{
					displayName: 'Input Binary Field',
					name: 'binaryPropertyName',
					type: 'string',
					typeOptions: { binaryDataProperty: true },
					default: 'data',
					placeholder: 'e.g. data',
					hint: 'The name of the input binary field containing the image; separate several by commas',
					displayOptions: { show: { source: ['binary'] } },
				},
				{
					displayName: 'URL',
					name: 'url',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/photo.png',
					hint: 'The provider must be able to open it; separate several by commas or lines',
					displayOptions: { show: { source: ['url'] } },
				},
				{
					displayName: 'Base64 Text',
					name: 'base64',
					type: 'string',
					typeOptions: { rows: 2 },
					default: '',
					placeholder: 'e.g. data:image/png;base64,iVBORw0KGgo…',
					hint: 'Raw base64 or a data URI',
					displayOptions: { show: { source: ['base64'] } },
				},
			],
		},
	],
};
