import sharp from 'sharp';
import type { ClientAnswer } from './documented-client';
import { formOf, sampleImage } from './documented-client';
import { useEmulator } from './emulator-in-test';
import { OPEN_AI_FACES, readImageNotes } from '../index';
import type { EmulatorSettings, OpenAiFace } from '../index';
import { sha256 } from '../images/results';

const inTest = useEmulator();

type Settings = EmulatorSettings['openAiCompatible'];

function set(settings: Partial<Settings>): void {
	Object.assign(inTest.emulator.settings.openAiCompatible, settings);
}

const png = (bytes: Buffer, fileName = 'photo.png') => ({ bytes, fileName, type: 'image/png' });

/** Sends a form of exactly these fields. */
async function send(
	fields: Record<string, unknown>,
	headers = inTest.client.headers('openAiCompatible'),
	base = inTest.emulator.baseUrl('openAiCompatible'),
): Promise<ClientAnswer> {
	return await inTest.client.post(`${base}/v1/images/edits`, formOf(fields), headers);
}

const bytesOf = (base64: string) => Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64');

/** The document's own example, or the least that the server takes. */
const EXAMPLES: Record<OpenAiFace, (image: Buffer) => Record<string, unknown>> = {
	generic: (image) => ({ image: png(image), prompt: 'p' }),
	vllmOmni: (image) => ({
		model: 'Qwen/Qwen-Image-Edit-2511',
		image: [png(image), png(image)],
		prompt: "'this bear is wearing sportwear. holding a basketball, and bending one leg.'",
		size: '1024x1024',
		output_format: 'png',
	}),
	sglang: (image) => ({ 'image[]': png(image), prompt: 'p', n: 1 }),
	sdServer: (image) => ({ 'image[]': [png(image), png(image)], prompt: 'p', n: 1 }),
	lemonade: (image) => ({
		model: 'Flux-2-Klein-4B',
		prompt: 'Add a red barn and mountains in the background, photorealistic',
		size: '512x512',
		n: 1,
		response_format: 'b64_json',
		image: png(image, 'source_image.png'),
	}),
	xinference: (image) => ({ images: png(image), prompt: 'p', response_format: 'b64_json' }),
	deepInfra: (image) => ({
		image: png(image, 'image.png'),
		n: 1,
		size: '1024x1024',
		model: 'Qwen/Qwen-Image-Edit',
		prompt: 'p',
	}),
};

