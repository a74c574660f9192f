import type { INodeExecutionData } from 'n8n-workflow';

import { plainPng } from '../../emulator';
import { meet, withImages } from '../faults/hosts/meetHost';
import { sendJson, type RawHandler } from '../faults/hosts/rawHost';
import { expectFailedItem } from '../stage/output';
import { makeBitmap, sha256 } from '../stage/images';
import { onStage, type Order, type Stage, type StageRun } from '../stage/scenario';

const small = plainPng(20, 20);
/** Its base64 flows into storage while the answer is read. */
const large = makeBitmap();
const smallText = small.toString('base64');
const largeText = large.toString('base64');

async function imageOf(run: StageRun, item: INodeExecutionData | undefined): Promise<string> {
	expect(item?.json).toMatchObject({ status: 'completed' });
	return sha256(await run.binaryBuffer(item));
}

/** What a synchronous provider answers, and the image that must come out of it. */
type OddAnswer = [name: string, answer: (origin: string) => string | object, image: Buffer];

const served = plainPng(500, 500);

const shapes: OddAnswer[] = [
	[
		'a data URI under url',
		() => ({ data: [{ url: `data:image/png;base64,${smallText}` }] }),
		small,
	],
	[
		'a long data URI under url',
		() => ({ data: [{ url: `data:image/bmp;base64,${largeText}` }] }),
		large,
	],
	['raw base64 under url', () => ({ data: [{ url: largeText }] }), large],
	[
		'a data URI twice',
		() => ({ data: [{ b64_json: `data:image/png;base64,data:image/png;base64,${smallText}` }] }),
		small,
	],
	[
		'a long data URI twice',
		() => ({ data: [{ b64_json: `data:image/png;base64,data:image/png;base64,${largeText}` }] }),
		large,
	],
	['data as one object', (origin) => ({ data: { url: `${origin}/result.png` } }), served],
	['data as a string', (origin) => ({ data: `${origin}/result.png` }), served],
	['data as strings', (origin) => ({ data: [`${origin}/result.png`] }), served],
	['output as a string', (origin) => ({ output: `${origin}/result.png` }), served],
	[
		'output as strings',
		(origin) => ({ status: 'success', output: [`${origin}/result.png`] }),
		served,
	],
	[
		'results as objects',
		(origin) => ({ results: [{ image_url: `${origin}/result.png` }] }),
		served,
	],
	[
		'images as objects',
		(origin) => ({ images: [{ url: `${origin}/result.png`, content_type: 'image/png' }] }),
		served,
	],
	['images as base64', () => ({ images: [smallText] }), small],
	[
		'a result inside data',
		(origin) => ({ code: 200, data: { status: 'completed', outputs: [`${origin}/result.png`] } }),
		served,
	],
	[
		'JSON inside a string',
		(origin) => ({
			code: 200,
			data: {
				state: 'success',
				resultJson: JSON.stringify({ resultUrls: [`${origin}/result.png`] }),
			},
		}),
		served,
	],
	[
		'an echo of the input beside it',
		(origin) => ({ input: { image: `${origin}/photo.png` }, output: `${origin}/result.png` }),
		served,
	],
	[
		'spaces and line breaks around the URL',
		(origin) => ({ data: [{ url: ` \n${origin}/result.png\r\n ` }] }),
		served,
	],
	[
		'a byte-order mark',
		(origin) => `\ufeff${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}`,
		served,
	],
	[
		'spaces in front, to keep the connection alive',
		(origin) =>
			`${' \n'.repeat(500)}${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}`,
		served,
	],
	[
		'text behind it',
		(origin) => `${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}\n<!-- 12 ms -->`,
		served,
	],
	['nothing but a URL', (origin) => JSON.stringify(`${origin}/result.png`), served],
	[
		'a warning of PHP in front of it',
		(origin) =>
			`<br />\n<b>Notice</b>: Undefined index: x in <b>/srv/a.php</b> on line <b>3</b><br />\n${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}`,
		served,
	],
	[
		'one JSON a line, with the progress first',
		(origin) =>
			`{"progress":10}\n{"progress":90}\n${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}\n`,
		served,
	],
	[
		'server-sent events that end with a word',
		(origin) =>
			`data: ${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}\n\ndata: {"type":"done"}\n\n`,
		served,
	],
	['nothing but a URL, and no JSON', (origin) => `${origin}/result.png\n`, served],
	['nothing but a data URI', () => JSON.stringify(`data:image/png;base64,${smallText}`), small],
	[
		'server-sent events',
		(origin) =>
			`event: message\ndata: ${JSON.stringify({ data: [{ url: `${origin}/result.png` }] })}\n\ndata: [DONE]\n\n`,
		served,
	],
	[
		'server-sent events with the image',
		() =>
			`data: {"type":"image_edit.partial"}\n\ndata: ${JSON.stringify({ type: 'image_edit.completed', b64_json: largeText })}\n\ndata: [DONE]\n\n`,
		large,
	],
];

const order: Order = { provider: 'aiml' };

function answering(answer: (origin: string) => string | object): RawHandler {
	return withImages((_request, response, { origin }) => sendJson(response, answer(origin)));
}

