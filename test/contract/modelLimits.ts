import { checkFields, checkPictures } from '../../nodes/QwenImageEdit/edit/check';
import type { Provider } from '../../nodes/QwenImageEdit/edit/provider';
import type { ProviderFixtures } from './fixture';
import { refusal } from './limits';
import { baseUrlOf, pictureLink } from './wire-text';

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

	describe.each(Object.entries(modelLimits))('the model %s', (id, { mostPictures, fields }) => {
		it(`takes up to ${mostPictures} pictures`, () => {
			const check = (count: number) =>
				checkPictures(
					provider,
					Array.from({ length: count }, pictureLink),
					baseUrlOf(provider),
					id,
				);
			check(1);
			check(mostPictures);
			expect(refusal(() => check(mostPictures + 1))).toContain(`at most ${mostPictures}`);
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
