/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Provider } from '../../../../nodes/QwenImageEdit/adapter/provider';
import { aiml } from '../../../../nodes/QwenImageEdit/providers/aiml';
import { odkkk } from '../../../../nodes/QwenImageEdit/providers/odkkk';
import { PHOTO_FILE } from '../../demo/examples';
import type { Bench } from '../bench';
import type { Shot } from '../editor/gallery';
import type { NodePanel } from '../editor/nodePanel';
import { editNode, photoNodes, READER, workflow } from '../workflows';

const NODE = 'Edit the photo';
const PROMPT = 'Make it a watercolour painting. Keep the cup where it is.';
const UNKNOWN = ['panel', 'suite', 'has', 'no', 'such', 'account'].join('-');
/** The words of the provider's own documentation for a wrong key (provider research S5). */
const WORDS_FOR_A_UNKNOWN = 'This request requires a valid API key';
/** An image in the JSON would be thousands of characters long. */
const MOST_JSON_CHARACTERS = 2500;
/** As high as the JSON of one item. */
const VIEW_PIXELS = 830;

/** As wide as half of a README. */
async function small(image: Buffer): Promise<Buffer> {
	return await sharp(image).autoOrient().resize({ width: 360 }).png().toBuffer();
}

async function openPhotoEdit(
	{ editor, credentials }: Bench,
	name: string,
	parameters: Record<string, unknown> = {},
	credential?: { id: string; name: string },
	provider: Provider = aiml,
): Promise<NodePanel> {
	const stored = credentials.find(({ type }) => type === provider.credential.type)!;
	const node = editNode(NODE, {
		provider,
		operation: 'edit',
		credential: credential ?? stored,
		parameters: { prompt: PROMPT, ...parameters },
	});
	await editor.createWorkflow(workflow(name, [...photoNodes(), node], { [READER]: [NODE] }));
	return await editor.openNode(NODE);
}

/** Execute step, and what comes out: the image, a table, JSON; and what is said when it does not work. */
export async function checkExecution(bench: Bench): Promise<void> {
	await checkResult(bench);
	await checkWrongKey(bench);
	await checkInputFault(bench);
	await checkTask(bench);
}

async function checkResult(bench: Bench): Promise<void> {
	const { checks, editor, gallery, emulator } = bench;
	let panel: NodePanel;
	let table: Shot;
	await checks.check('execute: the step runs and an image comes out', async () => {
		const before = emulator.ledger.length;
		panel = await openPhotoEdit(bench, 'Execute step');
		await panel.executeStep();
		const output = editor.part('output-panel');
		assert.match(await output.innerText(), /1 item/);
		assert.equal(emulator.ledger.length, before + 1, 'paid edits');
		assert.equal(emulator.ledger.at(-1)?.prompt, PROMPT);
	});

	await checks.check('execute: the image is seen in the output panel', async () => {
		const output = await panel.showOutputAs('binary');
		assert.match(await output.innerText(), /File Name[\s\S]*\.png[\s\S]*Mime Type:?\s*image\/png/i);
		await output.locator('[data-test-id="ndv-view-binary-data"]').click();
		const image = output.locator('img[src*="binary-data"], img[src^="data:"], img[src^="blob:"]');
		await image.first().waitFor();
		const loaded = async (): Promise<number> =>
			await image
				.first()
				.evaluate((element) => (element as { naturalWidth?: number }).naturalWidth ?? 0);
		await editor.until(async () => (await loaded()) > 0, 'the image is drawn');
		assert.ok((await loaded()) >= 256, `the image is ${await loaded()} pixels wide`);
		await gallery.add('output-image', async () => await panel.image());
		const address = new URL((await image.first().getAttribute('src'))!, editor.page.url());
		const edited = await (await editor.page.request.get(address.href)).body();
		await gallery.add('before-after', await small(readFileSync(PHOTO_FILE)), await small(edited));
		await output.getByText('Back to list').click();
	});

	await checks.check('execute: the output as a table', async () => {
		const output = await panel.showOutputAs('table');
		const heads = await output.locator('thead th').allInnerTexts();
		for (const name of ['provider', 'operation', 'model', 'status', 'image', 'index', 'count']) {
			assert.ok(heads.map((head) => head.trim()).includes(name), `${name} in ${String(heads)}`);
		}
		table = await gallery.shoot(async () => await panel.outputImage(VIEW_PIXELS));
	});

	await checks.check('execute: the output as JSON, small and without the image', async () => {
		const output = await panel.showOutputAs('json');
		const text = (await output.locator('.vjs-tree, [class*="json"]').first().innerText()).trim();
		assert.match(text, /"?provider"?\s*:\s*"aiml"/);
		assert.match(text, /"?status"?\s*:\s*"completed"/);
		assert.ok(text.length < MOST_JSON_CHARACTERS, `${text.length} characters of JSON`);
		assert.doesNotMatch(text, /[A-Za-z0-9+/]{200,}/);
		await gallery.add(
			'output-table-and-json',
			table,
			async () => await panel.outputImage(VIEW_PIXELS),
		);
		await panel.close();
	});
}

async function checkWrongKey(bench: Bench): Promise<void> {
	const { checks, session, emulator, editor, gallery } = bench;
	await checks.check('execute: a wrong key is told in the words of the provider', async () => {
		const stored = (await session.request('POST', '/credentials', {
			name: 'AI/ML account with a wrong key',
			type: aiml.credential.type,
			data: { apiKey: UNKNOWN, baseUrl: emulator.baseUrl('aiml') },
		})) as { id: string; name: string };
		try {
			const panel = await openPhotoEdit(bench, 'Wrong key', {}, stored);
			await panel.executeStep();
			const text = await editor.part('output-panel').innerText();
			assert.ok(text.includes(WORDS_FOR_A_UNKNOWN), text);
			assert.ok(!text.includes(UNKNOWN), 'the key is shown');
			await gallery.add('error-wrong-key', async () => await panel.image(600));
			await panel.close();
		} finally {
			await session.request('DELETE', `/credentials/${stored.id}`);
		}
	});
}

async function checkInputFault(bench: Bench): Promise<void> {
	const { checks, emulator, editor, gallery } = bench;
	await checks.check('execute: a missing image names the fields that there are', async () => {
		const before = emulator.requests.length;
		const images = { image: [{ source: 'binary', binaryPropertyName: 'photo' }] };
		const panel = await openPhotoEdit(bench, 'Missing image', { images });
		await panel.executeStep();
		const text = await editor.part('output-panel').innerText();
		assert.match(text, /photo/);
		assert.match(text, /\bdata\b/);
		assert.equal(emulator.requests.length, before, 'requests sent');
		await gallery.add('error-missing-image', async () => await panel.image(600));
		await panel.close();
	});
}

/** odkkk takes links only and answers with a task: the photo goes by a signed n8n address, and is waited for. */
async function checkTask(bench: Bench): Promise<void> {
	const { checks, emulator, editor } = bench;
	await checks.check('execute: a task is waited for, and the photo goes by a link', async () => {
		const before = emulator.ledger.length;
		const panel = await openPhotoEdit(bench, 'Task by link', {}, undefined, odkkk);
		await panel.executeStep();
		assert.match(await editor.part('output-panel').innerText(), /1 item[\s\S]*image\/png/);
		assert.equal(emulator.ledger.length, before + 1, 'paid edits');
		const { provider, status, imageCount } = emulator.ledger.at(-1)!;
		assert.deepEqual([provider, status, imageCount], ['odkkk', 'completed', 1]);
		await panel.close();
	});
}
