import { expectImage } from '../stage/output';
import { makeImage, sha256 } from '../stage/images';
import { facts, onStage, providerIds, type ImageRow, type Stage } from '../stage/scenario';

import type { INodeParameters } from 'n8n-workflow';

import { findProvider } from '../../../nodes/QwenImageEdit/providers';
import type { ProviderId } from '../../emulator';

describe.each(providerIds)('%s edits an image', (provider) => {
	// All four at once: at a task provider each takes its second.
	onStage('from a binary field, a URL, base64 text and a data URI', async (stage) => {
		const images = {
			'a binary field': await makeImage({ colour: '#8cf' }),
			'a URL': await makeImage({ colour: '#8c0' }),
			'base64 text': await makeImage({ colour: '#80c' }),
			'a data URI': await makeImage({ colour: '#0cf' }),
		};
		const base64 = (image: Buffer): string => image.toString('base64');
		const rows: Record<keyof typeof images, ImageRow> = {
			'a binary field': { source: 'binary', binaryPropertyName: 'photo' },
			'a URL': { source: 'url', url: stage.emulator.hostImage(images['a URL']) },
			'base64 text': { source: 'base64', base64: base64(images['base64 text']) },
			'a data URI': {
				source: 'base64',
				base64: `data:image/png;base64,${base64(images['a data URI'])}`,
			},
		};
		const binary = {
			photo: { bytes: images['a binary field'], mimeType: 'image/png', fileName: 'photo.png' },
		};
		const names = Object.keys(images) as Array<keyof typeof images>;
		const runs = await Promise.all(
			names.map(async (name) => {
				const items = [name === 'a binary field' ? { binary } : {}];
				return await stage.succeed({ provider, prompt: name, images: [rows[name]], items });
			}),
		);
		expect(stage.emulator.ledger).toHaveLength(4);
		expect(stage.requests('submit')).toHaveLength(4);
		for (const [index, name] of names.entries()) {
			const entry = stage.emulator.ledger.find(({ prompt }) => prompt === name)!;
			expect(entry).toMatchObject({
				provider,
				billed: 1,
				inputSha256: [sha256(images[name])],
				unknownFields: [],
			});
			expect(runs[index]!.edited).toHaveLength(1);
			const fileName =
				name === 'a binary field' ? 'photo-edited' : name === 'a URL' ? 'image-edited' : 'edited';
			await expectImage(stage, runs[index]!, { provider, entry, fileName });
		}
	});

	onStage('with the credential as people paste it', async (stage) => {
		await stage.saveCredential('pasted', provider, {
			apiKey: ` Bearer ${stage.emulator.key(provider)} `,
			baseUrl: ` ${stage.emulator.baseUrl(provider)}/ `,
		});
		const run = await stage.succeed({ provider, credential: 'pasted' });
		await expectImage(stage, run, { provider, entry: stage.emulator.ledger[0]! });
	});

	onStage('for several items, in their order, whichever is ready first', async (stage) => {
		const slow = facts[provider].tasks ? ('read' as const) : ('submit' as const);
		stage.set({ modelVerse: { answer: 'url' } });
		stage.emulator.faults.add({
			kind: 'slowHeaders',
			route: slow,
			prompt: 'first',
			times: 1,
			ms: 700,
		});
		const run = await stage.succeed({
			provider,
			prompt: '={{ $json.prompt }}',
			// Some providers are asked for one edit after the other, unless the user says otherwise.
			options: { maxConcurrency: 3 },
			items: ['first', 'second', 'third'].map((prompt) => stage.item({ prompt })),
		});
		expect(run.edited).toHaveLength(3);
		expect(stage.emulator.ledger).toHaveLength(3);
		for (const [at, prompt] of ['first', 'second', 'third'].entries()) {
			const entry = stage.emulator.ledger.find((job) => job.prompt === prompt)!;
			await expectImage(stage, run, { provider, entry, at });
		}
		const answered = stage.requests('result').map(({ path }) => path);
		// A server of one's own answers with the images themselves.
		if (provider === 'openAiCompatible') return expect(answered).toEqual([]);
		const links = run.edited.map(({ json }) => new URL((json.image as { url: string }).url));
		expect(answered.at(-1)).toBe(`${links[0]!.pathname}${links[0]!.search}`);
	});
});

