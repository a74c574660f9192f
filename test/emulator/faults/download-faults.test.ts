import sharp from 'sharp';
import { useEmulator } from '../tests/emulator-in-test';
import { PROVIDER_IDS } from '../index';
import type { FaultKind, FaultRule } from '../index';

const inTest = useEmulator();

/** Downloads as a plain client does, without following redirects. */
async function download(
	url: string,
	signal?: AbortSignal,
): Promise<{ status: number; type: string | null; location: string | null; body: Buffer }> {
	const response = await fetch(url, { redirect: 'manual', ...(signal && { signal }) });
	return {
		status: response.status,
		type: response.headers.get('content-type'),
		location: response.headers.get('location'),
		body: Buffer.from(await response.arrayBuffer()),
	};
}

async function isImage(bytes: Buffer): Promise<boolean> {
	return await sharp(bytes)
		.raw()
		.toBuffer()
		.then(() => true)
		.catch(() => false);
}

describe.each(PROVIDER_IDS)('%s: downloads', (provider) => {
	test.each<[FaultKind, number, string | RegExp, boolean]>([
		['resultHtmlPage200', 200, 'text/html; charset=utf-8', false],
		['resultTinyFile', 200, 'image/png', false],
		['resultExpired403', 403, 'application/xml', false],
		['resultWrongType', 200, 'application/octet-stream', true],
		['resultTruncatedImage', 200, 'image/png', false],
		['resultTrailingBytes', 200, 'image/png', true],
		['gatewayPage', 502, 'text/html; charset=utf-8', false],
		['httpStatus', 500, 'application/xml', false],
		['rateLimit', 429, 'application/xml', false],
	])('%s', async (kind, status, type, image) => {
		const url = await inTest.client.resultUrl(provider);
		const fault = inTest.emulator.faults.add({ provider, route: 'result', kind, times: 1 });
		const answer = await download(url);
		expect(answer).toMatchObject({ status, type });
		expect(await isImage(answer.body)).toBe(image);
		expect(fault.fired).toBe(1);
		const again = await download(url);
		expect(await isImage(again.body)).toBe(true);
		expect(inTest.emulator.requests.at(-2)).toMatchObject({
			provider,
			route: 'result',
			onResultsServer: true,
			fault: kind,
		});
		expect(inTest.emulator.ledger).toHaveLength(1);
	});

	test('resultNotFound404Once, for each result once', async () => {
		inTest.emulator.faults.add({ provider, route: 'result', kind: 'resultNotFound404Once' });
		for (let turn = 0; turn < 2; turn++) {
			const url = await inTest.client.resultUrl(provider);
			expect((await download(url)).status).toBe(404);
			expect((await download(url)).status).toBe(200);
		}
	});

	test('resultPrivateUrl', async () => {
		inTest.emulator.faults.add({ provider, kind: 'resultPrivateUrl', host: '169.254.169.254' });
		expect(await inTest.client.resultUrl(provider)).toMatch(/^http:\/\/169\.254\.169\.254\//);
	});
});

describe('redirects', () => {
	const follow = async (rule: Partial<FaultRule>) => {
		const url = await inTest.client.resultUrl('aiml');
		inTest.emulator.faults.add({ route: 'result', kind: 'resultRedirect', times: 1, ...rule });
		const { status, location } = await download(url);
		expect(status).toBe(302);
		return { url, location };
	};

	test('to another origin, where the image is and keys are watched', async () => {
		const { location } = await follow({});
		expect(new URL(location!).origin).toBe(inTest.emulator.elsewhereOrigin);
		const { body } = await download(location!);
		expect(await isImage(body)).toBe(true);
		expect(inTest.emulator.leaks).toEqual([]);
		await fetch(location!, { headers: inTest.client.headers('aiml') });
		expect(inTest.emulator.leaks).toEqual([
			expect.objectContaining({ keyOf: 'aiml', server: 'elsewhere' }),
		]);
	});

	test('to a private address, in a loop, or anywhere', async () => {
		expect((await follow({ to: 'privateAddress' })).location).toMatch(/^http:\/\/10\.0\.0\.1\//);
		const { url, location } = await follow({ to: 'loop' });
		expect(location).toBe(url);
		expect((await follow({ location: 'file:///etc/passwd' })).location).toBe('file:///etc/passwd');
	});
});

describe('bodies', () => {
	test('resultEndless goes on until the client leaves', async () => {
		const url = await inTest.client.resultUrl('aiml');
		inTest.emulator.faults.add({ route: 'result', kind: 'resultEndless' });
		const response = await fetch(url);
		expect(response.headers.get('content-length')).toBeNull();
		let bytes = 0;
		const reader = response.body!.getReader();
		while (bytes <= 5_000_000) bytes += (await reader.read()).value!.length;
		await reader.cancel();
		expect(bytes).toBeGreaterThan(5_000_000);
	});

	test('resultSlow drips', async () => {
		inTest.emulator.settings.editImages = false;
		const url = await inTest.client.resultUrl('aiml');
		inTest.emulator.faults.add({
			route: 'result',
			kind: 'resultSlow',
			chunkBytes: 100,
			intervalMs: 40,
		});
		const started = performance.now();
		const { body } = await download(url);
		expect(await isImage(body)).toBe(true);
		expect(performance.now() - started).toBeGreaterThan(100);
	});

	test.each<FaultKind>(['truncateBody', 'acceptThenDrop', 'refuseConnection'])(
		'%s breaks the download',
		async (kind) => {
			const url = await inTest.client.resultUrl('aiml');
			inTest.emulator.faults.add({ route: 'result', kind, times: 1 });
			await expect(download(url)).rejects.toThrow();
			expect((await download(url)).status).toBe(200);
		},
	);
});

test('otherOriginPollUrl: a fetch_result that is not ModelsLab’s; a key taken there is a leak', async () => {
	const { emulator, client } = inTest;
	emulator.faults.add({ provider: 'modelsLab', kind: 'otherOriginPollUrl' });
	const { json } = await client.submit('modelsLab');
	expect(new URL(json.fetch_result).origin).toBe(emulator.elsewhereOrigin);
	await client.post(json.fetch_result, { key: emulator.key('modelsLab') }, {});
	expect(emulator.leaks).toEqual([
		expect.objectContaining({ keyOf: 'modelsLab', where: 'body', server: 'elsewhere' }),
	]);
	expect((await client.readTask('modelsLab', json.id)).json.status).toBe('processing');
});

test('nothing listens on the unreachable origin', async () => {
	await expect(fetch(inTest.emulator.unreachableOrigin)).rejects.toMatchObject({
		cause: { code: 'ECONNREFUSED' },
	});
});
