import { expectFailedItem } from '../stage/output';
import { makeImage, sha256 } from '../stage/images';
import { onStage, type Stage } from '../stage/scenario';
import { meet } from '../faults/hosts/meetHost';
import { sendJson } from '../faults/hosts/rawHost';

import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import { readFields } from '../../../nodes/QwenImageEdit/n8n/http/credential';
import type { ProviderId } from '../../emulator';

/** A photo of more than a megabyte. */
const largeImage = async (): Promise<Buffer> =>
	await makeImage({ width: 700, height: 700, noise: true });

const inputOf = (stage: Stage): string[] => stage.emulator.ledger[0]!.inputSha256;

describe.each(['evoLink', 'kie', 'waveSpeed'] as const)('a local image for %s', (provider) => {
	onStage('is uploaded with the key, and edited by its URL', async (stage) => {
		const image = await makeImage();
		await stage.succeed({ provider, items: [stage.item({}, image)] });
		expect(inputOf(stage)).toEqual([sha256(image)]);
		const [upload, ...more] = stage.requests('upload');
		expect(more).toEqual([]);
		expect(upload!.headers.authorization).toMatch(/^Bearer /);
		expect(upload!.form!.some(({ sha256: sent }) => sent === sha256(image))).toBe(true);
		// The name of a file is nobody's business, and must not replace another file.
		if (provider !== 'waveSpeed')
			expect(JSON.stringify(upload!.form)).toMatch(/[a-z0-9]{16,}\.png/);
	});

	onStage('of every item is the one that is edited, whatever they are called', async (stage) => {
		const colours = ['#800', '#080', '#008'];
		const images = await Promise.all(colours.map(async (colour) => await makeImage({ colour })));
		await stage.succeed({
			provider,
			prompt: '={{ $json.place }}',
			items: images.map((image, place) => stage.item({ place: `p${place}` }, image)),
		});
		const byPrompt = stage.emulator.ledger.map(({ prompt, inputSha256 }) => [
			prompt,
			...inputSha256,
		]);
		expect(byPrompt.sort()).toEqual(images.map((image, place) => [`p${place}`, sha256(image)]));
	});
});

describe('a local image for a provider that takes data', () => {
	onStage('is sent in the request when it is small', async (stage) => {
		for (const provider of ['fal', 'replicate'] as const) await stage.succeed({ provider });
		expect(stage.requests('upload')).toEqual([]);
		expect(stage.emulator.ledger.map(({ imageCount }) => imageCount)).toEqual([1, 1]);
	});

	onStage('is uploaded to Replicate when it is large', async (stage) => {
		const image = await largeImage();
		await stage.succeed({ provider: 'replicate', items: [stage.item({}, image)] });
		expect(stage.requests('upload')).toHaveLength(1);
		expect(inputOf(stage)).toEqual([sha256(image)]);
	});

	onStage('is sent to an address that fal.ai has signed, without the key', async (stage) => {
		const image = await largeImage();
		await stage.succeed({ provider: 'fal', items: [stage.item({}, image)] });
		expect(stage.requests('upload')[0]!.headers.authorization).toMatch(/^Key /);
		const put = stage.emulator.requests.find(({ method }) => method === 'PUT')!;
		expect(put.server).toBe('results');
		expect(put.headers).not.toHaveProperty('authorization');
		expect(put.headers['content-type']).toBe('image/png');
		expect(put.headers['content-length']).toBe(String(image.length));
		expect(inputOf(stage)).toEqual([sha256(image)]);
	});

	onStage('goes in the request when nobody knows where to upload it', async (stage) => {
		const image = await largeImage();
		await stage.saveCredential('no uploads', 'fal', { uploadBaseUrl: '' });
		const order = { provider: 'fal', credential: 'no uploads' } as const;
		await stage.succeed({ ...order, items: [stage.item({}, image)] });
		expect(stage.requests('upload')).toEqual([]);
		expect(inputOf(stage)).toEqual([sha256(image)]);
	});
});

describe('where the key may go for an upload', () => {
	const withUploads: ProviderId[] = ['evoLink', 'fal', 'kie'];

	it.each(withUploads)('%s: to the constant of the adapter with its own base URL only', (id) => {
		const provider = findProvider(id)!;
		const { defaultBaseUrl, uploadBaseUrl } = provider.credential;
		const read = (data: object) => readFields(provider, { apiKey: 'a-key', ...data }).uploadBaseUrl;
		expect(read({})).toBe(uploadBaseUrl);
		expect(read({ baseUrl: `${defaultBaseUrl}/` })).toBe(uploadBaseUrl);
		expect(read({ baseUrl: 'https://gateway.example.com' })).toBeUndefined();
		const typed = 'https://files.example.com';
		expect(read({ baseUrl: 'https://gateway.example.com', uploadBaseUrl: `${typed}/` })).toBe(
			typed,
		);
		expect(() => read({ uploadBaseUrl: 'http://files.example.com' })).toThrow(/upload base URL/);
		expect(() => read({ uploadBaseUrl: 'files' })).toThrow(/upload base URL/);
	});

	onStage(
		'a file for a gateway without one is told what to do, before anything is sent',
		async (stage) => {
			for (const provider of ['evoLink', 'kie'] as const) {
				await stage.saveCredential('gateway', provider, {
					baseUrl: 'https://gateway.example.com',
					uploadBaseUrl: '',
				});
				const run = await stage.run({ provider, credential: 'gateway' });
				expect(run.error!.description).toContain("'Upload Base URL'");
			}
			expect(stage.emulator.requests).toEqual([]);
		},
	);

	for (const address of [
		'http://169.254.169.254/latest/meta-data',
		'http://10.0.0.1/put',
		'http://me:secret@example.com/put',
		'file:///etc/passwd',
		'not a URL',
	]) {
		onStage(`a signed address such as ${address} is not opened`, async (stage) => {
			const image = await largeImage();
			const { run, host } = await meet(
				stage,
				({ path }, response) => {
					if (path.includes('/storage/')) {
						return sendJson(response, {
							upload_url: address,
							file_url: 'https://v3.fal.media/files/a.png',
						});
					}
					sendJson(response, {});
				},
				{ provider: 'fal', images: [{ source: 'binary' }], items: [stage.item({}, image)] },
			);
			const { error } = expectFailedItem(run.edited[0], 0, { errorKind: 'provider' });
			expect(error).toContain('upload URL of fal.ai');
			expect(host.requests.filter(({ path }) => !path.includes('/storage/'))).toEqual([]);
		});
	}
});
