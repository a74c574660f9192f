/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ICredentialType, INodeTypeDescription } from 'n8n-workflow';

import { QwenImageEdit } from '../../../nodes/QwenImageEdit/QwenImageEdit.node';
import { QwenImageEditTrigger } from '../../../nodes/QwenImageEditTrigger/QwenImageEditTrigger.node';
import { providers } from '../../../nodes/QwenImageEdit/providers';
import { builtPackage, type BuiltPackage } from './builtPackage';
import { credentialTypes, projectFolder, readManifest, readText, runTool } from '../project';

interface Loaded {
	seconds: number;
	packageName: string;
	known: {
		nodes: Record<string, { className: string; sourcePath: string }>;
		credentials: Record<string, { className: string; supportedNodes?: string[] }>;
	};
	nodes: Array<INodeTypeDescription & { iconUrl: { light: string; dark: string } }>;
	credentials: Array<ICredentialType & { iconUrl: { light: string; dark: string } }>;
}

const className = (type: string): string => `${type[0]!.toUpperCase()}${type.slice(1)}`;

let built: BuiltPackage;
beforeAll(async () => {
	built = await builtPackage();
}, 300_000);

it('holds exactly what runs, and the papers', () => {
	expect(built.files).toEqual(
		[
			'LICENSE.md',
			'README.md',
			'package.json',
			...credentialTypes.flatMap((type) => [
				`dist/credentials/${className(type)}.credentials.js`,
				`dist/credentials/icons/${type}.svg`,
				`dist/credentials/icons/${type}.dark.svg`,
			]),
			...['QwenImageEdit', 'QwenImageEditTrigger'].flatMap((node) => [
				`dist/nodes/${node}/${node}.node.js`,
				`dist/nodes/${node}/${node}.node.json`,
				`dist/nodes/${node}/qwenImageEdit.svg`,
				`dist/nodes/${node}/qwenImageEdit.dark.svg`,
			]),
		].sort(),
	);
});

