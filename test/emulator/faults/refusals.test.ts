import { sampleImage } from '../tests/documented-client';
import { useEmulator } from '../tests/emulator-in-test';
import type { ProviderId } from '../index';
import { ODKKK_ERRORS } from '../providers/odkkk-errors';
import { sha256 } from '../images/results';

const inTest = useEmulator();

type Change = Record<string, unknown>;

const image36 = inTestUrl('fpakfo/image36.webp');

/** An image on the help pages of Model Studio, known to every emulator of a test. */
function inTestUrl(name: string): string {
	return `https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20250925/${name}`;
}

/** Everything a document forbids, and what must stand in the refusal's reason. */
const REFUSED: Record<ProviderId, Array<[name: string, change: Change, reason: RegExp]>> = {
	siliconFlow: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'Qwen/Qwen-Image' }, /unknown model/],
		['a model called constructor', { model: 'constructor' }, /unknown model/],
		['no prompt', { prompt: undefined }, /prompt/],
		['a prompt that is no string', { prompt: 5 }, /prompt/],
		['no image', { image: undefined }, /image is required/],
		['a list of images', { image: ['https://example.com/image1.png'] }, /must be a string/],
		['bare base64', { image: 'iVBORw0KGgo=' }, /URL or a data URI/],
		[
			'an image that cannot be reached',
			{ image2: 'https://nowhere.example/a.png' },
			/image2.*unreachable/,
		],
		[
			'text instead of an image',
			{ image: `data:image/png;base64,${Buffer.from('no image').toString('base64')}` },
			/not an image/,
		],
		['a second image that is null', { image2: null }, /image2/],
		['a negative prompt that is null', { negative_prompt: null }, /negative_prompt/],
		['a seed below 0', { seed: -1 }, /seed/],
		['a seed above the last', { seed: 10_000_000_000 }, /seed/],
		['no steps', { num_inference_steps: 0 }, /num_inference_steps/],
		['101 steps', { num_inference_steps: 101 }, /num_inference_steps/],
		['cfg of 0', { cfg: 0 }, /cfg/],
		['cfg above 20', { cfg: 20.1 }, /cfg/],
		['cfg as text', { cfg: '4' }, /cfg/],
	],
	evoLink: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'qwen-image' }, /unknown model/],
		['a model called constructor', { model: 'constructor' }, /unknown model/],
		['no prompt', { prompt: undefined }, /prompt/],
		['2001 characters of prompt', { prompt: 'p'.repeat(2001) }, /2000/],
		['no images', { image_urls: undefined }, /image_urls is required/],
		['an empty list', { image_urls: [] }, /empty/],
		['a string', { image_urls: 'https://example.com/image1.png' }, /array/],
		[
			'four images',
			{ image_urls: Array<string>(4).fill('https://example.com/image1.png') },
			/at most 3/,
		],
		['a data URI', { image_urls: ['data:image/png;base64,iVBORw0KGgo='] }, /URL/],
		[
			'an image that cannot be reached',
			{ image_urls: ['https://nowhere.example/a.png'] },
			/could not be downloaded/,
		],
		['a callback over http', { callback_url: 'http://example.com/hook' }, /HTTPS/],
		['a callback to 10.x', { callback_url: 'https://10.1.2.3/hook' }, /internal/],
		['n of 0', { n: 0 }, /1-6/],
		['n of 7', { n: 7 }, /1-6/],
		['n as text', { n: '2' }, /1-6/],
		['a size with an asterisk', { size: '1024*1024' }, /WxH/],
		['a side below 512', { size: '511x1024' }, /512-2048/],
		['a side above 2048', { size: '1024x2049' }, /512-2048/],
		['a size for several images', { n: 2, size: '1024x1024' }, /n is 1/],
		['a seed below 0', { seed: -1 }, /seed/],
		['a seed above the last', { seed: 2_147_483_648 }, /seed/],
		['a negative prompt that is null', { negative_prompt: null }, /negative_prompt/],
		['prompt_extend as text', { prompt_extend: 'true' }, /prompt_extend/],
		['watermark as a number', { watermark: 1 }, /watermark/],
	],
	kie: [
		['no model', { model: undefined }, /model missing/],
		['another model', { model: 'qwen/text-to-image' }, /unknown model/],
		['a model called constructor', { model: 'constructor' }, /unknown model/],
		['no prompt', { prompt: undefined }, /prompt is required/],
		['an empty prompt', { prompt: '' }, /prompt is required/],
		['a prompt that is no string', { prompt: 5 }, /prompt it must be a string/],
		['2001 characters of prompt', { prompt: 'p'.repeat(2001) }, /text length/],
		[
			'801 characters of prompt for qwen2',
			{ model: 'qwen2/image-edit', prompt: 'p'.repeat(801) },
			/text length/,
		],
		['no image', { image_url: undefined }, /image_url is required/],
		[
			'a list of images',
			{ image_url: ['https://example.com/image1.png'] },
			/image_url is no string/,
		],
		['a data URI', { image_url: 'data:image/png;base64,iVBORw0KGgo=' }, /not a URL/],
		['a ratio as size', { image_size: '1:1' }, /image_size is not within the range/],
		[
			'a preset as size for qwen2',
			{ model: 'qwen2/image-edit', image_size: 'square' },
			/image_size is not within the range/,
		],
		['1 step', { num_inference_steps: 1 }, /num_inference_steps is not within/],
		['50 steps', { num_inference_steps: 50 }, /num_inference_steps is not within/],
		['guidance above 20', { guidance_scale: 20.5 }, /guidance_scale is not within/],
		['num_images as a number', { num_images: 2 }, /num_images it must be a string/],
		['five images out', { num_images: '5' }, /num_images is not within/],
		['a seed with a fraction', { seed: 1.5 }, /seed it must be an integer/],
		['another acceleration', { acceleration: 'fast' }, /acceleration is not within/],
		['an unknown output_format', { output_format: 'webp' }, /output_format is not within/],
		[
			'501 characters of negative prompt',
			{ negative_prompt: 'n'.repeat(501) },
			/negative_prompt: The text length/,
		],
		[
			'the safety checker as text',
			{ enable_safety_checker: 'true' },
			/enable_safety_checker it must be a boolean/,
		],
		['a callback that is no URL', { callBackUrl: 'hook' }, /callBackUrl is not a URL/],
	],
	replicate: [
		['no prompt', { prompt: undefined }, /prompt is required/],
		['a prompt that is no string', { prompt: 5 }, /input\.prompt: Invalid type/],
		['no image', { image: undefined }, /image is required/],
		['one address instead of a list', { image: 'https://example.com/a.png' }, /Expected: array/],
		['an image that is a number', { image: [1] }, /input\.image\.0: Invalid type/],
		['an image that is neither', { image: ['§§'] }, /input\.image\.0: Does not match format/],
		['an unknown aspect ratio', { aspect_ratio: '2:1' }, /aspect_ratio must be one of/],
		['an unknown output_format', { output_format: 'gif' }, /output_format must be one of/],
		['a quality above 100', { output_quality: 101 }, /less than or equal to 100/],
		['a quality below 0', { output_quality: -1 }, /greater than or equal to 0/],
		['go_fast as text', { go_fast: 'true' }, /input\.go_fast: Invalid type/],
		['a seed with a fraction', { seed: 1.5 }, /input\.seed: Invalid type/],
		['a safety switch as a number', { disable_safety_checker: 1 }, /disable_safety_checker/],
		[
			'a webhook without https',
			{ webhook: 'http://example.com/' },
			/webhook: Must be a valid HTTPS URL/,
		],
		['an unknown event', { webhook_events_filter: ['all'] }, /webhook_events_filter/],
	],
	waveSpeed: [
		['no prompt', { prompt: undefined }, /prompt is required/],
		['an empty prompt', { prompt: '' }, /prompt is required/],
		['a prompt that is no string', { prompt: 5 }, /prompt must be a string/],
		['no images', { images: undefined }, /images is required/],
		['an empty list', { images: [] }, /images is required/],
		['a string', { images: 'https://example.com/image1.png' }, /images must be an array/],
		[
			'four images',
			{ images: Array<string>(4).fill('https://example.com/image1.png') },
			/at most 3/,
		],
		['an image that is a number', { images: [1] }, /every item must be a string/],
		['an image that is neither', { images: ['§§'] }, /neither URL nor data/],
		[
			'text instead of an image',
			{ images: [Buffer.from('no image').toString('base64')] },
			/not an image/,
		],
		['a size with an x', { size: '1024x1024' }, /width\*height/],
		['half a size', { size: '1024*' }, /width\*height/],
		['a size that is a number', { size: 1024 }, /width\*height/],
		['a side below 256', { size: '255*1024' }, /256 and 1536/],
		['a side above 1536', { size: '1024*1537' }, /256 and 1536/],
		['a seed below -1', { seed: -2 }, /seed/],
		['a seed above the last', { seed: 2_147_483_648 }, /seed/],
		['a seed as text', { seed: '5' }, /seed/],
		['jpg', { output_format: 'jpg' }, /output_format/],
		['enable_sync_mode as text', { enable_sync_mode: 'yes' }, /enable_sync_mode/],
		['enable_base64_output as a number', { enable_base64_output: 1 }, /enable_base64_output/],
	],
	// What is wrong with a body shows in the result: see below.
	fal: [],
	aiml: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'alibaba/qwen-image' }, /model/],
		['no prompt', { prompt: undefined }, /prompt/],
		['a prompt that is no string', { prompt: 5 }, /prompt/],
		['801 characters of prompt', { prompt: 'p'.repeat(801) }, /at most 800/],
		['501 characters of negative prompt', { negative_prompt: 'n'.repeat(501) }, /at most 500/],
		['a negative prompt that is null', { negative_prompt: null }, /negative_prompt/],
		['no image', { image: undefined }, /image/],
		['a list of images', { image: ['https://example.com/image1.png'] }, /image/],
		['an image that is neither', { image: '§§' }, /neither URL nor data/],
		['an image that cannot be reached', { image: 'https://nowhere.example/a.png' }, /unreachable/],
		[
			'text instead of an image',
			{ image: Buffer.from('no image').toString('base64') },
			/not an image/,
		],
		[
			'a data URI that is not lowercase',
			{ image: 'data:image/PNG;base64,iVBORw0KGgo=' },
			/lowercase/,
		],
		['watermark as text', { watermark: 'yes' }, /watermark/],
	],
	chainHub: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'gpt-image-1' }, /unknown model/],
		['no prompt', { prompt: undefined }, /prompt/],
		['no image', { image: undefined }, /image/],
		['a list of images', { image: ['https://example.com/image1.png'] }, /image/],
		['a data URI', { image: 'data:image/png;base64,iVBORw0KGgo=' }, /not a URL/],
		['an image that cannot be reached', { image: 'https://nowhere.example/a.png' }, /unreachable/],
	],
	dashScope: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'qwen-max' }, /unknown model/],
		['a model called constructor', { model: 'constructor' }, /unknown model/],
		['no text', { prompt: undefined }, /exactly one text/],
		['two texts', { prompt: ['a', 'b'] }, /exactly one text/],
		['no image', { images: [] }, /1 to 3 images/],
		['four images', { images: Array<string>(4).fill(image36) }, /1 to 3 images/],
		[
			'eleven images where ten are allowed',
			{ model: 'qwen-image-2.1-pro', images: Array<string>(11).fill(image36) },
			/1 to 10 images/,
		],
		['bare base64', { images: ['iVBORw0KGgo='] }, /neither a URL nor a data URI/],
		['an oss address', { images: ['oss://bucket/a.png'] }, /neither a URL nor a data URI/],
		['an image that cannot be reached', { images: ['https://nowhere.example/a.png'] }, /unreach/],
		[
			'text instead of an image',
			{ images: [`data:image/png;base64,${Buffer.from('no image').toString('base64')}`] },
			/not an image/,
		],
		['n of 0', { n: 0 }, /\[1, 6\]/],
		['n of 7', { n: 7 }, /\[1, 6\]/],
		['n as text', { n: '2' }, /\[1, 6\]/],
		['two images of qwen-image-edit', { model: 'qwen-image-edit', n: 2 }, /must be 1/],
		['a size with an x', { size: '1024x1024' }, /1024\*1024/],
		['a size in words', { size: '1K' }, /1024\*1024/],
		['a side below 512', { size: '511*1024' }, /\[512, 2048\]/],
		['a side above 2048', { size: '1024*2049' }, /\[512, 2048\]/],
		['any size for qwen-image-edit', { model: 'qwen-image-edit', size: '1024*1024' }, /size/],
		['too many pixels', { model: 'qwen-image-2.0', size: '2048*2064' }, /total pixels/],
		['auto for an older model', { model: 'qwen-image-2.0', size: 'auto' }, /size/],
		['a ratio beyond 1:8', { model: 'qwen-image-3.0', size: '512*4112' }, /1:8/],
		['a seed below 0', { seed: -1 }, /seed/],
		['a seed above the last', { seed: 2_147_483_648 }, /seed/],
		['a negative prompt that is null', { negative_prompt: null }, /negative_prompt/],
		['prompt_extend as text', { prompt_extend: 'true' }, /prompt_extend/],
		['watermark as a number', { watermark: 1 }, /watermark/],
		['parameters as a list', { parameters: [] }, /parameters/],
		['input as text', { input: 'a' }, /input/],
	],
	openAiCompatible: [
		['no prompt', { prompt: undefined }, /prompt/],
		['an empty prompt', { prompt: '' }, /prompt/],
		['no image', { image: undefined }, /image/],
		['an image as text', { image: 'data:image/png;base64,iVBORw0KGgo=' }, /image/],
		[
			'text instead of an image',
			{ image: { bytes: Buffer.from('no image'), fileName: 'a.png', type: 'image/png' } },
			/Invalid image file/,
		],
		['n of 0', { n: 0 }, /between 1 and 10/],
		['n of 11', { n: 11 }, /between 1 and 10/],
		['n as a word', { n: 'two' }, /must be an integer/],
		['a size with an asterisk', { size: '1024*1024' }, /size/],
		['half a size', { size: '1024x' }, /size/],
		['a seed as a word', { seed: 'seven' }, /must be an integer/],
		['steps with a fraction', { num_inference_steps: 4.5 }, /must be an integer/],
		['guidance as a word', { guidance_scale: 'high' }, /must be a number/],
		['an unknown output_format', { output_format: 'tiff' }, /output_format/],
		['an unknown response_format', { response_format: 'file' }, /response_format/],
	],
	modelsLab: [
		['no prompt', { prompt: undefined }, /prompt/],
		['a prompt that is no string', { prompt: {} }, /prompt/],
		['no image', { init_image: undefined }, /init_image/],
		['an empty list', { init_image: [] }, /init_image/],
		[
			'five images',
			{ init_image: Array<string>(5).fill('https://example.com/image1.png') },
			/more than 4/,
		],
		['an image that is a number', { init_image: [1] }, /init_image/],
		[
			'a data URI without base64',
			{ init_image: 'data:image/png;base64,iVBORw0KGgo=' },
			/valid URL/,
		],
		[
			'an image that cannot be reached',
			{ init_image: 'https://nowhere.example/a.png' },
			/unreachable/,
		],
		['another model', { model_id: 'qwen-edit-2512' }, /model_id/],
		['base64 as text', { base64: 'yes' }, /base64/],
		['safety_checker as text', { safety_checker: 'no' }, /safety_checker/],
		['a webhook over http', { webhook: 'http://example.com/hook' }, /HTTPS/],
		['a webhook that is no URL', { webhook: 'hook' }, /valid URL/],
		['track_id as text', { track_id: 'order_12345' }, /integer/],
		['track_id as fraction', { track_id: 1.5 }, /integer/],
	],
	modelVerse: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'Qwen/Qwen-Image' }, /unknown model/],
		['no prompt', { prompt: undefined }, /prompt/],
		['no image', { image: undefined }, /image/],
		['an image that is neither', { image: '§§' }, /neither/],
		['an image that cannot be reached', { image: 'http://nowhere.example/a.png' }, /unreachable/],
		['a size with an asterisk', { size: '1024*1024' }, /size/],
		['a size below 256', { size: '255x256' }, /256 and 1536/],
		['a size above 1536', { size: '1536x1537' }, /256 and 1536/],
		['a size that is a number', { size: 1024 }, /size/],
		['a seed as text', { seed: '5' }, /seed/],
		['a seed with a fraction', { seed: 0.5 }, /seed/],
	],
	odkkk: [
		['no model', { model: undefined }, /model/],
		['another model', { model: 'qwen-image' }, /unknown model/],
		['a model without access', { model: 'qwen-image-edit-plus' }, /no access/],
		['no prompt', { prompt: undefined }, /prompt/],
		['2001 characters of prompt', { prompt: 'p'.repeat(2001) }, /2000/],
		// The example body of seed 002 itself: its schema requires what it leaves out.
		[
			'no images, as in the document’s own example',
			{ image_urls: undefined },
			/image_urls is required/,
		],
		['an empty list', { image_urls: [] }, /empty/],
		['a string', { image_urls: 'https://example.com/image1.png' }, /array/],
		[
			'four images',
			{ image_urls: Array<string>(4).fill('https://example.com/image1.png') },
			/at most 3/,
		],
		['a data URI', { image_urls: ['data:image/png;base64,iVBORw0KGgo='] }, /URL/],
		[
			'an image that cannot be reached',
			{ image_urls: ['https://nowhere.example/a.png'] },
			/could not be downloaded/,
		],
		['a callback over http', { callback_url: 'http://example.com/hook' }, /HTTPS/],
		['a callback to 127.0.0.1', { callback_url: 'https://127.0.0.1/hook' }, /internal/],
		['a callback to 10.x', { callback_url: 'https://10.1.2.3/hook' }, /internal/],
		['a callback to 172.31.x', { callback_url: 'https://172.31.0.1/hook' }, /internal/],
		['a callback to 192.168.x', { callback_url: 'https://192.168.1.1/hook' }, /internal/],
		['a callback to ::1', { callback_url: 'https://[::1]/hook' }, /internal/],
		[
			'a callback of 2049 characters',
			{ callback_url: `https://example.com/${'c'.repeat(2029)}` },
			/2048/,
		],
	],
};

