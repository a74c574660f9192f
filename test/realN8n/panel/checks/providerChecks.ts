/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { operationsOf, type Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { providers } from '../../../../nodes/QwenImageEdit/providers';
import type { Bench } from '../bench';
import {
	expectedFields,
	expectedOperations,
	expectedOptions,
	OPERATION_LABELS,
	sendsEdit,
} from '../expected';
import { STANDARD_HEIGHT } from '../editor/editor';
import type { NodePanel } from '../editor/nodePanel';
import { editNode, everyCombination, nodeName, photoNodes, READER, workflow } from '../workflows';

const PROMPT = 'Replace the background with a sunny beach. Keep the cup where it is.';
const SECOND_IMAGE = 'https://example.com/beach.png';

function credentialOf(bench: Bench, provider: Provider) {
	const { type } = provider.credential;
	const found = bench.credentials.find((credential) => credential.type === type);
	assert.ok(found !== undefined, `no credential of type ${type} was made`);
	return found;
}

/** One node is switched through all providers by hand: what it shows, and what it keeps. */
export async function checkSwitching(bench: Bench): Promise<void> {
	const { checks, editor } = bench;
	const first = providers[0]!;
	let panel: NodePanel;
	await checks.check('switching: a node with a prompt and two images', async () => {
		const node = editNode('Edit the photo', {
			provider: first,
			operation: 'edit',
			credential: credentialOf(bench, first),
		});
		const nodes = [...photoNodes(), node];
		await editor.createWorkflow(workflow('Switching', nodes, { [READER]: [node.name] }));
		panel = await editor.openNode(node.name);
		await panel.fillPrompt(PROMPT);
		await panel.addImageUrl(SECOND_IMAGE);
		assert.deepEqual(
			await panel.choices('provider'),
			providers.map(({ title }) => title),
		);
	});

	for (const provider of [...providers.slice(1), first]) {
		await checks.check(`switching to ${provider.title}`, async () => {
			await panel.choose('provider', provider.title);
			assert.deepEqual(await panel.fields(), expectedFields('edit'));
			assert.equal(await panel.prompt(), PROMPT);
			assert.deepEqual(await panel.images(), [
				{ source: 'Binary Field', value: 'data' },
				{ source: 'URL', value: SECOND_IMAGE },
			]);
			assert.deepEqual(await panel.choices('operation'), expectedOperations(provider));
			const { slots, offered } = await panel.credentials();
			assert.equal(slots, 1, 'credentials asked for');
			assert.deepEqual(offered, [credentialOf(bench, provider).id]);
			assert.equal(await panel.model(), provider.defaultModel, 'the model of the provider');
		});
	}

	await checks.check(
		'switching: an operation that the next provider lacks is not kept',
		async () => {
			const withTasks = providers.find((provider) => provider.task !== undefined)!;
			const withoutTasks = providers.find((provider) => provider.task === undefined)!;
			await panel.choose('provider', withTasks.title);
			await panel.choose('operation', OPERATION_LABELS.getTask);
			await panel.choose('provider', withoutTasks.title);
			assert.equal(await panel.chosen('operation'), OPERATION_LABELS.edit);
			assert.deepEqual(await panel.fields(), expectedFields('edit'));
		},
	);
}

/** Every provider with each of its operations: fields, credential, options and model, and its image. */
export async function checkPanels(bench: Bench): Promise<void> {
	const { checks, editor, gallery } = bench;
	await checks.check('panels: a workflow with every combination', async () => {
		const all = everyCombination(providers, PROMPT, (provider) => credentialOf(bench, provider));
		await editor.createWorkflow(all);
	});
	for (const provider of providers) {
		const shots: Buffer[] = [];
		for (const operation of operationsOf(provider)) {
			await checks.check(`panel: ${nodeName(provider, operation)}`, async () => {
				const panel = await editor.openNode(nodeName(provider, operation));
				try {
					shots.push(await panel.fieldsImage());
					await checkPanel(bench, panel, provider, operation);
				} finally {
					await panel.close();
				}
			});
		}
		await checks.check(`panel: image of ${provider.title}`, async () => {
			await gallery.add(`panel-${provider.id}`, ...shots);
		});
	}
}

async function checkPanel(
	bench: Bench,
	panel: NodePanel,
	provider: Provider,
	operation: ReturnType<typeof operationsOf>[number],
): Promise<void> {
	assert.deepEqual(await panel.fields(), expectedFields(operation));
	assert.equal(await panel.chosen('provider'), provider.title);
	assert.equal(await panel.chosen('operation'), OPERATION_LABELS[operation]);
	const { name, id } = credentialOf(bench, provider);
	assert.deepEqual(await panel.credentials(), { slots: 1, chosen: [name], offered: [id] });
	if (sendsEdit(operation)) {
		assert.equal(await panel.model(), provider.defaultModel);
		const listed = await panel.modelList();
		if (provider.modelList === undefined) {
			const documented = provider.models.map(({ id, note, prices = [] }) => {
				const amounts = prices.map(
					({ amount, currency, per }) =>
						`${amount} ${currency} ${per === 'megapixel' ? 'a' : 'an'} ${per}`,
				);
				const more = [note ?? '', amounts.join(' or ')].filter((part) => part !== '');
				return more.length === 0 ? id : `${id} (${more.join('; ')})`;
			});
			assert.deepEqual(listed, documented);
		}
	}
	const options = expectedOptions(provider, operation);
	assert.deepEqual(
		await panel.optionLabels(),
		options.map(({ label }) => label),
	);
	// Submit Task has the very Options property of Edit Image, which test/package/description holds. One is enough.
	const firstWithTasks = providers.find(({ task }) => task !== undefined);
	if (operation === 'submitTask' && provider !== firstWithTasks) return;
	const added = await panel.addAllOptions();
	assert.deepEqual(added.sort(), options.map((option) => option.name).sort());
	assert.deepEqual(await panel.cutOffLabels(), []);
	await bench.keep(`options-${provider.id}-${operation}`, async () => {
		await bench.editor.resize(2000);
		const image = await panel.fieldsImage();
		await bench.editor.resize(STANDARD_HEIGHT);
		return image;
	});
}

/** The same panel in n8n's dark theme. */
export async function checkDarkTheme(bench: Bench): Promise<void> {
	const { checks, gallery } = bench;
	await checks.check('theme: the panel in dark', async () => {
		const provider = providers[0]!;
		const editor = await bench.openEditor('dark');
		try {
			const node = editNode('Edit the photo', {
				provider,
				operation: 'edit',
				credential: credentialOf(bench, provider),
				parameters: { prompt: PROMPT },
			});
			const nodes = [...photoNodes(), node];
			await editor.createWorkflow(workflow('Dark theme', nodes, { [READER]: [node.name] }));
			const panel = await editor.openNode(node.name);
			assert.ok(await editor.isDark(), 'the editor stayed light');
			await gallery.add('panel-dark', await panel.fieldsImage());
		} finally {
			await editor.close();
		}
	});
}
