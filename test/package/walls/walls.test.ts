/* eslint-disable @n8n/community-nodes/no-restricted-imports -- tests never ship */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

import { exportsOf, globalsUsed, importsOf, parse, pathsBelow, sourcesBelow } from './sources';

const node = 'nodes/QwenImageEdit';
const sources = [...sourcesBelow('nodes'), ...sourcesBelow('credentials')];

/** The room of a file: `edit`, `run`, `providers`, `n8n`, or the node class itself. */
function roomOf(path: string): string {
	return path.startsWith(`${node}/`) && path.split('/').length > 3 ? path.split('/')[2]! : 'class';
}

/** What each room may import besides its own files: imports run one way. */
const mayImport: Record<string, readonly string[]> = {
	image: [],
	edit: ['room image'],
	wire: ['zod/v4', 'ipaddr.js', 'room image', 'room edit'],
	adapter: ['zod/v4', 'room image', 'room edit', 'room wire'],
	providers: ['zod/v4', 'room edit', 'room wire', 'room adapter'],
	run: ['room image', 'room edit', 'room wire', 'room adapter'],
	n8n: [
		'n8n-workflow',
		...['image', 'edit', 'wire', 'adapter', 'run', 'providers'].map((room) => `room ${room}`),
	],
	class: ['n8n-workflow', 'room n8n'],
};

/** An import as the table above names it, or undefined for a file of the same room. */
function named(path: string, imported: string): string | undefined {
	if (!imported.startsWith('.')) return imported;
	const target = posix.join(posix.dirname(path), imported);
	if (!target.startsWith(`${node}/`)) return `outside: ${target}`;
	const room = target === `${node}/providers` ? 'providers' : roomOf(`${target}.ts`);
	return room === roomOf(path) ? undefined : `room ${room}`;
}

describe('walls', () => {
	it('there is something behind them', () => {
		for (const room of ['edit', 'wire', 'providers']) {
			expect(sources.filter(({ path }) => roomOf(path) === room).length).toBeGreaterThan(4);
		}
	});

	it('imports run one way', () => {
		const wrong = sources
			.filter(({ path }) => path.startsWith('nodes/'))
			.flatMap(({ path, syntax }) => {
				const allowed = mayImport[roomOf(path)] ?? [];
				return importsOf(syntax).flatMap((imported) => {
					const name = named(path, imported);
					// Only this room talks to the machine.
					const ofNode = name !== undefined && isBuiltin(name) && roomOf(path) === 'n8n';
					return name === undefined || allowed.includes(name) || ofNode
						? []
						: [`${path} imports ${imported}`];
				});
			});
		expect(wrong).toEqual([]);
	});

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

	it('a key leaves by one door', () => {
		const textOf = (syntax: (typeof sources)[number]['syntax']): string =>
			syntax.statements.map((statement) => statement.getText()).join('\n');
		const doors = sources.filter(({ syntax }) => /requestWithAuth/i.test(textOf(syntax)));
		expect(doors.map(({ path }) => path)).toEqual([`${node}/n8n/http/keyedRequest.ts`]);
		// ModelVerse's probe of a key is given another helper by n8n.
		const byHand = sources.filter(({ syntax }) => /\bauthorization:/i.test(textOf(syntax)));
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

describe('names', () => {
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
});