const cases = Object.entries(REFUSED).flatMap(([provider, list]) =>
	list.map(([name, change, reason]) => ({
		provider: provider as ProviderId,
		name,
		change,
		reason,
	})),
);

test.each(cases)('$provider refuses $name', async ({ provider, change, reason }) => {
	const { status, json } = await inTest.client.submit(provider, change);
	expect(inTest.emulator.requests[0]!.refusal).toMatch(reason);
	expect(inTest.emulator.ledger).toEqual([]);
	if (provider === 'modelsLab') {
		expect(status).toBe(200);
		expect(json).toEqual({ status: 'error', message: expect.any(String) });
	} else if (provider === 'kie') {
		expect(status).toBe(200);
		expect(json).toEqual({ code: expect.any(Number), msg: expect.any(String), data: null });
	} else if (provider === 'replicate') {
		expect(status).toBe(422);
		expect(json).toMatchObject({
			title: 'Input validation failed',
			invalid_fields: [{ type: expect.any(String), description: expect.any(String) }],
		});
	} else {
		expect(status).toBeGreaterThanOrEqual(400);
		expect(json.error ?? json).toMatchObject({ message: expect.any(String) });
		if (provider === 'dashScope')
			expect(Object.keys(json)).toEqual(['request_id', 'code', 'message']);
	}
	if (provider === 'aiml') expect(json.statusCode).toBe('400');
	if (provider === 'modelVerse') expect(json.error.param).toMatch(/^[0-9a-f-]{36}$/);
});

