import { bearer } from '../adapter/credential';
import type { Provider } from '../adapter/provider';
import { callbackUrl } from './families/callbackUrl';
import { evoLinkTasks } from './families/evoLinkTasks';

/** odkkk, the same API as EvoLink: always a task. Seed 002; research S3. */
export const odkkk: Provider = {
	id: 'odkkk',
	title: 'odkkk',
	summary: 'Up to three images by URL; always a task, with progress and credits',
	documentationUrl: 'https://ai.odkkk.com/apiv1/docs/llms.txt',
	credential: {
		type: 'qwenImageEditOdkkkApi',
		title: 'Odkkk API',
		defaultBaseUrl: 'https://ai.odkkk.com/apiv1',
		keyUrl: 'https://ai.odkkk.com/apiv1/dashboard/keys',
		key: bearer,
		test: 'request',
	},
	models: [{ id: 'qwen-image-edit' }],
	defaultModel: 'qwen-image-edit',
	prompt: { maximumLength: 2000 },
	images: {
		maximum: 3,
		takes: 'link',
		types: ['jpg', 'png', 'bmp', 'webp', 'tiff'],
		minimumSide: 384,
		maximumSide: 3072,
	},
	...evoLinkTasks('odkkk', { callbackUrl: callbackUrl('callback_url', 'odkkk') }),
	typicalSeconds: 30,
	resultLifetimeSeconds: 24 * 3600,
	concurrency: 4,
	facts: [
		{
			says: 'Up to three images by URL, 384 to 3072 pixels a side, jpg, png, bmp, webp or tiff; prompt up to 2000',
			source: 'seed 002',
			confidence: 'high',
		},
		{
			says: 'Always answers with a task; result links live 24 hours',
			source: 'seed 002',
			confidence: 'high',
		},
		{
			says: 'The pause after 429 and 503 is in the text of fallback_suggestion',
			source: 'seed 002',
			confidence: 'high',
		},
		{
			says: 'GET /v1/tasks/{id} with results; a failed task answers HTTP 200',
			source: 'research S3: the same API under its other name, EvoLink',
			confidence: 'high',
		},
		{
			says: 'The base URL ends in /apiv1',
			source: 'seed 002 and a second page; might be an artefact of both, so it can be edited',
			confidence: 'medium',
		},
		{
			says: 'GET /v1/credits proves the key and costs nothing',
			source: 'research S3: documented for EvoLink, the same on odkkk is assumed',
			confidence: 'assumed',
		},
		{
			says: 'An Idempotency-Key header keeps a repeated submit from being billed again',
			source: "research S3: EvoLink's own client; the same on odkkk is assumed",
			confidence: 'assumed',
		},
		{
			says: 'EvoLink has a host for uploads; whether odkkk has one is unknown, so files go by signed n8n URL',
			source: 'research S3',
			confidence: 'medium',
		},
		{
			says: 'Four requests at once; no limit is documented',
			source: 'a cautious choice for an unknown limit',
			confidence: 'assumed',
		},
	],
};
