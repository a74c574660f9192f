/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from '../../../panel/editor/browser';
import { COLOURS_FILE, PHOTOS_FOLDER } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { photoNames } from '../../workspace';
import { checkFile } from '../writtenImages';
import { readTable } from './table';

/** WaveSpeedAI's listed price of one image, in USD. */
const PRICE = 0.02;

/** One image for each colour and product, named by both; one is refused, and the contact sheet tells of all. */
export async function checkColours(run: ExampleRun): Promise<void> {
	const colours = readTable(readFileSync(COLOURS_FILE, 'utf8'));
	const products = photoNames().filter((name) => extname(name) === '.jpg');
	const pairs = products.flatMap((product) =>
		colours.map(({ colour = '', prompt = '' }) => ({ product, colour, prompt })),
	);
	const [refused] = colours;
	run.emulator.faults.add({
		provider: 'waveSpeed',
		kind: 'contentRefused',
		prompt: refused!.prompt!,
		times: 1,
	});
	await run.execute();
	const paid = run.paid();
	assert.equal(paid.length, pairs.length - 1, 'paid edits');

	const browser = await startBrowser(run.say);
	try {
		const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
		await page.goto(pathToFileURL(join(run.filesFolder, 'contact-sheet.html')).href);
		const captions = await page.locator('figcaption').allInnerTexts();
		assert.equal(captions.length, pairs.length, 'captions');
		for (const { product, colour, prompt } of pairs) {
			const caption = captions.find((words) => words.includes(`${product}: ${colour}`));
			assert.ok(caption?.includes(prompt), `${product} in ${colour}: ${caption}`);
		}
		const prices = captions.filter((words) => /, 0\.02 USD, [\d.]+ s/.test(words));
		assert.equal(prices.length, paid.length, 'captions with cost and seconds');
		const widths = await page.evaluate<number[]>(
			'Promise.all([...document.images].map((image) => image.decode().then(() => image.naturalWidth, () => 0)))',
		);
		assert.ok(widths.length === paid.length && widths.every((width) => width > 0), `${widths}`);
		const total = await page.locator('p').innerText();
		const sum = Number((paid.length * PRICE).toFixed(6));
		assert.equal(total, `${paid.length} of ${pairs.length} images, ${sum} USD`);
		run.say(`contact sheet: ${total}; ${captions.find((words) => !prices.includes(words))}`);
		const sources = await page
			.locator('img')
			.evaluateAll((images) => images.map((image) => image.getAttribute('src') ?? ''));
		for (const source of sources) {
			const product = products.find((name) => source.startsWith(`${basename(name, '.jpg')}-`));
			assert.ok(product, `${source} says no product`);
			await checkFile(run, join(run.filesFolder, source), join(PHOTOS_FOLDER, product));
		}
	} finally {
		await browser.close();
	}
}
