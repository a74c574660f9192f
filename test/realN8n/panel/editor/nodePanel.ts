import type { Locator } from 'playwright-core';
import type { EditorPage } from './editorPage';

/** Entries of every kind of list that the panel opens. */
const LIST_ENTRIES = [
	'parameter-input-item',
	'collection-parameter-option',
	'node-credentials-select-item-new',
	'rlc-item',
]
	.map((name) => `[data-test-id="${name}"]:visible`)
	.join(', ');

/** The open panel of a Qwen Image Edit node: what a user sees in it, and what a user does there. */
export class NodePanel {
	constructor(readonly editor: EditorPage) {}

	private get page() {
		return this.editor.page;
	}

	private field(name: string): Locator {
		return this.editor.part(`parameter-input-${name}`);
	}

	/** What a list field shows. */
	async chosen(field: string): Promise<string> {
		return await this.field(field).locator('input').first().inputValue();
	}

	/** The entries of a list field, in order. */
	async choices(field: string): Promise<string[]> {
		const entries = await this.openList(field);
		const labels = await entries.locator('.option-headline').allInnerTexts();
		await this.closeLists();
		return labels.map((label) => label.trim());
	}

	/** Picks an entry of a list field, as a user does. */
	async choose(field: string, label: string): Promise<void> {
		if ((await this.chosen(field)) === label) return;
		const entries = await this.openList(field);
		const exact = this.page.locator('.option-headline').getByText(label, { exact: true });
		await entries.filter({ has: exact }).click();
		await this.editor.until(
			async () => (await this.chosen(field)) === label,
			`${field} shows "${label}"`,
		);
		await this.editor.settle();
	}

	private async openList(field: string): Promise<Locator> {
		await this.field(field).locator('input').first().click();
		const entries = this.editor.part('parameter-input-item');
		await entries.first().waitFor();
		return entries;
	}

	private async closeLists(): Promise<void> {
		// The title of the panel: a click that changes nothing.
		await this.editor.part('tab-params').click();
		await this.listsClosed();
	}

	private async listsClosed(): Promise<void> {
		await this.page.locator(LIST_ENTRIES).first().waitFor({ state: 'hidden' });
	}

	/** The fields from top to bottom, by name; those inside Images and Options are left out. */
	async fields(): Promise<string[]> {
		const names = await this.page
			.locator('[data-test-id="node-parameters"] [data-test-id]:visible')
			.evaluateAll((elements) =>
				elements.flatMap((element) => {
					const id = element.getAttribute('data-test-id') ?? '';
					const inImages = element.parentElement?.closest(
						'[data-test-id^="fixed-collection-images"]',
					);
					const inOptions = element.querySelector('[data-parameter-path^="parameters.options."]');
					if (inImages || (inOptions && id.startsWith('parameter-input-'))) return [];
					if (id === 'fixed-collection-images') return ['images'];
					if (id === 'collection-parameter-add') return ['options'];
					return /^parameter-input-(?!field|hint|item)(\w+)$/.exec(id)?.[1] ?? [];
				}),
			);
		return names;
	}

	/** How many credentials the panel asks for, and which stored ones it offers for them. */
	async credentials(): Promise<{ slots: number; chosen: string[]; offered: string[] }> {
		const slots = this.editor.part('node-credentials-slot');
		const inputs = await slots.locator('input').all();
		const chosen = await Promise.all(inputs.map(async (input) => await input.inputValue()));
		const offered: string[] = [];
		for (const input of inputs) {
			await input.click();
			await this.editor.part('node-credentials-select-item-new').first().waitFor();
			const ids = await this.page
				.locator('[data-test-id^="node-credentials-select-item-"]:visible')
				.evaluateAll((items) => items.map((item) => item.getAttribute('data-test-id') ?? ''));
			offered.push(
				...ids
					.map((id) => id.replace('node-credentials-select-item-', ''))
					.filter((id) => id !== 'new'),
			);
			await this.closeLists();
		}
		return { slots: await slots.count(), chosen, offered };
	}

