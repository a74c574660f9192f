/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import type { INodeProperties } from 'n8n-workflow';
import type { OperationName } from '../../../../nodes/QwenImageEdit/adapter/field';
import { operationsOf, type Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { providers } from '../../../../nodes/QwenImageEdit/providers';
import { optionsProperty } from '../../../../nodes/QwenImageEdit/n8n/panel/optionsProperty';
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

/** Every option that a provider or operation has, at its default. */
function everyOption(): Record<string, unknown> {
	const lists = providers.flatMap((provider) => [
		optionsProperty(provider, 'sending'),
		optionsProperty(provider, 'getTask'),
	]);
	const options = lists.flatMap((list) => (list.options ?? []) as INodeProperties[]);
	return Object.fromEntries(options.map((option) => [option.name, option.default]));
}

/**
 * A node for which every option of all providers is set, save the first of its own. n8n shows those that this provider
 * and operation have, and offers what is not set; to add each by hand takes minutes.
 */
function filledIn(provider: Provider, operation: OperationName): Record<string, unknown> {
	const options = everyOption();
	delete options[expectedOptions(provider, operation)[0]!.name];
	return { ...newNode(provider, operation), options };
}

function newNode(_provider: Provider, operation: OperationName): Record<string, unknown> {
	return sendsEdit(operation) ? { prompt: PROMPT } : {};
}

/** Every provider with each of its operations: fields, credential, options and model. */
export async function checkPanels(bench: Bench): Promise<void> {
	const { checks, editor } = bench;
	const opened = await checks.check('panels: a workflow with every combination', async () => {
		await editor.createWorkflow(
			everyCombination(providers, (provider) => credentialOf(bench, provider), filledIn),
		);
	});
	if (!opened) return;
	for (const provider of providers) {
		for (const operation of operationsOf(provider)) {
			await checks.check(`panel: ${nodeName(provider, operation)}`, async () => {
				const panel = await editor.openNode(nodeName(provider, operation));
				try {
					await checkPanel(bench, panel, provider, operation);
				} finally {
					await panel.close();
				}
			});
		}
	}
	await addPanelImages(bench);
}

/** The panels of new nodes, for the docs. */
async function addPanelImages(bench: Bench): Promise<void> {
	const { editor, gallery } = bench;
	if (gallery.takes) {
		await editor.createWorkflow(
			everyCombination(providers, (provider) => credentialOf(bench, provider), newNode),
		);
	}
	for (const provider of providers) {
		const takes = operationsOf(provider).map((operation) => async () => {
			const panel = await editor.openNode(nodeName(provider, operation));
			const image = await panel.fieldsImage();
			await panel.close();
			return image;
		});
		await gallery.add(`panel-${provider.id}`, ...takes);
	}
}

async function checkPanel(
	bench: Bench,
	panel: NodePanel,
	provider: Provider,
	operation: OperationName,
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
	const { label } = options[0]!;
	assert.deepEqual(await panel.optionLabels(), [label]);
	await panel.addOption(label);
	const set = await panel.options();
	assert.deepEqual(
		set.sort((one, other) => one.label.localeCompare(other.label)),
		options,
	);
	assert.equal(await panel.hasFurtherOptions(), false, 'a further option is offered');
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
			await gallery.add('panel-dark', async () => await panel.fieldsImage());
		} finally {
			await editor.close();
		}
	});
}