describe.each(OPEN_AI_FACES)('%s', (face) => {
	test('takes what its document shows and answers with an image', async () => {
		set({ face });
		const { status, json } = await send(EXAMPLES[face](inTest.image));
		expect(status).toBe(200);
		expect(json.data).toHaveLength(1);
		const base64 = json.data[0].b64_json as string;
		expect(base64).not.toContain('data:');
		const { format } = await sharp(bytesOf(base64)).metadata();
		expect(format).toBe(face === 'deepInfra' ? 'jpeg' : 'png');
		const images = face === 'vllmOmni' || face === 'sdServer' ? 2 : 1;
		expect(inTest.emulator.ledger).toEqual([
			expect.objectContaining({
				imageCount: images,
				resultCount: 1,
				inputSha256: Array<string>(images).fill(sha256(inTest.image)),
				unknownFields: [],
			}),
		]);
	});

	test('makes several images, each another one', async () => {
		set({ face });
		const { json } = await send({ ...EXAMPLES[face](inTest.image), n: 3 });
		const files = json.data.map((item: { b64_json: string }) => bytesOf(item.b64_json)) as Buffer[];
		expect(new Set(files.map(sha256)).size).toBe(3);
		expect(inTest.emulator.ledger).toEqual([
			expect.objectContaining({ billed: 1, resultCount: 3 }),
		]);
		if (face !== 'deepInfra') {
			expect(files.map((file) => readImageNotes(file)!.image)).toEqual(['1', '2', '3']);
		}
	});

	test('refuses a wrong key and a missing one, unless it runs without', async () => {
		set({ face });
		const fields = EXAMPLES[face](inTest.image);
		const wrong = await send(fields, { authorization: 'Bearer no' });
		expect(wrong.status).toBe(401);
		expect((await send(fields, {})).status).toBe(401);
		expect(inTest.emulator.ledger).toEqual([]);
		set({ keyRequired: false });
		expect((await send(fields, {})).status).toBe(200);
		expect((await send(fields, { authorization: 'Bearer anything' })).status).toBe(200);
	});

	test('lists its model', async () => {
		set({ face });
		const url = `${inTest.emulator.baseUrl('openAiCompatible')}/v1/models`;
		const { json } = await inTest.client.get(url, inTest.client.headers('openAiCompatible'));
		expect(json.data).toEqual([
			expect.objectContaining({ id: expect.stringMatching(/./), object: 'model' }),
		]);
		expect('object' in json).toBe(face !== 'sdServer');
		set({ model: 'my-own' });
		const own = await inTest.client.get(url, inTest.client.headers('openAiCompatible'));
		expect(own.json.data[0].id).toBe('my-own');
	});

	test('refuses what lacks a prompt or an image, in its own form', async () => {
		set({ face });
		const fields = EXAMPLES[face](inTest.image);
		const noPrompt = await send({ ...fields, prompt: undefined });
		const noImage = await send({
			...fields,
			image: undefined,
			'image[]': undefined,
			images: undefined,
		});
		const bodies: Record<OpenAiFace, [noPrompt: unknown, noImage: unknown]> = {
			generic: [{ error: { param: 'prompt' } }, { error: { param: 'image' } }],
			vllmOmni: [
				{ detail: [{ type: 'missing', loc: ['body', 'prompt'], msg: 'Field required' }] },
				{ detail: "Field 'image' or 'url' is required" },
			],
			sglang: [
				{ detail: [{ loc: ['body', 'prompt'] }] },
				{ detail: "Field 'image' or 'url' is required" },
			],
			sdServer: [{ error: 'prompt required' }, { error: 'at least one image[] required' }],
			lemonade: [
				{ error: { message: "Missing 'prompt' field in request", type: 'invalid_request_error' } },
				{ error: { message: "Missing 'image' field in request" } },
			],
			xinference: [
				{ detail: [{ loc: ['body', 'prompt'] }] },
				{ detail: 'At least one image file is required' },
			],
			deepInfra: [
				{ detail: { error: expect.stringContaining('prompt') } },
				{ detail: { error: expect.stringContaining('image') } },
			],
		};
		expect(noPrompt.json).toMatchObject(bodies[face][0] as object);
		expect(noImage.json).toMatchObject(bodies[face][1] as object);
		expect([noPrompt.status, noImage.status].every((status) => [400, 422].includes(status))).toBe(
			true,
		);
		expect(inTest.emulator.ledger).toEqual([]);
	});

	test('refuses JSON', async () => {
		set({ face });
		const answer = await inTest.client.post(
			`${inTest.emulator.baseUrl('openAiCompatible')}/v1/images/edits`,
			{ prompt: 'p' },
			{ ...inTest.client.headers('openAiCompatible'), 'content-type': 'application/json' },
		);
		expect([400, 422]).toContain(answer.status);
	});
});

describe('what arrives is on record', () => {
	test('byte for byte, in order, with the names of the fields', async () => {
		const [first, second, mask] = [
			await sampleImage(300, 200, 'jpeg'),
			// What a careless parser would stumble over: line ends and dashes at both ends of a file.
			Buffer.concat([await sampleImage(64, 64), Buffer.from('\r\n--\r\n------\r\n')]),
			await sampleImage(480, 400),
		];
		const { status } = await send({
			prompt: 'Zwei Bilder, ein 鹅',
			image: [png(first!, 'a.jpg'), png(second!, 'b "c".png')],
			mask: png(mask!, 'mask.png'),
			seed: 7,
			unheardOf: 'x',
		});
		expect(status).toBe(200);
		expect(inTest.emulator.ledger[0]).toMatchObject({
			prompt: 'Zwei Bilder, ein 鹅',
			inputSha256: [sha256(first!), sha256(second!)],
			maskSha256: sha256(mask!),
			imageCount: 2,
			formFields: ['prompt', 'image', 'image', 'mask', 'seed', 'unheardOf'],
			unknownFields: ['unheardOf'],
			fields: { prompt: 'Zwei Bilder, ein 鹅', seed: '7' },
		});
		const [request] = inTest.emulator.requests;
		expect(request!.form).toEqual([
			{ name: 'prompt', value: 'Zwei Bilder, ein 鹅' },
			{
				name: 'image',
				fileName: 'a.jpg',
				contentType: 'image/png',
				bytes: first!.length,
				sha256: sha256(first!),
			},
			expect.objectContaining({ name: 'image', fileName: 'b "c".png' }),
			expect.objectContaining({ name: 'mask', sha256: sha256(mask!) }),
			{ name: 'seed', value: '7' },
			{ name: 'unheardOf', value: 'x' },
		]);
		expect(request).toMatchObject({
			bodySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
			imageSha256: [sha256(first!), sha256(second!), sha256(mask!)],
		});
		expect(request!.bodyBytes).toBeGreaterThan(first!.length + second!.length + mask!.length);
	});

	test('also when images are not edited', async () => {
		inTest.emulator.settings.editImages = false;
		const large = await sharp({
			create: {
				width: 1600,
				height: 1200,
				channels: 3,
				background: '#fff',
				noise: { type: 'gaussian', mean: 128, sigma: 60 },
			},
		})
			.png()
			.toBuffer();
		expect(large.length).toBeGreaterThan(1024 * 1024);
		expect((await send({ prompt: 'p', image: png(large) })).status).toBe(200);
		expect(inTest.emulator.ledger[0]!.inputSha256).toEqual([sha256(large)]);
	});

	test('a key in a form is a leak, even across two pieces of the body', async () => {
		const key = inTest.emulator.key('odkkk');
		const text = 'x'.repeat(60_000) + key + 'x'.repeat(200_000) + key;
		await send({ prompt: 'p', image: png(inTest.image), user: text });
		expect(inTest.emulator.leaks).toEqual([
			expect.objectContaining({ keyOf: 'odkkk', where: 'body', server: 'api' }),
		]);
	});

	test('a body that breaks off is refused and costs nothing', async () => {
		const answer = await inTest.client.post(
			`${inTest.emulator.baseUrl('openAiCompatible')}/v1/images/edits`,
			'--B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nhalf',
			{
				...inTest.client.headers('openAiCompatible'),
				'content-type': 'multipart/form-data; boundary=B',
			},
		);
		expect(answer).toMatchObject({ status: 400 });
		expect(inTest.emulator.requests[0]!.refusal).toContain('last boundary');
		expect(inTest.emulator.ledger).toEqual([]);
	});
});

