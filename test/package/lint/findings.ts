/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { join } from 'node:path';

import { projectFolder, runTool } from '../project';

export interface Finding {
	file: string;
	line: number;
	/** The line itself, cut to a readable length. */
	text?: string;
	severity: 'error' | 'warning';
	rule: string | null;
	message: string;
}

export interface LintReport {
	/** The verdict of n8n's scanner; true where only `n8n-node lint` was asked. */
	passed: boolean;
	message?: string;
	/** What was looked at, so that a test can tell "nothing found" from "nothing read". */
	files: string[];
	findings: Finding[];
}

/** Lints files of a folder with the rules of n8n's command line tool or of its package scanner. */
export async function lintFolder(
	rules: 'node-cli' | 'scanner',
	folder: string,
	patterns: readonly string[],
): Promise<LintReport> {
	const script = join(projectFolder, 'test/package/lint/lintFolder.mjs');
	const { stdout } = await runTool(script, [rules, folder, ...patterns]);
	return JSON.parse(stdout.slice(stdout.indexOf('{"passed"'))) as LintReport;
}
