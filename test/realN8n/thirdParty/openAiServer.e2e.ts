/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
/**
 * The node, and the emulator, against what nobody here wrote:
 *
 * - aimock (npm, CopilotKit): a server with its own `POST /v1/images/edits`. It answers from fixtures and makes no
 *   image; it reads the form's texts with a parser of its own, and passes over the files.
 * - Portkey's AI Gateway (npm): a gateway that many run. It takes the form apart and writes a new one for the server
 *   behind it, which is the emulator here.
 * - openai (npm): OpenAI's own client, which is the witness for the emulator.
 *
 * None of the servers that make images (vLLM-Omni, SGLang, sd-server, Lemonade, Xinference) is on npm or in Debian,
 * so none of them ran here: they stand in the emulator as their documents and sources describe them.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { OPEN_AI_FACES, startEmulator, type Emulator } from '../../emulator';
import { formOf, sampleImage } from '../../emulator/tests/documented-client';
import { editWithNode } from './editWithNode';
import { startForeignServer, type ForeignServer } from './servers/foreignServer';
import { startHeaderProxy, type HeaderProxy } from './servers/headerProxy';
import { installPinned } from '../installation/pinned/pinnedPackages';

/** As much of OpenAI's client as is used here. */
interface OpenAiClient {
	images: {
		edit(order: Record<string, unknown>): Promise<{ data: Array<Record<string, unknown>> }>;
	};
	models: { list(): Promise<{ data: Array<{ id: string }> }> };
}

interface OpenAiModule {
	OpenAI: new (settings: { apiKey: string; baseURL: string; maxRetries: number }) => OpenAiClient;
	toFile(bytes: Buffer, name: string, options: { type: string }): Promise<File>;
}

const KEY = randomBytes(16).toString('hex');

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const png = (bytes: Buffer, fileName = 'photo.png') => ({ bytes, fileName, type: 'image/png' });

let folder: string;
let emulator: Emulator;
let openai: OpenAiModule;
let image: Buffer;
/** Valid for a decoder, hostile to a parser: line ends, dashes and noise behind the end of the image. */
let hostile: Buffer;

const client = (baseURL: string, apiKey: string) =>
	new openai.OpenAI({ apiKey, baseURL, maxRetries: 0 });

beforeAll(async () => {
	folder = await installPinned(__dirname, 'third-party');
	emulator = await startEmulator();
	openai = createRequire(join(folder, 'package.json'))('openai') as OpenAiModule;
	image = await sampleImage();
	const tail = Buffer.from('\r\n--\r\n------formdata-undici-0\r\n\r\n');
	hostile = Buffer.concat([image, tail, randomBytes(70_000), tail]);
});

afterAll(async () => await emulator?.stop());