/** fal.ai takes the request and lets the run fail: what was wrong is the answer to the request for the result. */
test.each([
	['no prompt', { prompt: undefined }, ['body', 'prompt'], 'missing'],
	['a prompt that is no string', { prompt: 5 }, ['body', 'prompt'], 'string_type'],
	['no image', { image_urls: undefined }, ['body', 'image_urls'], 'missing'],
	['an empty list', { image_urls: [] }, ['body', 'image_urls'], 'too_short'],
	[
		'a text for the list',
		{ image_urls: 'https://example.com/a.png' },
		['body', 'image_urls'],
		'list_type',
	],
	['an image that is a number', { image_urls: [1] }, ['body', 'image_urls', 0], 'string_type'],
	[
		'an image that cannot be reached',
		{ image_urls: ['https://nowhere.example/a.png'] },
		['body', 'image_urls', 0],
		'file_download_error',
	],
	['bare base64', { image_urls: ['iVBORw0KGgo='] }, ['body', 'image_urls', 0], expect.any(String)],
	[
		'text instead of an image',
		{ image_urls: [`data:image/png;base64,${Buffer.from('no image').toString('base64')}`] },
		['body', 'image_urls', 0],
		'image_load_error',
	],
	['five results', { num_images: 5 }, ['body', 'num_images'], 'less_than_equal'],
	['n as text', { num_images: '2' }, ['body', 'num_images'], 'int_type'],
	['a seed with a fraction', { seed: 0.5 }, ['body', 'seed'], 'int_type'],
	['a size that is no preset', { image_size: '1024x768' }, ['body', 'image_size'], 'literal_error'],
	[
		'a side of 14143',
		{ image_size: { width: 14143, height: 64 } },
		['body', 'image_size', 'width'],
		'less_than_equal',
	],
	['another acceleration', { acceleration: 'fast' }, ['body', 'acceleration'], 'literal_error'],
	['another format', { output_format: 'gif' }, ['body', 'output_format'], 'literal_error'],
	[
		'the safety checker as text',
		{ enable_safety_checker: 'no' },
		['body', 'enable_safety_checker'],
		'bool_type',
	],
])('fal.ai lets the run fail of %s', async (_name, change, loc, type) => {
	const answer = await inTest.client.submit('fal', change);
	expect(answer).toMatchObject({ status: 200, json: { status: 'IN_QUEUE' } });
	inTest.emulator.advance(60);
	expect(await inTest.client.readTask('fal', answer.json.request_id)).toMatchObject({
		status: 422,
		json: { detail: [{ loc, type, msg: expect.any(String) }] },
	});
	expect(inTest.emulator.ledger[0]!.status).toBe('failed');
});

