import sharp from 'sharp';
import { useEmulator } from './emulator-in-test';

const inTest = useEmulator();

describe('the example of each document', () => {
	test('ChainHub (seed 000): a URL and token-shaped usage', async () => {
		const { status, json } = await inTest.client.submit('chainHub');
		expect(status).toBe(200);
		expect(json).toEqual({
			data: [{ url: expect.stringMatching(`^${inTest.emulator.resultOrigin}/.+\\?.+Signature=`) }],
			created: expect.any(Number),
			usage: {
				prompt_tokens: expect.any(Number),
				completion_tokens: expect.any(Number),
				total_tokens: json.usage.prompt_tokens + json.usage.completion_tokens,
				prompt_tokens_details: { cached_tokens_details: {} },
				completion_tokens_details: {},
				output_tokens: expect.any(Number),
			},
		});
	});

	test('AI/ML API (seed 004): every field of the schema, and the sample’s two', async () => {
		const { json } = await inTest.client.submit('aiml', {
			negative_prompt: 'blur',
			watermark: false,
		});
		expect(json).toEqual({
			created: expect.any(Number),
			data: [
				{
					url: expect.stringMatching(/\.png\?Expires=\d+&OSSAccessKeyId=.+&Signature=.+%3D$/),
					b64_json: null,
				},
			],
			meta: { usage: expect.objectContaining({ tokens_used: expect.any(Number) }) },
		});
		inTest.emulator.settings.aiml.answer = 'sample';
		const sample = await inTest.client.submit('aiml');
		expect(sample.json).toEqual({
			created: expect.any(Number),
			data: [{ url: expect.any(String) }],
		});
	});

	test('AI/ML API: url null with base64, and null meta', async () => {
		Object.assign(inTest.emulator.settings.aiml, { answer: 'b64_json', nulls: 'meta' });
		const { json } = await inTest.client.submit('aiml');
		expect(json).toMatchObject({
			data: [{ url: null, b64_json: expect.stringMatching(/^iVBOR/) }],
			meta: null,
		});
	});

	test('ModelVerse (seed 003): both forms in one item, base64 with its prefix, the size that was asked for', async () => {
		const { status, json } = await inTest.client.submit('modelVerse', { seed: 7 });
		expect(status).toBe(200);
		expect(json).toEqual({
			created: expect.any(Number),
			data: [
				{
					url: expect.stringMatching(/^http/),
					b64_json: expect.stringMatching(/^data:image\/png;base64,iVBOR/),
				},
			],
			usage: { input_tokens_details: {} },
		});
		const bytes = Buffer.from(json.data[0].b64_json.split(',')[1], 'base64');
		expect(await sharp(bytes).metadata()).toMatchObject({
			width: 1024,
			height: 1024,
			format: 'png',
		});
	});

	test('ModelVerse: one form only, and base64 without a prefix', async () => {
		inTest.emulator.settings.modelVerse.answer = 'url';
		expect(Object.keys((await inTest.client.submit('modelVerse')).json.data[0])).toEqual(['url']);
		Object.assign(inTest.emulator.settings.modelVerse, { answer: 'b64_json', base64Prefix: false });
		const { json } = await inTest.client.submit('modelVerse');
		expect(json.data[0]).toEqual({ b64_json: expect.stringMatching(/^iVBOR/) });
	});

	test('odkkk (seed 002): always a task; results only when completed', async () => {
		const { status, json } = await inTest.client.submit('odkkk');
		expect(status).toBe(200);
		expect(json).toEqual({
			created: expect.any(Number),
			id: expect.stringMatching(/^task-unified-\d+-[a-z0-9]{8}$/),
			model: 'qwen-image-edit',
			object: 'image.generation.task',
			progress: 0,
			status: 'pending',
			task_info: { can_cancel: true, estimated_time: 30 },
			type: 'image',
			usage: { billing_rule: 'per_call', credits_reserved: 1, user_group: 'default' },
		});
		const seen = [];
		for (const seconds of [0, 15, 20]) {
			inTest.emulator.advance(seconds);
			seen.push((await inTest.client.readTask('odkkk', json.id)).json);
		}
		expect(seen.map((task) => task.status)).toEqual(['pending', 'processing', 'completed']);
		expect(seen.map((task) => 'results' in task)).toEqual([false, false, true]);
		expect(seen[1].progress).toBeGreaterThan(20);
		expect(seen[2]).toMatchObject({
			id: json.id,
			progress: 100,
			results: [expect.any(String)],
			type: 'image',
		});
		const again = await inTest.client.readTask('odkkk', json.id);
		expect(again.json.results).toEqual(seen[2].results);
	});

	test('odkkk: a finished task’s callback is noted with the body of a task query', async () => {
		const { json } = await inTest.client.submit('odkkk');
		inTest.emulator.advance(31);
		const task = await inTest.client.readTask('odkkk', json.id);
		expect(inTest.emulator.callbacks).toEqual([
			expect.objectContaining({
				url: 'https://your-domain.com/webhooks/image-task-completed',
				body: task.json,
			}),
		]);
	});

	test('ModelsLab (seed 001): processing, then a string for output, then the image', async () => {
		const { status, json } = await inTest.client.submit('modelsLab');
		expect(status).toBe(200);
		expect(json).toEqual({
			status: 'processing',
			tip: expect.any(String),
			eta: 30,
			message: expect.any(String),
			fetch_result: `${inTest.emulator.baseUrl('modelsLab')}/image_editing/fetch/${json.id}`,
			id: expect.any(Number),
			output: [],
			future_links: [expect.stringMatching(/\/generations\/.+\.png$/)],
			proxy_links: [expect.any(String)],
			meta: expect.any(Object),
		});
		expect(await inTest.client.get(json.future_links[0])).toMatchObject({
			status: 404,
			text: expect.stringContaining('<html>'),
		});
		const early = await inTest.client.readTask('modelsLab', json.id);
		expect(early.json).toEqual({
			status: 'processing',
			message: expect.any(String),
			output: '',
			tip: expect.any(String),
		});
		inTest.emulator.advance(31);
		const late = await inTest.client.readTask('modelsLab', json.id);
		expect(late.json).toMatchObject({ status: 'success', id: json.id, output: json.future_links });
		expect((await fetch(json.future_links[0])).headers.get('content-type')).toBe('image/png');
	});

	test('ModelsLab: served at once, one image as a string, base64 text behind a .base64 link', async () => {
		inTest.emulator.settings.modelsLab.answer = 'success';
		const { json } = await inTest.client.submit('modelsLab', {
			init_image: inTest.emulator.hostImage(inTest.image),
			model_id: 'qwen-edit-2511',
			base64: true,
		});
		expect(json).toEqual({
			status: 'success',
			generationTime: expect.any(Number),
			id: expect.any(Number),
			output: [expect.stringMatching(/\.base64$/)],
			proxy_links: [expect.any(String)],
			meta: expect.any(Object),
		});
		const bare = await inTest.client.get(json.output[0]);
		expect(bare.headers.get('content-type')).toContain('text/plain');
		expect(await sharp(Buffer.from(bare.text, 'base64')).metadata()).toMatchObject({
			width: 480,
			height: 400,
		});
		inTest.emulator.settings.modelsLab.base64Prefix = true;
		const second = await inTest.client.submit('modelsLab', { base64: true });
		expect((await inTest.client.get(second.json.output[0])).text).toMatch(
			/^data:image\/png;base64,iVBOR/,
		);
	});

	test('ModelsLab: the server may alternate between an image and a task', async () => {
		inTest.emulator.settings.modelsLab.answer = 'alternate';
		const states = [];
		for (let turn = 0; turn < 4; turn++)
			states.push((await inTest.client.submit('modelsLab')).json.status);
		expect(states).toEqual(['success', 'processing', 'success', 'processing']);
	});
});
