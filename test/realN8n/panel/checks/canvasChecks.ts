/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { loadExamples } from '../../demo/examples';
import type { Bench } from '../bench';
import { STANDARD_HEIGHT } from '../editor/editor';
import { NODE_TYPE } from '../workflows';

const CANVAS_HEIGHT = 640;
const CANVAS_WIDTH = 1280;

/** The canvas of every example: all its nodes are drawn, and ours is not marked as unknown or incomplete. */
export async function checkExamples({ checks, editor, gallery }: Bench): Promise<void> {
	await editor.resize(CANVAS_HEIGHT, CANVAS_WIDTH);
	try {
		for (const { name, workflow } of loadExamples()) {
			await checks.check(`example: ${name} on the canvas`, async () => {
				await editor.openWorkflow(workflow.id);
				await editor.part('zoom-to-fit').click();
				await editor.settle(1200);
				const ours = workflow.nodes.filter(({ type }) => type.startsWith(NODE_TYPE));
				assert.ok(ours.length > 0, 'the example has no node of ours');
				for (const node of ours) {
					const drawn = editor.page.locator(
						`[data-test-id="canvas-node"][data-node-name="${node.name}"]`,
					);
					assert.equal(await drawn.count(), 1, node.name);
					assert.equal(await drawn.locator('[data-test-id="node-issues"]').count(), 0, node.name);
				}
				await gallery.add(
					`example-${name}`,
					async () => await editor.canvasImage('without buttons'),
				);
			});
		}
	} finally {
		await editor.resize(STANDARD_HEIGHT);
	}
}
