import { checkFields } from '../../../../nodes/QwenImageEdit/adapter/checkFields';
import { checkPrompt } from '../../../../nodes/QwenImageEdit/adapter/checkTexts';
import { checkImages } from '../../../../nodes/QwenImageEdit/adapter/checkImages';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import type { ProviderFixtures } from '../fixture';
import { refusal } from './limits';
import { baseUrlOf, imageFile, imageLink } from '../wire-text';

/** What the document says of single models: one over each limit is refused, and the message names the model. */
export function describeModelLimits(provider: Provider, fixtures: ProviderFixtures): void {
	const { modelLimits } = fixtures.declaration;
	if (modelLimits === undefined) {
		it('has no model with limits of its own', () => {
			for (const { id, ...rest } of provider.models) {
				const limits = Object.keys(rest).filter((name) => name !== 'note' && name !== 'prices');
				expect([id, limits]).toEqual([id, []]);
			}
		});
		return;
	}

	it('every model has its limits in the document', () => {
		const ids = Object.keys(modelLimits);
		for (const { id } of provider.models) expect(ids).toContain(id);
	});

	describe.each(Object.entries(modelLimits))('the model %s', (id, limits) => {
		const { mostImages, fields, mostPromptCharacters, images } = limits;

		it(`takes up to ${mostImages} images`, () => {
			const check = (count: number) =>
				checkImages(provider, Array.from({ length: count }, imageLink), baseUrlOf(provider), id);
			check(1);
			check(mostImages);
			expect(refusal(() => check(mostImages + 1))).toContain(`at most ${mostImages}`);
		});

		if (mostPromptCharacters !== undefined) {
			it(`takes a prompt of up to ${mostPromptCharacters} characters`, () => {
				const check = (length: number) => checkPrompt(provider, 'a'.repeat(length), id);
				check(mostPromptCharacters);
				expect(refusal(() => check(mostPromptCharacters + 1))).toContain(id);
			});
		}

		if (images !== undefined) {
			it('takes of images what it is documented to', () => {
				const check = ({ type, ...facts }: (typeof images.accepted)[number]) =>
					checkImages(provider, [imageFile(type, facts)], baseUrlOf(provider), id);
				images.accepted.forEach(check);
				for (const facts of images.refused) {
					expect(refusal(() => check(facts))).toContain(id);
				}
			});
		}

		if (Object.keys(fields).length === 0) return;
		it.each(Object.entries(fields))('takes of %s what it is documented to', (name, values) => {
			for (const value of values.accepted) {
				expect(Object.keys(checkFields(provider, { [name]: value }, id))).toEqual([name]);
			}
			for (const value of values.refused) {
				expect(refusal(() => checkFields(provider, { [name]: value }, id))).toContain(id);
			}
		});
	});
}
