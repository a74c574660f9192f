/** OpenAI's own client against the emulated providers that have its route: the list that they answer with is theirs. */
import { readImageNotes, type ProviderId } from '../../emulator';
import { bytesAt, openClientStage, sha256, type ClientStage } from '../clientStage';

interface OpenAiClient {
	images: {
		generate(order: object): Promise<{
			data?: Array<{ url?: string }>;
			images?: Array<{ url: string }>;
		}>;
	};
}

let stage: ClientStage;

beforeAll(async () => {
	stage = await openClientStage();
});

afterAll(async () => await stage?.stop());
beforeEach(() => stage.emulator.reset());

const cases: Array<[id: ProviderId, base: string, model: string]> = [
	['siliconFlow', '', 'Qwen/Qwen-Image-Edit-2509'],
	['aiml', '/v1', 'alibaba/qwen-image-edit'],
	['chainHub', '/v1', 'qwen-image-edit-2509'],
	['modelVerse', '/v1', 'Qwen/Qwen-Image-Edit'],
];

const connect = (id: ProviderId, base: string, apiKey: string): OpenAiClient => {
	const { OpenAI } = stage.load<{ OpenAI: new (settings: object) => OpenAiClient }>('openai');
	return new OpenAI({ apiKey, baseURL: `${stage.emulator.baseUrl(id)}${base}`, maxRetries: 0 });
};

test.each(cases)('%s edits the image of a generation', async (id, base, model) => {
	const { data, images } = await connect(id, base, stage.emulator.key(id)).images.generate({
		model,
		prompt: 'Make it night',
		image: stage.emulator.hostImage(stage.image),
	});
	const url = data?.[0]?.url ?? images?.[0]?.url;
	expect(readImageNotes(await bytesAt(url!))).toMatchObject({ provider: id });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
});

test.each(cases)('%s refuses a wrong key as the client expects', async (id, base, model) => {
	const order = { model, prompt: 'x', image: stage.emulator.hostImage(stage.image) };
	const call = connect(id, base, 'wrong-key').images.generate(order);
	await expect(call).rejects.toMatchObject({ status: 401 });
	expect(stage.emulator.ledger).toEqual([]);
});