/** What each provider is sent when everything it documents is set, and when nothing is. */
const allOptions: Record<ProviderId, { options: INodeParameters; wire: Record<string, unknown> }> =
	{
		aiml: {
			options: { negativePrompt: 'blurry', watermark: false },
			wire: { negative_prompt: 'blurry', watermark: false },
		},
		chainHub: { options: {}, wire: {} },
		dashScope: {
			options: {
				n: 1,
				negativePrompt: 'blurry',
				promptExtend: false,
				seed: 0,
				size: '640x512',
				watermark: false,
			},
			wire: {
				n: 1,
				negative_prompt: 'blurry',
				prompt_extend: false,
				seed: 0,
				size: '640*512',
				watermark: false,
			},
		},
		evoLink: {
			options: {
				callbackUrl: 'https://example.com/hook',
				n: 1,
				negativePrompt: 'blurry',
				promptExtend: false,
				seed: 0,
				size: '640x512',
				watermark: false,
			},
			wire: {
				callback_url: 'https://example.com/hook',
				n: 1,
				negative_prompt: 'blurry',
				prompt_extend: false,
				seed: 0,
				size: '640x512',
				watermark: false,
			},
		},
		fal: {
			options: {
				acceleration: 'none',
				guidanceScale: 0,
				n: 1,
				negativePrompt: 'blurry',
				numInferenceSteps: 8,
				outputFormat: 'png',
				safetyChecker: false,
				seed: 0,
				size: '640x512',
			},
			wire: {
				acceleration: 'none',
				guidance_scale: 0,
				num_images: 1,
				negative_prompt: 'blurry',
				num_inference_steps: 8,
				output_format: 'png',
				enable_safety_checker: false,
				seed: 0,
				image_size: { width: 640, height: 512 },
			},
		},
		kie: {
			options: {
				acceleration: 'none',
				callbackUrl: 'https://example.com/hook',
				guidanceScale: 0,
				imageSize: 'square',
				n: 1,
				negativePrompt: 'blurry',
				numInferenceSteps: 8,
				outputFormat: 'png',
				safetyChecker: false,
				seed: 0,
			},
			wire: {
				acceleration: 'none',
				callBackUrl: 'https://example.com/hook',
				guidance_scale: 0,
				image_size: 'square',
				num_images: '1',
				negative_prompt: 'blurry',
				num_inference_steps: 8,
				output_format: 'png',
				enable_safety_checker: false,
				seed: 0,
			},
		},
		replicate: {
			options: {
				aspectRatio: '1:1',
				callbackUrl: 'https://example.com/hook',
				goFast: false,
				outputFormat: 'png',
				outputQuality: 0,
				safetyChecker: false,
				seed: 0,
			},
			wire: {
				aspect_ratio: '1:1',
				webhook: 'https://example.com/hook',
				webhook_events_filter: ['completed'],
				go_fast: false,
				output_format: 'png',
				output_quality: 0,
				disable_safety_checker: true,
				seed: 0,
			},
		},
		siliconFlow: {
			options: { guidanceScale: 0.1, negativePrompt: 'blurry', numInferenceSteps: 8, seed: 0 },
			wire: { cfg: 0.1, negative_prompt: 'blurry', num_inference_steps: 8, seed: 0 },
		},
		waveSpeed: {
			options: { outputFormat: 'png', seed: 0, size: '640x512' },
			wire: { output_format: 'png', seed: 0, size: '640*512' },
		},
		modelsLab: {
			options: {
				base64Response: false,
				callbackUrl: 'https://example.com/hook',
				safetyChecker: false,
				trackId: 0,
			},
			wire: {
				base64: false,
				webhook: 'https://example.com/hook',
				safety_checker: false,
				track_id: 0,
			},
		},
		modelVerse: { options: { seed: 0, size: '320x256' }, wire: { seed: 0, size: '320x256' } },
		odkkk: {
			options: { callbackUrl: 'https://example.com/hook' },
			wire: { callback_url: 'https://example.com/hook' },
		},
		openAiCompatible: {
			options: {
				extraFields: '{"output_compression":90}',
				guidanceScale: 0,
				n: 1,
				negativePrompt: 'blurry',
				numInferenceSteps: 8,
				outputFormat: 'png',
				seed: 0,
				size: '640x512',
				trueCfgScale: 1.5,
			},
			wire: {
				output_compression: '90',
				guidance_scale: '0',
				n: '1',
				negative_prompt: 'blurry',
				num_inference_steps: '8',
				output_format: 'png',
				seed: '0',
				size: '640x512',
				true_cfg_scale: '1.5',
			},
		},
	};

