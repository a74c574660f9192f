import { checkFields } from '../../../../nodes/QwenImageEdit/adapter/checkFields';
import { checkImages } from '../../../../nodes/QwenImageEdit/adapter/checkImages';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import type { ProviderFixtures } from '../fixture';
import { refusal } from './limits';
import { baseUrlOf, imageLink } from '../wire-text';

/** What the document says of single models: one over each limit is refused, and the message names the model. */
export function describeModelLimits(provider: Provider, fixtures: ProviderFixtures): void {
	const { modelLimits } = fixtures.declaration;
	if (modelLimits === undefined) {
		it('has no model with limits of its own', () => {
			for (const { id, note, ...limits } of provider.models) {
				expect([id, note, limits]).toEqual([id, note, {}]);
			}
		});
		return;
	}

	it('every model has its limits in the document', () => {
		const ids = Object.keys(modelLimits);
		for (const { id } of provider.models) expect(ids).toContain(id);
	});

	describe.each(Object.entries(modelLimits))('the model %s', (id, { mostImages, fields }) => {
		it(`takes up to ${mostImages} images`, () => {
			const check = (count: number) =>
				checkImages(provider, Array.from({ length: count }, imageLink), baseUrlOf(provider), id);
			check(1);
			check(mostImages);
			expect(refusal(() => check(mostImages + 1))).toContain(`at most ${mostImages}`);
		});

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
