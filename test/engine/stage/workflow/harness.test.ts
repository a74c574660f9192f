/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { startBinaryServer } from '../binaryServer';
import { Container } from './core';
import { CredentialStore } from '../credentials';
import {
	engineNodes,
	runWorkflow,
	startWorkflow,
	useBinaryMode,
	type WorkflowNode,
	type WorkflowRunOptions,
} from './engine';
import { describeNode, type FileRead, type StartItem } from './nodes';
import { Stage } from '../scenario';
import { engineFolder } from './setup';

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import { BinaryDataService } from 'n8n-core';
import {
	sleep,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INodeExecutionData,
	type INodeType,
	type NodeApiError,
} from 'n8n-workflow';

interface Seen {
	method: string;
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

const image = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let server: Server;
let origin: string;
let seen: Seen[] = [];
let credentials: CredentialStore;

/** Runs whatever function a test gives it, as a node of the workflow. */
type Probe = (this: IExecuteFunctions) => Promise<INodeExecutionData[]>;

function run(
	probe: Probe,
	options: Partial<WorkflowRunOptions> & { node?: Partial<WorkflowNode> } = {},
) {
	const probeNode: INodeType = {
		description: describeNode('probe', {
			credentials: [{ name: 'probeApi', required: true }],
			properties: [{ displayName: 'Text', name: 'text', type: 'string', default: '' }],
		}),
		async execute(this: IExecuteFunctions) {
			return [await probe.call(this)];
		},
	};
	const { node, ...rest } = options;
	return startWorkflow({
		nodes: [
			{
				name: 'Probe',
				type: 'n8n-nodes-engine.probe',
				credentials: { probeApi: 'saved' },
				...node,
			},
			{ name: 'Read', type: engineNodes.readFiles },
		],
		nodeTypes: { 'n8n-nodes-engine.probe': probeNode },
		credentials,
		startItems: [{}],
		...rest,
	});
}

beforeAll(async () => {
	credentials = new CredentialStore([
		{
			name: 'probeApi',
			displayName: 'Probe API',
			properties: [
				{ displayName: 'Key', name: 'apiKey', type: 'string', default: '' },
				{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: 'http://default' },
			],
			authenticate: {
				type: 'generic',
				properties: {
					headers: { Authorization: '=Bearer {{ $credentials.apiKey.replace("Bearer ", "") }}' },
					qs: { '={{ "na" + "me" }}': 'value' },
					body: { key: '={{ $credentials.apiKey }}' },
				},
			},
		},
	]);
	await credentials.save('saved', { type: 'probeApi', data: { apiKey: 'Bearer key-1' } });
	server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk: Buffer) => (body += chunk.toString()));
		request.on('end', () => {
			const { method = '', url: path = '', headers } = request;
			seen.push({ method, path, headers, body });
			if (path.startsWith('/image')) response.writeHead(200).end(image);
			else if (path.startsWith('/busy')) response.writeHead(429, { 'retry-after': '7' }).end('{}');
			else if (!path.startsWith('/never')) response.writeHead(200).end('{"fine":true}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
	seen = [];
});

afterAll(async () => {
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

const startFile: StartItem = {
	json: { name: 'first' },
	binary: { photo: { bytes: image, mimeType: 'image/png', fileName: 'first.png' } },
};

describe('files', () => {
	test('of the start lie on disk and reach the nodes behind it', async () => {
		const { finished } = run(
			async function () {
				return this.getInputData();
			},
			{ startItems: [startFile, { json: { name: 'second' } }] },
		);
		const result = await finished;
		expect(result.status).toBe('success');
		const [first, second] = result.items('Probe');
		expect(first!.binary!.photo).toMatchObject({
			mimeType: 'image/png',
			fileName: 'first.png',
			data: 'filesystem-v2',
			bytes: image.length,
		});
		const path = Container.get(BinaryDataService).getPath(first!.binary!.photo!.id!);
		expect(path.startsWith(engineFolder)).toBe(true);
		expect(readFileSync(path)).toEqual(image);
		expect(await result.binaryBuffer(first, 'photo')).toEqual(image);
		await expect(result.binaryBuffer(first, 'data')).rejects.toThrow('there are: photo');
		expect(result.items('Read')[0]!.json.files).toEqual({
			photo: {
				sha256: sha256(image),
				bytes: image.length,
				mimeType: 'image/png',
				fileName: 'first.png',
				fileExtension: 'png',
			} satisfies FileRead,
		});
		expect(second!.binary).toBeUndefined();
		expect(result.items('Read')[1]!.json).toEqual({ name: 'second', files: {} });
	});

	test('from a streamed download are stored under the name that is given', async () => {
		const { finished } = run(async function () {
			const stream = (await this.helpers.httpRequest({
				url: `${origin}/image`,
				encoding: 'stream',
			})) as Readable;
			const data = await this.helpers.prepareBinaryData(stream, 'edited.png', 'image/png');
			return [{ json: {}, binary: { data }, pairedItem: { item: 0 } }];
		});
		const result = await finished;
		expect(result.items('Read')[0]!.json.files).toMatchObject({
			data: { sha256: sha256(image), fileExtension: 'png' },
		});
	});

	test('are base64 inside the item in the old mode, without an id', async () => {
		await useBinaryMode('default');
		try {
			const { finished } = run(
				async function () {
					return this.getInputData();
				},
				{ startItems: [startFile] },
			);
			const result = await finished;
			const { photo } = result.items('Probe')[0]!.binary!;
			expect(photo!.id).toBeUndefined();
			expect(photo!.data).toBe(image.toString('base64'));
			expect(await result.binaryBuffer(result.items('Probe')[0], 'photo')).toEqual(image);
		} finally {
			await useBinaryMode('filesystem');
		}
	});

	test('are handed out under a signed URL, and only under a valid one', async () => {
		const binaryServer = await startBinaryServer();
		try {
			const { finished } = run(
				async function () {
					const stored = this.helpers.assertBinaryData(0, 'photo');
					return [{ json: { url: this.helpers.createBinarySignedUrl(stored, '1 minute') } }];
				},
				{ startItems: [startFile], instanceUrl: binaryServer.url },
			);
			const url = (await finished).items('Probe')[0]!.json.url as string;
			expect(url.startsWith(`${binaryServer.url}rest/binary-data/signed?token=`)).toBe(true);
			const answer = await fetch(url);
			expect(answer.headers.get('content-type')).toBe('image/png');
			expect(Buffer.from(await answer.arrayBuffer())).toEqual(image);
			expect((await fetch(`${url}x`)).status).toBe(400);
			expect((await fetch(`${binaryServer.url}rest/binary-data`)).status).toBe(404);
			expect(binaryServer.answers).toEqual([200, 400, 404]);
		} finally {
			await binaryServer.stop();
		}
	});
});

describe('credentials', () => {
	const send = (options: Partial<IHttpRequestOptions>) =>
		run(async function () {
			const sent = { method: 'POST' as const, url: `${origin}/api`, ...options };
			const json = await this.helpers.httpRequestWithAuthentication.call(this, 'probeApi', sent);
			const { baseUrl } = await this.getCredentials('probeApi');
			return [{ json: { ...json, baseUrl } }];
		}).finished;

	test('are written into header, query and body; unset fields have their default', async () => {
		const result = await send({ body: { prompt: 'x' }, json: true });
		expect(result.items('Probe')[0]!.json).toEqual({ fine: true, baseUrl: 'http://default' });
		expect(seen).toHaveLength(1);
		expect(seen[0]!.headers.authorization).toBe('Bearer key-1');
		expect(seen[0]!.path).toBe('/api?name=value');
		expect(JSON.parse(seen[0]!.body)).toEqual({ prompt: 'x', key: 'Bearer key-1' });
	});

	test('are lost in a streamed body, as in n8n', async () => {
		const body = Readable.from([
			Buffer.from('{"prompt":"x"}'),
		]) as unknown as IHttpRequestOptions['body'];
		await send({ body, disableFollowRedirect: true });
		expect(seen[0]!.headers.authorization).toBe('Bearer key-1');
		expect(seen[0]!.body).toBe('{"prompt":"x"}');
	});

	test('are resolved when they hold an expression', async () => {
		await credentials.save('withExpression', {
			type: 'probeApi',
			data: { apiKey: '={{ "key-" + (1 + 1) }}' },
		});
		const { finished } = run(
			async function () {
				return [{ json: { ...(await this.getCredentials('probeApi', 0)) } }];
			},
			{ node: { credentials: { probeApi: 'withExpression' } } },
		);
		expect((await finished).items('Probe')[0]!.json.apiKey).toBe('key-2');
	});

	test('that do not exist stop the node', async () => {
		const { finished } = run(
			async function () {
				return [{ json: { ...(await this.getCredentials('probeApi', 0)) } }];
			},
			{ node: { credentials: { probeApi: 'deleted' } } },
		);
		const result = await finished;
		expect(result.status).toBe('error');
		expect(result.error!.message).toContain('does not exist for type "probeApi"');
	});

	test('are stored encrypted', async () => {
		const stored = await credentials.getCredentials({ id: 'saved', name: 'saved' }, 'probeApi');
		expect(stored.getDataToSave().data).not.toContain('key-1');
	});
});

describe('failures', () => {
	test('of an authenticated request are NodeApiErrors with status and headers', async () => {
		const result = await run(async function () {
			const options: IHttpRequestOptions = { url: `${origin}/busy` };
			return [
				{ json: await this.helpers.httpRequestWithAuthentication.call(this, 'probeApi', options) },
			];
		}).finished;
		expect(result.status).toBe('error');
		const error = result.runsOf('Probe')[0]!.error as NodeApiError;
		expect(error.name).toBe('NodeApiError');
		expect(error.httpCode).toBe('429');
		expect(result.runsOf('Read')).toEqual([]);
		expect(JSON.parse(result.stored())).toBeInstanceOf(Array);
	});

	const throwing: Probe = async () => {
		throw new Error('thrown');
	};
	const errorItems: Probe = async function () {
		return this.getInputData().map((_item, item) => ({
			json:
				item === 0
					? { error: 'wrong', details: { errorKind: 'input' } }
					: { error: 'wrong', other: true },
			pairedItem: { item },
		}));
	};
	const twoOutputs: Partial<WorkflowRunOptions> = {
		connections: [
			['Start', 'Probe'],
			['Probe', 'Read', 0],
			['Probe', 'Failed', 1],
		],
		startItems: [{ json: { name: 'one' } }, { json: { name: 'two' } }],
	};

	function withFailed(probe: Probe, node: Partial<WorkflowNode>) {
		const read = { name: 'Read', type: engineNodes.readFiles };
		const failed = { name: 'Failed', type: engineNodes.collect };
		const probeNode = { name: 'Probe', type: 'n8n-nodes-engine.probe', ...node };
		return run(probe, { ...twoOutputs, nodes: [probeNode, read, failed] }).finished;
	}

	test('that a node throws hand its inputs on, with the regular output and in the old form', async () => {
		for (const node of [{ onError: 'continueRegularOutput' as const }, { continueOnFail: true }]) {
			const result = await withFailed(throwing, node);
			expect(result.status).toBe('success');
			expect(result.items('Read').map(({ json }) => json.name)).toEqual(['one', 'two']);
		}
	});

	test('that a node throws go the wrong way with the error output', async () => {
		const result = await withFailed(throwing, { onError: 'continueErrorOutput' });
		expect(result.items('Read').map(({ json }) => json.name)).toEqual(['one', 'two']);
		expect(result.items('Failed')).toEqual([]);
	});

	test('told in an item of error and details alone go to the error output, with the input', async () => {
		const result = await withFailed(errorItems, { onError: 'continueErrorOutput' });
		expect(result.items('Failed').map(({ json }) => json)).toEqual([
			{ name: 'one', error: 'wrong', details: { errorKind: 'input' } },
		]);
		expect(result.items('Read').map(({ json }) => json)).toEqual([
			{ error: 'wrong', other: true, files: {} },
		]);
	});

	test('are tried again by n8n itself, at most as often as it is told', async () => {
		let tries = 0;
		const flaky: Probe = async function () {
			tries += 1;
			if (tries < 3) throw new Error(`try ${tries}`);
			return [{ json: { tries } }];
		};
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const result = await run(flaky, { node }).finished;
		expect(result.status).toBe('success');
		expect(result.runsOf('Probe')).toHaveLength(1);
		expect(result.items('Probe')[0]!.json).toEqual({ tries: 3 });

		tries = -10;
		expect((await run(flaky, { node }).finished).error!.message).toBe('try -7');
		expect(tries).toBe(-7);
	});

	test('in the first item are tried again too', async () => {
		let tries = 0;
		const result = await run(
			async () => {
				tries += 1;
				return [{ json: tries < 2 ? { error: 'wrong' } : { tries } }];
			},
			{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		).finished;
		expect(result.items('Probe')[0]!.json).toEqual({ tries: 2 });
	});
});

describe('stopping', () => {
	const waiting: Probe = async function () {
		const signal = this.getExecutionCancelSignal()!;
		for (let waits = 0; waits < 500 && !signal.aborted; waits += 1) await sleep(10);
		return [{ json: { aborted: signal.aborted } }];
	};

	test('reaches the node through its cancel signal', async () => {
		const running = run(waiting);
		await sleep(50);
		running.cancel();
		const result = await running.finished;
		expect(result.status).toBe('canceled');
		expect(result.items('Probe')[0]!.json).toEqual({ aborted: true });
		expect(result.runsOf('Read')).toEqual([]);
	});

	test('works through a signal of the caller', async () => {
		const result = await run(waiting, { signal: AbortSignal.timeout(50) }).finished;
		expect(result.status).toBe('canceled');
	});

	test('comes by itself when the execution takes too long', async () => {
		const result = await run(waiting, { executionTimeoutSeconds: 0.05 }).finished;
		expect(result.status).toBe('canceled');
	});

	test('ends an authenticated request that is under way', async () => {
		const running = run(async function () {
			const options: IHttpRequestOptions = { url: `${origin}/never` };
			return [
				{ json: await this.helpers.httpRequestWithAuthentication.call(this, 'probeApi', options) },
			];
		});
		while (seen.length === 0) await sleep(5);
		running.cancel();
		expect((await running.finished).status).toBe('canceled');
	});
});

test('parameters are resolved per item, and an unknown node type is refused', async () => {
	const { finished } = run(
		async function () {
			return this.getInputData().map((_item, index) => ({
				json: { text: this.getNodeParameter('text', index) as string },
			}));
		},
		{
			node: { parameters: { text: '={{ $json.name }} in {{ $execution.id }}' } },
			startItems: [{ json: { name: 'a' } }, { json: { name: 'b' } }],
			executionId: '77',
		},
	);
	expect((await finished).items('Probe').map(({ json }) => json.text)).toEqual([
		'a in 77',
		'b in 77',
	]);
	await expect(
		runWorkflow({
			nodes: [{ name: 'Unknown', type: 'n8n-nodes-base.unknown' }],
			nodeTypes: {},
			credentials,
			startItems: [{}],
		}),
	).rejects.toThrow('Unrecognized node type');
});

test('a key that is left in a run, or sent where it does not belong, is found', async () => {
	const stage = await Stage.open();
	try {
		await stage.run({
			provider: 'aiml',
			items: [stage.item({ left: stage.emulator.key('odkkk') })],
		});
		await fetch(stage.emulator.elsewhereOrigin, {
			headers: { authorization: `Bearer ${stage.emulator.key('aiml')}` },
		});
		const places = stage.sweep().join('\n');
		expect(places).toMatch(/stored run \d+: key of odkkk/);
		expect(places).toMatch(/run \d+ in memory: key of odkkk/);
		expect(places).toMatch(/to elsewhere: key of aiml in its header/);
		expect(places).toMatch(/to elsewhere carries credentials/);
		expect(stage.sweep()).toEqual([]);
	} finally {
		await stage.close();
	}
});