/** DashScope puts the prompt into a message and the rest into `parameters`. */
function flattened(fields: Record<string, unknown>): Record<string, unknown> {
	const { model, input, parameters } = fields as {
		model: string;
		input: { messages: Array<{ content: Array<{ text?: string }> }> };
		parameters?: Record<string, unknown>;
	};
	const prompt = input.messages[0]!.content.at(-1)!.text;
	return { model, prompt, ...parameters };
}

describe.each(providerIds)('%s is sent', (provider) => {
	/** Fields without the images, as the provider has read them. */
	const sent = (stage: Stage, prompt: string): Record<string, unknown> => {
		const { fields: read } = stage.emulator.ledger.find((job) => job.prompt === prompt)!;
		const fields = provider === 'dashScope' ? flattened(read) : read;
		const images = ['image', 'image_url', 'image_urls', 'images', 'init_image'];
		return Object.fromEntries(Object.entries(fields).filter(([name]) => !images.includes(name)));
	};
	const modelField = provider === 'modelsLab' ? 'model_id' : 'model';
	const { model } = facts[provider];
	const isInPath = ['fal', 'replicate', 'waveSpeed'].includes(provider);
	const always = model === '' || isInPath ? {} : { [modelField]: model };

	onStage(
		'what is set, 0 and false too, and nothing that is not set or of another provider',
		async (stage) => {
			const all = Object.assign({}, ...providerIds.map((id) => allOptions[id].options));
			const own = findProvider(provider)!.fields;
			const foreign = Object.entries(all as INodeParameters).filter(([name]) => !(name in own));
			const options = { ...Object.fromEntries(foreign), ...allOptions[provider].options };
			await Promise.all([
				stage.succeed({ provider, prompt: 'plain' }),
				stage.succeed({ provider, prompt: 'full', options }),
			]);
			expect(sent(stage, 'plain')).toEqual({ ...always, prompt: 'plain' });
			expect(sent(stage, 'full')).toEqual({
				...always,
				prompt: 'full',
				...allOptions[provider].wire,
			});
		},
	);
});

onStage(
	'a model that is typed by hand is sent, from the list form and as a plain id',
	async (stage) => {
		stage.set({ modelsLab: { answer: 'success' } });
		for (const model of ['qwen-edit-2511', { __rl: true, mode: 'id', value: 'qwen-edit-2511' }]) {
			const parameters = { model } as INodeParameters;
			const run = await stage.succeed({ provider: 'modelsLab', parameters });
			expect(run.edited[0]!.json.model).toBe('qwen-edit-2511');
		}
		expect(stage.emulator.ledger.map(({ model }) => model)).toEqual([
			'qwen-edit-2511',
			'qwen-edit-2511',
		]);
	},
);

onStage('the field and the file are named as the options say, per item', async (stage) => {
	const run = await stage.succeed({
		provider: 'aiml',
		prompt: '={{ $json.field }}',
		options: {
			binaryPropertyName: '={{ $json.field }}',
			fileName: '={{ $json.name }}',
		},
		items: [
			stage.item({ field: 'night', name: 'my night.jpg' }),
			stage.item({ field: 'day', name: '../../etc/day' }),
		],
	});
	for (const [at, [binaryField, fileName]] of [
		['night', 'my night'],
		['day', 'day'],
	].entries()) {
		const entry = stage.emulator.ledger.find(({ prompt }) => prompt === binaryField)!;
		await expectImage(stage, run, { provider: 'aiml', entry, at, binaryField, fileName });
	}
});