describe('aimock', () => {
	let server: ForeignServer | undefined;
	let fixtures: string;
	let result: Buffer;

	beforeAll(async () => {
		fixtures = mkdtempSync(join(tmpdir(), 'third-party-'));
		result = await sampleImage(320, 240, 'webp');
		const b64Json = result.toString('base64');
		const rule = (userMessage: string, response: unknown) => ({
			match: { userMessage, endpoint: 'image' },
			response,
		});
		const rules = [
			rule('two images', { images: [{ b64Json }, { b64Json: image.toString('base64') }] }),
			rule('as a link', { image: { url: emulator.hostImage(image) } }),
			rule('refuse me', {
				error: {
					message: 'Your request was rejected by the safety system.',
					type: 'x',
					code: 'moderation_blocked',
				},
				status: 400,
			}),
			rule('Make it night', { image: { b64Json, revisedPrompt: 'Make it night, please' } }),
		];
		writeFileSync(join(fixtures, 'images.json'), JSON.stringify({ fixtures: rules }));
		const script = join(folder, 'node_modules/@copilotkit/aimock/dist/cli.js');
		server = await startForeignServer(script, ['--fixtures', fixtures], { AIMOCK_API_KEYS: KEY });
	});

	afterAll(async () => {
		await server?.stop();
		rmSync(fixtures, { recursive: true });
	});

	test('answers a plain client as OpenAI does', async () => {
		const send = async (fields: Record<string, unknown>, key = KEY) =>
			await fetch(`${server!.origin}/v1/images/edits`, {
				method: 'POST',
				headers: { authorization: `Bearer ${key}` },
				body: formOf(fields),
			});
		const answer = await send({ prompt: 'Make it night', image: png(hostile) });
		expect(answer.status).toBe(200);
		expect(await answer.json()).toEqual({
			created: expect.any(Number),
			data: [{ b64_json: result.toString('base64'), revised_prompt: 'Make it night, please' }],
		});
		expect((await send({ prompt: 'Make it night' }, 'wrong')).status).toBe(401);
		expect((await send({ image: png(image) })).status).toBe(400);
		expect((await send({ prompt: 'nobody knows this' })).status).toBe(404);
	});

	test.each(['', '/v1', '/v1/'])('serves our node, base URL ending in "%s"', async (ending) => {
		const { files, error } = await editWithNode({
			baseUrl: server!.origin + ending,
			apiKey: KEY,
			prompt: 'Make it night',
			images: [hostile],
		});
		expect(error).toBe('');
		expect(files.map(sha256)).toEqual([sha256(result)]);
	});

	test('gives our node several images, and an image behind a link', async () => {
		const both = await editWithNode({
			baseUrl: server!.origin,
			apiKey: KEY,
			prompt: 'two images',
			images: [image, hostile],
			options: { n: 2 },
		});
		expect(both.error).toBe('');
		expect(both.files.map(sha256)).toEqual([sha256(result), sha256(image)]);
		const link = await editWithNode({
			baseUrl: server!.origin,
			apiKey: KEY,
			prompt: 'as a link',
			images: [hostile],
		});
		expect(link.error).toBe('');
		expect(link.files.map(sha256)).toEqual([sha256(image)]);
	});

	test('its refusals are told in its own words', async () => {
		const run = async (prompt: string, apiKey = KEY) =>
			await editWithNode({ baseUrl: server!.origin, apiKey, prompt, images: [image] });
		expect((await run('refuse me')).error).toContain('rejected by the safety system');
		expect((await run('nobody knows this')).error).toContain('No fixture matched');
		expect((await run('Make it night', 'wrong')).error).toMatch(/401/);
	});
});

