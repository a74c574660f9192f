import type { Browser, BrowserContext, Page } from 'playwright-core';
import { EditorPage } from './editorPage';
import { NodePanel } from './nodePanel';
import type { Session } from '../../instance/session';

export type Theme = 'light' | 'dark';

/** The machine may be busy with other things. */
const PATIENCE_MILLISECONDS = 90_000;
/** High enough for all fields of a node. */
export const STANDARD_HEIGHT = 1180;
/** Wide enough for the three columns of a node. */
const VIEWPORT = { width: 1440, height: STANDARD_HEIGHT };

/** What lies over the canvas at its lower edge: the zoom, and the button to execute with its choice of trigger. */
const CANVAS_BUTTONS = [
	'.vue-flow__controls',
	'[class*="executionButtons"]',
	'[data-test-id^="execute-workflow-button"]',
];

/** n8n's editor in a browser tab, logged in. */
export class Editor extends EditorPage {
	private constructor(
		private readonly context: BrowserContext,
		page: Page,
		private readonly session: Session,
	) {
		super(page);
	}

	/** Opens a tab, in light or dark theme. */
	static async open(browser: Browser, session: Session, theme: Theme = 'light'): Promise<Editor> {
		const context = await browser.newContext({
			viewport: VIEWPORT,
			reducedMotion: 'reduce',
			colorScheme: theme,
			locale: 'en-GB',
			timezoneId: 'UTC',
			storageState: session.browserState,
		});
		// n8n stores a choice of theme; what the system prefers is left alone without one.
		await context.addInitScript({ content: `localStorage.setItem('N8N_THEME', '${theme}')` });
		context.setDefaultTimeout(PATIENCE_MILLISECONDS);
		return new Editor(context, await context.newPage(), session);
	}

	async close(): Promise<void> {
		await this.context.close();
	}

	/** Changes the window; the panel of a node fills it. */
	async resize(height: number, width = VIEWPORT.width): Promise<void> {
		await this.page.setViewportSize({ width, height });
	}

	/** Opens a workflow and waits until its nodes are drawn. */
	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.session.url}/workflow/${id}`);
		await this.part('canvas-node').first().waitFor();
		await this.settle();
	}

	/** Makes a workflow by n8n's REST interface and opens it. */
	async createWorkflow(workflow: Record<string, unknown>): Promise<string> {
		const { id } = (await this.session.request('POST', '/workflows', workflow)) as { id: string };
		await this.openWorkflow(id);
		return id;
	}

	/** Opens an empty canvas. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.session.url}/workflow/new`);
		await this.part('node-creator-plus-button').waitFor();
		await this.settle();
	}

	/** Whether the page is drawn in dark colours. */
	async isDark(): Promise<boolean> {
		const colour: string = await this.page.evaluate(
			'getComputedStyle(document.body).backgroundColor',
		);
		const [red = 255, green = 255, blue = 255] = (colour.match(/[\d.]+/g) ?? []).map(Number);
		return red + green + blue < 384;
	}

	/** The canvas with its nodes; its buttons lie over it and may hide the lowest nodes. */
	async canvasImage(buttons: 'with buttons' | 'without buttons'): Promise<Buffer> {
		await this.page.mouse.move(5, 5);
		await this.settle(400);
		await this.closeMessages();
		const { x, y, width, height } = (await this.part('canvas-wrapper').boundingBox())!;
		// The tabs of the workflow reach into it from above.
		const clip = { x, y: y + 24, width, height: height - 24 };
		const style = CANVAS_BUTTONS.map((button) => `${button} { visibility: hidden }`).join('\n');
		const hidden = buttons === 'without buttons' ? { style } : {};
		return await this.page.screenshot({ clip, ...hidden });
	}

	/** Opens the panel of a node on the canvas. */
	async openNode(name: string): Promise<NodePanel> {
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
		return await this.openedPanel();
	}

	/** The panel that is open, as after adding a node. */
	async openedPanel(): Promise<NodePanel> {
		await this.part('ndv').waitFor();
		await this.part('node-parameters').waitFor();
		await this.settle(300);
		return new NodePanel(this);
	}

	/** Types into the node picker's search. */
	async searchNodes(words: string): Promise<void> {
		if (!(await this.part('node-creator-search-bar').isVisible())) {
			await this.part('node-creator-plus-button').click();
		}
		await this.part('node-creator-search-bar').fill(words);
		await this.page.waitForTimeout(700);
	}

	/** Titles of the nodes that the picker lists. */
	async foundNodes(): Promise<string[]> {
		const titles = await this.part('node-creator-item-name').allInnerTexts();
		return titles.map((title) => title.trim());
	}
}
