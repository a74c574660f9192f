/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { projectFolder } from '../project';
import { crowdedFolders, GROWS_WITH_PROVIDERS } from './folderSizes';
import { circlesIn, importGraph } from './importCircles';
import { importsAgainstTheN8nOrder, importsAgainstTheOrder, roomOf } from './rooms';
import {
	exportsOf,
	globalsUsed,
	importsOf,
	parse,
	pathsBelow,
	sourcesBelow,
	type SourceFile,
} from './sources';

const node = 'nodes/QwenImageEdit';
const sources = [...sourcesBelow('nodes'), ...sourcesBelow('credentials')];

/** What is wrong with the names of a credential: file, class and type. */
function wrongCredentialNames(path: string, syntax: SourceFile['syntax']): string[] {
	const classes = exportsOf(syntax).map(({ name }) => name);
	const type = /^\tname = '([^']*)';$/m.exec(syntax.text)?.[1] ?? 'without a name';
	const [className = 'no class'] = classes;
	return [
		...(classes.length === 1 ? [] : [`${path} exports ${classes.length} classes`]),
		...(/^QwenImageEdit[A-Z]\w*Api$/.test(className) ? [] : [`${path}: class ${className}`]),
		...(`Q${type.slice(1)}` === className && type.startsWith('q') ? [] : [`${path}: type ${type}`]),
		...(basename(path) === `${className}.credentials.ts` ? [] : [`${path} holds ${className}`]),
	];
}

/** Lines of a text that say "picture", in any form. */
function picturesIn(path: string, text: string): string[] {
	return text
		.split('\n')
		.flatMap((line, index) => (/picture/i.test(line) ? [`${path}:${index + 1}`] : []));
}

describe('walls', () => {
	it('there is something behind them', () => {
		for (const room of ['edit', 'wire', 'providers']) {
			expect(sources.filter(({ path }) => roomOf(path) === room).length).toBeGreaterThan(4);
		}
	});

	it('imports run one way', () => {
		const nodes = sources.filter(({ path }) => path.startsWith('nodes/'));
		expect(importsAgainstTheOrder(nodes)).toEqual([]);
	});

	it('imports between the rooms of n8n/ run one way', () => {
		expect(importsAgainstTheN8nOrder(sources)).toEqual([]);
	});

	it.each(['nodes', 'credentials', 'test'])(
		'no files of %s import each other in a circle',
		(folder) => {
			// In the product types count too; in the tests what runs.
			const countsTypes = folder !== 'test';
			expect(circlesIn(importGraph(sourcesBelow(folder), countsTypes))).toEqual([]);
		},
	);

	it('n8n is known in its own room only', () => {
		const knowing = sources
			.filter(({ syntax }) => importsOf(syntax).some((name) => /^n8n-(workflow|core)/.test(name)))
			.map(({ path }) => path);
		const outside = knowing.filter(
			(path) =>
				!path.startsWith(`${node}/n8n/`) &&
				!path.startsWith('credentials/') &&
				!/^nodes\/[^/]+\/[^/]+\.node\.ts$/.test(path),
		);
		expect(outside).toEqual([]);
	});

	it('the domain and the adapters know no clock and no chance', () => {
		const wrong = sources
			.filter(({ path }) =>
				['image', 'edit', 'wire', 'adapter', 'providers'].includes(roomOf(path)),
			)
			.flatMap(({ path, syntax }) => {
				const code = syntax.statements.map((statement) => statement.getText()).join('\n');
				return (
					code.match(/Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(/g) ?? []
				).map((use) => `${path} calls ${use}`);
			});
		expect(wrong).toEqual([]);
	});

	it('a key is sent in one place only', () => {
		const textOf = (syntax: (typeof sources)[number]['syntax']): string =>
			syntax.statements.map((statement) => statement.getText()).join('\n');
		const doors = sources.filter(({ syntax }) => /requestWithAuth/i.test(textOf(syntax)));
		expect(doors.map(({ path }) => path)).toEqual([`${node}/n8n/http/keyedRequest.ts`]);
		// A probe of a key is given another helper by n8n.
		const byHand = sources.filter(({ syntax }) =>
			/\bauthorization:|\.prefix\}\$\{key\}/i.test(textOf(syntax)),
		);
		expect(
			byHand.map(({ path }) => path).filter((path) => !path.startsWith('credentials/')),
		).toEqual([`${node}/n8n/panel/credentialTests.ts`]);
	});

	it('no timers and no process: n8n has its own', () => {
		const forbidden = new Set([
			...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval'],
			...['process', 'global', 'globalThis', '__dirname', '__filename', 'require', 'fetch', 'eval'],
			...['XMLHttpRequest', 'WebSocket', 'queueMicrotask'],
		]);
		const wrong = sources.flatMap(({ path, syntax }) =>
			globalsUsed(syntax, forbidden).map((use) => `${path}: ${use}`),
		);
		expect(wrong).toEqual([]);
	});
});