describe('differences', () => {
	test('vLLM-Omni: model, response_format, size, most images and mask_image', async () => {
		set({ face: 'vllmOmni' });
		const fields = { image: png(inTest.image), prompt: 'p' };
		expect(await send({ ...fields, model: 'xxx' })).toMatchObject({
			status: 400,
			json: {
				detail:
					"Model mismatch: request specifies 'xxx' but server is running 'Qwen/Qwen-Image-Edit-2511'.",
			},
		});
		expect((await send({ ...fields, response_format: 'url' })).json).toEqual({
			detail: "Only response_format 'b64_json' is supported now.",
		});
		expect((await send({ ...fields, size: '1024x' })).json).toEqual({
			detail: "Invalid size format: '1024x'. Expected format: 'WIDTHxHEIGHT' (e.g., '1024x1024').",
		});
		expect((await send({ ...fields, seed: 'x' })).status).toBe(422);
		const many = { ...fields, image: Array<unknown>(5).fill(png(inTest.image)) };
		expect((await send(many)).status).toBe(400);
		await send({ ...fields, mask: png(inTest.image), steps: 4 });
		await send({ ...fields, mask_image: png(inTest.image) });
		expect(
			inTest.emulator.ledger.map(({ unknownFields, maskSha256 }) => [unknownFields, maskSha256]),
		).toEqual([
			[['mask', 'steps'], undefined],
			[[], sha256(inTest.image)],
		]);
		const { json } = await send(fields);
		expect(json).toEqual({
			created: expect.any(Number),
			data: [{ b64_json: expect.any(String), url: null, revised_prompt: null }],
			output_format: null,
			size: null,
		});
	});

	test('vLLM-Omni and SGLang fetch images by address', async () => {
		for (const face of ['vllmOmni', 'sglang'] as const) {
			set({ face });
			const url = inTest.emulator.hostImage(inTest.image);
			expect((await send({ url: [url, url], prompt: 'p' })).status).toBe(200);
			expect(inTest.emulator.ledger.at(-1)!.inputSha256).toEqual([
				sha256(inTest.image),
				sha256(inTest.image),
			]);
			expect(
				(await send({ url: 'http://nowhere.example/a.png', prompt: 'p' })).json.detail,
			).toMatch(/^Failed to process image source/);
		}
	});

	test('SGLang: a relative link on its own origin, behind the key', async () => {
		set({ face: 'sglang' });
		const fields = { image: png(inTest.image), prompt: 'p', response_format: 'url' };
		const { json } = await send(fields);
		const { url } = json.data[0] as { url: string };
		expect(url).toMatch(/^\/v1\/images\/[0-9a-f-]{36}\/content$/);
		const { apiOrigin } = inTest.emulator;
		expect((await inTest.client.get(apiOrigin + url)).status).toBe(401);
		const headers = inTest.client.headers('openAiCompatible');
		for (const base of [apiOrigin, inTest.emulator.baseUrl('openAiCompatible')]) {
			const response = await fetch(base + url, { headers });
			expect(response.headers.get('content-type')).toBe('image/png');
			const bytes = Buffer.from(await response.arrayBuffer());
			expect(readImageNotes(bytes)).toMatchObject({ provider: 'openAiCompatible', prompt: 'p' });
		}
		expect(inTest.emulator.leaks).toEqual([]);
		expect((await inTest.client.get(`${apiOrigin}/v1/images/no/content`, headers)).json).toEqual({
			detail: 'Image not found',
		});
		const two = await send({ ...fields, n: 2 });
		const links = two.json.data.map((item: { url: string }) => item.url) as string[];
		expect(links.map((link) => link.slice(-10))).toEqual(['?variant=0', '?variant=1']);
		const files = await Promise.all(
			links.map(async (link) => {
				const response = await fetch(apiOrigin + link, { headers });
				return sha256(Buffer.from(await response.arrayBuffer()));
			}),
		);
		expect(new Set(files).size).toBe(2);
		expect((await send({ ...fields, n: 99 })).json.data).toHaveLength(10);
	});

	test('SGLang: downloads from the server itself meet faults like others', async () => {
		set({ face: 'sglang' });
		const { json } = await send({
			image: png(inTest.image),
			prompt: 'p',
			response_format: 'url',
		});
		const url = inTest.emulator.apiOrigin + json.data[0].url;
		const headers = inTest.client.headers('openAiCompatible');
		const add = inTest.emulator.faults.add.bind(inTest.emulator.faults);
		add({ kind: 'resultHtmlPage200', times: 1 });
		add({ kind: 'resultNotFound404Once', times: 1 });
		add({ kind: 'httpStatus', route: 'result', status: 503, times: 1 });
		expect((await inTest.client.get(url, headers)).text).toContain('<html>');
		expect((await inTest.client.get(url, headers)).status).toBe(404);
		expect((await inTest.client.get(url, headers)).status).toBe(503);
		expect((await fetch(url, { headers })).headers.get('content-type')).toBe('image/png');
		expect(inTest.emulator.requests.map(({ fault }) => fault)).toEqual([
			undefined,
			'resultHtmlPage200',
			'resultNotFound404Once',
			'httpStatus',
			undefined,
		]);
	});

	test('SGLang without a place to keep images refuses links', async () => {
		set({ face: 'sglang', urlsLeadTo: 'none' });
		const fields = { image: png(inTest.image), prompt: 'p' };
		expect(await send({ ...fields, response_format: 'url' })).toMatchObject({
			status: 400,
			json: { detail: "response_format='url' requires cloud storage to be configured." },
		});
		expect((await send(fields)).status).toBe(200);
		set({ urlsLeadTo: 'cloud' });
		const { json } = await send({ ...fields, response_format: 'url' });
		expect(new URL(json.data[0].url).origin).toBe(inTest.emulator.resultOrigin);
	});

	test('sd-server: several images only as image[], and a lenient reader', async () => {
		set({ face: 'sdServer' });
		const two = [png(inTest.image), png(inTest.image)];
		await send({ image: two, prompt: 'p' });
		await send({ 'image[]': two, prompt: 'p', n: 'x', size: 'large', response_format: 'url' });
		expect(
			inTest.emulator.ledger.map(({ unusedImages, unknownFields, resultCount }) => [
				unusedImages,
				unknownFields,
				resultCount,
			]),
		).toEqual([
			[1, [], 1],
			[undefined, ['response_format'], 1],
		]);
		const webp = await send({ image: two[0], prompt: 'p', output_format: 'webp' });
		expect(webp).toMatchObject({ status: 400, json: { error: expect.any(String) } });
		const { json } = await send({ image: two[0], prompt: 'p', output_format: 'jpeg' });
		expect(json.output_format).toBe('jpeg');
		expect((await sharp(bytesOf(json.data[0].b64_json)).metadata()).format).toBe('jpeg');
	});

	test('Lemonade: its model, 512x512 unless told otherwise, one image, n checked', async () => {
		set({ face: 'lemonade' });
		const fields = { image: png(inTest.image), prompt: 'p', model: 'Flux-2-Klein-4B' };
		const size = async (more: Record<string, unknown>) => {
			const { json } = await send({ ...fields, ...more });
			const { width, height } = await sharp(bytesOf(json.data[0].b64_json)).metadata();
			return [width, height];
		};
		expect(await size({})).toEqual([512, 512]);
		expect(await size({ size: '256x320', steps: 4, cfg_scale: 1, seed: 0 })).toEqual([256, 320]);
		expect((await send({ ...fields, model: undefined })).json.error.message).toContain("'model'");
		expect((await send({ ...fields, model: 'x' })).status).toBe(404);
		expect((await send({ ...fields, n: 11 })).json.error.message).toBe(
			"Invalid value for 'n': must be between 1 and 10",
		);
		expect((await send({ ...fields, response_format: 'url' })).status).toBe(400);
		expect((await send({ ...fields, image: [fields.image, fields.image] })).status).toBe(200);
		expect(inTest.emulator.ledger.at(-1)).toMatchObject({ imageCount: 2, unusedImages: 1 });
	});

	test('Xinference: a path on its own disk unless base64 is asked for', async () => {
		set({ face: 'xinference' });
		const { json } = await send({ image: png(inTest.image), prompt: 'p' });
		expect(json.data).toEqual([
			{ url: expect.stringMatching(/^\/root\/\.xinference\/image\/.+\.png$/), b64_json: null },
		]);
	});

	test('DeepInfra: its own error shape, also for lack of money', async () => {
		set({ face: 'deepInfra' });
		inTest.emulator.faults.add({ kind: 'insufficientCredit', times: 1 });
		expect(await send(EXAMPLES.deepInfra(inTest.image))).toMatchObject({
			status: 402,
			json: { detail: { error: expect.stringContaining('payment method') } },
		});
		expect((await send({ ...EXAMPLES.deepInfra(inTest.image), model: 'x' })).status).toBe(404);
	});

	test('addresses as people use them', async () => {
		const { apiOrigin } = inTest.emulator;
		const fields = { image: png(inTest.image), prompt: 'p' };
		const headers = inTest.client.headers('openAiCompatible');
		const form = () => formOf(fields);
		for (const path of ['/v1', '/api/v1', '/v1/openai', '/openai/v1', '/openai/v1/openai']) {
			const url = `${apiOrigin}${path}/images/edits`;
			expect((await inTest.client.post(url, form(), headers)).status).toBe(
				path.startsWith('/api') ? 404 : 200,
			);
		}
		const bare = await inTest.client.post(`${apiOrigin}/openai/images/edits`, form(), headers);
		expect(bare.status).toBe(404);
	});
});