test.each([
	'aiml',
	'chainHub',
	'dashScope',
	'evoLink',
	'fal',
	'modelsLab',
	'modelVerse',
	'odkkk',
	'replicate',
	'siliconFlow',
	'waveSpeed',
] as const)('%s refuses a body that is not JSON', async (provider) => {
	const path = inTest.client.path(provider);
	const answer = await inTest.client.post(
		`${inTest.emulator.baseUrl(provider)}${path}`,
		'{"model":',
		inTest.client.headers(provider),
	);
	expect(answer).toMatchObject({ status: 400, json: expect.any(Object) });
	expect(inTest.emulator.requests[0]!.body).toBe('{"model":');
});

test.each([
	['aiml', { prompt: 'p'.repeat(800), negative_prompt: 'n'.repeat(500) }],
	['dashScope', { n: 6, size: '2048*512', seed: 0, negative_prompt: 'n'.repeat(501) }],
	['dashScope', { model: 'qwen-image-edit', n: 1, images: Array<string>(3).fill(image36) }],
	['dashScope', { model: 'qwen-image-2.0', size: '1024*4096', seed: 2_147_483_647 }],
	['dashScope', { model: 'qwen-image-2.1-pro', images: Array<string>(10).fill(image36) }],
	['dashScope', { model: 'qwen-image-3.0-pro', size: 'auto' }],
	['evoLink', { size: '512x2048', seed: 0, negative_prompt: 'n'.repeat(900) }],
	['evoLink', { n: 6 }],
	['fal', { num_images: 4, image_size: { width: 64, height: 64 }, seed: 0 }],
	['fal', { image_size: 'square_hd', acceleration: 'none', guidance_scale: 0 }],
	['kie', { prompt: 'p'.repeat(2000), num_images: '4', num_inference_steps: 49 }],
	['kie', { model: 'qwen2/image-edit', image_size: '21:9', prompt: 'p'.repeat(800) }],
	['replicate', { aspect_ratio: '9:16', output_quality: 0, seed: -1 }],
	['siliconFlow', { cfg: 0.1, num_inference_steps: 100, seed: 9_999_999_999 }],
	['waveSpeed', { size: '256*1536', seed: 2_147_483_647, output_format: 'webp' }],
	['openAiCompatible', { n: 10, size: '256x256', seed: -1, guidance_scale: 0 }],
	['openAiCompatible', { size: 'auto', true_cfg_scale: '4.0' }],
	['modelVerse', { size: '256x1536', seed: -1 }],
	['modelVerse', { size: '1536x256', seed: 0 }],
	['odkkk', { prompt: 'p'.repeat(2000), callback_url: `https://example.com/${'c'.repeat(2028)}` }],
	[
		'modelsLab',
		{
			init_image: Array<string>(4).fill('https://example.com/image1.png'),
			track_id: 7,
			webhook: 'https://example.com/hook',
		},
	],
] as Array<[ProviderId, Change]>)(
	'%s takes what is just inside its limits',
	async (provider, change) => {
		expect((await inTest.client.submit(provider, change)).status).toBeLessThan(300);
		expect(inTest.emulator.ledger).toHaveLength(1);
	},
);

