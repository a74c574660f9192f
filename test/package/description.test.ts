/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { operationsOf } from '../../nodes/QwenImageEdit/adapter/provider';
import { providers } from '../../nodes/QwenImageEdit/providers';
import { QwenImageEdit } from '../../nodes/QwenImageEdit/QwenImageEdit.node';
import { QwenImageEditTrigger } from '../../nodes/QwenImageEditTrigger/QwenImageEditTrigger.node';

const nodes = {
	'description.golden.json': QwenImageEdit,
	'triggerDescription.golden.json': QwenImageEditTrigger,
};

/**
 * The panel as n8n gets it, whole, so that every change of it shows in review. After a change that is
 * meant: `UPDATE_GOLDEN=1 npx jest test/package/description`, and look at the difference.
 */
it.each(Object.entries(nodes))('%s is the description that was reviewed', (file, Node) => {
	const goldenFile = join(__dirname, file);
	const current = `${JSON.stringify(new Node().description, null, '\t')}\n`;
	if (process.env.UPDATE_GOLDEN === '1') writeFileSync(goldenFile, current);
	if (!existsSync(goldenFile)) throw new Error('run with UPDATE_GOLDEN=1 first');
	expect(JSON.parse(current)).toEqual(JSON.parse(readFileSync(goldenFile, 'utf8')));
});

describe.each(providers.filter(({ task }) => task !== undefined))(
	'the panel of $id',
	(provider) => {
		const shownFor = (operation: string): unknown[] =>
			new QwenImageEdit().description.properties.filter(({ name, displayOptions }) => {
				const { provider: ids, operation: operations } = displayOptions?.show ?? {};
				return (
					name === 'options' &&
					ids?.includes(provider.id) === true &&
					operations?.includes(operation) === true
				);
			});

		it('has one Options for Edit Image and Submit Task', () => {
			expect(shownFor('edit')).toHaveLength(1);
			expect(shownFor('submitTask')).toEqual(shownFor('edit'));
		});

		it('has one Options for each of its operations', () => {
			for (const operation of operationsOf(provider)) expect(shownFor(operation)).toHaveLength(1);
		});
	},
);
