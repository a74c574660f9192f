/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EmulatorClient, sampleImage } from './documented-client';
import { FAULTS, plainPng, startEmulator } from '../index';
import type { Emulator } from '../index';

interface Announced {
	apiOrigin: string;
	resultOrigin: string;
	providers: Record<string, { baseUrl: string; apiKey: string }>;
}

describe('by itself', () => {
	let child: ChildProcess;
	let announced: Announced;

	beforeAll(async () => {
		// eslint-disable-next-line @n8n/community-nodes/no-dangerous-functions -- starts the emulator as its users do
		child = spawn(
			process.execPath,
			[
				require.resolve('tsx/cli'),
				join(__dirname, '../start.ts'),
				'--task-seconds',
				'20',
				'--plain-images',
				'--queue-limit',
				'2',
			],
			{ stdio: ['ignore', 'pipe', 'inherit'] },
		);
		const lines = createInterface({ input: child.stdout! });
		const line = await new Promise<string>((resolve, reject) => {
			lines.once('line', resolve);
			child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
		});
		announced = JSON.parse(line) as Announced;
	}, 30_000);

	test('tells where it is, is steered over HTTP, and ends on SIGTERM', async () => {
		const control = async (
			name: string,
			body?: unknown,
			method = body === undefined ? 'GET' : 'POST',
		) => {
			const response = await fetch(`${announced.apiOrigin}/_emulator/${name}`, {
				method,
				...(body !== undefined && {
					body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
				}),
			});
			// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each route answers in its own shape
			return { status: response.status, json: (await response.json()) as any };
		};
		const { baseUrl, apiKey } = announced.providers.odkkk!;
		const { json: hosted } = await control('images?fileName=a.png', plainPng(400, 400));
		const submit = async () =>
			await fetch(`${baseUrl}/v1/images/generations`, {
				method: 'POST',
				headers: { authorization: `Bearer ${apiKey}` },
				body: JSON.stringify({ model: 'qwen-image-edit', prompt: 'p', image_urls: [hosted.url] }),
			});
		await control('faults', { kind: 'httpStatus', status: 500, times: 1 });
		expect((await submit()).status).toBe(500);
		expect((await submit()).status).toBe(200);
		expect((await control('clock', { advanceSeconds: 21 })).status).toBe(200);
		const { json: state } = await control('state');
		expect(state).toMatchObject({
			ledger: [{ provider: 'odkkk', status: 'completed', billed: 1 }],
			counts: { requests: 2, billed: 1 },
			maxInFlight: 1,
			maxRunning: 1,
			leaks: [],
			faults: [{ kind: 'httpStatus', fired: 1 }],
			settings: { editImages: false, queueLimit: { modelsLab: 2 } },
		});
		expect(
			(await control('settings', { modelsLab: { answer: 'success' } })).json.modelsLab.answer,
		).toBe('success');
		expect((await control('settings', { modelsLab: { typo: 1 } })).status).toBe(400);
		expect((await control('faults', { kind: 'none' })).status).toBe(400);
		await control('reset', {});
		expect((await control('state')).json).toMatchObject({
			ledger: [],
			requests: [],
			maxInFlight: 0,
		});
		const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
		child.kill('SIGTERM');
		expect(await ended).toBe(0);
	});

	afterAll(() => {
		if (child.exitCode === null) child.kill('SIGKILL');
	});
});

test('callbacks are posted to a stand-in for public hosts, and repeated until taken', async () => {
	const received: Array<{ host: unknown; path: string | undefined; body: string }> = [];
	const receiver = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			received.push({
				host: request.headers['x-emulated-host'],
				path: request.url,
				body: Buffer.concat(chunks).toString(),
			});
			response.writeHead(received.length === 1 ? 500 : 204).end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	const origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
	const emulator: Emulator = await startEmulator({ taskSeconds: 0.05, deliverCallbacksTo: origin });
	try {
		const client = new EmulatorClient(emulator, await sampleImage());
		client.publishAll();
		const { json } = await client.submit('odkkk', {
			callback_url: 'https://hooks.example.com/done?item=1',
		});
		for (let turn = 0; turn < 100 && received.length < 2; turn++)
			await new Promise((resolve) => setTimeout(resolve, 50));
		expect(received).toHaveLength(2);
		expect(received[1]).toMatchObject({ host: 'hooks.example.com', path: '/done?item=1' });
		expect(JSON.parse(received[1]!.body)).toMatchObject({
			id: json.id,
			status: 'completed',
			results: [expect.any(String)],
		});
		const [callback] = emulator.callbacks;
		for (let turn = 0; turn < 20 && callback!.deliveries.length < 2; turn++)
			await new Promise((resolve) => setTimeout(resolve, 10));
		expect(callback!.deliveries).toEqual([500, 204]);
		await client.submit('modelsLab', { webhook: 'https://hooks.example.com/lab', track_id: 42 });
		for (let turn = 0; turn < 100 && received.length < 3; turn++)
			await new Promise((resolve) => setTimeout(resolve, 20));
		expect(JSON.parse(received[2]!.body)).toMatchObject({
			status: 'success',
			track_id: 42,
			output: [expect.any(String)],
		});
	} finally {
		await emulator.stop();
		receiver.closeAllConnections();
		await new Promise((resolve) => receiver.close(resolve));
	}
});

test('the README describes every fault as the code does', () => {
	const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
	const cells = (row: string) =>
		row
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim());
	const described = readme
		.split('\n')
		.filter((row) => /^\| `\w+`\s*\|/.test(row))
		.map(cells);
	const wanted = Object.entries(FAULTS).map(([kind, { phase, routes, does }]) => [
		`\`${kind}\``,
		routes.join(', '),
		phase,
		does,
	]);
	expect(described).toEqual(wanted);
});
