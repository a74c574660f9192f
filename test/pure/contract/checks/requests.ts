import { checkFields } from '../../../../nodes/QwenImageEdit/adapter/checkFields';
import { checkImages } from '../../../../nodes/QwenImageEdit/adapter/checkImages';
import { checkPrompt, checkTaskId } from '../../../../nodes/QwenImageEdit/adapter/checkTexts';
import type { Image, ImageFile } from '../../../../nodes/QwenImageEdit/edit/request';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import type { Wire } from '../../../../nodes/QwenImageEdit/wire/wire';
import type { ProviderFixtures, RequestFixture } from '../fixture';
import { baseUrlOf, formOf, imageFile, jsonOf, urlOf } from '../wire-text';

/** What the node would send for the input of a fixture, through the same checks. */
function sent(provider: Provider, file: RequestFixture): Wire {
	const { input } = file;
	const baseUrl = baseUrlOf(provider);
	const images: Image[] = input.images.map((image) =>
		'url' in image
			? { kind: 'link', url: image.url }
			: imageFile(image.file, { width: 1024, height: 1024 }),
	);
	switch (file.call) {
		case 'task':
			return provider.task!.encode({
				taskId: checkTaskId(provider, input.taskId),
				baseUrl,
				...(input.readUrl === undefined ? {} : { readUrl: input.readUrl }),
			});
		case 'result':
			return provider.task!.result!.encode({ taskId: input.taskId!, baseUrl });
		case 'cancel':
			return provider.task!.cancel!.encode({
				taskId: checkTaskId(provider, input.taskId),
				baseUrl,
			});
		case 'upload':
			return provider.upload!.encode(images[0] as ImageFile);
		case 'submit':
			checkImages(provider, images, baseUrl, input.model);
			return provider.submit.encode({
				model: input.model ?? provider.defaultModel,
				prompt: checkPrompt(provider, input.prompt, input.model),
				images,
				fields: checkFields(provider, input.options, input.model),
			});
	}
}

/** The body of the document without the key, and without fields that it shows as null, which are not set. */
function documented(provider: Provider, body: Record<string, unknown> | undefined): unknown {
	if (body === undefined) return undefined;
	const { key } = provider.credential;
	return Object.fromEntries(
		Object.entries(body).filter(
			([name, value]) => value !== null && !(key.kind === 'body' && name === key.field),
		),
	);
}

const purposes = {
	submit: 'submit',
	task: 'read',
	result: 'read',
	cancel: 'cancel',
	upload: 'upload',
} as const;

/** Requests of the document are what we send for the same input. */
export function describeRequests(provider: Provider, fixtures: ProviderFixtures): void {
	describe('a request is the one of the document', () => {
		it.each(fixtures.requests.map((file) => [file.name, file] as const))('%s', (_name, file) => {
			const wire = sent(provider, file);
			expect(wire.method).toBe(file.method);
			const { uploadBaseUrl } = provider.credential;
			expect(urlOf(wire, baseUrlOf(provider), uploadBaseUrl)).toBe(file.url);
			expect(wire.json === undefined ? undefined : jsonOf(wire)).toEqual(
				documented(provider, file.body),
			);
			expect(formOf(wire)).toEqual(file.form);
			expect(wire.purpose).toBe(purposes[file.call]);
		});
	});

	it('the document shows a request for every call that the adapter knows', () => {
		const calls = new Set(fixtures.requests.map((file) => file.call));
		expect([...calls].sort()).toEqual(
			[
				'submit',
				...(provider.task ? ['task'] : []),
				...(provider.task?.result ? ['result'] : []),
				...(provider.task?.cancel ? ['cancel'] : []),
				...(provider.upload ? ['upload'] : []),
			].sort(),
		);
	});
}