describe('an answer that can be understood comes out, whatever its shape', () => {
	for (const [name, answer, image] of shapes) {
		onStage(name, async (stage) => {
			const { run, host } = await meet(stage, answering(answer), order);
			expect(await imageOf(run, run.edited[0])).toBe(sha256(image));
			expect(host.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
		});
	}

	for (const [type, head] of [
		['image/png', {}],
		['application/octet-stream', {}],
		['application/json', {}],
		['image/png', { 'transfer-encoding': 'chunked' }],
	] as const) {
		onStage(`the image itself as ${type} ${JSON.stringify(head)}`, async (stage) => {
			const { run } = await meet(
				stage,
				withImages((_request, response) => {
					response.writeHead(200, { 'content-type': type, ...head }).end(large);
				}),
				order,
			);
			expect(await imageOf(run, run.edited[0])).toBe(sha256(large));
			expect(run.edited[0]!.json.warnings).toEqual([expect.stringContaining('the image itself')]);
		});
	}

	onStage('says so in warnings, and names the field', async (stage) => {
		const { run } = await meet(
			stage,
			answering((origin) => ({ output: [`${origin}/result.png`] })),
			order,
		);
		expect(run.edited[0]!.json.warnings).toEqual([
			"AI/ML API answered in a form that it does not document; the image was found under 'output'",
		]);
	});

	onStage('says nothing where the documented form is there', async (stage) => {
		const { run } = await meet(
			stage,
			answering((origin) => ({
				data: [{ url: `${origin}/result.png` }],
				output: 'https://x.example/y.png',
			})),
			order,
		);
		expect(run.edited[0]!.json.warnings).toEqual([]);
	});
});

describe('an answer that holds no image stays what it is', () => {
	const nothing: Array<[string, string | object]> = [
		[
			'an echo of the input alone',
			{ input: { image: 'https://x.example/photo.png' }, prompt: 'x' },
		],
		['a refusal with a link to the docs', { error: { message: 'see https://x.example/docs.png' } }],
		['short text under images', { images: ['none'] }],
		['nothing', {}],
	];
	for (const [name, answer] of nothing) {
		onStage(name, async (stage) => {
			const { run } = await meet(
				stage,
				answering(() => answer),
				order,
			);
			expectFailedItem(run.edited[0], 0, {});
		});
	}
});

/** A task provider that answers a submit and reads as told. */
async function meetTasks(
	stage: Stage,
	provider: 'odkkk' | 'modelsLab',
	submitted: (origin: string) => string | object,
	read: (origin: string, path: string, body: string) => string | object,
) {
	let submits = 0;
	return await meet(
		stage,
		withImages(({ method, path, body }, response, { origin }) => {
			const isSubmit = method === 'POST' && !path.includes('/fetch/');
			submits += isSubmit ? 1 : 0;
			expect(submits).toBeLessThanOrEqual(1);
			sendJson(response, isSubmit ? submitted(origin) : read(origin, path, body));
		}),
		{ provider },
	);
}

describe('a task in another shape is read', () => {
	const done = (origin: string) => ({
		id: 'x',
		status: 'completed',
		results: [`${origin}/result.png`],
	});
	const forms: Array<[string, object, string]> = [
		['queued', { id: 'task-1', status: 'queued' }, 'task-1'],
		['in_progress', { id: 'task-1', status: 'in_progress' }, 'task-1'],
		['IN_QUEUE', { id: 'task-1', status: 'IN_QUEUE' }, 'task-1'],
		['a task_id', { task_id: 'task-2', status: 'pending' }, 'task-2'],
		['a taskId inside data', { code: 200, data: { taskId: 'task-3' } }, 'task-3'],
		['a task as an object', { task: { id: 'task-4', state: 'waiting' } }, 'task-4'],
		['a number', { id: 42, status: 'pending' }, '42'],
		['no state at all', { id: 'task-5' }, 'task-5'],
	];
	for (const [name, submitted, id] of forms) {
		onStage(`at odkkk: ${name}`, async (stage) => {
			const { run, host } = await meetTasks(stage, 'odkkk', () => submitted, done);
			expect(await imageOf(run, run.edited[0])).toBe(sha256(served));
			expect(run.edited[0]!.json.taskId).toBe(id);
			expect(host.requests.map(({ path }) => path)).toContain(`/v1/tasks/${id}`);
		});
	}

	onStage('at odkkk: results as objects, in the read', async (stage) => {
		const { run } = await meetTasks(
			stage,
			'odkkk',
			() => ({ id: 'task-1', status: 'pending' }),
			(origin) => ({
				id: 'task-1',
				status: 'succeeded',
				output: { images: [{ url: `${origin}/result.png` }] },
			}),
		);
		expect(await imageOf(run, run.edited[0])).toBe(sha256(served));
	});

	onStage('at odkkk: a state that means failed', async (stage) => {
		const { run } = await meetTasks(
			stage,
			'odkkk',
			() => ({ id: 'task-1', status: 'pending' }),
			() => ({ id: 'task-1', status: 'error', message: 'The model fell over' }),
		);
		const { error } = expectFailedItem(run.edited[0], 0, { taskId: 'task-1' });
		expect(error).toContain('The model fell over');
	});

	for (const digits of ['9007199254740993', '123456789012345678901', '18446744073709551615']) {
		onStage(`at ModelsLab: the id ${digits} keeps its digits`, async (stage) => {
			const { run, host } = await meetTasks(
				stage,
				'modelsLab',
				() => `{"status":"processing","id":${digits},"eta":0}`,
				(origin) => ({ status: 'success', output: [`${origin}/result.png`] }),
			);
			expect(run.edited[0]!.json).toMatchObject({ status: 'completed', taskId: digits });
			expect(host.requests.map(({ path }) => path)).toContain(`/image_editing/fetch/${digits}`);
		});
	}
});
