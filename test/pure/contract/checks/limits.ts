import { checkImages } from '../../../../nodes/QwenImageEdit/adapter/checkImages';
import { checkPrompt, checkTaskId } from '../../../../nodes/QwenImageEdit/adapter/checkTexts';
import { EditFault } from '../../../../nodes/QwenImageEdit/edit/fault';
import { type ImageType, imageTypes } from '../../../../nodes/QwenImageEdit/image/imageType';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import type { Image } from '../../../../nodes/QwenImageEdit/edit/request';
import type { ProviderFixtures } from '../fixture';
import { baseUrlOf, imageFile, imageLink } from '../wire-text';

/** What DashScope and odkkk document; no provider of this model documents another type. */
const documentedTypes: readonly ImageType[] = ['jpg', 'png', 'webp', 'bmp', 'gif', 'tiff'];

/** What the user reads when a check refuses. */
export function refusal(check: () => unknown): string {
	try {
		check();
	} catch (error) {
		expect(error).toBeInstanceOf(EditFault);
		const { fault } = error as EditFault;
		expect(fault.kind).toBe('input');
		return fault.message;
	}
	throw new Error('it was not refused');
}

/** One over each limit of the document is refused before anything is sent; the limit itself passes. */
export function describeLimits(provider: Provider, fixtures: ProviderFixtures): void {
	const { prompt, images: limits } = fixtures.declaration;
	const baseUrl = baseUrlOf(provider);
	const check = (...images: Image[]) => checkImages(provider, images, baseUrl);
	const types = Object.keys(imageTypes) as ImageType[];
	const allowed = limits.types ?? documentedTypes;
	const [firstType] = allowed as [ImageType];
	const { minimumSide = 1, maximumSide = 100_000 } = limits;
	/** An image that the provider takes as it is. */
	const some = (): Image => (limits.takes === 'file' ? imageFile(firstType) : imageLink());
	const middle = Math.min(maximumSide, Math.max(minimumSide, 1024));

	describe('limits', () => {
		it('are those of the document', () => {
			expect(provider.prompt).toEqual(prompt);
			expect(provider.images).toEqual(limits);
		});

		it.each([undefined, null, '', '   ', '\n', 5, {}])('refuses %p as prompt', (value) => {
			expect(refusal(() => checkPrompt(provider, value))).toContain("'Prompt'");
		});

		const { maximumLength } = prompt;
		if (maximumLength !== undefined) {
			it.each(['a', '鹅', '🦆'])('counts the prompt in characters such as %s', (character) => {
				const longest = character.repeat(maximumLength);
				expect(checkPrompt(provider, longest)).toBe(longest);
				const message = refusal(() => checkPrompt(provider, longest + character));
				expect(message).toContain(String(maximumLength + 1));
				expect(message).toContain(String(maximumLength));
			});
		} else {
			it('takes a long prompt, since no limit is documented', () => {
				const long = 'a'.repeat(10_000);
				expect(checkPrompt(provider, long)).toBe(long);
			});
		}

		it(`takes up to ${limits.maximum} images`, () => {
			for (let count = 1; count <= limits.maximum; count += 1) {
				check(...Array.from({ length: count }, some));
			}
			const tooMany = Array.from({ length: limits.maximum + 1 }, some);
			const message = refusal(() => check(...tooMany));
			expect(message).toContain(String(limits.maximum + 1));
			expect(message).toContain(`at most ${limits.maximum}`);
			expect(refusal(() => check())).toContain("'Images'");
		});

		it.each(types)('%s is taken or refused as the document says', (type) => {
			const one = () => check(imageFile(type, { width: middle, height: middle }));
			if (allowed.includes(type)) one();
			else expect(refusal(one)).toContain(imageTypes[type].title);
		});

		it('takes a file whose size could not be read', () => {
			check(imageFile(firstType));
		});

		it.each(['width', 'height'] as const)('holds the %s to the documented sides', (side) => {
			const one = (pixels: number) =>
				check(imageFile(firstType, { width: middle, height: middle, [side]: pixels }));
			for (const pixels of [minimumSide, minimumSide + 1, maximumSide - 1, maximumSide]) {
				one(pixels);
			}
			if (limits.minimumSide !== undefined) {
				expect(refusal(() => one(minimumSide - 1))).toContain(String(minimumSide - 1));
			}
			if (limits.maximumSide !== undefined) {
				expect(refusal(() => one(maximumSide + 1))).toContain(String(maximumSide + 1));
			}
		});

		const { maximumBytes } = limits;
		if (maximumBytes !== undefined) {
			it('holds the bytes to the documented limit', () => {
				const one = (bytes: number) => check(imageFile(firstType, { bytes }));
				one(maximumBytes);
				expect(refusal(() => one(maximumBytes + 1))).toContain('MB');
			});
		}

		it('names the image that is wrong, when there are several', () => {
			if (limits.maximum < 2) return check(some());
			const message = refusal(() => check(some(), imageLink('ftp://example.com/a.png')));
			expect(message).toContain('Image 2');
		});

		it.each([
			'photo.png',
			'data:image/png;base64,AAAA',
			'ftp://example.com/a.png',
			'https://user:password@example.com/a.png',
		])('refuses %s as an image link', (url) => {
			expect(refusal(() => check(imageLink(url)))).toMatch(/The image/);
		});

		// Files are downloaded by n8n itself, which is inside the private network.
		if (limits.takes !== 'file') {
			it.each(['http://localhost/a.png', 'http://192.168.0.7/a.png', 'http://n8n:5678/a.png'])(
				'refuses %s, which the provider cannot reach',
				(url) => {
					expect(refusal(() => check(imageLink(url)))).toMatch(/The image/);
					checkImages(provider, [imageLink(url)], 'http://127.0.0.1:8080');
				},
			);
		}

		if (provider.task !== undefined) {
			it('refuses a task id that cannot be one', () => {
				const { idExample } = provider.task!;
				expect(checkTaskId(provider, ` ${idExample}\n`)).toBe(idExample);
				for (const empty of [undefined, null, '', '  ', {}, [], true]) {
					expect(refusal(() => checkTaskId(provider, empty))).toContain("'Task ID'");
				}
				if (provider.task!.idPattern === undefined) return;
				for (const wrong of ['not a task', '../1', Number.NaN, 1.5, -1]) {
					expect(refusal(() => checkTaskId(provider, wrong))).toContain("'Task ID'");
				}
			});
		}
	});
}