it('requires n8n-workflow, the crypto module that n8n allows, and nothing else', () => {
	const required = built.files
		.filter((file) => file.endsWith('.js'))
		.flatMap((file) => {
			const code = readFileSync(join(built.folder, file), 'utf8');
			return [...code.matchAll(/\b(?:require|import)\s*\(\s*(['"`])([^'"`]+)\1/g)].map(
				([, , name]) => name!,
			);
		});
	expect([...new Set(required)].sort()).toEqual(['crypto', 'n8n-workflow']);
});

it('names no file that is not there', () => {
	for (const file of built.files.filter((name) => name.endsWith('.js'))) {
		const code = readFileSync(join(built.folder, file), 'utf8');
		const map = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(code)?.[1];
		if (map !== undefined) expect(existsSync(join(built.folder, file, '..', map))).toBe(true);
	}
	const { n8n } = readManifest();
	for (const path of [...n8n.nodes, ...n8n.credentials]) expect(built.files).toContain(path);
});

/** The files that esbuild has put into the bundle: it writes the path of each above its code. */
function sourcesIn(code: string): string[] {
	return [...code.matchAll(/^\/\/ ((?:node_modules|nodes)\/\S+)$/gm)].map(([, path]) => path!);
}

it('carries the licence of every package in the bundle', () => {
	const folder = join(built.folder, 'dist/nodes/QwenImageEdit');
	const code = readFileSync(join(folder, 'QwenImageEdit.node.js'), 'utf8');
	const sources = sourcesIn(code);
	const packages = new Set(
		sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
	);
	expect([...packages].sort()).toEqual(['aws4fetch', 'ipaddr.js', 'zod']);
	const without = [...packages].filter((name) => !code.includes(`/*! Contains ${name} `));
	expect(without).toEqual([]);
});

it('packs of zod only what is used: "import * as z", since the named import brings every language along', () => {
	const code = readFileSync(
		join(built.folder, 'dist/nodes/QwenImageEdit/QwenImageEdit.node.js'),
		'utf8',
	);
	const sources = sourcesIn(code);
	expect(sources.length).toBeGreaterThan(50);
	const languages = sources.filter((source) => /zod\/v4\/locales\/(?!en\.js)/.test(source));
	expect(languages).toEqual([]);
});

it('is readable, and tells of no other machine', () => {
	const telling = built.files
		.filter((name) => /\.(js|json|map)$/.test(name))
		.filter((name) => readFileSync(join(built.folder, name), 'utf8').includes(projectFolder));
	expect(telling).toEqual([]);
	const code = readFileSync(
		join(built.folder, 'dist/nodes/QwenImageEdit/QwenImageEdit.node.js'),
		'utf8',
	);
	expect(/\bQwenImageEdit = class\b/.test(code)).toBe(true);
	expect(Math.max(...code.split('\n').map((line) => line.length))).toBeLessThan(5000);
});

describe("n8n's own loader", () => {
	let loaded: Loaded;
	beforeAll(async () => {
		const script = join(projectFolder, 'test/package/tarball/loadPackage.ts');
		const { stdout } = await runTool('tsx/dist/cli.mjs', [script, built.folder], {
			// As n8n does for community packages, which then find its n8n-workflow.
			NODE_PATH: join(projectFolder, 'node_modules'),
		});
		loaded = JSON.parse(stdout.slice(stdout.indexOf('{"seconds"'))) as Loaded;
		process.stdout.write(
			`tarball ${(built.packedBytes / 1000).toFixed(1)} kB, loaded in ${loaded.seconds.toFixed(3)} s\n`,
		);
	}, 120_000);

	it('knows the node and the credentials, and which belong together', () => {
		expect(loaded.packageName).toBe('n8n-nodes-qwen-image-edit');
		expect(loaded.known.nodes).toEqual({
			qwenImageEdit: {
				className: 'QwenImageEdit',
				sourcePath: 'dist/nodes/QwenImageEdit/QwenImageEdit.node.js',
			},
			qwenImageEditTrigger: {
				className: 'QwenImageEditTrigger',
				sourcePath: 'dist/nodes/QwenImageEditTrigger/QwenImageEditTrigger.node.js',
			},
		});
		expect(Object.keys(loaded.known.credentials).sort()).toEqual([...credentialTypes].sort());
		const calling = providers
			.filter(({ task }) => task?.callback !== undefined)
			.map(({ credential }) => credential.type);
		for (const [type, { supportedNodes }] of Object.entries(loaded.known.credentials)) {
			const trigger = calling.includes(type) ? ['qwenImageEditTrigger'] : [];
			expect(supportedNodes).toEqual(['qwenImageEdit', ...trigger]);
		}
	});

	it('finds the icons of both themes', () => {
		for (const { iconUrl } of [...loaded.nodes, ...loaded.credentials]) {
			expect(iconUrl.light).not.toBe(iconUrl.dark);
			for (const url of Object.values(iconUrl)) {
				expect(url).toMatch(/^icons\/n8n-nodes-qwen-image-edit\/dist\//);
				expect(existsSync(join(built.folder, url.split('/').slice(2).join('/')))).toBe(true);
			}
		}
	});

	it('reads the codex file', () => {
		for (const [index, node] of ['QwenImageEdit', 'QwenImageEditTrigger'].entries()) {
			const codex = JSON.parse(readText(`nodes/${node}/${node}.node.json`)) as object;
			expect(loaded.nodes[index]!.codex).toEqual(
				expect.objectContaining({ alias: expect.arrayContaining(['image edit']) }),
			);
			expect(codex).toMatchObject(loaded.nodes[index]!.codex!);
		}
	});

	it.each([
		[0, new QwenImageEdit()],
		[1, new QwenImageEditTrigger()],
	] as const)(
		'gets the description that the source gives, of node %s',
		(index, { description }) => {
			// What n8n adds on loading, and the icon, which it turns into addresses.
			const { codex, communityNodePackageVersion, iconUrl, icon, ...fromTarball } = loaded.nodes[
				index
			]! as INodeTypeDescription & Record<string, unknown>;
			const { icon: ownIcon, ...fromSource } = JSON.parse(
				JSON.stringify(description),
			) as INodeTypeDescription;
			expect(fromTarball).toEqual(fromSource);
			expect([codex, iconUrl, ownIcon].every((value) => value !== undefined)).toBe(true);
			expect(icon).toBeUndefined();
			expect(communityNodePackageVersion).toBe(readManifest().version);
		},
	);

	it('is fast and small', () => {
		// n8n loads every installed package at its start: 100 of this size should not be felt.
		expect(loaded.seconds).toBeLessThan(2);
		// Two nodes, each in one file with all that it needs (docs/decisions/0002-one-loadable-file.md).
		expect(built.packedBytes).toBeLessThan(320_000);
	});
});
