/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { expectImage } from '../stage/output';
import { makeBitmap, makeImage, sha256 } from '../stage/images';
import { facts, providerIds, Stage, type ImageRow, type Order } from '../stage/scenario';

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INodeParameters } from 'n8n-workflow';

import type { ProviderId } from '../../emulator';

let stage: Stage;

beforeAll(async () => {
	stage = await Stage.open();
});

afterEach(() => {
	expect(stage.sweep()).toEqual([]);
});

afterAll(async () => {
	await stage.close();
});

/** Runs what must be refused before anything is sent, and returns what the user reads. */
async function refused(order: Order): Promise<{ message: string; description: string }> {
	const run = await stage.run(order);
	expect(run.status).toBe('error');
	expect(stage.emulator.ledger).toEqual([]);
	expect(stage.emulator.requests).toEqual([]);
	expect(run.runsOf('Next')).toEqual([]);
	const { message, description } = run.error!;
	return { message, description: description ?? '' };
}

describe('a long base64 text arrives byte for byte', () => {
	let image: Buffer;
	let text: string;

	beforeAll(async () => {
		image = await makeImage({ width: 900, height: 700, noise: true });
		text = image.toString('base64');
		// Several pieces, whichever way it is read.
		expect(text.length).toBeGreaterThan(1_000_000);
	});

	test.each<[string, (base64: string) => string]>([
		['as one line', (base64) => base64],
		['as a data URI', (base64) => `data:image/png;base64,${base64}`],
		['with line breaks', (base64) => base64.replace(/.{76}/g, '$&\r\n')],
		[
			'in the alphabet of URLs, unpadded',
			(base64) => base64.replace(/\+/g, '-').replace(/\//g, '_'),
		],
		['with a space of another script', (base64) => base64.replace(/.{5000}/g, '$&\u2003')],
	])('%s', async (_how, written) => {
		const base64 = written(text.replace(/=+$/, ''));
		for (const provider of ['aiml', 'openAiCompatible'] as const) {
			await stage.succeed({ provider, images: [{ source: 'base64', base64 }] });
		}
		expect(stage.emulator.ledger.map(({ inputSha256 }) => inputSha256)).toEqual([
			[sha256(image)],
			[sha256(image)],
		]);
	});
});

describe('several images keep their order', () => {
	const colours = ['#f00', '#0f0', '#00f', '#ff0'];
	let samples: Buffer[];
	let hashes: string[];

	beforeAll(async () => {
		samples = await Promise.all(colours.map(async (colour) => await makeImage({ colour })));
		hashes = samples.map(sha256);
	});

	const file = (bytes: Buffer) => ({ bytes, mimeType: 'image/png', fileName: 'photo.png' });

	test('at ModelsLab: a URL, a binary field, base64 text and a data URI', async () => {
		const images: ImageRow[] = [
			{ source: 'url', url: stage.emulator.hostImage(samples[0]!) },
			{ source: 'binary', binaryPropertyName: 'second' },
			{ source: 'base64', base64: samples[2]!.toString('base64') },
			{ source: 'base64', base64: `data:image/png;base64,${samples[3]!.toString('base64')}` },
		];
		const items = [{ binary: { second: file(samples[1]!), data: file(samples[0]!) } }];
		const run = await stage.succeed({ provider: 'modelsLab', images, items });
		const [entry] = stage.emulator.ledger;
		expect(entry!.inputSha256).toEqual(hashes);
		// The link is passed on as it is, the three files go up one by one.
		expect(stage.requests('upload')).toHaveLength(3);
		await expectImage(stage, run, {
			provider: 'modelsLab',
			entry: entry!,
			width: 4 * 416,
			fileName: 'image-edited',
		});
	});

	test('at odkkk: base64 text, a URL and a binary field, the files under signed URLs of n8n', async () => {
		const images: ImageRow[] = [
			{ source: 'base64', base64: samples[0]!.toString('base64') },
			{ source: 'url', url: stage.emulator.hostImage(samples[1]!) },
			{ source: 'binary', binaryPropertyName: 'third' },
		];
		const items = [{ binary: { third: file(samples[2]!) } }];
		const run = await stage.succeed({ provider: 'odkkk', images, items });
		const [entry] = stage.emulator.ledger;
		expect(entry!.inputSha256).toEqual(hashes.slice(0, 3));
		const [one, , three] = entry!.fields.image_urls as string[];
		const signed = `${stage.binaryServer.url}rest/binary-data/signed?token=`;
		expect(one!.startsWith(signed)).toBe(true);
		expect(three!.startsWith(signed)).toBe(true);
		await expectImage(stage, run, {
			provider: 'odkkk',
			entry: entry!,
			width: 3 * 416,
			fileName: 'edited',
		});
	});

	test.each<[form: string, names: unknown]>([
		['separated by commas', 'b, a,c'],
		['separated by new lines', 'b\n a \nc\n'],
		['as an array from an expression', '={{ ["b", "a", "c"] }}'],
		['as a text from an expression', '={{ $json.names }}'],
	])('when one row names several binary fields, %s', async (_form, names) => {
		const [a, b, c] = samples.map(file);
		const items = [{ json: { names: 'b,a,c' }, binary: { a: a!, b: b!, c: c! } }];
		stage.set({ modelsLab: { answer: 'success' } });
		await stage.succeed({
			provider: 'modelsLab',
			images: [{ source: 'binary', binaryPropertyName: names as string }],
			items,
		});
		expect(stage.emulator.ledger[0]!.inputSha256).toEqual([hashes[1], hashes[0], hashes[2]]);
	});

	test.each(['commas', 'new lines', 'an array'])(
		'when one row holds several URLs: %s',
		async (form) => {
			const urls = samples.slice(0, 3).map((bytes) => stage.emulator.hostImage(bytes));
			const url =
				form === 'commas'
					? urls.join(', ')
					: form === 'new lines'
						? `${urls.join('\n')}\n`
						: '={{ $json.urls }}';
			stage.set({ modelsLab: { answer: 'success' } });
			const images: ImageRow[] = [{ source: 'url', url }];
			await stage.succeed({ provider: 'modelsLab', images, items: [{ json: { urls } }] });
			expect(stage.emulator.ledger[0]!.inputSha256).toEqual(hashes.slice(0, 3));
		},
	);
});

describe('a provider that takes links only', () => {
	const linkOnly = ['chainHub', 'odkkk'] as const;

	test.each(linkOnly)(
		'%s is given a link to this n8n, which hands out that file alone',
		async (provider) => {
			await stage.succeed({ provider });
			const { fields } = stage.emulator.ledger[0]!;
			const url = (
				provider === 'odkkk' ? (fields.image_urls as string[])[0] : fields.image
			) as string;
			const token = new URL(url).searchParams.get('token')!;
			const [, claims] = token.split('.');
			const { id, exp, iat } = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as {
				id: string;
				exp: number;
				iat: number;
			};
			expect(id).toMatch(/^filesystem-v2:/);
			expect(exp - iat).toBeGreaterThan(0);
			expect(exp - iat).toBeLessThanOrEqual(24 * 3600);
		},
	);

	test.each(linkOnly)(
		'%s is not tried when this n8n cannot be reached from outside',
		async (provider) => {
			const name = `public ${provider}`;
			await stage.saveCredential(name, provider, { baseUrl: 'https://api.example.com/v9' });
			for (const images of [
				[{ source: 'binary' } as const],
				[{ source: 'base64', base64: (await makeImage()).toString('base64') } as const],
			]) {
				const { message, description } = await refused({
					provider,
					credential: name,
					images,
					engine: { instanceUrl: 'http://localhost:5678/' },
				});
				expect(message).toContain('takes URLs only');
				expect(message).toContain('localhost');
				expect(description).toContain('WEBHOOK_URL');
			}
		},
	);

	test('is not given links into a private network when it is a public one', async () => {
		await stage.saveCredential('public aiml', 'aiml', { baseUrl: 'https://api.example.com' });
		const { message, description } = await refused({
			provider: 'aiml',
			credential: 'public aiml',
			images: [{ source: 'url', url: 'http://192.168.1.9/photo.png' }],
		});
		expect(message).toContain('192.168.1.9');
		expect(description).toMatch(/binary field/);
	});
});

describe('a file is refused before anything is sent', () => {
	test('when the binary field is not there, with those that are', async () => {
		for (const provider of providerIds) {
			const bytes = await makeImage();
			const file = { bytes, mimeType: 'image/png' };
			const { message, description } = await refused({
				provider,
				images: [{ source: 'binary', binaryPropertyName: 'data' }],
				items: [{ binary: { photo: file, logo: file } }],
			});
			expect(message).toContain("'data'");
			expect(description).toContain('photo, logo');
		}
	});

	test('when the item has no binary fields at all', async () => {
		const { message, description } = await refused({ provider: 'aiml', items: [{}] });
		expect(message).toContain("'data'");
		expect(description).toMatch(/no binary fields/);
	});

	test.each<[what: string, bytes: Buffer]>([
		['an HTML page', Buffer.from('<!DOCTYPE html><html><body>Sign in to continue</body></html>')],
		['an empty file', Buffer.alloc(0)],
		['a text', Buffer.from('BM is how some texts begin, and they are no bitmaps')],
	])('when it is %s, whatever its name says', async (_what, bytes) => {
		const { message } = await refused({ provider: 'aiml', items: [stage.item({}, bytes)] });
		expect(message).toContain('is not an image');
		expect(message).toContain('photo.png');
	});

	test.each<[what: string, provider: ProviderId, images: ImageRow[], says: RegExp]>([
		['base64 text that is none', 'aiml', [{ source: 'base64', base64: 'not base64!' }], /base64/i],
		['an empty base64 text', 'aiml', [{ source: 'base64', base64: ' ' }], /no base64/i],
		['an empty URL', 'aiml', [{ source: 'url', url: '' }], /no URL/],
		['half a URL', 'aiml', [{ source: 'url', url: 'example.com/photo.png' }], /URL/],
		['a URL of another kind', 'aiml', [{ source: 'url', url: 'ftp://example.com/a.png' }], /ftp/],
		['no image at all', 'aiml', [], /empty/],
	])('when there is %s', async (_what, provider, images, says) => {
		const { message } = await refused({ provider, images });
		expect(message).toMatch(says);
	});

	test.each(providerIds)('when %s is given one image too many', async (provider) => {
		const { mostImages } = facts[provider];
		const images: ImageRow[] = Array.from({ length: mostImages + 1 }, () => ({
			source: 'binary',
		}));
		const { message } = await refused({ provider, images });
		expect(message).toContain(`${mostImages + 1} images`);
		expect(message).toContain(`at most ${mostImages}`);
	});

	test.each([
		[383, 500],
		[500, 383],
		[3073, 384],
		[384, 3073],
	])('when odkkk would get %i x %i pixels', async (width, height) => {
		const image = await makeImage({ width, height });
		const { message, description } = await refused({
			provider: 'odkkk',
			items: [stage.item({}, image)],
		});
		expect(message).toContain('384 to 3072');
		expect(description).toMatch(/resize/i);
	});

	test('when odkkk would get a type that it does not take', async () => {
		const gif = await makeImage({ format: 'gif' });
		const { message } = await refused({ provider: 'odkkk', items: [stage.item({}, gif)] });
		expect(message).toContain('GIF');
	});

	test.each<[provider: ProviderId, length: number]>([
		['aiml', 800],
		['odkkk', 2000],
	])('when the prompt is longer than %s takes: %i characters', async (provider, length) => {
		const { message } = await refused({ provider, prompt: 'x'.repeat(length + 1) });
		expect(message).toContain(String(length));
		await stage.succeed({ provider, prompt: 'x'.repeat(length) });
		expect(stage.emulator.ledger).toHaveLength(1);
	});

	test.each<[what: string, provider: ProviderId, options: INodeParameters, says: string]>([
		['a negative prompt that is too long', 'aiml', { negativePrompt: 'x'.repeat(501) }, '500'],
		['a size that is too large', 'modelVerse', { size: '1537x1024' }, '256 to 1536'],
		['a size that is none', 'modelVerse', { size: 'large' }, '1024x1024'],
		['a seed below -1', 'modelVerse', { seed: -2 }, 'Seed'],
		['a callback into a private network', 'odkkk', { callbackUrl: 'https://10.1.2.3/x' }, 'public'],
		['a callback without HTTPS', 'odkkk', { callbackUrl: 'http://example.com/x' }, 'https://'],
		[
			'a callback that is too long',
			'odkkk',
			{ callbackUrl: `https://example.com/${'x'.repeat(2048)}` },
			'2048',
		],
		['a time-out of zero', 'odkkk', { timeoutSeconds: 0 }, 'Timeout'],
	])('when there is %s', async (_what, provider, options, says) => {
		const { message } = await refused({ provider, options });
		expect(message).toContain(says);
	});

	test('when the prompt is empty', async () => {
		// A field that is left empty n8n itself refuses; these it cannot see.
		for (const prompt of ['  \n ', '={{ $json.missing }}']) {
			expect((await refused({ provider: 'aiml', prompt })).message).toContain('Prompt');
		}
	});
});

test('odkkk takes every type that its page names', async () => {
	const formats = ['png', 'jpeg', 'webp', 'tiff'] as const;
	const files = [
		...(await Promise.all(formats.map(async (format) => await makeImage({ format })))),
		makeBitmap(),
	];
	const items = files.map((bytes, index) => stage.item({ name: formats[index] ?? 'bmp' }, bytes));
	const run = await stage.succeed({ provider: 'odkkk', prompt: '={{ $json.name }}', items });
	expect(run.edited).toHaveLength(5);
	for (const [index, bytes] of files.entries()) {
		const entry = stage.emulator.ledger.find(({ prompt }) => prompt === (formats[index] ?? 'bmp'));
		expect(entry!.inputSha256).toEqual([sha256(bytes)]);
	}
});

describe('an image behind a URL, for a server that takes files', () => {
	const provider = 'openAiCompatible';

	/** A host of images that stumbles at the first request. */
	async function stumblingHost(
		image: Buffer,
		stumble: (response: ServerResponse) => void,
	): Promise<{ url: string; asked: () => number; stop: () => void }> {
		let asked = 0;
		const server = createServer((_request, response) => {
			asked += 1;
			if (asked === 1) stumble(response);
			else response.writeHead(200, { 'content-type': 'image/png' }).end(image);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		return {
			url: `http://127.0.0.1:${port}/photo.png`,
			asked: () => asked,
			stop: () => {
				server.closeAllConnections();
				server.close();
			},
		};
	}

	test.each<[string, (response: ServerResponse, image: Buffer) => void]>([
		['a gateway page', (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>')],
		['a closed socket', (response) => response.destroy()],
		[
			'half an image',
			(response, image) => response.writeHead(200).end(image.subarray(0, image.length / 2)),
		],
		['a page instead', (response) => response.writeHead(200).end('<p>Please wait</p>')],
	])('is read again after %s', async (_name, stumble) => {
		const image = await makeImage();
		const host = await stumblingHost(image, (response) => stumble(response, image));
		try {
			await stage.succeed({ provider, images: [{ source: 'url', url: host.url }] });
			expect(host.asked()).toBe(2);
			expect(stage.emulator.ledger[0]!.inputSha256).toEqual([sha256(image)]);
		} finally {
			host.stop();
		}
	});

	test('names the result as a person reads the name', async () => {
		const host = await stumblingHost(await makeImage(), (response) =>
			response.writeHead(502).end(),
		);
		try {
			const url = host.url.replace('photo', 'my%20photo');
			const run = await stage.succeed({ provider, images: [{ source: 'url', url }] });
			expect(run.edited[0]!.binary!.data!.fileName).toBe('my photo-edited.png');
		} finally {
			host.stop();
		}
	});

	test('that never comes is told before anything is sent', async () => {
		const url = `${stage.emulator.hostImage(await makeImage())}x`;
		const run = await stage.run({ provider, images: [{ source: 'url', url }] });
		expect(run.error!.message).toMatch(/^Image 1 could not be downloaded: .*HTTP 404/);
		expect(stage.emulator.ledger).toEqual([]);
	});
});
