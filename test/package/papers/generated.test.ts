/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Provider } from '../../../nodes/QwenImageEdit/adapter/provider';
import { chainHub } from '../../../nodes/QwenImageEdit/providers/chainHub';
import { modelsLab } from '../../../nodes/QwenImageEdit/providers/modelsLab';

interface TextFile {
	path: string;
	text: string;
}

const generated = jest.requireActual<{
	emptySection(name: string): string;
	failOnDrift(files: TextFile[], command: string, folder: string): void;
	replaceSection(text: string, name: string, section: string): string;
	writeFiles(files: TextFile[], folder: string): void;
}>('../../../gulp/generatedFile');

const { credentialClass } = jest.requireActual<{ credentialClass(provider: Provider): TextFile }>(
	'../../../gulp/providers/credentialClass',
);

const { codex } = jest.requireActual<{ codex(adapters: { providers: Provider[] }): TextFile[] }>(
	'../../../gulp/providers/codex',
);

describe('generated parts of a file', () => {
	const page = `# Title\n\nBefore\n\n${generated.emptySection('table')}\nAfter\n`;

	it('are replaced, and what a person wrote around them stays', () => {
		const once = generated.replaceSection(page, 'table', 'first');
		const twice = generated.replaceSection(once, 'table', 'second');
		expect(once).toContain('first');
		expect(twice).not.toContain('first');
		expect(twice).toMatch(
			/^# Title\n\nBefore\n\n<!-- [\s\S]* -->\n\nsecond\n\n<!-- [^>]+ -->\n\nAfter\n$/,
		);
	});

	it('are refused where their markers are gone', () => {
		expect(() => generated.replaceSection('# Title', 'table', 'x')).toThrow('markers of "table"');
	});
});

describe('drift', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'qwen-image-edit-drift-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const files = [
		{ path: 'docs/one.md', text: 'one\n' },
		{ path: 'two.md', text: 'two\n' },
	];

	it('is none right after writing', () => {
		const written = jest.spyOn(console, 'log').mockReturnValue(undefined);
		generated.writeFiles(files, folder);
		expect(written).toHaveBeenCalledTimes(2);
		expect(() => generated.failOnDrift(files, 'docs', folder)).not.toThrow();
		generated.writeFiles(files, folder);
		expect(written).toHaveBeenCalledTimes(2);
		expect(readFileSync(join(folder, 'docs/one.md'), 'utf8')).toBe('one\n');
		written.mockRestore();
	});

	it('is told with the file and the command that mends it', () => {
		writeFileSync(join(folder, 'two.md'), 'changed by hand\n');
		expect(() => generated.failOnDrift(files, 'docs', folder)).toThrow(
			'out of date: docs/one.md, two.md. Run "npx gulp docs"',
		);
	});
});

describe('the credential class of a new provider', () => {
	const provider: Provider = {
		...modelsLab,
		title: 'Example',
		credential: {
			...modelsLab.credential,
			type: 'exampleApi',
			title: 'Example API',
			defaultBaseUrl: 'https://api.example.com',
			keyUrl: 'https://example.com/keys',
			key: { kind: 'body', field: 'secret' },
		},
	};

	it('is written whole but for the test, which the linter then asks for', () => {
		const { path, text } = credentialClass(provider);
		expect(path).toBe('credentials/ExampleApi.credentials.ts');
		expect(text).toContain('export class ExampleApi implements ICredentialType');
		expect(text).toContain('secret: ');
		expect(text).toContain('href="https://example.com/keys"');
		expect(text).toContain(`documentationUrl = '${modelsLab.documentationUrl}'`);
		expect(text).not.toContain('ICredentialTestRequest');
		expect(text).not.toMatch(/modelslab\.com\/api/);
	});

	it('keeps what a person wrote into a class that is there', () => {
		const { text } = credentialClass(chainHub);
		expect(text).toMatch(/\n\t\/\/ [^\n]+\n\ttest: ICredentialTestRequest = \{/);
		expect(credentialClass({ ...chainHub, title: 'Renamed' }).text).toBe(text);
	});

	it('has no test of its own where the node brings a probe', () => {
		const probe = {
			wire: { purpose: 'read', method: 'GET', path: '/nothing' },
			accepts: () => true,
		} as const;
		const probed: Provider = {
			...chainHub,
			credential: { ...chainHub.credential, test: probe },
		};
		expect(credentialClass(probed).text).not.toContain('ICredentialTestRequest');
	});
});

it('the codex file finds a provider by each of its names', () => {
	const [file] = codex({ providers: [{ ...chainHub, title: 'One Name (Another)' }] });
	expect((JSON.parse(file!.text) as { alias: string[] }).alias).toEqual(
		expect.arrayContaining(['One Name', 'Another', 'Qwen', 'image edit']),
	);
});
