import { checkAgent } from './agent';
import { checkCallback } from '../../callbacks/exampleCheck';
import { checkPhotoFolder } from './photoFolder';
import { checkSpreadsheet } from './spreadsheet';
import { checkThreeReferences } from './threeReferences';
import { checkUpload } from './upload';
import { checkWrittenImages } from './writtenImages';
import type { ExampleCheck } from '../exampleRun';

/** Examples that promise more than an edited photo on disk. */
const CHECKS: Readonly<Record<string, ExampleCheck>> = {
	'agent-with-the-node-as-tool': checkAgent,
	'photos-to-storage': checkPhotoFolder,
	'spreadsheet-of-prompts': checkSpreadsheet,
	'submit-callback-store': checkCallback,
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
