/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { filesUnder, projectFolder, readManifest, readText } from './project';

const manifest = readManifest();

describe('package.json', () => {
	it('is a community package with the licence and the keyword that n8n looks for', () => {
		expect(manifest.name).toBe('n8n-nodes-qwen-image-edit');
		expect(manifest.license).toBe('MIT');
		expect(manifest.keywords).toContain('n8n-community-node-package');
		expect(manifest.n8n).toMatchObject({ n8nNodesApiVersion: 1, strict: true });
	});

	it('names one repository everywhere', () => {
		expect(manifest.repository.url).toBe(`git+${manifest.homepage}.git`);
		expect(manifest.author.name).not.toBe('');
		expect(manifest.author.email).toMatch(/^\S+@\S+$/);
	});

	it('brings nothing along but what it bundles', () => {
		expect(manifest.dependencies ?? {}).toEqual({});
		expect(manifest.optionalDependencies ?? {}).toEqual({});
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(manifest.overrides).toBeUndefined();
		expect(manifest.main).toBeUndefined();
	});

	it('pins every devDependency to one version', () => {
		for (const [name, version] of Object.entries(manifest.devDependencies)) {
			expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+$/);
		}
	});

	it('runs no script when it is installed', () => {
		const forbidden = /^(pre|post)?(install|prepare)$|^prepublish$/;
		expect(Object.keys(manifest.scripts).filter((name) => forbidden.test(name))).toEqual([]);
	});

	it('needs no script that npm leaves out: with ignore-scripts it runs none before or after another', () => {
		expect(readText('.npmrc')).toContain('ignore-scripts=true');
		const names = Object.keys(manifest.scripts);
		const around = names.filter((name) => {
			const [, inner] = /^(?:pre|post)(.+)$/.exec(name) ?? [];
			return inner !== undefined && names.includes(inner);
		});
		expect(around).toEqual([]);
	});

	it('registers every node and every credential that there is', () => {
		const registered = (folder: string, ending: string): string[] =>
			filesUnder(join(projectFolder, folder))
				.filter((file) => file.endsWith(ending))
				.map((file) => `dist/${folder}/${file.replace(/\.ts$/, '.js')}`);
		expect(manifest.n8n.nodes).toContain('dist/nodes/QwenImageEdit/QwenImageEdit.node.js');
		expect([...manifest.n8n.nodes].sort()).toEqual(registered('nodes', '.node.ts'));
		expect([...manifest.n8n.credentials].sort()).toEqual(
			registered('credentials', '.credentials.ts'),
		);
	});

	it('publishes folders of dist and no other', () => {
		expect(manifest.files).toEqual(['dist/nodes', 'dist/credentials']);
	});
});

describe('the lockfile', () => {
	const lock = JSON.parse(readText('package-lock.json')) as {
		version: string;
		packages: Record<string, { resolved?: string; devDependencies?: Record<string, string> }>;
	};

	it('belongs to this package.json', () => {
		expect(lock.version).toBe(manifest.version);
		expect(lock.packages['']?.devDependencies).toEqual(manifest.devDependencies);
	});

	it('names no registry host, so that any mirror will do', () => {
		const resolved = Object.values(lock.packages).filter((entry) => entry.resolved !== undefined);
		expect(resolved).toEqual([]);
	});
});

it('CHANGELOG.md and the codex file tell of this version and this node', () => {
	expect(readText('CHANGELOG.md')).toContain(`## ${manifest.version}\n`);
	for (const node of manifest.n8n.nodes) {
		const source = node.replace(/^dist\//, '').replace(/\.js$/, '.json');
		expect(existsSync(join(projectFolder, source))).toBe(true);
	}
});
