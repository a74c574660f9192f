import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { emit } from '../QwenImageEdit/n8n/callback/emit';
import { receive } from '../QwenImageEdit/n8n/callback/receive';
import { credentialTests } from '../QwenImageEdit/n8n/panel/credentialTests';
import { triggerProperties } from '../QwenImageEdit/n8n/panel/triggerProperties';

/**
 * Starts a workflow when a provider says that an edit is finished.
 *
 * The call itself is only checked and answered (`webhook`). What is put out is read and downloaded by the execution
 * that it starts (`execute`), so that a provider never waits for an image.
 */
export class QwenImageEditTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Qwen Image Edit Trigger',
		name: 'qwenImageEditTrigger',
		icon: { light: 'file:qwenImageEdit.svg', dark: 'file:qwenImageEdit.dark.svg' },
		group: ['trigger'],
		version: [1],
		subtitle: '={{ $parameter["provider"] }}',
		description: 'Starts the workflow when an edit is finished, without waiting for it',
		defaults: { name: 'Qwen Image Edit Trigger' },
		eventTriggerDescription: '',
		activationMessage: 'The provider can now call the Production URL of the trigger.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: 'qwen-image-edit',
			},
		],
		// <credentials>
		// prettier-ignore
		credentials: [
			{ name: 'qwenImageEditEvoLinkApi', displayName: 'EvoLink', required: true, displayOptions: { hide: { provider: ['fal', 'kie', 'modelsLab', 'odkkk', 'replicate', 'waveSpeed'] } } },
			{ name: 'qwenImageEditFalApi', displayName: 'fal.ai', required: true, testedBy: 'falCredentialTest', displayOptions: { hide: { provider: ['evoLink', 'kie', 'modelsLab', 'odkkk', 'replicate', 'waveSpeed'] } } },
			{ name: 'qwenImageEditKieApi', displayName: 'Kie.ai', required: true, displayOptions: { hide: { provider: ['evoLink', 'fal', 'modelsLab', 'odkkk', 'replicate', 'waveSpeed'] } } },
			{ name: 'qwenImageEditModelsLabApi', displayName: 'ModelsLab', required: true, displayOptions: { hide: { provider: ['evoLink', 'fal', 'kie', 'odkkk', 'replicate', 'waveSpeed'] } } },
			{ name: 'qwenImageEditOdkkkApi', displayName: 'odkkk', required: true, displayOptions: { hide: { provider: ['evoLink', 'fal', 'kie', 'modelsLab', 'replicate', 'waveSpeed'] } } },
			{ name: 'qwenImageEditReplicateApi', displayName: 'Replicate', required: true, displayOptions: { hide: { provider: ['evoLink', 'fal', 'kie', 'modelsLab', 'odkkk', 'waveSpeed'] } } },
			{ name: 'qwenImageEditWaveSpeedApi', displayName: 'WaveSpeedAI', required: true, displayOptions: { hide: { provider: ['evoLink', 'fal', 'kie', 'modelsLab', 'odkkk', 'replicate'] } } },
		],
		// </credentials>
		properties: triggerProperties,
	};

	methods = { credentialTest: credentialTests };

	// The URL goes to the provider with each task, so nothing has to be registered or removed.
	webhookMethods = {
		default: {
			checkExists: async (): Promise<boolean> => true,
			create: async (): Promise<boolean> => true,
			delete: async (): Promise<boolean> => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await emit(this)];
	}
}