test.each([
	[383, 400, /384-3072/],
	[400, 3073, /384-3072/],
])('odkkk looks at the image itself: %i by %i pixels', async (width, height, words) => {
	const bytes = await sampleImage(width, height);
	const { status, json } = await inTest.client.submit('odkkk', {
		image_urls: [inTest.emulator.hostImage(bytes)],
	});
	expect(status).toBe(400);
	expect(json.error).toEqual({
		code: 400,
		type: 'invalid_request_error',
		param: 'image_urls',
		message: expect.stringMatching(words),
	});
});

test('odkkk goes by the bytes, not by the name: a GIF called PNG is refused, TIFF and WebP are taken', async () => {
	const gif = inTest.emulator.hostImage(await sampleImage(400, 400, 'gif'), 'a.png');
	expect((await inTest.client.submit('odkkk', { image_urls: [gif] })).json.error.message).toContain(
		'unsupported file format gif',
	);
	for (const format of ['tiff', 'webp', 'jpeg'] as const) {
		const url = inTest.emulator.hostImage(await sampleImage(384, 3072, format), 'a.bin');
		expect((await inTest.client.submit('odkkk', { image_urls: [url] })).status).toBe(200);
	}
});

test('odkkk may find fault with an image only in the task: HTTP 200, failed, refunded', async () => {
	inTest.emulator.settings.odkkk.checksImagesIn = 'task';
	const url = inTest.emulator.hostImage(await sampleImage(100, 100));
	const { status, json } = await inTest.client.submit('odkkk', { image_urls: [url] });
	expect(status).toBe(200);
	inTest.emulator.advance(31);
	expect(await inTest.client.readTask('odkkk', json.id)).toMatchObject({
		status: 200,
		json: {
			status: 'failed',
			error: { code: 'image_dimension_mismatch', message: expect.stringContaining('100x100') },
		},
	});
	expect(inTest.emulator.ledger[0]).toMatchObject({ status: 'failed', billed: 1, refunded: true });
});

