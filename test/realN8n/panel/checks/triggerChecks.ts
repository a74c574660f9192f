/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { CALLING_PROVIDERS } from '../../../emulator/types';
import assert from 'node:assert/strict';
import { findProvider } from '../../../../nodes/QwenImageEdit/providers';
import { triggerName, triggerNode, webhookIdOf } from '../../callbacks/workflows';
import type { Bench } from '../bench';
import { workflow } from '../workflows';

/** The panel of the trigger: the URL to copy, one credential, and nothing that is not used. */
export async function checkTrigger(bench: Bench): Promise<void> {
	const { checks, credentials, editor, gallery } = bench;
	const provider = 'evoLink';
	await checks.check('trigger: the panel shows the URL to copy, and one credential', async () => {
		const node = triggerNode(provider, credentials);
		await editor.createWorkflow(workflow('Trigger', [node], {}));
		const panel = await editor.openNode(triggerName(provider));
		assert.deepEqual(
			await panel.choices('provider'),
			CALLING_PROVIDERS.map((id) => findProvider(id)!.title).sort((one, other) =>
				one.localeCompare(other),
			),
		);
		assert.equal(await panel.chosen('provider'), findProvider(provider)!.title);
		assert.equal((await panel.credentials()).slots, 1);
		// Folded up until somebody looks.
		await editor.part('ndv').getByText('Webhook URLs', { exact: true }).click();
		await editor.settle();
		const text = await editor.part('ndv').innerText();
		assert.ok(text.includes(`/${webhookIdOf(provider)}/qwen-image-edit`), 'the URL is not shown');
		assert.ok(text.includes('WEBHOOK_URL'), 'nothing is said of an n8n that cannot be reached');
		assert.ok(!text.includes('Task ID'), 'a field is shown that is not for users');
		await gallery.add('panel-trigger', await panel.image(900));
	});
	await checks.check('trigger: options that are about files go with Download Image', async () => {
		const panel = await editor.openedPanel();
		const before = await panel.optionLabels();
		assert.ok(before.includes('File Name'), before.join());
		await panel.close();
	});
}
