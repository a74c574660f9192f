import type { Locator, Page } from 'playwright-core';
import { until } from '../../../processes/until';

/** A page of n8n's editor, by n8n's own names for what is on it. */
export class EditorPage {
	constructor(readonly page: Page) {}

	/** An element by n8n's own name for it. */
	part(name: string): Locator {
		return this.page.locator(`[data-test-id="${name}"]:visible`);
	}

	/** Closes the messages that n8n shows for some seconds in the corner. */
	async closeMessages(): Promise<void> {
		const message = this.page.locator('.el-notification__closeBtn:visible').first();
		for (let left = 5; left > 0 && (await message.count()) > 0; left--) {
			await message.click({ timeout: 3000 }).catch(() => undefined);
			await this.settle(500);
		}
	}

	/** Waits until something holds; throws what it was waiting for when it never does. */
	async until(holds: () => Promise<boolean>, what: string, seconds = 60): Promise<void> {
		await until(what, holds, seconds);
	}

	/** Lets the editor finish what it does after a click; it shows no sign when it has. */
	async settle(milliseconds = 700): Promise<void> {
		await this.page.waitForTimeout(milliseconds);
	}
}
