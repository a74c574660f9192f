import { checkAnotherProvider } from './anotherProvider';
import { checkColours } from './batches/colours';
import { checkQuality } from './qualityCheck';
import { checkResize } from './resizeFirst';
import { checkTelegram } from './conversations/telegram';
import { checkAgent } from './conversations/agent';
import { checkNightlyFolder } from './batches/nightlyFolder';
import { checkPhotoFolder } from './batches/photoFolder';
import { checkSpreadsheet } from './batches/spreadsheet';
import { checkCallback } from './conversations/callback';
import { checkThreeReferences } from './threeReferences';
import { checkForm } from './conversations/form';
import { checkUpload } from './conversations/upload';
import { checkWrittenImages } from './writtenImages';
import type { ExampleCheck } from '../exampleRun';

/** Examples that promise more than an edited photo on disk. */
const CHECKS: Readonly<Record<string, ExampleCheck>> = {
	'agent-with-the-node-as-tool': checkAgent,
	'another-provider': checkAnotherProvider,
	'check-and-try-once-more': checkQuality,
	'colours-and-products': checkColours,
	'form-before-and-after': checkForm,
	'nightly-folder-pays-for-what-is-new': checkNightlyFolder,
	'photos-to-storage': checkPhotoFolder,
	'resize-first': checkResize,
	'spreadsheet-of-prompts': checkSpreadsheet,
	'submit-callback-store': checkCallback,
	'telegram-bot': checkTelegram,
	'three-reference-images': checkThreeReferences,
	'upload-edit-respond': checkUpload,
};

/** The check for an example, by its file name. */
export function checkOf(name: string): ExampleCheck {
	return CHECKS[name] ?? checkWrittenImages;
}

/** Checks whose example has gone would never run again, and nobody would notice. */
export function findOrphanedChecks(names: readonly string[]): string[] {
	return Object.keys(CHECKS).filter((name) => !names.includes(name));
}
