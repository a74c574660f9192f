/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from '../../../panel/editor/browser';
import { PHOTO_FILE, formPathOf } from '../../examples';
import type { ExampleRun } from '../../exampleRun';
import { differenceOf } from '../editedImage';
import { checkFile } from '../writtenImages';
import { FormPage } from './formPage';

/** Markup, to see that the page shows words as words. */
const WORDS = 'Make it <b>night</b> & "cold"';
const CHOICE = 'Make it a pencil drawing';

/** A stranger with a browser uploads a photo and sees both images, each whole, and who made the second one. */
export async function checkForm(run: ExampleRun): Promise<void> {
	const address = `${await run.publish()}/form/${formPathOf(run.example)}`;
	const browser = await startBrowser(run.say);
	try {
		await refusesWhatIsNoImage(run, await FormPage.open(browser, address));
		const form = await FormPage.open(browser, address);
		await form.submit({ photo: PHOTO_FILE, words: WORDS });
		await form.comparison();
		const widths = await form.imageWidths();
		assert.ok(widths.length === 2 && widths.every((width) => width > 0), `widths: ${widths}`);

		const edited = await differenceOf(await form.slideTo(0.001), PHOTO_FILE);
		const original = await differenceOf(await form.slideTo(0.999), PHOTO_FILE);
		assert.ok(edited > 5 && original < edited / 2, `differences ${original} and ${edited}`);
		run.say(
			`slid to the right the page is ${original} of 255 away from the photo, slid to the left ${edited}`,
		);

		const words = await form.page.locator('main').innerText();
		const [paid] = run.paid();
		for (const wanted of [WORDS, paid!.model, 'fal', ' USD ']) {
			assert.ok(words.includes(wanted), `"${wanted}" is not in: ${words}`);
		}
		assert.equal(paid!.prompt, WORDS, 'prompt');
		await savesTheImage(run, form);
		await form.close();

		const second = await FormPage.open(browser, address);
		await second.submit({ photo: PHOTO_FILE, change: CHOICE });
		await second.comparison();
		assert.deepEqual(
			run.paid().map(({ prompt }) => prompt),
			[WORDS, CHOICE],
			'prompts of all paid edits',
		);
	} finally {
		await browser.close();
	}
}

async function refusesWhatIsNoImage(run: ExampleRun, form: FormPage): Promise<void> {
	const letter = join(run.workingFolder, 'letter.jpg');
	writeFileSync(letter, 'This is not an image.');
	await form.submit({ photo: letter, words: WORDS });
	await form.page.getByText('This photo was not edited').waitFor();
	run.say(`a letter called .jpg: ${await form.page.locator('.header p').innerText()}`);
	assert.equal(run.paid().length, 0, 'paid edits before a photo');
	await form.close();
}

async function savesTheImage(run: ExampleRun, { page }: FormPage): Promise<void> {
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByText('Save the edited image').click(),
	]);
	const file = join(run.filesFolder, `form-${download.suggestedFilename()}`);
	await download.saveAs(file);
	await checkFile(run, file);
}
