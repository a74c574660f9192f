import sharp from 'sharp';
import { sampleImage } from './documented-client';
import { useEmulator } from './emulator-in-test';
import { readImageNotes } from '../index';
import { sha256 } from '../images/results';

const inTest = useEmulator();

const uuid = /^[0-9a-f-]{36}$/;

test('the document’s example: images in one message, usage and a request id', async () => {
	const { status, json } = await inTest.client.submit('dashScope', { n: 2 });
	expect(status).toBe(200);
	const image = expect.stringMatching(
		`^${inTest.emulator.resultOrigin}/7d/79/\\d{8}/[0-9a-f]+/[0-9a-f-]+-[12]\\.png\\?Expires=\\d+&OSSAccessKeyId=.+&Signature=.+$`,
	);
	expect(json).toEqual({
		output: {
			choices: [
				{
					finish_reason: 'stop',
					message: { role: 'assistant', content: [{ image }, { image }] },
				},
			],
		},
		// The example’s image is 480 by 400 here: a megapixel in that ratio.
		usage: { width: 1120, height: 928, image_count: 2 },
		request_id: expect.stringMatching(uuid),
	});
	const files = await Promise.all(
		json.output.choices[0].message.content.map(async (entry: { image: string }) =>
			Buffer.from(await (await fetch(entry.image)).arrayBuffer()),
		),
	);
	expect(files.map((file) => readImageNotes(file as Buffer)!.image)).toEqual(['1', '2']);
	expect(await sharp(files[1] as Buffer).metadata()).toMatchObject({
		format: 'png',
		width: 1120,
		height: 928,
	});
	expect(inTest.emulator.ledger).toEqual([
		expect.objectContaining({ billed: 1, resultCount: 2, inputSha256: [sha256(inTest.image)] }),
	]);
});

test('some real answers count tasks too', async () => {
	inTest.emulator.settings.dashScope.taskMetric = true;
	const { json } = await inTest.client.submit('dashScope', { n: 3 });
	expect(json.output.task_metric).toEqual({ TOTAL: 3, SUCCEEDED: 3, FAILED: 0 });
});

test('images as URL and as data URI, in their order', async () => {
	const [first, second] = [await sampleImage(640, 480, 'gif'), await sampleImage(480, 640, 'webp')];
	const { json } = await inTest.client.submit('dashScope', {
		images: [
			`data:image/gif;base64,${first!.toString('base64')}`,
			inTest.emulator.hostImage(second!, 'b.webp'),
		],
	});
	expect(inTest.emulator.ledger[0]!.inputSha256).toEqual([sha256(first!), sha256(second!)]);
	// The ratio of the last image counts.
	expect(json.usage).toMatchObject({ width: 880, height: 1184 });
});

test('an image of more than 10 MB is refused', async () => {
	const tail = Buffer.alloc(10 * 1024 * 1024 + 1 - inTest.image.length);
	const uri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;
	const over = Buffer.concat([inTest.image, tail]);
	expect(await inTest.client.submit('dashScope', { images: [uri(over)] })).toMatchObject({
		status: 400,
		json: { code: 'InvalidParameter', message: expect.stringContaining('10MB') },
	});
	const just = await inTest.client.submit('dashScope', { images: [uri(over.subarray(0, -1))] });
	expect(just.status).toBe(200);
});

test.each([
	['qwen-image-edit-plus', '1033*1032', [1040, 1024]],
	['qwen-image-edit-max', '512*2048', [512, 2048]],
	['qwen-image-2.0', undefined, [480, 400]],
	['qwen-image-3.0', 'auto', [480, 400]],
	['qwen-image-edit', undefined, [1120, 928]],
])('%s with size %s makes %j', async (model, size, [width, height]) => {
	const { json } = await inTest.client.submit('dashScope', { model, size });
	expect(json.usage).toEqual({ width, height, image_count: 1 });
	const bytes = Buffer.from(
		await (await fetch(json.output.choices[0].message.content[0].image)).arrayBuffer(),
	);
	expect(await sharp(bytes).metadata()).toMatchObject({ width, height });
});