describe('Portkey’s gateway before the emulator', () => {
	let gateway: ForeignServer | undefined;
	let proxy: HeaderProxy | undefined;
	let key: string;

	afterEach(() => emulator.reset());

	beforeAll(async () => {
		const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
		gateway = await startForeignServer(script, ['--headless']);
		key = emulator.key('openAiCompatible');
		const config = {
			provider: 'openai',
			custom_host: `${emulator.baseUrl('openAiCompatible')}/v1`,
			api_key: key,
			// Without a hook this version hands fetch's own answer on and fails to add its headers to it.
			after_request_hooks: [
				{
					type: 'guardrail',
					id: 'none',
					checks: [{ id: 'default.contains', parameters: { operator: 'none', words: ['zzz'] } }],
				},
			],
		};
		proxy = await startHeaderProxy(gateway.origin, {
			'x-portkey-config': JSON.stringify(config),
		});
	});

	afterAll(async () => {
		await proxy?.stop();
		await gateway?.stop();
	});

	test('writes the form anew, and every byte arrives', async () => {
		const answer = await fetch(`${proxy!.origin}/v1/images/edits`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}` },
			body: formOf({
				prompt: 'Zwei Bilder, ein 鹅',
				image: [png(hostile, 'a.png'), png(image, 'b "c".png')],
				mask: png(image, 'mask.png'),
				seed: 7,
			}),
		});
		expect(answer.status).toBe(200);
		expect(emulator.ledger).toEqual([
			expect.objectContaining({
				prompt: 'Zwei Bilder, ein 鹅',
				inputSha256: [sha256(hostile), sha256(image)],
				maskSha256: sha256(image),
				formFields: ['prompt', 'image', 'image', 'mask', 'seed'],
				unknownFields: [],
			}),
		]);
	});

	test('passes on what our node sends, byte for byte', async () => {
		const { files, error } = await editWithNode({
			baseUrl: `${proxy!.origin}/v1`,
			apiKey: key,
			prompt: 'Make it night',
			images: [hostile, image],
			options: { seed: 7, n: 2, trueCfgScale: 1 },
		});
		expect(error).toBe('');
		expect(emulator.ledger).toEqual([
			expect.objectContaining({
				inputSha256: [sha256(hostile), sha256(image)],
				resultCount: 2,
				unknownFields: [],
				fields: { prompt: 'Make it night', n: '2', seed: '7', true_cfg_scale: '1' },
			}),
		]);
		expect(files).toHaveLength(2);
		for (const file of files) expect((await sharp(file).metadata()).format).toBe('png');
	});

	test('a refusal of the server behind it reaches the user', async () => {
		emulator.faults.add({ provider: 'openAiCompatible', kind: 'contentRefused' });
		const { error } = await editWithNode({
			baseUrl: proxy!.origin,
			apiKey: key,
			prompt: 'Make it night',
			images: [image],
		});
		expect(error).toContain('rejected as a result of our safety system');
		expect(emulator.ledger).toEqual([]);
	});
});

describe('OpenAI’s own client at the emulator', () => {
	const base = () => `${emulator.baseUrl('openAiCompatible')}/v1`;
	const settings = () => emulator.settings.openAiCompatible;

	afterEach(() => {
		emulator.reset();
		settings().face = 'generic';
	});

	test.each(OPEN_AI_FACES)('is served by %s', async (face) => {
		settings().face = face;
		const ai = client(base(), emulator.key('openAiCompatible'));
		const { data: models } = await ai.models.list();
		const file = await openai.toFile(hostile, 'photo.png', { type: 'image/png' });
		const { data } = await ai.images.edit({
			model: models[0]!.id,
			image: file,
			prompt: 'Make it night',
			response_format: 'b64_json',
		});
		const { format } = await sharp(Buffer.from(String(data[0]!.b64_json), 'base64')).metadata();
		expect(format).toBe(face === 'deepInfra' ? 'jpeg' : 'png');
		expect(emulator.ledger).toEqual([expect.objectContaining({ inputSha256: [sha256(hostile)] })]);
	});

	test('sends several images as image[], which only some servers read whole', async () => {
		const order = async () => ({
			model: 'qwen-image-edit',
			prompt: 'p',
			image: [
				await openai.toFile(hostile, 'a.png', { type: 'image/png' }),
				await openai.toFile(image, 'b.png', { type: 'image/png' }),
			],
			n: 2,
		});
		const ai = client(base(), emulator.key('openAiCompatible'));
		for (const face of ['generic', 'sglang', 'sdServer'] as const) {
			settings().face = face;
			expect((await ai.images.edit(await order())).data).toHaveLength(2);
			const entry = emulator.ledger.at(-1)!;
			expect(entry).toMatchObject({ inputSha256: [sha256(hostile), sha256(image)] });
			expect(entry.formFields!.filter((name) => name === 'image[]')).toHaveLength(2);
		}
	});

	test('reads the errors of the generic face as OpenAI’s', async () => {
		const wrong = client(base(), 'wrong');
		await expect(wrong.models.list()).rejects.toMatchObject({
			status: 401,
			code: 'invalid_api_key',
		});
		const ai = client(base(), emulator.key('openAiCompatible'));
		emulator.faults.add({ kind: 'insufficientCredit', provider: 'openAiCompatible', times: 1 });
		const file = await openai.toFile(image, 'a.png', { type: 'image/png' });
		await expect(ai.images.edit({ image: file, prompt: 'p' })).rejects.toMatchObject({
			status: 429,
			code: 'insufficient_quota',
		});
		await expect(ai.images.edit({ image: file, prompt: 'p', size: '1x' })).rejects.toMatchObject({
			status: 400,
			param: 'size',
		});
	});
});