test('odkkk words its errors as seed 002 does', async () => {
	expect((await inTest.client.submit('odkkk', { model: undefined })).json).toEqual(
		ODKKK_ERRORS[400],
	);
	expect((await inTest.client.submit('odkkk', { model: 'qwen-image-edit-plus' })).json).toEqual(
		ODKKK_ERRORS[403],
	);
	expect((await inTest.client.submit('odkkk', { model: 'x' })).json).toEqual(ODKKK_ERRORS[404]);
	expect((await inTest.client.readTask('odkkk', 'abc')).json.error.code).toBe('invalid_task_id');
	expect(await inTest.client.readTask('odkkk', 'task-unified-1-aaaaaaaa')).toMatchObject({
		status: 404,
		json: { error: { type: 'not_found_error' } },
	});
	expect(
		(await inTest.client.readTask('odkkk', encodeURIComponent('../credits'))).json.error.code,
	).toBe('invalid_task_id');
});

test('ChainHub turns an unknown model away with 503, as gateways of its family do', async () => {
	expect(await inTest.client.submit('chainHub', { model: 'x' })).toMatchObject({
		status: 503,
		json: { error: { code: 'model_not_found' } },
	});
});

test('ModelsLab: unknown tasks, the route that says messege, and messages as lists', async () => {
	expect((await inTest.client.readTask('modelsLab', 1)).json).toEqual({
		status: 'error',
		message: 'Request not found',
	});
	const key = inTest.emulator.key('modelsLab');
	const old = await inTest.client.post(
		`${inTest.emulator.baseUrl('modelsLab')}/images/fetch`,
		{ key, request_id: 1 },
		inTest.client.headers('modelsLab'),
	);
	expect(old.json).toEqual({ status: 'error', messege: 'Request not found' });
	inTest.emulator.settings.modelsLab.validationMessage = 'fields';
	const { json } = await inTest.client.submit('modelsLab', { prompt: '' });
	expect(json.message).toEqual({ prompt: ['The prompt field is required.'] });
});

