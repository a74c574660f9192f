/* eslint-disable @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PHOTO_FILE } from '../../demo/examples';
import { secondsSince } from '../../../processes/command';
import { modelVerse } from '../../../../nodes/QwenImageEdit/providers/modelVerse';
import type { Bench } from '../bench';
import { STANDARD_HEIGHT } from '../editor/editor';
import { editNode, node, TRIGGER, workflow } from '../workflows';

const ITEMS = 200;
const WORKFLOW = 'Two hundred variants';
const NODE = 'Edit 200 photos';
/** What one edit takes: with four at a time, 200 take some two minutes. */
const EDIT_MILLISECONDS = 2500;
const LOOK_AFTER_MILLISECONDS = 20_000;
const DONE_WITHIN_SECONDS = 900;

/** 200 images in one run: what is seen on the canvas, in the panel and in the list of executions. */
export async function checkLongRun(bench: Bench): Promise<void> {
	const { checks, emulator, gallery, credentials } = bench;
	const editor = await bench.openEditor('light');
	const startedAt = Date.now();
	const before = emulator.ledger.length;
	const latency = emulator.settings.latencyMs;
	await checks.check('long run: it is seen to be running', async () => {
		emulator.settings.latencyMs = EDIT_MILLISECONDS;
		const url = emulator.hostImage(readFileSync(PHOTO_FILE), 'coffee.jpg');
		const credential = credentials.find(({ type }) => type === modelVerse.credential.type)!;
		const edit = editNode(NODE, {
			provider: modelVerse,
			operation: 'edit',
			credential,
			position: [672, 0],
			parameters: {
				prompt: '=Make it a watercolour painting, variant {{ $json.variant }}',
				images: { image: [{ source: 'url', url }] },
			},
		});
		const list = `={{ ({ variant: Array.from({ length: ${ITEMS} }, (_, index) => index + 1) }) }}`;
		const nodes = [
			node(TRIGGER, 'n8n-nodes-base.manualTrigger', 1, [0, 0]),
			node('List of variants', 'n8n-nodes-base.set', 3.4, [224, 0], {
				mode: 'raw',
				jsonOutput: list,
			}),
			node('One item each', 'n8n-nodes-base.splitOut', 1, [448, 0], { fieldToSplitOut: 'variant' }),
			edit,
		];
		await editor.resize(640, 1280);
		await editor.createWorkflow(
			workflow(WORKFLOW, nodes, {
				[TRIGGER]: ['List of variants'],
				'List of variants': ['One item each'],
				'One item each': [NODE],
			}),
		);
		await editor.part('execute-workflow-button').click();
		await editor.settle(LOOK_AFTER_MILLISECONDS);
		const done = emulator.ledger.length - before;
		assert.ok(done > 0 && done < ITEMS, `${done} of ${ITEMS} edits taken so far`);
		const running = editor.page.locator(`[data-test-id="canvas-node"][data-node-name="${NODE}"]`);
		assert.match((await running.innerHTML()).toLowerCase(), /running|waiting|spinner/);
		await gallery.add('long-run-canvas', async () => await editor.canvasImage('with buttons'));
	});

	await checks.check('long run: the panel says that the node is running', async () => {
		const panel = await editor.openNode(NODE);
		await editor.part('ndv-executing').waitFor();
		assert.match(await editor.part('output-panel').innerText(), /Executing/i);
		await panel.close();
	});

	await checks.check('long run: the list of executions shows it', async () => {
		const other = await bench.openEditor('light');
		try {
			await other.resize(640, 1280);
			await other.page.goto(`${bench.instance.url}/home/executions`);
			const entry = other.part('global-execution-list-item').filter({ hasText: WORKFLOW });
			await entry.first().waitFor();
			await other.settle(2000);
			assert.match(await entry.first().innerText(), /Running/);
			const sight = { x: 0, y: 0, width: 1280, height: 420 };
			await gallery.add(
				'long-run-executions',
				async () => await other.page.screenshot({ clip: sight }),
			);
		} finally {
			await other.close();
		}
	});

	await checks.check('long run: it ends with all images, each paid once', async () => {
		const success = editor.page
			.locator(`[data-test-id="canvas-node"][data-node-name="${NODE}"]`)
			.locator('[data-test-id="canvas-node-status-success"]');
		await success.waitFor({ timeout: DONE_WITHIN_SECONDS * 1000 });
		console.log(`        ${ITEMS} images after ${secondsSince(startedAt)} s`);
		assert.equal(emulator.ledger.length - before, ITEMS);
		const prompts = new Set(emulator.ledger.slice(before).map(({ prompt }) => prompt));
		assert.equal(prompts.size, ITEMS);
		await editor.resize(STANDARD_HEIGHT);
		const panel = await editor.openNode(NODE);
		assert.match(await editor.part('output-panel').innerText(), /200 items/);
		await gallery.add('long-run-done', async () => await panel.image());
		await panel.close();
	});

	await checks.check('long run: Stop ends the sending', async () => {
		const sent = (): number => emulator.ledger.length;
		const previously = sent();
		await editor.part('execute-workflow-button').click();
		await editor.until(async () => sent() > previously, 'a second run sends');
		await editor.part('stop-execution-button').click();
		// A busy n8n takes its time to hear of it.
		await editor.part('stop-execution-button').waitFor({ state: 'hidden' });
		await editor.settle(3000);
		const whenStopped = sent();
		await editor.settle(4 * EDIT_MILLISECONDS);
		assert.equal(sent(), whenStopped, 'edits taken after Stop');
		const node = editor.page.locator(`[data-test-id="canvas-node"][data-node-name="${NODE}"]`);
		assert.equal(await node.locator('[data-test-id="canvas-node-status-success"]').count(), 0);
		assert.ok(whenStopped - previously < ITEMS / 4, `${whenStopped - previously} edits taken`);
		console.log(`        ${whenStopped - previously} edits were taken before Stop`);
	});
	emulator.settings.latencyMs = latency;
	await editor.close();
}
