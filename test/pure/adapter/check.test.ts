import { checkFields } from '../../../nodes/QwenImageEdit/adapter/checkFields';
import { checkImages } from '../../../nodes/QwenImageEdit/adapter/checkImages';
import { checkPrompt, checkTaskId } from '../../../nodes/QwenImageEdit/adapter/checkTexts';
import { EditFault, type Fault, withPaidWork } from '../../../nodes/QwenImageEdit/edit/fault';
import { fieldsOnWire, link, linkOrDataUri } from '../../../nodes/QwenImageEdit/adapter/encode';
import { ImageContent, pathOf, pathSegment } from '../../../nodes/QwenImageEdit/wire/wire';
import { aiml } from '../../../nodes/QwenImageEdit/providers/aiml';
import { modelsLab } from '../../../nodes/QwenImageEdit/providers/modelsLab';
import { modelVerse } from '../../../nodes/QwenImageEdit/providers/modelVerse';
import { odkkk } from '../../../nodes/QwenImageEdit/providers/odkkk';
import { imageFile, imageLink } from '../contract/wire-text';

function faultOfCheck(check: () => unknown): Fault {
	let refusal: unknown;
	try {
		check();
	} catch (error) {
		refusal = error;
	}
	expect(refusal).toBeInstanceOf(EditFault);
	return (refusal as EditFault).fault;
}

describe('what a user reads when something is refused', () => {
	const base = 'https://api.example.com';
	it.each<[string, () => unknown, string, RegExp]>([
		['an empty prompt', () => checkPrompt(aiml, ' '), "'Prompt' is empty", /one sentence/],
		[
			'a long prompt',
			() => checkPrompt(aiml, 'a'.repeat(801)),
			"'Prompt' has 801 characters, AI/ML API takes at most 800",
			/Shorten/,
		],
		['no image', () => checkImages(aiml, [], base), "'Images' is empty", /binary field/],
		[
			'too many for a provider that takes one',
			() => checkImages(aiml, [imageLink(), imageLink()], base),
			"'Images' has 2 images, AI/ML API takes at most 1",
			/choose a provider/,
		],
		[
			'too many for a provider that takes several',
			() =>
				checkImages(
					odkkk,
					Array.from({ length: 4 }, () => imageLink()),
					base,
				),
			"'Images' has 4 images, odkkk takes at most 3",
			/Leave out/,
		],
		[
			'a wrong type',
			() => checkImages(odkkk, [imageFile('gif', { width: 500, height: 500 })], base),
			'The image is a GIF file, odkkk takes jpg, png, bmp, webp, tiff',
			/Edit Image/,
		],
		[
			'a narrow image',
			() => checkImages(odkkk, [imageLink(), imageFile('png', { width: 383, height: 500 })], base),
			'Image 2 is 383 pixels wide, odkkk takes 384 to 3072 pixels a side',
			/Resize/,
		],
		[
			'a high image',
			() => checkImages(odkkk, [imageFile('png', { width: 500, height: 3073 })], base),
			'The image is 3073 pixels high, odkkk takes 384 to 3072 pixels a side',
			/Resize/,
		],
		[
			'a private link',
			() => checkImages(odkkk, [imageLink('http://10.0.0.1/secret.png')], base),
			'The image has a URL inside a private network (10.0.0.1), which odkkk cannot reach',
			/HTTP Request node/,
		],
		[
			'half a link',
			() => checkImages(odkkk, [imageLink('example.com/a.png')], base),
			'The image has a URL that is not a complete URL',
			/https:/,
		],
		[
			'a wrong size',
			() => checkFields(modelVerse, { size: 'big' }),
			"'Size' must be width x height in pixels, such as 1024x1024, each from 256 to 1536",
			/.*/,
		],
		[
			'a long field',
			() => checkFields(aiml, { negativePrompt: 'a'.repeat(501) }),
			"'Negative Prompt' may have at most 500 characters, it has 501",
			/.*/,
		],
		[
			'a task id whose last digits are lost',
			() => checkTaskId(odkkk, Number('9007199254740993')),
			"'Task ID' is the number 9007199254740992, which is not an exact whole number",
			/as text/,
		],
		['no task id', () => checkTaskId(odkkk, ''), "'Task ID' is empty", /Submit Task/],
		[
			'a task id of another provider',
			() => checkTaskId(modelsLab, 'task-unified-1757156493-imcg5zqt'),
			"'Task ID' does not look like one of ModelsLab, e.g. 143526871",
			/same provider/,
		],
	])('%s', (_name, check, message, advice) => {
		const fault = faultOfCheck(check);
		expect(fault).toMatchObject({ kind: 'input', message });
		expect(fault.advice ?? '').toMatch(advice);
	});
});

