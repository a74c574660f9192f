import type { Browser } from 'playwright-core';
import type { Emulator } from '../../emulator/types';
import type { CredentialToImport } from '../instance/home';
import type { RunningInstance } from '../instance/start';
import type { Checks } from '../endToEnd/checks';
import type { Editor, Theme } from './editor/editor';
import type { Gallery } from './editor/gallery';
import type { Session } from '../instance/session';

/** What the checks work with: one n8n, one browser and the emulated providers for all of them. */
export interface Bench {
	instance: RunningInstance;
	emulator: Emulator;
	credentials: readonly CredentialToImport[];
	session: Session;
	/** For pages without a login; the editor has windows of its own. */
	browser: Browser;
	editor: Editor;
	/** A second window, for another theme. */
	openEditor(theme: Theme): Promise<Editor>;
	checks: Checks;
	gallery: Gallery;
	/** Takes and keeps an image to look at, outside the gallery; only where screenshots are wanted. */
	keep(name: string, take: () => Promise<Buffer>): Promise<void>;
}