describe('answers and errors in every form', () => {
	test.each<[Settings['answer'], unknown]>([
		['base64', { b64_json: expect.stringMatching(/^iVBOR/) }],
		['prefixedBase64', { b64_json: expect.stringMatching(/^data:image\/png;base64,iVBOR/) }],
		['url', { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/images\/.+Signature=/) }],
		['relativeUrl', { url: expect.stringMatching(/^\/v1\/images\/.+\/content$/) }],
		['serverPath', { url: expect.stringMatching(/^\/root\//) }],
	])('%s', async (answer, item) => {
		set({ answer });
		const { json } = await send({ image: png(inTest.image), prompt: 'p' });
		expect(json).toEqual({ created: expect.any(Number), data: [item] });
	});

	test('a link into a private network, whatever the kind of link', async () => {
		inTest.emulator.faults.add({ kind: 'resultPrivateUrl' });
		for (const answer of ['url', 'relativeUrl', 'serverPath'] as const) {
			set({ answer });
			const { json } = await send({ image: png(inTest.image), prompt: 'p' });
			expect(json.data[0].url).toMatch(/^http:\/\/10\.0\.0\.1\//);
		}
	});

	test.each<[Settings['errorForm'], unknown]>([
		['error', { error: { message: 'Broken', type: 'server_error', param: null, code: null } }],
		['errorText', { error: 'Broken' }],
		['detail', { detail: 'Broken' }],
		[
			'detailList',
			{ detail: [{ type: 'server_error', loc: ['body'], msg: 'Broken', input: null }] },
		],
		['detailError', { detail: { error: 'Broken' } }],
		['message', { error: 'server_error', message: 'Broken' }],
	])('%s', async (errorForm, body) => {
		set({ errorForm });
		inTest.emulator.faults.add({ kind: 'httpStatus', message: 'Broken' });
		const answer = await send({ image: png(inTest.image), prompt: 'p' });
		expect(answer).toMatchObject({ status: 500, json: body });
	});

	test('a field that is refused outright', async () => {
		set({ refusedField: 'response_format' });
		const fields = { image: png(inTest.image), prompt: 'p' };
		expect((await send(fields)).status).toBe(200);
		expect(await send({ ...fields, response_format: 'b64_json' })).toMatchObject({
			status: 400,
			json: {
				error: {
					message: "Unknown parameter: 'response_format'.",
					param: 'response_format',
					code: 'unknown_parameter',
				},
			},
		});
	});
});
