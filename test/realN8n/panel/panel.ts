/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console -- tests never ship */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PHOTO_FILE, loadExamples } from '../demo/examples';
import { startEmulator } from '../../emulator';
import { startInstance } from '../instance/start';
import type { Bench } from './bench';
import { startBrowser } from './editor/browser';
import { checkExamples } from './checks/canvasChecks';
import { Checks } from '../endToEnd/checks';
import { canvasCredentials, panelCredentials } from './credentials';
import { Editor } from './editor/editor';
import { checkExecution } from './checks/executionChecks';
import { Gallery } from './editor/gallery';
import { checkLongRun } from './checks/longRunChecks';
import { checkPicker } from './checks/pickerChecks';
import { checkDarkTheme, checkPanels, checkSwitching } from './checks/providerChecks';
import { Session } from '../instance/session';
import { checkTool } from './checks/toolChecks';
import { checkTrigger } from './checks/triggerChecks';
import { runScript } from '../endToEnd/runScript';

const SCREENSHOTS_FOLDER = resolve(__dirname, '../../../docs/screenshots');
const GALLERY_PAGE = resolve(__dirname, '../../../docs/gallery.md');
/** Fast enough for a test, slow enough that a task is seen waiting. */
const EMULATED_TASK_SECONDS = 2;

const SECTIONS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
	picker: checkPicker,
	switching: checkSwitching,
	panels: checkPanels,
	dark: checkDarkTheme,
	execution: checkExecution,
	trigger: checkTrigger,
	examples: checkExamples,
	longRun: checkLongRun,
	tool: checkTool,
};

/**
 * Looks at the node in the editor of a real n8n, with the package installed from its tarball.
 *
 *     npm run panel                        checks everything
 *     npm run panel -- --screenshots       and renews docs/screenshots
 *     npm run panel -- --only picker,dark  some sections alone
 */
async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: { screenshots: { type: 'boolean' }, only: { type: 'string' } },
	});
	const chosen = values.only?.split(',') ?? Object.keys(SECTIONS);
	for (const name of chosen) {
		if (SECTIONS[name] === undefined) {
			throw new Error(`There is no section "${name}", only ${Object.keys(SECTIONS).join(', ')}`);
		}
	}
	const temporary = mkdtempSync(join(tmpdir(), 'panel-'));
	const renews = values.screenshots === true && values.only === undefined;
	const gallery = new Gallery(renews ? SCREENSHOTS_FOLDER : join(temporary, 'screenshots'));

	const stops: Array<() => Promise<void>> = [];
	try {
		const emulator = await startEmulator({ taskSeconds: EMULATED_TASK_SECONDS });
		stops.push(async () => await emulator.stop());
		const browser = await startBrowser(console.log);
		stops.push(async () => await browser.close());
		const credentials = panelCredentials(emulator);
		const workflows = loadExamples().map(({ workflow }) => workflow);
		const instance = await startInstance({
			credentials: [...credentials, ...canvasCredentials()],
			workflows,
		});
		stops.push(async () => await instance.stop());
		copyFileSync(PHOTO_FILE, join(instance.filesFolder, basename(PHOTO_FILE)));
		const session = await Session.open(instance);
		const editor = await Editor.open(browser, session);
		const checks = new Checks(async (name) => {
			const file = join(temporary, `${name.replace(/\W+/g, '-').slice(0, 80)}.png`);
			await editor.page.screenshot({ path: file });
			return file;
		});
		const bench: Bench = {
			instance,
			emulator,
			credentials,
			session,
			editor,
			openEditor: async (theme) => await Editor.open(browser, session, theme),
			checks,
			gallery,
			keep: async (name, take) => {
				if (values.screenshots !== true) return;
				writeFileSync(join(temporary, `${name}.png`), await take());
			},
		};
		for (const name of chosen) {
			console.log(`\n${name}`);
			await SECTIONS[name]!(bench);
		}
		const held = checks.summarise();
		// An image that is missing because its check failed must not take the one in the docs with it.
		if (held && values.only === undefined) {
			const { count, bytes } = gallery.finish();
			console.log(`${count} screenshots, ${Math.ceil(bytes / 1024)} kB`);
			gallery.checkPage(GALLERY_PAGE);
		}
		console.log(`Screenshots are in ${gallery.folder}, further images in ${temporary}`);
		return held;
	} finally {
		for (const stop of stops.reverse()) await stop();
	}
}

runScript(main);
