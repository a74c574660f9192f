/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { operationsOf } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { providers } from '../../../../nodes/QwenImageEdit/providers';
import type { Bench } from '../bench';
import type { Editor } from '../editor/editor';

const NODE_TITLE = 'Qwen Image Edit';
/** What somebody may type who does not know the node's name. */
const WORDS = ['Qwen Image Edit', 'qwen', 'image edit', 'edit image', 'photo', 'retouch'];

/** Opens what the picker has of the node; without a trigger in the workflow the actions are folded up below the triggers. */
async function openActions(editor: Editor): Promise<void> {
	await editor.part('node-creator-item-name').getByText(NODE_TITLE, { exact: true }).click();
	await editor.settle(1500);
	await editor
		.part('node-creator')
		.getByText(/^Actions \(/)
		.click();
	await editor.settle();
}

/** The node is found by its name, by what it does and by who does it, and is added from there. */
export async function checkPicker({ checks, editor, gallery }: Bench): Promise<void> {
	const searched = [...WORDS, ...providers.map(({ title }) => title.replace(/ \(.*/, ''))];
	for (const words of searched) {
		await checks.check(`picker: "${words}" finds the node`, async () => {
			if (words === searched[0]) await editor.newWorkflow();
			await editor.searchNodes(words);
			const found = await editor.foundNodes();
			assert.ok(found.includes(NODE_TITLE), `found ${JSON.stringify(found)}`);
			assert.equal(found.filter((title) => title === NODE_TITLE).length, 1);
		});
	}

	await checks.check('picker: every operation is an action of its own', async () => {
		await editor.searchNodes('image edit');
		await openActions(editor);
		const found = (await editor.foundNodes()).filter((title) => !title.startsWith('On a '));
		assert.deepEqual(found.sort(), [
			'Cancel task',
			'Edit image',
			'Get task',
			'On edit failed',
			'On edit finished',
			'Submit task',
		]);
		await gallery.add('node-picker', async () => await editor.part('node-creator').screenshot());
	});

	for (const [action, operation] of [
		['Get task', 'Get Task'],
		['Edit image', 'Edit Image'],
	] as const) {
		await checks.check(`picker: "${action}" adds a node that is ready for it`, async () => {
			await editor.newWorkflow();
			await editor.searchNodes('image edit');
			await openActions(editor);
			await editor.part('node-creator-item-name').getByText(action, { exact: true }).click();
			const panel = await editor.openedPanel();
			const title = await panel.chosen('provider');
			const provider = providers.find((one) => one.title === title);
			assert.ok(provider !== undefined, `Provider shows '${title}'`);
			assert.equal(await panel.chosen('operation'), operation);
			assert.ok(operation !== 'Get Task' || operationsOf(provider).includes('getTask'));
			await panel.close();
		});
	}
}