describe('sizes', () => {
	const all = ['nodes', 'credentials', 'test', 'gulp'].flatMap(pathsBelow);

	it('no folder has more files than can be taken in at a glance', () => {
		expect(crowdedFolders(all)).toEqual([]);
	});

	it('every folder that may have more is there', () => {
		const folders = all.map((path) => path.slice(0, path.lastIndexOf('/')));
		const gone = GROWS_WITH_PROVIDERS.filter(([grows]) => !folders.some((one) => grows.test(one)));
		expect(gone.map(([, why]) => why)).toEqual([]);
	});

	it('no file of the node is longer than 300 lines', () => {
		const long = sources
			.filter(({ path }) => path.startsWith('nodes/'))
			.map(({ path, syntax }) => ({ path, lines: syntax.text.trimEnd().split('\n').length }))
			.filter(({ lines }) => lines > 300);
		expect(long).toEqual([]);
	});
});

describe('names', () => {
	it('every credential type is called after our node: n8n keeps those of all packages in one map', () => {
		const wrong = sources
			.filter(({ path }) => path.endsWith('.credentials.ts'))
			.flatMap(({ path, syntax }) => wrongCredentialNames(path, syntax));
		expect(wrong).toEqual([]);
	});

	it('what is edited is called an image', () => {
		const papers = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'package.json'];
		const texts = [...['nodes', 'credentials', 'docs', 'examples'].flatMap(pathsBelow), ...papers]
			.filter((path) => /\.(ts|js|json|md)$/.test(path))
			.map((path) => [path, readFileSync(join(projectFolder, path), 'utf8')] as const);
		expect(texts.length).toBeGreaterThan(100);
		expect(texts.flatMap(([path, text]) => picturesIn(path, text))).toEqual([]);
	});

	const vague = /^(utils?|utilities|utility|helpers?|commons?|managers?|misc|stuff)$/i;
	const wordsOf = (name: string) => name.split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/);

	it('no file is called by a word that says nothing', () => {
		const wrong = ['nodes', 'credentials', 'test', 'gulp']
			.flatMap(pathsBelow)
			.filter((path) =>
				path.split('/').some((part) => wordsOf(part).some((word) => vague.test(word))),
			);
		expect(wrong).toEqual([]);
	});

	it('no exported name has such a word in it', () => {
		const wrong = [...sources, ...sourcesBelow('test')].flatMap(({ path, syntax }) =>
			exportsOf(syntax)
				.filter(({ name }) => wordsOf(name).some((word) => vague.test(word)))
				.map(({ name }) => `${path}: ${name}`),
		);
		expect(wrong).toEqual([]);
	});
});

describe('docstrings', () => {
	it('every exported function, class, constant and interface has one right above it', () => {
		const wrong = sources.flatMap(({ path, syntax }) =>
			exportsOf(syntax)
				.filter(({ isDocumented, isTypeAlias }) => !isDocumented && !isTypeAlias)
				.map(({ name, line }) => `${path}:${line} ${name}`),
		);
		expect(wrong).toEqual([]);
	});
});

