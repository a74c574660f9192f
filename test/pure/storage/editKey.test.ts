import * as fc from 'fast-check';

import type { EditRequest, ImageFile } from '../../../nodes/QwenImageEdit/edit/request';
import {
	type EditIdentity,
	identityText,
	Places,
} from '../../../nodes/QwenImageEdit/storage/editKey';

function file(identity: string): ImageFile {
	return {
		kind: 'file',
		facts: { type: 'png', mimeType: 'image/png', extension: 'png' },
		bytes: 1,
		fileName: `${identity}.png`,
		identity,
		open: async () => {
			throw new Error('nobody reads it');
		},
	};
}

const request: EditRequest = {
	model: 'm',
	prompt: 'p',
	images: [file('one'), { kind: 'link', url: 'https://example.com/a.png' }],
	fields: { seed: 1, size: '1x1' },
};

function text(changes: Partial<EditRequest> = {}, others: Partial<EditIdentity> = {}): string {
	return identityText({
		provider: 'aiml',
		baseUrl: 'https://api.example.com',
		operation: 'edit',
		request: { ...request, ...changes },
		contentOf: ({ identity }) => `content of ${identity}`,
		...others,
	});
}

describe('two edits', () => {
	it('are the same whatever the order of their fields, and where their image lies', () => {
		expect(text({ fields: { size: '1x1', seed: 1 } })).toBe(text());
		const stored = { ...file('one'), fileName: 'other.png', bytes: 2 };
		expect(text({ images: [stored, request.images[1]!] })).toBe(text());
	});

	it('are the same whoever is called back', () => {
		const fields = { ...request.fields, callbackUrl: 'https://example.com', trackId: '7' };
		expect(text({ fields })).toBe(text());
	});

	it.each<[string, Partial<EditRequest>, Partial<EditIdentity>]>([
		['another prompt', { prompt: 'q' }, {}],
		['another model', { model: 'n' }, {}],
		['another field', { fields: { seed: 2, size: '1x1' } }, {}],
		['a field as text', { fields: { seed: '1', size: '1x1' } }, {}],
		['another image', { images: [file('two'), request.images[1]!] }, {}],
		['another order', { images: [...request.images].reverse() }, {}],
		[
			'another link',
			{ images: [file('one'), { kind: 'link', url: 'https://example.com/b.png' }] },
			{},
		],
		['a mask', { mask: file('mask') }, {}],
		['another provider', {}, { provider: 'odkkk' }],
		['another server', {}, { baseUrl: 'https://other.example.com' }],
		['another operation', {}, { operation: 'submitTask' }],
	])('with %s are not the same', (_name, changes, others) => {
		expect(text(changes, others)).not.toBe(text());
	});
});

describe('equal items', () => {
	it('have places of their own, the same in each run', () => {
		const digests = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });
		fc.assert(
			fc.property(digests, (list) => {
				const place = (): string[] => {
					const places = new Places();
					return list.map((digest) => places.next(digest));
				};
				expect(new Set(place()).size).toBe(list.length);
				expect(place()).toEqual(place());
			}),
		);
	});

	it('that an earlier try has placed keep their places', () => {
		const places = new Places();
		places.keep('a-0');
		places.keep('a-2');
		expect([places.next('a'), places.next('a'), places.next('b')]).toEqual(['a-1', 'a-3', 'b-0']);
	});
});