	/** Chooses a stored credential. */
	async chooseCredential(slot: number, id: string): Promise<void> {
		await this.editor.part('node-credentials-slot').nth(slot).locator('input').click();
		await this.editor.part(`node-credentials-select-item-${id}`).click();
		await this.editor.settle(400);
	}

	/** Opens the dialog of a chosen credential, which n8n then tests; a test that is done is started again. */
	async testCredential(slot: number): Promise<Locator> {
		const dialog = this.editor
			.part('editCredential-modal')
			.or(this.editor.part('credential-edit-dialog'))
			.first();
		const isOpen = await dialog.isVisible();
		const again = dialog.getByRole('button', { name: 'Retry' });
		await (isOpen ? again : this.editor.part('credential-edit-button').nth(slot)).click();
		return dialog;
	}

	/** Labels of the options that could still be added. */
	async optionLabels(): Promise<string[]> {
		const entries = await this.openOptions();
		const labels = await entries.allInnerTexts();
		await this.closeLists();
		return labels.map((label) => label.trim());
	}

	/** Adds one option by its label. */
	async addOption(label: string): Promise<void> {
		const entries = await this.openOptions();
		await entries.getByText(label, { exact: true }).click();
		await this.editor.settle(400);
	}

	/** Options that are set: names in workflows, and labels. */
	async options(): Promise<Array<{ name: string; label: string }>> {
		const inputs = await this.page
			.locator('[data-test-id="node-parameters"] [data-parameter-path^="parameters.options."]')
			.evaluateAll((elements) =>
				elements.map((element) => ({
					name: element.getAttribute('data-parameter-path') ?? '',
					label: element.closest('.parameter-item')?.querySelector('label')?.innerText ?? '',
				})),
			);
		return inputs.map(({ name, label }) => ({
			name: name.replace('parameters.options.', ''),
			// The switch between Fixed and Expression is part of it.
			label: label.split('\n')[0]!.trim(),
		}));
	}

	/** Whether there is an option left to be added. */
	async hasFurtherOptions(): Promise<boolean> {
		return (await this.editor.part('collection-parameter-add').count()) > 0;
	}

	private async openOptions(): Promise<Locator> {
		await this.editor.part('collection-parameter-add').last().click();
		const entries = this.editor.part('collection-parameter-option');
		await entries.first().waitFor();
		return entries;
	}

	/** The id in Model. */
	async model(): Promise<string> {
		return await this.editor.part('rlc-input').inputValue();
	}

	/** Opens the list of Model and returns its entries; an image of it comes out on request. */
	async modelList(): Promise<string[]> {
		await this.editor.part('rlc-input').click();
		const entries = this.page.locator('[data-test-id="rlc-item"]');
		await entries.first().waitFor();
		const names = await entries.allInnerTexts();
		await this.page.keyboard.press('Escape');
		await this.listsClosed();
		return names.map((name) => name.trim());
	}

	private get promptBox(): Locator {
		return this.field('prompt').locator('textarea');
	}

	/** The text in Prompt. */
	async prompt(): Promise<string> {
		return await this.promptBox.inputValue();
	}

	/** Types a prompt. */
	async fillPrompt(text: string): Promise<void> {
		await this.promptBox.fill(text);
		await this.editor.settle(400);
	}

	/** The rows of Images as the panel shows them: the source, and the value below it. */
	async images(): Promise<Array<{ source: string; value: string }>> {
		const inputs = await this.page
			.locator('[data-test-id="fixed-collection-images"] [data-parameter-path]')
			.evaluateAll((elements) =>
				elements.map((element) => ({
					path: element.getAttribute('data-parameter-path') ?? '',
					text: element.querySelector('input, textarea')?.value ?? '',
				})),
			);
		const rows: Array<{ source: string; value: string }> = [];
		for (const { path, text } of inputs) {
			const [, index, name] = /\.image\[(\d+)\]\.(\w+)$/.exec(path) ?? [];
			if (index === undefined) continue;
			const row = (rows[Number(index)] ??= { source: '', value: '' });
			if (name === 'source') row.source = text;
			else row.value = text;
		}
		return rows;
	}

