/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { builtPackage } from '../tarball/builtPackage';
import { lintFolder } from './findings';
import { projectFolder } from '../project';

const minutes = 60_000;

it(
	"n8n's scanner finds nothing in the source",
	async () => {
		const report = await lintFolder('scanner', projectFolder, [
			'package.json',
			'{nodes,credentials}/**/*.{js,ts,json}',
		]);
		expect(report.files).toEqual(
			expect.arrayContaining(['package.json', 'nodes/QwenImageEdit/QwenImageEdit.node.ts']),
		);
		expect(report.findings).toEqual([]);
		expect(report.passed).toBe(true);
	},
	3 * minutes,
);

it(
	"n8n's scanner finds nothing in the unpacked tarball",
	async () => {
		const { folder, files } = await builtPackage();
		const report = await lintFolder('scanner', folder, ['**/*.js', 'package.json']);
		expect(report.files.sort()).toEqual(
			files.filter((file) => file.endsWith('.js') || file === 'package.json').sort(),
		);
		expect(report.findings).toEqual([]);
		expect(report.passed).toBe(true);
	},
	5 * minutes,
);

it(
	'the scanner is really asked: a package with a mistake does not pass',
	async () => {
		const folder = mkdtempSync(join(tmpdir(), 'qwen-image-edit-scan-'));
		try {
			mkdirSync(join(folder, 'dist'));
			copyFileSync(join(projectFolder, 'package.json'), join(folder, 'package.json'));
			writeFileSync(join(folder, 'dist', 'wrong.js'), 'setTimeout(() => console.log(1), 1);\n');
			const report = await lintFolder('scanner', folder, ['**/*.js', 'package.json']);
			expect(report.passed).toBe(false);
			expect(report.findings.map(({ rule }) => rule)).toEqual(
				expect.arrayContaining(['@n8n/community-nodes/no-restricted-globals', 'no-console']),
			);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	},
	2 * minutes,
);
