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
import { checkFormPages } from './checks/formChecks';
import { checkLongRun } from './checks/longRunChecks';
import { checkPicker } from './checks/pickerChecks';
import { checkDarkTheme, checkPanels, checkSwitching } from './checks/providerChecks';
import { Session } from '../instance/session';
import { checkStorage } from './checks/storageChecks';
import { checkTool } from './checks/toolChecks';
import { checkTrigger } from './checks/triggerChecks';
import { runScript } from '../endToEnd/runScript';

const SCREENSHOTS_FOLDER = resolve(__dirname, '../../../docs/screenshots');
const GALLERY_PAGE = resolve(__dirname, '../../../docs/gallery.md');
/** Fast enough for a test, slow enough that a task is seen waiting. */
const EMULATED_TASK_SECONDS = 2;

type Sections = Readonly<Record<string, (bench: Bench) => Promise<void>>>;

/** Nothing is edited here, so that beside it the edits of another section can be counted. */
const LOOKS: Sections = {
	picker: checkPicker,
	switching: checkSwitching,
	panels: checkPanels,
	storage: checkStorage,
	dark: checkDarkTheme,
	trigger: checkTrigger,
	examples: checkExamples,
};
/** Has a tab of its own and waits for minutes. */
const WAITS: Sections = { longRun: checkLongRun };
const EDITS: Sections = { execution: checkExecution, tool: checkTool, form: checkFormPages };
const SECTIONS: Sections = { ...LOOKS, ...WAITS, ...EDITS };

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
	const takes = values.screenshots === true;
	// Some sections alone must not leave docs/screenshots half new.
	const folder = takes && values.only !== undefined ? temporary : SCREENSHOTS_FOLDER;
	const gallery = new Gallery(folder, takes);

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
			const files: string[] = [];
			for (const page of browser.contexts().flatMap((context) => context.pages())) {
				const file = join(
					temporary,
					`${name.replace(/\W+/g, '-').slice(0, 80)}-${files.length}.png`,
				);
				await page.screenshot({ path: file });
				files.push(file);
			}
			return files.join(', ');
		});
		const bench: Bench = {
			instance,
			emulator,
			credentials,
			session,
			browser,
			editor,
			openEditor: async (theme) => await Editor.open(browser, session, theme),
			checks,
			gallery,
			keep: async (name, take) => {
				if (!takes) return;
				writeFileSync(join(temporary, `${name}.png`), await take());
			},
		};
		const run = async (sections: Sections): Promise<void> => {
			for (const name of chosen.filter((one) => sections[one] !== undefined)) {
				console.log(`\n${name}`);
				await sections[name]!(bench);
			}
		};
		await Promise.all([run(LOOKS), run(WAITS)]);
		await run(EDITS);
		const held = checks.summarise();
		// What failed has added no image, and must not take the one in the docs with it.
		if (held && values.only === undefined) {
			const { count, bytes } = gallery.finish();
			console.log(`${count} screenshots, ${Math.ceil(bytes / 1024)} kB`);
			gallery.checkPage(GALLERY_PAGE);
		}
		if (takes) console.log(`Screenshots are in ${folder}, further images in ${temporary}`);
		return held;
	} finally {
		for (const stop of stops.reverse()) await stop();
	}
}

runScript(main);