onStage('the size that is asked for is the size that is told', async (stage) => {
	const run = await stage.succeed({ provider: 'modelVerse', options: { size: '640 x 512' } });
	const [entry] = stage.emulator.ledger;
	await expectImage(stage, run, {
		provider: 'modelVerse',
		entry: entry!,
		width: 640,
		height: 512,
	});
});

describe('the bytes decide', () => {
	onStage('that a result is JPEG or WebP', async (stage) => {
		for (const [at, format] of (['jpeg', 'webp'] as const).entries()) {
			stage.set({ format: { chainHub: format } });
			const run = await stage.succeed({ provider: 'chainHub' });
			const entry = stage.emulator.ledger[at]!;
			await expectImage(stage, run, { provider: 'chainHub', entry, format });
		}
	});

	onStage('not the Content-Type', async (stage) => {
		stage.emulator.faults.add({ kind: 'resultWrongType', provider: 'aiml', type: 'text/html' });
		const run = await stage.succeed({ provider: 'aiml' });
		await expectImage(stage, run, { provider: 'aiml', entry: stage.emulator.ledger[0]! });
	});
});

describe('a result may come', () => {
	onStage('from ModelVerse as base64 alone, with and without a prefix', async (stage) => {
		for (const [at, base64Prefix] of [true, false].entries()) {
			stage.set({ modelVerse: { answer: 'b64_json', base64Prefix } });
			const run = await stage.succeed({ provider: 'modelVerse' });
			const entry = stage.emulator.ledger[at]!;
			await expectImage(stage, run, { provider: 'modelVerse', entry, withoutLink: true });
		}
		expect(stage.requests('result')).toEqual([]);
	});

	onStage('from ModelVerse as a link alone', async (stage) => {
		stage.set({ modelVerse: { answer: 'url' } });
		const run = await stage.succeed({ provider: 'modelVerse' });
		await expectImage(stage, run, { provider: 'modelVerse', entry: stage.emulator.ledger[0]! });
		expect(stage.requests('result')).toHaveLength(1);
	});

	onStage('from AI/ML API as base64 alone', async (stage) => {
		stage.set({ aiml: { answer: 'b64_json', nulls: 'usage' } });
		const run = await stage.succeed({ provider: 'aiml' });
		const [entry] = stage.emulator.ledger;
		const nothing = { usage: undefined, cost: undefined };
		const expected = { provider: 'aiml' as const, entry: entry!, ...nothing };
		await expectImage(stage, run, { ...expected, withoutLink: true });
	});

	onStage(
		'from AI/ML API with nothing but the link, as in the sample of its page',
		async (stage) => {
			stage.set({ aiml: { answer: 'sample' } });
			const run = await stage.succeed({ provider: 'aiml' });
			const [entry] = stage.emulator.ledger;
			await expectImage(stage, run, {
				provider: 'aiml',
				entry: entry!,
				usage: undefined,
				cost: undefined,
			});
		},
	);

	onStage('from ModelsLab at once', async (stage) => {
		stage.set({ modelsLab: { answer: 'success' } });
		const run = await stage.succeed({ provider: 'modelsLab' });
		await expectImage(stage, run, {
			provider: 'modelsLab',
			entry: stage.emulator.ledger[0]!,
			usage: { generationTime: expect.any(Number) },
			polls: 0,
		});
		expect(stage.requests('read')).toEqual([]);
	});

	onStage('from ModelsLab as base64 behind a link, with and without a prefix', async (stage) => {
		for (const [at, base64Prefix] of [true, false].entries()) {
			stage.set({ modelsLab: { base64Prefix } });
			const options = { base64Response: true };
			const run = await stage.succeed({ provider: 'modelsLab', options });
			await expectImage(stage, run, { provider: 'modelsLab', entry: stage.emulator.ledger[at]! });
		}
	});

	onStage('in many megabytes', async (stage) => {
		stage.set({ resultBytes: 12_000_000 });
		const run = await stage.succeed({ provider: 'odkkk' });
		await expectImage(stage, run, { provider: 'odkkk', entry: stage.emulator.ledger[0]! });
		expect((run.edited[0]!.json.image as { bytes: number }).bytes).toBe(12_000_000);
	});
});
