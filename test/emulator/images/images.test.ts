import sharp from 'sharp';
import { useEmulator } from '../tests/emulator-in-test';
import { PROVIDER_IDS, readImageNotes } from '../index';
import type { ProviderId } from '../index';

const inTest = useEmulator();

describe('images', () => {
	test.each(PROVIDER_IDS)(
		'%s: the result is an edited image that says who made it',
		async (provider) => {
			const url = await inTest.client.resultUrl(
				provider,
				provider === 'modelVerse' ? { size: undefined } : {},
			);
			const response = await fetch(url);
			expect(response.headers.get('content-type')).toBe('image/png');
			const bytes = Buffer.from(await response.arrayBuffer());
			const width = provider === 'odkkk' || provider === 'modelsLab' ? 960 : 480;
			// DashScope goes for a megapixel in the ratio of the input, in steps of 16.
			const own: Partial<Record<ProviderId, { width: number; height: number }>> = {
				dashScope: { width: 1120, height: 928 },
				// Landscape 4:3, whatever came in.
				kie: { width: 1024, height: 768 },
			};
			const size = own[provider] ?? { width, height: 400 };
			expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', ...size });
			expect(readImageNotes(bytes)).toEqual({
				provider,
				prompt: inTest.client.body(provider).prompt,
				job: String(inTest.emulator.ledger[0]!.id),
			});
			const [before, after] = await Promise.all(
				[inTest.image, bytes].map(async (file) => (await sharp(file).stats()).channels),
			);
			const changes = before!.map((channel, index) => Math.abs(channel.mean - after![index]!.mean));
			expect(Math.max(...changes)).toBeGreaterThan(8);
		},
	);

	test('other prompts and seeds give other images, the same seed the same', async () => {
		const edit = async (changes: Record<string, unknown>) => {
			const { json } = await inTest.client.submit('modelVerse', changes);
			const bytes = Buffer.from(json.data[0].b64_json.split(',')[1], 'base64');
			return (await sharp(bytes).raw().toBuffer()).toString('base64');
		};
		const [first, same, otherSeed, otherPrompt] = [
			await edit({ seed: 1 }),
			await edit({ seed: 1 }),
			await edit({ seed: 2 }),
			await edit({ seed: 1, prompt: 'Convert to oil' }),
		];
		expect(same).toBe(first);
		expect(otherSeed).not.toBe(first);
		expect(otherPrompt).not.toBe(first);
	});

	test('any prompt can be written into the image', async () => {
		for (const prompt of [
			'🦆 & <b>"duck"</b>',
			'a\u0000b\u0007c\n\r\t',
			'broken \ud83e half',
			'<!--]]>&amp;',
			'ü'.repeat(2000),
		]) {
			const bytes = Buffer.from(
				await (await fetch(await inTest.client.resultUrl('modelsLab', { prompt }))).arrayBuffer(),
			);
			expect((await sharp(bytes).stats()).channels.length).toBeGreaterThanOrEqual(3);
		}
	});

	test('JPEG and WebP on request', async () => {
		inTest.emulator.settings.format.aiml = 'jpeg';
		const jpeg = await fetch(await inTest.client.resultUrl('aiml'));
		inTest.emulator.settings.format.aiml = 'webp';
		const webp = await fetch(await inTest.client.resultUrl('aiml'));
		expect(jpeg.headers.get('content-type')).toBe('image/jpeg');
		expect((await sharp(Buffer.from(await webp.arrayBuffer())).metadata()).format).toBe('webp');
	});

	test('a result padded to a size stays an image of exactly that size', async () => {
		for (const bytes of [10_000, 1_048_600, 3_500_001]) {
			inTest.emulator.settings.resultBytes = bytes;
			inTest.emulator.settings.editImages = false;
			const body = Buffer.from(
				await (await fetch(await inTest.client.resultUrl('chainHub'))).arrayBuffer(),
			);
			expect(body).toHaveLength(bytes);
			expect(await sharp(body).metadata()).toMatchObject({ width: 64, height: 48 });
			expect(readImageNotes(body)).toBeDefined();
		}
	});

	test('a link works as it was handed out, and not re-encoded, altered or late', async () => {
		const url = await inTest.client.resultUrl('aiml');
		expect((await inTest.client.get(url)).status).toBe(200);
		const [path, query] = url.split('?') as [string, string];
		const broken = [
			path,
			`${path}?${new URLSearchParams(query)}`,
			`${path}?${decodeURIComponent(query)}`,
			url.replace('%2F', '%2f'),
		];
		for (const link of broken) {
			expect(link).not.toBe(url);
			expect(await inTest.client.get(link)).toMatchObject({
				status: 403,
				text: expect.stringContaining('SignatureDoesNotMatch'),
			});
		}
		inTest.emulator.advance(605_800);
		expect(await inTest.client.get(url)).toMatchObject({
			status: 403,
			text: expect.stringContaining('expired'),
		});
	});

	test('a key at the results server is a leak', async () => {
		const url = await inTest.client.resultUrl('aiml');
		await inTest.client.get(url);
		expect(inTest.emulator.leaks).toEqual([]);
		await inTest.client.get(url, inTest.client.headers('aiml'));
		expect(inTest.emulator.leaks).toEqual([
			expect.objectContaining({ keyOf: 'aiml', server: 'results', where: 'header' }),
		]);
		await inTest.client.post(
			`${inTest.emulator.baseUrl('odkkk')}/v1/images/generations`,
			{ key: inTest.emulator.key('modelsLab') },
			{},
		);
		expect(inTest.emulator.leaks[1]).toMatchObject({
			keyOf: 'modelsLab',
			server: 'api',
			where: 'body',
		});
	});

	test('a small bitmap file is opened too', async () => {
		const side = 400;
		const header = Buffer.alloc(54);
		header.write('BM');
		header.writeUInt32LE(54, 10);
		header.writeUInt32LE(40, 14);
		header.writeInt32LE(side, 18);
		header.writeInt32LE(side, 22);
		header.writeUInt16LE(1, 26);
		header.writeUInt16LE(24, 28);
		const bitmap = Buffer.concat([header, Buffer.alloc(side * side * 3, 0x50)]);
		const url = await inTest.client.resultUrl('odkkk', {
			image_urls: [inTest.emulator.hostImage(bitmap, 'a.bmp')],
		});
		const made = Buffer.from(await (await fetch(url)).arrayBuffer());
		expect(await sharp(made).metadata()).toMatchObject({ width: side, height: side });
	});
});
