import type { INodeProperties } from 'n8n-workflow';

import { providers } from '../../providers';
import { resultOptions } from './optionsProperty';

/** Providers that call back when a task has ended. */
export const callingProviders = providers.filter(({ task }) => task?.callback !== undefined);

/** The fields of the trigger's panel. */
export const triggerProperties: INodeProperties[] = [
	{
		displayName:
			'Copy the Production URL from above into <b>Callback URL</b>, in the Options of a <b>Submit Task</b> node with the same credential. The provider can call it only if it starts with <b>https://</b> and leads to this n8n from the Internet. If it shows localhost, a private address or http://, set WEBHOOK_URL first (<a href="https://docs.n8n.io/hosting/configuration/configuration-examples/webhook-url/" target="_blank">n8n docs</a>).',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: callingProviders.map(({ title, id, summary }) => ({
			name: title,
			value: id,
			description: summary,
		})),
		default: 'evoLink',
		description: 'The service that calls when an edit is finished',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		options: [
			{
				name: 'Edit Failed',
				value: 'failed',
				description: 'The task ended without an image; the item says why',
			},
			{
				name: 'Edit Finished',
				value: 'completed',
				description: 'The image is ready',
			},
		],
		required: true,
		default: ['completed', 'failed'],
		description: 'Which ends of a task start the workflow',
	},
	{
		displayName: 'Download Image',
		name: 'downloadImage',
		type: 'boolean',
		default: true,
		description: 'Whether to output the image as a file, and not only its URL',
	},
	// What the trigger does in its execution is Get Task, with the ID from the call.
	{ displayName: 'Operation', name: 'operation', type: 'hidden', default: 'getTask' },
	{ displayName: 'Task ID', name: 'taskId', type: 'hidden', default: '={{ $json.taskId }}' },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: resultOptions({ show: { '/downloadImage': [true] } }),
	},
];
