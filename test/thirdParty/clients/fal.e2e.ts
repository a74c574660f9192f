/** @fal-ai/client against the emulator of fal.ai. @ai-sdk/fal speaks the API without a queue, which the node does not use. */
import { readImageNotes } from '../../emulator';
import {
	bytesAt,
	expectCleanRecord,
	openClientStage,
	sha256,
	type ClientStage,
} from '../clientStage';

interface QueueStatus {
	status: string;
	queue_position?: number;
}

interface FalClient {
	queue: {
		submit(model: string, order: object): Promise<{ request_id: string; status: string }>;
		status(model: string, order: object): Promise<QueueStatus>;
		result(
			model: string,
			order: object,
		): Promise<{ data: { images: Array<{ url: string }>; has_nsfw_concepts?: boolean[] } }>;
		cancel(model: string, order: object): Promise<void>;
		subscribeToStatus(model: string, order: object): Promise<QueueStatus>;
	};
	subscribe(model: string, order: object): Promise<{ data: { images: Array<{ url: string }> } }>;
	storage: { upload(file: Blob): Promise<string> };
}

const model = 'fal-ai/qwen-image-edit-2511';
let stage: ClientStage;
let client: FalClient;

beforeAll(async () => {
	stage = await openClientStage({ taskSeconds: 1 });
	client = stage
		.load<{ createFalClient(settings: object): FalClient }>('@fal-ai/client')
		.createFalClient({ credentials: stage.emulator.key('fal'), fetch: stage.fetch });
});

afterAll(async () => await stage?.stop());
beforeEach(() => stage.emulator.reset());

const input = (more: object = {}) => ({
	prompt: 'Make it night',
	image_urls: [stage.emulator.hostImage(stage.image)],
	...more,
});

async function refusal(call: () => Promise<unknown>): Promise<{ status: number; body: unknown }> {
	try {
		await call();
	} catch (error) {
		return error as { status: number; body: unknown };
	}
	throw new Error('it was not refused');
}

test('submits, reads the state, and reads the result', async () => {
	const { request_id: requestId, status } = await client.queue.submit(model, { input: input() });
	expect(status).toBe('IN_QUEUE');
	const waiting = await client.queue.status(model, { requestId, logs: true });
	expect(['IN_QUEUE', 'IN_PROGRESS']).toContain(waiting.status);
	stage.emulator.advance(60);
	expect((await client.queue.status(model, { requestId })).status).toBe('COMPLETED');
	const { data } = await client.queue.result(model, { requestId });
	expect(data.has_nsfw_concepts).toEqual([false]);
	expect(readImageNotes(await bytesAt(data.images[0]!.url))).toMatchObject({ provider: 'fal' });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
	expectCleanRecord(stage.emulator);
});

test.each(['polling', 'streaming'] as const)('subscribes by %s', async (mode) => {
	const { data } = await client.subscribe(model, { input: input(), mode });
	expect(data.images).toHaveLength(1);
	expect(stage.emulator.ledger).toHaveLength(1);
	expectCleanRecord(stage.emulator);
});

test('takes one image under another name, presets, and several results', async () => {
	const single = 'fal-ai/qwen-image-edit';
	const { image_urls: urls, ...rest } = input({
		num_images: 2,
		image_size: 'square_hd',
		seed: 0,
		acceleration: 'none',
		output_format: 'png',
	}) as { image_urls: string[] };
	const { data } = await client.subscribe(single, { input: { ...rest, image_url: urls[0] } });
	expect(data.images).toHaveLength(2);
	expectCleanRecord(stage.emulator);
});

test('reads state and result of a model with a longer name at its app', async () => {
	const lora = 'fal-ai/qwen-image-edit-2511/lora';
	const loras = [{ path: 'owner/model', scale: 1 }];
	const { data } = await client.subscribe(lora, { input: input({ loras }) });
	expect(data.images).toHaveLength(1);
	const reads = stage.emulator.requests.filter(({ route }) => route === 'read');
	expect(reads[0]!.path).toMatch(/^\/fal\/fal-ai\/qwen-image-edit-2511\/requests\//);
});

test('uploads a file to storage without its key, and edits it', async () => {
	const file = new Blob([new Uint8Array(stage.image)], { type: 'image/png' });
	const url = await client.storage.upload(file);
	expect(await bytesAt(url)).toEqual(stage.image);
	const put = stage.emulator.requests.find(({ method }) => method === 'PUT')!;
	expect(put.headers.authorization).toBeUndefined();
	await client.subscribe(model, { input: { prompt: 'x', image_urls: [url] } });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
});

test('cancels a task, and is told when it is too late', async () => {
	const { request_id: requestId } = await client.queue.submit(model, { input: input() });
	await client.queue.cancel(model, { requestId });
	expect(stage.emulator.ledger[0]).toMatchObject({ status: 'cancelled' });
	const late = await client.queue.submit(model, { input: input() });
	stage.emulator.advance(60);
	const { status, body } = await refusal(
		async () => await client.queue.cancel(model, { requestId: late.request_id }),
	);
	expect([status, body]).toEqual([400, { status: 'ALREADY_COMPLETED' }]);
});

test('is told why an edit failed by the request for the result', async () => {
	stage.emulator.faults.add({ provider: 'fal', kind: 'taskFailed' });
	const { status, body } = await refusal(
		async () => await client.subscribe(model, { input: input() }),
	);
	expect(status).toBe(422);
	expect(body).toMatchObject({ detail: [{ type: 'content_policy_violation' }] });
});

test('is refused with a wrong key', async () => {
	const stranger = stage
		.load<{ createFalClient(settings: object): FalClient }>('@fal-ai/client')
		.createFalClient({ credentials: 'wrong:key', fetch: stage.fetch });
	const { status } = await refusal(
		async () => await stranger.queue.submit(model, { input: input() }),
	);
	expect(status).toBe(401);
	expect(stage.emulator.ledger).toEqual([]);
});
