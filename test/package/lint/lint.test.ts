/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { QwenImageEditTrigger } from '../../../nodes/QwenImageEditTrigger/QwenImageEditTrigger.node';
import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';
import { lintFolder, type Finding } from './findings';
import { writeLiteralPackage } from '../tarball/literalPackage';
import { runTool } from '../project';

const minutes = 60_000;
// eslint-disable-next-line no-control-regex
const colours = /\u001b\[[0-9;]*m/g;

it(
	'n8n-node lint passes without an error or a warning',
	async () => {
		const { stdout, stderr } = await runTool('@n8n/node-cli/bin/n8n-node.mjs', ['lint']);
		const said = `${stdout}\n${stderr}`.replace(colours, '');
		// A warning leaves the exit code at 0, so the text is looked at too.
		expect(said).not.toMatch(/\d+ problems?|\bwarning\b|\berror\b|strict mode violation/i);
		expect(said).toContain('n8n-node lint');
	},
	5 * minutes,
);

describe('the description of the node, written out', () => {
	let folder: string;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'qwen-image-edit-literal-'));
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	// The rules read literals: of a description that is put together at run time they see nothing.
	it.each([new QwenImageEdit(), new QwenImageEditTrigger()].map(({ description }) => description))(
		'$displayName breaks no rule of n8n',
		async (description) => {
			writeLiteralPackage(folder, description);
			const report = await lintFolder('node-cli', folder, ['nodes/**/*.ts']);
			const className = `Q${description.name.slice(1)}`;
			expect(report.files).toEqual([`nodes/${className}/${className}.node.ts`]);
			// The provider writes its own name in lower case, and so does the contract of this package.
			const ownSpelling = ({ rule, text }: Finding): boolean =>
				rule === 'n8n-nodes-base/node-param-display-name-miscased' && text === "name: 'odkkk',";
			expect(report.findings.filter((finding) => !ownSpelling(finding))).toEqual([]);
		},
		2 * minutes,
	);

	it(
		'is really read by the rules: a description with mistakes is found out',
		async () => {
			const { description } = new QwenImageEdit();
			const wrong = structuredClone(description);
			const operation = wrong.properties.find(({ name }) => name === 'operation')!;
			delete operation.noDataExpression;
			wrong.properties.find(({ name }) => name === 'prompt')!.description = 'What to change.';
			writeLiteralPackage(folder, wrong);
			const { findings } = await lintFolder('node-cli', folder, ['nodes/**/*.ts']);
			expect(findings.map(({ rule }) => rule)).toEqual(
				expect.arrayContaining([
					'n8n-nodes-base/node-param-operation-without-no-data-expression',
					'n8n-nodes-base/node-param-description-excess-final-period',
				]),
			);
		},
		2 * minutes,
	);
});
