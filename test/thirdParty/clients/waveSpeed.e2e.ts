/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
/** wavespeed against the emulator of WaveSpeedAI. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readImageNotes } from '../../emulator';
import {
	bytesAt,
	expectCleanRecord,
	openClientStage,
	sha256,
	type ClientStage,
} from '../clientStage';

interface WaveSpeedClient {
	run(model: string, input: object, options?: object): Promise<{ outputs: string[] }>;
	runNoThrow(
		model: string,
		input: object,
		options?: object,
	): Promise<{ outputs: string[] | null; detail: { taskId: string; status: string } }>;
	upload(file: string): Promise<string>;
}

const model = 'wavespeed-ai/qwen-image/edit-2511';
let stage: ClientStage;
let client: WaveSpeedClient;
let folder: string;

const connect = (key: string): WaveSpeedClient => {
	const { Client } = stage.load<{
		Client: new (key: string, settings: object) => WaveSpeedClient;
	}>('wavespeed');
	return new Client(key, { baseUrl: stage.emulator.baseUrl('waveSpeed'), maxRetries: 0 });
};

beforeAll(async () => {
	stage = await openClientStage({ taskSeconds: 1 });
	client = connect(stage.emulator.key('waveSpeed'));
	folder = mkdtempSync(join(tmpdir(), 'wavespeed-'));
});

afterAll(async () => {
	rmSync(folder, { recursive: true, force: true });
	await stage?.stop();
});
beforeEach(() => stage.emulator.reset());

const input = (more: object = {}) => ({
	prompt: 'Make it night',
	images: [stage.emulator.hostImage(stage.image)],
	...more,
});
const options = { pollInterval: 0.1 };

test('runs a model and finds the image', async () => {
	const { outputs } = await client.run(model, input({ size: '640*512', seed: 0 }), options);
	expect(readImageNotes(await bytesAt(outputs[0]!))).toMatchObject({ provider: 'waveSpeed' });
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
	expectCleanRecord(stage.emulator);
});

test.each([
	['wavespeed-ai/qwen-image/edit', true, {}],
	['wavespeed-ai/qwen-image/edit-plus', false, {}],
	['wavespeed-ai/qwen-image/edit-2511-lora', false, { loras: [{ path: 'owner/model', scale: 1 }] }],
] as const)('%s takes its own fields', async (id, isSingle, more) => {
	const { images, ...rest } = input(more);
	const fields = isSingle ? { ...rest, image: images[0] } : { ...rest, images };
	const { outputs } = await client.run(id, fields, options);
	expect(outputs).toHaveLength(1);
	expectCleanRecord(stage.emulator);
});

test('uploads a file without its key, and edits it', async () => {
	const file = join(folder, 'photo.png');
	writeFileSync(file, stage.image);
	const url = await client.upload(file);
	expect(await bytesAt(url)).toEqual(stage.image);
	expect(stage.emulator.leaks).toEqual([]);
	await client.run(model, { prompt: 'x', images: [url] }, options);
	expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(stage.image)]);
});

test('is told of a task that failed, with its id', async () => {
	stage.emulator.faults.add({ provider: 'waveSpeed', kind: 'taskFailed' });
	await expect(client.run(model, input(), options)).rejects.toThrow(/task_id: [0-9a-f]/);
});

test('is refused with a wrong key, and sends nothing again', async () => {
	await expect(connect('wrong-key').run(model, input(), options)).rejects.toThrow(/HTTP 401/);
	expect(stage.emulator.requests.filter(({ route }) => route === 'submit')).toHaveLength(1);
	expect(stage.emulator.ledger).toEqual([]);
});