test('ModelsLab: an uploaded image becomes a link that can be edited', async () => {
	const base = inTest.emulator.baseUrl('modelsLab');
	const key = inTest.emulator.key('modelsLab');
	const bytes = await sampleImage(64, 64);
	const dataUri = `data:image/png;base64,${bytes.toString('base64')}`;
	const headers = inTest.client.headers('modelsLab');
	const { json } = await inTest.client.post(
		`${base}/image_editing/base64_to_url`,
		{ key, init_image: dataUri },
		headers,
	);
	expect(json).toEqual({
		status: 'success',
		id: expect.any(Number),
		output: [expect.stringContaining(inTest.emulator.resultOrigin)],
	});
	expect(inTest.emulator.requests[0]).toMatchObject({
		route: 'upload',
		imageSha256: [sha256(bytes)],
	});
	await inTest.client.submit('modelsLab', { init_image: json.output });
	expect(inTest.emulator.ledger[0]!.inputSha256).toEqual([sha256(bytes)]);
	const general = await inTest.client.post(
		`${base}/base64_to_url`,
		{ key, base64_string: dataUri },
		headers,
	);
	expect(general.json.status).toBe('success');
	const bad = await inTest.client.post(
		`${base}/image_editing/base64_to_url`,
		{ key, init_image: 'data:image/png;base64,AAAA' },
		headers,
	);
	expect(bad.json).toEqual({ status: 'error', message: 'Invalid base64 string.' });
	expect(inTest.emulator.ledger).toHaveLength(1);
});

test('AI/ML API takes bare base64, ModelVerse a URL', async () => {
	const bytes = await sampleImage(300, 300);
	await inTest.client.submit('aiml', { image: bytes.toString('base64') });
	await inTest.client.submit('modelVerse', {
		image: inTest.emulator.hostImage(bytes),
		size: undefined,
	});
	expect(inTest.emulator.ledger.map((entry) => entry.inputSha256)).toEqual([
		[sha256(bytes)],
		[sha256(bytes)],
	]);
});

test('an unknown path and a wrong method are refused in the provider’s shape', async () => {
	expect(await inTest.client.get(`${inTest.emulator.baseUrl('aiml')}/v9/x`)).toMatchObject({
		status: 404,
		json: { statusCode: '404' },
	});
	expect(
		await inTest.client.get(`${inTest.emulator.baseUrl('odkkk')}/v1/images/generations`),
	).toMatchObject({
		status: 405,
		json: { error: { code: 405 } },
	});
});