	/** Adds a row to Images whose image is at this address. */
	async addImageUrl(url: string): Promise<void> {
		await this.editor.part('fixed-collection-add').last().click();
		await this.editor.settle();
		await this.field('source').last().locator('input').first().click();
		const entries = this.editor.part('parameter-input-item');
		await entries.first().waitFor();
		await entries.filter({ hasText: /^URL$/ }).click();
		await this.editor.settle();
		await this.field('url').last().locator('input, textarea').first().fill(url);
		await this.editor.settle(400);
	}

	/** Labels in the panel that show less than their whole text. */
	async cutOffLabels(): Promise<string[]> {
		return await this.page
			.locator('[data-test-id="node-parameters"] label span:visible')
			.evaluateAll((labels) =>
				labels
					.filter((label) => label.scrollWidth > label.clientWidth + 1 && label.clientWidth > 0)
					.map((label) => label.innerText.trim())
					.filter((text) => text !== ''),
			);
	}

	/** Runs the node by its button and waits until it has ended. */
	async executeStep(withinSeconds = 120): Promise<void> {
		await this.editor.part('node-execute-button').click();
		await this.editor.settle(1000);
		const output = this.editor.part('output-panel');
		const ended = output
			.locator('[data-test-id="ndv-items-count"], [data-test-id="node-error-view"]')
			.or(output.locator('[data-test-id="node-error-message"]'))
			.first();
		await ended.waitFor({ timeout: withinSeconds * 1000 });
		await this.editor.settle();
	}

	/** Shows the output as table, JSON, schema or images. */
	async showOutputAs(view: 'table' | 'json' | 'schema' | 'binary'): Promise<Locator> {
		const output = this.editor.part('output-panel');
		await output.locator(`[data-test-id="radio-button-${view}"]`).click();
		await this.editor.settle();
		return output;
	}

	/** Closes the panel. */
	async close(): Promise<void> {
		await this.editor.part('ndv-close-button').click();
		await this.editor.part('ndv').waitFor({ state: 'hidden' });
	}

	/** The whole panel: input, fields and output; below this height there is nothing to see. */
	async image(height = 850): Promise<Buffer> {
		await this.quiet();
		const box = (await this.editor.part('ndv').boundingBox())!;
		return await this.page.screenshot({ clip: { ...box, height: Math.min(height, box.height) } });
	}

	/** The upper part of the output column. */
	async outputImage(height: number): Promise<Buffer> {
		await this.quiet();
		const box = (await this.editor.part('output-panel').boundingBox())!;
		return await this.page.screenshot({ clip: { ...box, height: Math.min(height, box.height) } });
	}

	/** The column of fields alone, no higher than what is in it. */
	async fieldsImage(): Promise<Buffer> {
		await this.quiet();
		const fields = this.editor.part('node-parameters');
		const column = (await fields.boundingBox())!;
		const button = (await this.editor.part('node-execute-button').boundingBox())!;
		const last = (await fields
			.locator('[data-test-id="parameter-item"]:visible')
			.last()
			.boundingBox())!;
		const top = button.y - 7;
		const bottom = Math.min(last.y + last.height + 12, column.y + column.height);
		const box = { x: column.x, y: top, width: column.width, height: bottom - top };
		return await this.page.screenshot({ clip: box });
	}

	/** Takes the pointer and the caret away, which would open hints and menus in the image. */
	private async quiet(): Promise<void> {
		await this.editor.closeMessages();
		await this.page.mouse.move(5, 5);
		await this.page.evaluate('document.activeElement?.blur()');
		await this.editor.settle(500);
	}
}
