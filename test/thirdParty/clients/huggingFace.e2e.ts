/** @huggingface/inference with its providers fal-ai, replicate and wavespeed, each with the provider's own key. */
import { readImageNotes, type ProviderId } from '../../emulator';
import { openClientStage, sha256, type ClientStage } from '../clientStage';

interface InferenceModule {
	imageToImage(order: object, options?: object): Promise<Blob>;
}

let stage: ClientStage;

beforeAll(async () => {
	stage = await openClientStage({ taskSeconds: 0.5 });
});

afterAll(async () => await stage?.stop());
beforeEach(() => stage.emulator.reset());

const cases: Array<[name: string, id: ProviderId, model: string]> = [
	['fal-ai', 'fal', 'fal-ai/qwen-image-edit'],
	['replicate', 'replicate', 'qwen/qwen-image-edit'],
	['wavespeed', 'waveSpeed', 'wavespeed-ai/qwen-image/edit'],
];

test.each(cases)('%s edits an image', async (name, id) => {
	const { imageToImage } = stage.load<InferenceModule>('@huggingface/inference');
	const edited = await imageToImage(
		{
			provider: name,
			model: 'Qwen/Qwen-Image-Edit',
			accessToken: stage.emulator.key(id),
			inputs: new Blob([new Uint8Array(stage.image)], { type: 'image/png' }),
			parameters: { prompt: 'Make it night' },
		},
		{ fetch: fetchWithNames },
	);
	const bytes = Buffer.from(await edited.arrayBuffer());
	expect(readImageNotes(bytes)).toMatchObject({ provider: id, prompt: 'Make it night' });
	expect(stage.emulator.ledger.map(({ inputSha256 }) => inputSha256)).toEqual([
		[sha256(stage.image)],
	]);
});

/** With Hugging Face's list of the names that a model has at each provider. */
async function fetchWithNames(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
	if (!String(input).startsWith('https://huggingface.co/api/models/')) {
		return await stage.fetch(input, init);
	}
	const names = cases.map(([name, , providerId]) => [
		name,
		{ providerId, status: 'live', task: 'image-to-image' },
	]);
	return Response.json({ inferenceProviderMapping: Object.fromEntries(names) as object });
}
