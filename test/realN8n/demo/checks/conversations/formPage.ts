import type { Browser, Locator, Page } from 'playwright-core';

/** What somebody fills into the form. */
export interface FormAnswers {
	/** Path of the photo. */
	photo: string;
	/** A choice of the list, or words of their own. */
	change?: string;
	words?: string;
}

const PATIENCE_MILLISECONDS = 60_000;
/** Small, because images of it are shown in the docs. */
const VIEWPORT = { width: 620, height: 640 };

/** The public form of an n8n in a browser of somebody who has no login there. */
export class FormPage {
	private constructor(readonly page: Page) {}

	/** Opens the form. Its pages ask for fonts and an icon of other hosts, which nothing here may call. */
	static async open(browser: Browser, address: string): Promise<FormPage> {
		const page = await browser.newPage({ viewport: VIEWPORT, locale: 'en-GB' });
		page.setDefaultTimeout(PATIENCE_MILLISECONDS);
		const { host } = new URL(address);
		await page.route(
			(url) => url.protocol.startsWith('http') && url.host !== host,
			async (route) => await route.abort(),
		);
		await page.goto(address);
		return new FormPage(page);
	}

	/** Fills in the form and sends it. */
	async submit({ photo, change, words }: FormAnswers): Promise<void> {
		await this.page.locator('input[type="file"]').setInputFiles(photo);
		if (change !== undefined) await this.page.locator('select').selectOption({ label: change });
		if (words !== undefined) await this.page.locator('textarea').fill(words);
		await this.page.locator('#submit-btn').click();
	}

	/** The two images of the page that comes in the end, with the slider between them. */
	async comparison(): Promise<Locator> {
		const comparison = this.page.locator('.compare');
		await comparison.waitFor();
		return comparison;
	}

	/** Widths of the images in pixels, from left to right; 0 for what the browser could not decode. */
	async imageWidths(): Promise<number[]> {
		const decoded = '(image) => image.decode().then(() => image.naturalWidth, () => 0)';
		return await this.page.evaluate<number[]>(
			`Promise.all([...document.querySelectorAll('.compare img')].map(${decoded}))`,
		);
	}

	/** Drags the slider as a hand does: 0 is the left edge, 1 the right one. Returns what can be seen then. */
	async slideTo(share: number): Promise<Buffer> {
		const comparison = await this.comparison();
		const { x, y, width, height } = (await comparison.boundingBox())!;
		const { mouse } = this.page;
		await mouse.move(x + width / 2, y + height / 2);
		await mouse.down();
		await mouse.move(x + width * share, y + height / 2, { steps: 5 });
		await mouse.up();
		return await comparison.screenshot();
	}

	/** The page as far as there is something on it. */
	async image(): Promise<Buffer> {
		await this.page.mouse.move(1, 1);
		return await this.page.screenshot({ fullPage: true });
	}

	async close(): Promise<void> {
		await this.page.close();
	}
}