test('a key is known in its own region only', async () => {
	inTest.emulator.settings.dashScope.region = 'singapore';
	expect(await inTest.client.submit('dashScope')).toMatchObject({
		status: 401,
		json: { code: 'InvalidApiKey' },
	});
	const url = `${inTest.emulator.apiOrigin}/dashscope/compatible-mode/v1/models`;
	const headers = inTest.client.headers('dashScope');
	expect((await inTest.client.get(url, headers)).json.error.code).toBe('invalid_api_key');
	expect(inTest.emulator.ledger).toEqual([]);
	inTest.emulator.settings.dashScope.keyRegion = 'singapore';
	expect((await inTest.client.submit('dashScope')).status).toBe(200);
	expect((await inTest.client.get(url, headers)).status).toBe(200);
	expect((await inTest.client.get(url)).status).toBe(401);
});

test('asynchronous calls are refused', async () => {
	const headers = { 'x-dashscope-async': 'enable' };
	expect(await inTest.client.submit('dashScope', {}, headers)).toMatchObject({
		status: 403,
		json: {
			code: 'AccessDenied',
			message: 'current user api does not support asynchronous calls.',
		},
	});
	const off = await inTest.client.submit('dashScope', {}, { 'x-dashscope-async': 'disable' });
	expect(off.status).toBe(200);
});

test('what is strange is noted with its place', async () => {
	await inTest.client.submit('dashScope', { strange: 1, surprise: 2 });
	await inTest.client.submit('dashScope', { model: 'qwen-image-edit' });
	expect(inTest.emulator.ledger.map(({ unknownFields }) => unknownFields)).toEqual([
		['surprise', 'parameters.strange'],
		['parameters.prompt_extend'],
	]);
});

test.each([
	['Throttling.RateQuota', undefined],
	['Throttling.AllocationQuota', 'Throttling.AllocationQuota'],
	['Throttling.BurstRate', 'Throttling.BurstRate'],
	['PostpaidBillOverdue', 'PostpaidBillOverdue'],
])('429 %s', async (code, asked) => {
	inTest.emulator.faults.add({ kind: 'rateLimit', ...(asked && { code: asked }) });
	expect(await inTest.client.submit('dashScope')).toMatchObject({
		status: 429,
		json: {
			code,
			message: expect.stringMatching(/^[A-Z].{15,}/),
			request_id: expect.stringMatching(uuid),
		},
	});
});

test('any documented code can be said, and arrears with the status of choice', async () => {
	inTest.emulator.faults.add({
		kind: 'httpStatus',
		status: 400,
		code: 'InternalError.Algo.DataInspectionFailed',
		message:
			'<400> InternalError.Algo.DataInspectionFailed: Input data may contain inappropriate content.',
		times: 1,
	});
	expect((await inTest.client.submit('dashScope')).json).toMatchObject({
		code: 'InternalError.Algo.DataInspectionFailed',
		message: expect.stringMatching(/^<400> /),
	});
	inTest.emulator.faults.add({ kind: 'insufficientCredit' });
	expect(await inTest.client.submit('dashScope')).toMatchObject({
		status: 400,
		json: { code: 'Arrearage' },
	});
	inTest.emulator.settings.dashScope.arrearageStatus = 403;
	expect((await inTest.client.submit('dashScope')).status).toBe(403);
});

test('links end when the document says, or later', async () => {
	const short = await inTest.client.resultUrl('dashScope');
	inTest.emulator.settings.dashScope.linkLifetimeSeconds = 7 * 24 * 3600;
	const long = await inTest.client.resultUrl('dashScope');
	inTest.emulator.advance(24 * 3600 + 1);
	expect((await inTest.client.get(short)).status).toBe(403);
	expect((await inTest.client.get(long)).status).toBe(200);
});

test('a fault can be aimed at the prompt inside the message', async () => {
	inTest.emulator.faults.add({ kind: 'contentRefused', prompt: 'forbidden' });
	expect((await inTest.client.submit('dashScope', { prompt: 'allowed' })).status).toBe(200);
	expect(await inTest.client.submit('dashScope', { prompt: 'a forbidden thing' })).toMatchObject({
		status: 400,
		json: { code: 'DataInspectionFailed' },
	});
});
