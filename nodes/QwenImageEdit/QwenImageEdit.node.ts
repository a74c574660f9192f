import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { credentialTests } from './n8n/panel/credentialTests';
import { properties } from './n8n/panel/properties';
import { execute } from './n8n/execute';
import { searchModels } from './n8n/panel/modelSearch';
import { storageCredentialTest } from './n8n/storage/storageTest';

/**
 * Edits images with Qwen-Image-Edit at a provider of the user's choice.
 *
 * Programmatic, not declarative: an edit is several requests (upload, submit, poll, download), and images are
 * streamed.
 */
export class QwenImageEdit implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Qwen Image Edit',
		name: 'qwenImageEdit',
		icon: { light: 'file:qwenImageEdit.svg', dark: 'file:qwenImageEdit.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle: '={{ $parameter["operation"] + " (" + $parameter["provider"] + ")" }}',
		description: 'Edit images with Qwen-Image-Edit',
		defaults: { name: 'Qwen Image Edit' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// Literal, because n8n's lint reads this text; `gulp providers` writes it. As `hide`: with `show` naming
		// every provider the editor takes the Provider field for its own and leaves it out of the panel.
		// <credentials>
		// prettier-ignore
		credentials: [
			{ name: 'qwenImageEditAimlApi', displayName: 'AI/ML API', required: true, displayOptions: { hide: { provider: ['chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditChainHubApi', displayName: 'ChainHub', required: true, displayOptions: { hide: { provider: ['aiml', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditDashScopeApi', displayName: 'DashScope (Alibaba Cloud)', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditEvoLinkApi', displayName: 'EvoLink', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditFalApi', displayName: 'fal.ai', required: true, testedBy: 'falCredentialTest', displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditKieApi', displayName: 'Kie.ai', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditModelsLabApi', displayName: 'ModelsLab', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditModelVerseApi', displayName: 'ModelVerse (UCloud)', required: true, testedBy: 'modelVerseCredentialTest', displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditOdkkkApi', displayName: 'odkkk', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'openAiCompatible', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditOpenAiCompatibleApi', displayName: 'OpenAI-Compatible Server', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'replicate', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditReplicateApi', displayName: 'Replicate', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'siliconFlow', 'waveSpeed'] } } },
			{ name: 'qwenImageEditSiliconFlowApi', displayName: 'SiliconFlow', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'waveSpeed'] } } },
			{ name: 'qwenImageEditWaveSpeedApi', displayName: 'WaveSpeedAI', required: true, displayOptions: { hide: { provider: ['aiml', 'chainHub', 'dashScope', 'evoLink', 'fal', 'kie', 'modelsLab', 'modelVerse', 'odkkk', 'openAiCompatible', 'replicate', 'siliconFlow'] } } },
			{ name: 'qwenImageEditStorageApi', displayName: 'S3-Compatible Bucket', required: true, testedBy: 'storageCredentialTest', displayOptions: { hide: { operation: ['cancelTask', 'getTask'], storage: ['none'] } } },
		],
		// </credentials>
		properties,
	};

	methods = {
		listSearch: { searchModels },
		credentialTest: { ...credentialTests, storageCredentialTest },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await execute(this)];
	}
}