describe('checkFields', () => {
	it('reads only what the provider declares, and only what was set', () => {
		const options = {
			seed: 0,
			size: ' 512 X 512 ',
			watermark: true,
			negativePrompt: 'x',
			other: 1,
		};
		expect(checkFields(modelVerse, options)).toEqual({ seed: 0, size: '512x512' });
		expect(checkFields(aiml, options)).toEqual({ watermark: true, negativePrompt: 'x' });
		expect(checkFields(aiml, { watermark: null, negativePrompt: '', seed: undefined })).toEqual({});
	});

	it('does not read inherited options', () => {
		const options = Object.create({ watermark: true }) as Record<string, unknown>;
		expect(checkFields(odkkk, options)).toEqual({});
	});
});

describe('checkTaskId', () => {
	it.each([
		[143526871, '143526871'],
		['143526871', '143526871'],
		[' 143526871 ', '143526871'],
	])('takes %p', (given, id) => {
		expect(checkTaskId(modelsLab, given)).toBe(id);
	});
});

describe('withPaidWork', () => {
	const fault: Fault = { kind: 'network', message: 'lost' };

	it('adds what is known and keeps what the fault says itself', () => {
		expect(withPaidWork(fault, { taskId: 't', url: 'u' })).toEqual({
			...fault,
			taskId: 't',
			url: 'u',
		});
		expect(withPaidWork({ ...fault, taskId: 'own' }, { taskId: 't' }).taskId).toBe('own');
		expect(withPaidWork({ ...fault, url: 'own' }, { url: 'u' }).url).toBe('own');
		expect(fault).toEqual({ kind: 'network', message: 'lost' });
	});

	it('an error with it is still the error', () => {
		expect(new EditFault(withPaidWork(fault, {})).message).toBe('lost');
	});
});

describe('encode', () => {
	it('writes links as they are and marks the place of files', () => {
		const file = imageFile('jpg');
		expect(linkOrDataUri(imageLink('https://example.com/ä.png'))).toBe('https://example.com/ä.png');
		expect(linkOrDataUri(file)).toEqual(new ImageContent(file, 'dataUri'));
		expect(link(imageLink('https://example.com/a'))).toBe('https://example.com/a');
		expect(() => link(file)).toThrow(TypeError);
	});

	it('writes fields under the names of the provider', () => {
		expect(fieldsOnWire(aiml.fields, { watermark: false, negativePrompt: 'x' })).toEqual({
			watermark: false,
			negative_prompt: 'x',
		});
		expect(fieldsOnWire(aiml.fields, { somethingElse: 1 })).toEqual({});
	});

	it.each([
		['task-1', 'task-1'],
		['a/b', 'a%2Fb'],
		['a?b#c', 'a%3Fb%23c'],
		['ü', '%C3%BC'],
		['', ''],
	])('%p is the path segment %s', (id, segment) => {
		expect(pathSegment(id)).toBe(segment);
	});

	it.each([
		['owner/name', 'owner/name'],
		['/owner/name/', 'owner/name'],
		['owner//name', 'owner/name'],
		['owner/../name?x#y', 'owner/(..)/name%3Fx%23y'],
	])('%j is the path %s', (id, path) => {
		expect(pathOf(id)).toBe(path);
	});

	it.each(['.', '..', '\ud800', '%2e%2e'])('%j is one segment and no step', (id) => {
		const url = new URL(`https://example.com/a/b/${pathSegment(id)}`);
		expect(url.pathname).toMatch(/^\/a\/b\/[^/]+$/);
	});
});
