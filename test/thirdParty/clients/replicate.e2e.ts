/** replicate and @ai-sdk/replicate against the emulator of Replicate. */
import { hmacHolds } from '../../../nodes/QwenImageEdit/n8n/signature/hmac';
import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import type { HmacSignature } from '../../../nodes/QwenImageEdit/wire/callback';
import { readImageNotes } from '../../emulator';
import {
	bytesAt,
	expectCleanRecord,
	openClientStage,
	sha256,
	type ClientStage,
} from '../clientStage';

interface Prediction {
	id: string;
	status: string;
	output?: string[] | string;
	error?: string | null;
	metrics?: { predict_time?: number };
}

interface ReplicateClient {
	predictions: {
		create(order: object): Promise<Prediction>;
		get(id: string): Promise<Prediction>;
		cancel(id: string): Promise<Prediction>;
	};
	files: {
		create(file: Blob): Promise<{ id: string; urls: { get: string }; size: number }>;
		get(id: string): Promise<{ id: string }>;
	};
	accounts: { current(): Promise<{ type: string; username: string }> };
	webhooks: { default: { secret: { get(): Promise<{ key: string }> } } };
	wait(prediction: Prediction, options: object): Promise<Prediction>;
	run(model: string, options: object): Promise<unknown>;
}

interface ReplicateModule {
	new (settings: object): ReplicateClient;
	validateWebhook(request: object, secret: string): Promise<boolean>;
}

const model = 'qwen/qwen-image-edit-plus';
let stage: ClientStage;
let Replicate: ReplicateModule;
let client: ReplicateClient;

const connect = (auth: string) =>
	new Replicate({
		auth,
		baseUrl: `${stage.emulator.baseUrl('replicate')}/v1`,
		useFileOutput: false,
	});

beforeAll(async () => {
	stage = await openClientStage({ taskSeconds: 1 });
	Replicate = stage.load<ReplicateModule>('replicate');
	client = connect(stage.emulator.key('replicate'));
});

afterAll(async () => await stage?.stop());
beforeEach(() => stage.emulator.reset());

const input = (more: object = {}) => ({
	prompt: 'Make it night',
	image: [stage.emulator.hostImage(stage.image)],
	...more,
});

const statusOf = (error: unknown): number =>
	(error as { response: { status: number } }).response.status;

test('creates a prediction, reads it, and finds the image', async () => {
	const created = await client.predictions.create({ model, input: input({ go_fast: false }) });
	expect(created.status).toBe('starting');
	const done = await client.wait(created, { interval: 100 });
	expect(done.status).toBe('succeeded');
	expect(done.metrics!.predict_time).toBeGreaterThan(0);
	const [url] = [done.output!].flat();
	expect(readImageNotes(await bytesAt(url!))).toMatchObject({ provider: 'replicate' });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
	expectCleanRecord(stage.emulator);
});

test.each(['block', 'poll'] as const)('runs a model in the mode %s', async (mode) => {
	const output = await client.run(model, { input: input(), wait: { mode, interval: 100 } });
	expect([output].flat()).toHaveLength(1);
	expect(stage.emulator.ledger).toHaveLength(1);
});

test('cancels a prediction; one that has ended stays what it was', async () => {
	const { id } = await client.predictions.create({ model, input: input() });
	expect((await client.predictions.cancel(id)).status).toBe('canceled');
	expect(stage.emulator.ledger[0]!.status).toBe('cancelled');
	const late = await client.predictions.create({ model, input: input() });
	stage.emulator.advance(60);
	expect((await client.predictions.get(late.id)).status).toBe('succeeded');
	expect((await client.predictions.cancel(late.id)).status).toBe('succeeded');
});

test('uploads a file and edits it by its address', async () => {
	const file = new Blob([new Uint8Array(stage.image)], { type: 'image/png' });
	const { id, urls, size } = await client.files.create(file);
	expect(size).toBe(stage.image.length);
	expect((await client.files.get(id)).id).toBe(id);
	await client.predictions.create({ model, input: input({ image: [urls.get] }) });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
});

test('uploads what is given as a file by itself', async () => {
	const file = new Blob([new Uint8Array(stage.image)], { type: 'image/png' });
	await client.run(model, { input: input({ image: [file] }) });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
});

test('reads the account, and is refused with a wrong key', async () => {
	expect((await client.accounts.current()).username).toEqual(expect.any(String));
	const refused = connect('wrong-key').accounts.current();
	await expect(refused.catch(statusOf)).resolves.toBe(401);
});

test('is told what is wrong with the input', async () => {
	const call = client.predictions.create({ model, input: input({ output_format: 'tiff' }) });
	await expect(call.catch(statusOf)).resolves.toBe(422);
	expect(stage.emulator.ledger).toEqual([]);
});

test('signs webhooks as its own verifier wants them', async () => {
	const { key } = await client.webhooks.default.secret.get();
	expect(key).toMatch(/^whsec_/);
	const record = {
		provider: 'replicate' as const,
		url: 'https://n8n.example.com/',
		body: { id: 'gm3qorzdhgbfurvjtvhg6dckhu', status: 'succeeded', note: 'café 🎨' },
		at: Date.now(),
		deliveries: [],
	};
	const own = stage.emulator.signCallback(record);
	const foreign = stage.emulator.signCallback(record, { account: 'other' });
	const signature = findProvider('replicate')!.task!.callback!.signature as HmacSignature;
	const name = 'webhook-signature';
	const calls: Array<[believed: boolean, call: typeof own]> = [
		[true, own],
		[true, { ...own, headers: { ...own.headers, [name]: `v1,AAAA ${own.headers[name]}` } }],
		[false, { ...own, payload: `${own.payload} ` }],
		[false, { ...own, headers: { ...own.headers, 'webhook-id': 'msg_other' } }],
		[false, { ...own, headers: { ...own.headers, 'webhook-timestamp': '1' } }],
		[false, foreign],
	];
	for (const [believed, { headers, payload }] of calls) {
		// The maker's own verifier and that of the node say the same.
		const request = {
			id: headers['webhook-id'],
			timestamp: headers['webhook-timestamp'],
			body: payload,
			signature: headers[name],
			secret: key,
		};
		expect(await Replicate.validateWebhook(request, undefined as never)).toBe(believed);
		const call = { headers, body: Buffer.from(payload), taskId: record.body.id };
		expect(hmacHolds(signature, call, key, Date.now())).toBe(believed);
	}
});

test("Vercel's AI SDK edits an image with a model that takes one", async () => {
	const { createReplicate } = stage.load<{
		createReplicate(settings: object): { image(id: string): unknown };
	}>('@ai-sdk/replicate');
	const { generateImage } = stage.load<{
		generateImage(order: object): Promise<{ images: Array<{ uint8Array: Uint8Array }> }>;
	}>('ai');
	const provider = createReplicate({
		apiToken: stage.emulator.key('replicate'),
		baseURL: `${stage.emulator.baseUrl('replicate')}/v1`,
	});
	const { images } = await generateImage({
		model: provider.image('qwen/qwen-image-edit'),
		prompt: { text: 'Make it night', images: [stage.image] },
	});
	expect(readImageNotes(Buffer.from(images[0]!.uint8Array))).toMatchObject({
		provider: 'replicate',
	});
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
});
