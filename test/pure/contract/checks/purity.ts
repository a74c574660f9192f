import fc from 'fast-check';

import { checkFields } from '../../../../nodes/QwenImageEdit/adapter/checkFields';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { type ImageType, imageTypes } from '../../../../nodes/QwenImageEdit/image/imageType';
import type { EditRequest, FieldValues, Image } from '../../../../nodes/QwenImageEdit/edit/request';
import { type ProviderFixtures, replyOf } from '../fixture';
import { readReply } from './replies';
import { baseUrlOf, bodyOf, imageFile, imageLink, plainRequest, urlOf } from '../wire-text';

function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const inner of Object.values(value)) frozen(inner);
	}
	return value;
}

/** As many images as the provider takes, each of which can be told from the others on the wire. */
function manyImages(provider: Provider): { image: Image; sign: string }[] {
	const types = Object.keys(imageTypes) as ImageType[];
	const asFiles = provider.images.takes === 'file';
	// Files are told apart by their type, so there are no more of them than types.
	const length = Math.min(provider.images.maximum, asFiles ? types.length : Infinity);
	return Array.from({ length }, (_, index) => {
		if (asFiles) {
			const type = types[index]!;
			return { image: imageFile(type), sign: imageTypes[type].mimeType };
		}
		const sign = `https://example.com/${index}.png`;
		return { image: imageLink(sign), sign };
	});
}

function fullRequest(provider: Provider): EditRequest {
	let fields: FieldValues = {};
	for (const [name, { example }] of Object.entries(provider.fields)) {
		const more = { ...fields, [name]: example };
		// Some fields may not be set together.
		if (provider.fieldRules?.some(({ breaks }) => breaks(more)) === true) continue;
		fields = checkFields(provider, more);
	}
	return plainRequest(provider, {
		images: manyImages(provider).map(({ image }) => image),
		fields,
	});
}

/** Every text in a JSON value. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const characters = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });

/** An adapter is data and pure functions, and never knows a key. */
export function describePurity(provider: Provider, fixtures: ProviderFixtures): void {
	describe('is pure', () => {
		it('encodes the same request the same way, without touching it', () => {
			const request = frozen(fullRequest(provider));
			const once = provider.submit.encode(request);
			const again = provider.submit.encode(request);
			expect(again).toEqual(once);
			expect(JSON.stringify(bodyOf(again))).toBe(JSON.stringify(bodyOf(once)));
		});

		it('reads the same reply the same way, without touching it', () => {
			for (const file of fixtures.replies) {
				const reply = frozen(replyOf(structuredClone(file)));
				const before = JSON.stringify(reply);
				expect(readReply(provider, file, reply)).toEqual(readReply(provider, file, reply));
				expect(JSON.stringify(reply)).toBe(before);
			}
		});

		it('has no place for a key', () => {
			const { key } = provider.credential;
			const example = {
				taskId: provider.task?.idExample ?? '',
				baseUrl: baseUrlOf(provider),
			};
			const wires = [
				provider.submit.encode(fullRequest(provider)),
				...(provider.task === undefined
					? []
					: [
							provider.task.encode(example),
							...(provider.task.result === undefined ? [] : [provider.task.result.encode(example)]),
							...(provider.task.watch === undefined ? [] : [provider.task.watch(example)]),
							...(provider.task.cancel === undefined ? [] : [provider.task.cancel.encode(example)]),
						]),
				...(provider.upload === undefined ? [] : [provider.upload.encode(imageFile('png'))]),
			];
			for (const wire of wires) {
				expect(Object.keys(wire).sort()).toEqual(
					['file', 'form', 'isHeld', 'json', 'method', 'origin', 'path', 'purpose'].filter(
						(name) => name in wire,
					),
				);
				const body = bodyOf(wire) ?? {};
				if (key.kind === 'body') expect(body).not.toHaveProperty(key.field);
				expect(JSON.stringify([wire.path, body])).not.toMatch(/authorization|bearer|api_?key/i);
				// A key in the body needs a body to be written into.
				if (key.kind === 'body') expect(wire.json).toBeDefined();
			}
		});

		it('sends prompt, model and links as they are', () => {
			const url = fc.webUrl({ withQueryParameters: true });
			fc.assert(
				fc.property(characters, characters, url, (prompt, model, link) => {
					const asFile = provider.images.takes === 'file';
					const image = asFile ? imageFile('png') : imageLink(link);
					const request = { model, prompt, images: [image], fields: {} };
					const wire = provider.submit.encode(request);
					const texts = textsIn(bodyOf(wire));
					expect(texts).toContain(prompt);
					// Some providers have the model in the path, where steps are written in brackets.
					if (!texts.includes(model) && !/(^|\/)\.{1,2}(\/|$)|\p{Cs}/u.test(model)) {
						expect(decodeURIComponent(wire.path)).toContain(model);
					}
					if (!asFile) expect(texts).toContain(link);
				}),
			);
		});

		it('keeps the order of the images', () => {
			const text = JSON.stringify(bodyOf(provider.submit.encode(fullRequest(provider))));
			const places = manyImages(provider).map(({ sign }) => text.indexOf(sign));
			expect(places).toEqual([...places].sort((one, other) => one - other));
			expect(Math.min(...places)).toBeGreaterThan(0);
		});
	});

	if (provider.task !== undefined) describeTaskAddress(provider, provider.task);
}

function describeTaskAddress(provider: Provider, task: NonNullable<Provider['task']>): void {
	const baseUrl = baseUrlOf(provider);
	const whole = (taskId: string, readUrl?: string) =>
		urlOf(task.encode({ taskId, baseUrl, ...(readUrl === undefined ? {} : { readUrl }) }), baseUrl);

	describe('asks for a task at its own origin only', () => {
		it('whatever the task id is', () => {
			const plain = new URL(whole('1')).pathname.split('/');
			const plainKeys = [...new URL(whole('1')).searchParams.keys()];
			fc.assert(
				fc.property(
					fc.oneof(
						characters,
						fc.constantFrom('.', '..', '../..', '/', '\\', '?', '#', '%2e%2e', '//x'),
					),
					(taskId) => {
						fc.pre(!/\p{Cs}/u.test(taskId));
						const url = new URL(whole(taskId));
						expect(url.origin).toBe(new URL(baseUrl).origin);
						expect(url.hash).toBe('');
						// One segment or one value of the query, however it is written.
						const path = url.pathname.split('/');
						const place = plain.indexOf('1');
						expect(path.filter((_step, index) => index !== place)).toEqual(
							plain.filter((_step, index) => index !== place),
						);
						expect([...url.searchParams.keys()]).toEqual(plainKeys);
					},
				),
			);
		});

		it('when the id is half of a character pair', () => {
			expect(() => task.encode({ taskId: 'task-\ud800', baseUrl })).not.toThrow();
		});

		it.each([
			'https://evil.example/fetch/1',
			`${baseUrl.replace('https://', 'https://evil.example/')}/fetch/1`,
			`${new URL(baseUrl).origin}.evil.example/fetch/1`,
			`${new URL(baseUrl).origin}@evil.example/fetch/1`,
			`${baseUrl.replace('https:', 'http:')}/fetch/1`,
			`${new URL(baseUrl).origin}:8443/fetch/1`,
			'//evil.example/fetch/1',
			'/fetch/1',
			'javascript:alert(1)',
			'data:text/plain,x',
			'not a url',
			'',
		])('not at %s', (readUrl) => {
			expect(whole('1', readUrl)).toBe(whole('1'));
		});
	});
}