describe('these checks themselves', () => {
	const text = [
		"import type { INode } from 'n8n-workflow';",
		"import * as fs from 'node:fs';",
		"export { a } from '../run/pool';",
		"type T = import('./other').T;",
		"const lazy = import('lazy');",
		"const old = require('old');",
		'/** Explained. */',
		'export const fine = { process: 1, setTimeout() {} };',
		'/** Far above. */',
		'',
		'export function far() { return fine.process + Number(process.pid); }',
		'// Not a docstring.',
		'export class Wrong {}',
		'export interface Bare {}',
		'setTimeout(() => {}, 1);',
	].join('\n');
	const syntax = parse('x.ts', text);

	it('see imports in every form', () => {
		expect(importsOf(syntax)).toEqual([
			'n8n-workflow',
			'node:fs',
			'../run/pool',
			'./other',
			'lazy',
			'old',
		]);
	});

	it('see globals, but not properties of that name', () => {
		expect(globalsUsed(syntax, new Set(['process', 'setTimeout']))).toEqual([
			'process in line 11',
			'setTimeout in line 15',
		]);
	});

	it('see what is not explained', () => {
		expect(exportsOf(syntax).map(({ name, isDocumented }) => [name, isDocumented])).toEqual([
			['fine', true],
			['far', false],
			['Wrong', false],
			['Bare', false],
		]);
	});

	const source = (path: string, code: string): SourceFile => ({ path, syntax: parse(path, code) });

	it('see an import that goes up, sideways, or out', () => {
		const path = 'nodes/QwenImageEdit/wire/a.ts';
		const code = (imported: string) => [source(path, `import type { A } from '${imported}';`)];
		for (const allowed of ['./b', '../edit/b', '../image/b', 'zod/v4']) {
			expect(importsAgainstTheOrder(code(allowed))).toEqual([]);
		}
		for (const wrong of ['../run/b', '../providers', '../../../test/b', 'n8n-workflow', 'fs']) {
			expect(importsAgainstTheOrder(code(wrong))).toEqual([`${path} imports ${wrong}`]);
		}
	});

	it('see it between the rooms of n8n/ too', () => {
		const path = 'nodes/QwenImageEdit/n8n/files/a.ts';
		const code = (imported: string) => [source(path, `export * from '${imported}';`)];
		for (const allowed of ['./b', '../http/b', '../runtime/b', '../../edit/b', 'n8n-workflow']) {
			expect(importsAgainstTheN8nOrder(code(allowed))).toEqual([]);
		}
		for (const wrong of ['../in/b', '../panel/b', '../execute']) {
			expect(importsAgainstTheN8nOrder(code(wrong))).toEqual([`${path} imports ${wrong}`]);
		}
		const unknown = source('nodes/QwenImageEdit/n8n/cellar/a.ts', '');
		expect(importsAgainstTheN8nOrder([unknown])).toHaveLength(1);
	});

	it('see a circle, also of types alone, and say its way', () => {
		const files = [
			source('x/a.ts', "import type { B } from './b';"),
			source('x/b.ts', "import { c } from './c'; import { d } from './d';"),
			source('x/c/index.ts', "export type C = import('../a').A;"),
			source('x/d.ts', "import './d'; import './e';"),
			source('x/e.ts', "import 'n8n-workflow';"),
		];
		expect(circlesIn(importGraph(files))).toEqual([
			'x/a.ts -> x/b.ts -> x/c/index.ts -> x/a.ts',
			'x/d.ts -> x/d.ts',
		]);
	});

	it('see a folder with too many files', () => {
		const nine = Array.from({ length: 9 }, (_, index) => `nodes/x/${index}.ts`);
		expect(crowdedFolders([...nine, 'nodes/x/more/a.ts'])).toEqual([]);
		expect(crowdedFolders([...nine, 'nodes/x/a.svg'])).toEqual(['nodes/x has 10 files']);
	});

	it('see a credential that is called otherwise', () => {
		const named = (file: string, className: string, type: string) =>
			wrongCredentialNames(
				file,
				parse(file, `export class ${className} {\n\tname = '${type}';\n}`),
			);
		const file = (name: string) => `credentials/${name}.credentials.ts`;
		const right = 'QwenImageEditFalApi';
		expect(named(file(right), right, 'qwenImageEditFalApi')).toEqual([]);
		for (const wrong of [
			named(file('FalApi'), 'FalApi', 'falApi'),
			named(file(right), right, 'falApi'),
			named(file('FalApi'), right, 'qwenImageEditFalApi'),
			named(file('QwenImageEditFal'), 'QwenImageEditFal', 'qwenImageEditFal'),
		]) {
			expect(wrong).not.toEqual([]);
		}
	});

	it('see the word in every form', () => {
		expect(picturesIn('a.ts', 'image\nthePictures\n')).toEqual(['a.ts:2']);
	});
});
